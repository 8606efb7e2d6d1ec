"""How gunicorn serves the site; where it listens is said on its command line."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from gunicorn.http.errors import ParseException

worker_class = "gthread"
workers = 2
threads = 64  # each open event stream holds one
timeout = 60
graceful_timeout = 3
preload_app = True  # imported once; it opens no connection before it is forked
loglevel = "warning"
control_socket_disable = True  # it would open a socket in the home folder

_DRAIN_BYTES = 1_000_000_000
_DRAIN_SECONDS = 120.0
_STALLED_SECONDS = 10.0
_CHUNK = 1 << 16


class HearOut:
    """Reads what the site did not want of a request before its answer goes out.

    To close a connection with unread data resets it, and the answer ("too large") is lost before
    a browser, which is still sending, looks at it. What is read is thrown away.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        def start(*args: Any, **kwargs: Any) -> Any:
            if environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING"):
                _drain(environ)
            return start_response(*args, **kwargs)

        return self.app(environ, start)


def post_worker_init(worker: Any) -> None:
    """Put HearOut in front of the site."""
    worker.wsgi = HearOut(worker.wsgi)


def _drain(environ: dict[str, Any]) -> None:
    deadline = time.monotonic() + _DRAIN_SECONDS
    left = _DRAIN_BYTES
    socket = environ["gunicorn.socket"]
    with suppress(OSError, ParseException):
        socket.settimeout(_STALLED_SECONDS)
        while left > 0 and time.monotonic() < deadline:
            # Gunicorn's own stream: Flask's stops at its limit.
            chunk = environ["wsgi.input"].read(_CHUNK)
            if not chunk:
                break
            left -= len(chunk)
    with suppress(OSError):
        socket.settimeout(None)
