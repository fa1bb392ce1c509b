"""Serves the built web folder on this machine, with the headers that a careful site would send."""

import io
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from ..engines.static_server import ISOLATION, MEDIA_TYPES, STRICT_POLICY, model_files
from ..errors import Missing, PercepNetError
from ..model_file import decode_model
from .models import named

FIRST_PORT, PORTS_TRIED = 8000, 20
HEADERS = {
    "Content-Security-Policy": f"{STRICT_POLICY}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
ASK_AGAIN, KEEP = "no-cache", "public, max-age=31536000, immutable"
ISOLATED = ("/bench.html",)  # the page that measures, for its clock; the demo needs none of it


class Handler(SimpleHTTPRequestHandler):
    """Files with HEADERS and the media types that modules need, whatever the system believes.

    The library asks for modules and models with their hash as a query (web/src/load.ts): these the browser may keep.

    replaced: {path of the URL: bytes} of what is not as in the folder.
    """

    protocol_version = "HTTP/1.1"
    extensions_map = {"": "application/octet-stream", **MEDIA_TYPES}

    def __init__(self, *arguments, replaced, **options):
        self.replaced = replaced
        super().__init__(*arguments, **options)

    def send_head(self):
        path = urlsplit(self.path).path
        if path not in self.replaced:
            return super().send_head()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(self.replaced[path])))
        self.end_headers()
        return io.BytesIO(self.replaced[path])

    def send_response(self, code, message=None):
        super().send_response(code, message)
        address = urlsplit(self.path)
        keep = code == 200 and address.query and address.path.endswith((".wasm", ".pnet"))
        self.send_header("Cache-Control", KEEP if keep else ASK_AGAIN)

    def end_headers(self):
        isolation = ISOLATION if urlsplit(self.path).path in ISOLATED else {}
        for name, value in (HEADERS | isolation).items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_):
        pass


def make_server(folder, port=None, models=()):
    """A server for a folder on a port, or on the first that is free. Raises Missing or PercepNetError.

    models: files that the page offers instead of those in the folder, the first one first.
    """
    if not (folder / "index.html").is_file():
        raise Missing(f"the demo page is not built ({folder}): run `percepnet build` or `make demo`")
    replaced = model_files({name: checked(path) for name, path in named(models).items()}) if models else {}
    ports = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED) if port is None else [port]
    for candidate in ports:
        try:
            return ThreadingHTTPServer(("127.0.0.1", candidate), partial(Handler, directory=folder, replaced=replaced))
        except OSError as error:
            reason = error.strerror
    where = f"port {port}" if port is not None else f"ports {ports[0]}..{ports[-1]}"
    raise PercepNetError(f"cannot serve on {where} ({reason}): choose another one with --port")


def checked(path):
    """The bytes of a model file. Raises BadModel."""
    data = path.read_bytes()
    decode_model(data, str(path))
    return data


def serve(folder, port, announce, models=()):
    """Serves until Ctrl-C; announce(url) is called once the page can be opened. models: see make_server."""
    with make_server(folder, port, models) as server:
        announce(f"http://localhost:{server.server_address[1]}/")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass  # the way to end it
