"""Serves the built web folder on this machine, with the headers that a careful site would send."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from ..engines.static_server import MEDIA_TYPES, STRICT_POLICY
from ..errors import Missing, PercepNetError

FIRST_PORT, PORTS_TRIED = 8000, 20
HEADERS = {
    "Content-Security-Policy": f"{STRICT_POLICY}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


class Handler(SimpleHTTPRequestHandler):
    """Files with HEADERS and the media types that modules need, whatever the system believes."""

    protocol_version = "HTTP/1.1"
    extensions_map = {"": "application/octet-stream", **MEDIA_TYPES}

    def end_headers(self):
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_):
        pass


def make_server(folder, port=None):
    """A server for a folder on a port, or on the first that is free. Raises Missing or PercepNetError."""
    if not (folder / "index.html").is_file():
        raise Missing(f"the demo page is not built ({folder}): run `percepnet build` or `make demo`")
    ports = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED) if port is None else [port]
    for candidate in ports:
        try:
            return ThreadingHTTPServer(("127.0.0.1", candidate), partial(Handler, directory=folder))
        except OSError as error:
            reason = error.strerror
    where = f"port {port}" if port is not None else f"ports {ports[0]}..{ports[-1]}"
    raise PercepNetError(f"cannot serve on {where} ({reason}): choose another one with --port")


def serve(folder, port, announce):
    """Serves until Ctrl-C; announce(url) is called once the page can be opened."""
    with make_server(folder, port) as server:
        announce(f"http://localhost:{server.server_address[1]}/")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass  # the way to end it
