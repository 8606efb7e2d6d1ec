"""How gunicorn serves the site; where it listens is said on its command line."""

import gc
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from gunicorn.http.errors import ParseException

worker_class = "gthread"
workers = 2 * (os.cpu_count() or 1)  # two share a core: a request seldom waits for another's turn
threads = 64  # each open event stream holds one
keepalive = 3600
"""The proxy keeps its connections and does not know when the site closes an idle one: a request
sent at that moment is lost. So the site keeps them as long as nobody would notice."""
timeout = 60
graceful_timeout = 3
preload_app = True  # imported once; it opens no connection before it is forked
loglevel = "warning"
control_socket_disable = True  # it would open a socket in the home folder

_FIGURES = "PROMETHEUS_MULTIPROC_DIR"


def _forget_figures() -> None:
    """Processes of an earlier start count no more; before the site is imported, which opens new."""
    folder = os.environ.get(_FIGURES)
    if folder:
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in Path(folder).glob("*.db"):
            path.unlink(missing_ok=True)


_forget_figures()


def pre_fork(_server: Any, _worker: Any) -> None:
    """What was imported lives as long as the process: nobody looks through it for waste again,
    which also leaves its pages shared. What requests leave is looked for less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def child_exit(_server: Any, worker: Any) -> None:
    """What a process held when it ended is nobody's; what it counted stays counted."""
    if os.environ.get(_FIGURES):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


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
