"""The one question that the exchange asks the Hub: whose token is this?"""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socket import AF_UNIX

PREFIX = "token-of-"
"""A person's token here is this and her handle."""


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    address_family = AF_UNIX
    daemon_threads = True
    request_queue_size = 128


class _Whose(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        known = self.path == "/hub/api/user" and kind == "token" and token.startswith(PREFIX)
        body = {"kind": "user", "name": token.removeprefix(PREFIX)} if known else {}
        raw = json.dumps(body).encode()
        self.send_response(200 if known else 403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nobody reads it."""

    def address_string(self) -> str:
        return "site"  # a Unix socket's client has no address


@contextmanager
def listening(path: Path) -> Iterator[None]:
    """A Hub that knows everybody, on the socket at PATH."""
    with _Server(str(path), _Whose) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            path.unlink(missing_ok=True)
