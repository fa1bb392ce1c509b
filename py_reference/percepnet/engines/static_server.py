"""A loopback file server with a strict Content-Security-Policy, which pages can also send PCM to."""

import hashlib
import json
import threading
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

STRICT_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; media-src 'self' blob: mediastream:"
)
ISOLATION = {  # what makes a page cross-origin isolated: shared memory, and clocks of 5 us
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".webp": "image/webp",
}


def model_files(models):
    """{path of the URL: bytes} of these models and the models.json that lists them. models: {name: bytes}."""
    files, entries = {}, []
    for number, (name, data) in enumerate(models.items()):
        file = f"model-{number}.pnet"
        files[f"/{file}"] = data
        sha256 = hashlib.sha256(data).hexdigest()
        entries.append({"name": name, "file": file, "bytes": len(data), "sha256": sha256})
    return files | {"/models.json": json.dumps({"models": entries}).encode()}


class StaticServer:
    """Serves the folder `root` at `url`, which nothing but this machine can reach.

    headers: sent with every answer, instead of and beside the usual ones. replaced: maps a path to other bytes, or
    to None for 404. uploads: what was posted, by path.
    """

    def __init__(self, root, policy=STRICT_POLICY, headers=None):
        self.root = Path(root).resolve()
        self.headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"} | (headers or {})
        self.replaced, self.uploads = {}, {}
        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._httpd.serve_forever, daemon=True).start()

    @cached_property
    def url(self):
        return f"http://127.0.0.1:{self._httpd.server_address[1]}"

    def offer(self, name, *channels):
        """Makes the channels, one after the other, available as raw float32; returns the path."""
        self.replaced[f"/pcm/{name}"] = np.concatenate(channels).astype("<f4").tobytes()
        return f"/pcm/{name}"

    def received(self, name):
        """The float32 samples that a page has posted to /pcm/<name>."""
        return np.frombuffer(self.uploads[f"/pcm/{name}"], "<f4")

    def close(self):
        self._httpd.shutdown()
        self._httpd.server_close()

    def content(self, path):
        """The bytes at a path of the URL, or None."""
        if path in self.replaced:
            return self.replaced[path]
        file = (self.root / path.lstrip("/")).resolve()
        return file.read_bytes() if file.is_file() and file.is_relative_to(self.root) else None

    def _handler(server):  # noqa: N805 - `self` is the request here
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path = urlsplit(self.path).path
                body = server.content(path)
                kind = MEDIA_TYPES.get(Path(path).suffix, "application/octet-stream")
                self._answer(404 if body is None else 200, body or b"", kind)

            def do_POST(self):
                server.uploads[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
                self._answer(204, b"", "text/plain")

            def _answer(self, status, body, kind):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for name, value in server.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
