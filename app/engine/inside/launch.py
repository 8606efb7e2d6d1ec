"""Runs inside the sandbox, alone: starts an IPython kernel on sockets that it was handed.

The grader listens on the kernel's sockets and passes them down as descriptors, so the sandbox
shares no folder with the host. The submission's files arrive as a tar archive on another
descriptor. This file is read and handed in as text; the engine never imports it, and nothing of
the engine exists here.
"""

import io
import json
import os
import sys
import tarfile

import zmq

# There is no debugger here, and importing one takes a third of the start.
sys.modules["debugpy"] = None  # type: ignore[assignment]
from ipykernel.kernelapp import IPKernelApp  # noqa: E402

del sys.modules["debugpy"]


def take(fd: int) -> bytes:
    with os.fdopen(fd, "rb") as stream:
        return stream.read()


class HandedKernelApp(IPKernelApp):
    handed: dict[str, int]

    def init_connection_file(self) -> None:
        self.transport, self.ip = "ipc", "/run/banyan/kernel"
        self.waiting = ["shell", "stdin", "control", "iopub"]  # ipykernel binds in this order

    def _try_bind_socket(self, s: zmq.Socket, port: int) -> int:
        channel = self.waiting.pop(0)
        if channel in self.handed:
            s.setsockopt(zmq.USE_FD, self.handed[channel])
            # The address is only a name: the descriptor listens already.
            s.bind(f"ipc:///run/banyan/{channel}")
        else:
            s.bind(f"inproc://{channel}")
        return 1

    def init_control(self, context: zmq.Context) -> None:
        super().init_control(context)
        # Nothing of the sandbox can connect to that address.
        self.debug_shell_socket.disconnect(self.shell_socket.getsockopt(zmq.LAST_ENDPOINT))

    def init_heartbeat(self) -> None:
        """The grader watches the process itself."""

    def write_connection_file(self, **kwargs: object) -> None:
        """Nobody else connects, so the key is in no file."""


def main() -> None:
    setup = json.loads(take(int(sys.argv[1])))
    os.mkdir(setup["folder"])
    os.chdir(setup["folder"])
    with tarfile.open(fileobj=io.BytesIO(take(setup["files"]))) as archive:
        archive.extractall(path=setup["home"], filter="data")
    HandedKernelApp.handed = setup["sockets"]
    app = HandedKernelApp.instance()
    app.session.key = setup["key"].encode()
    del sys.argv[1:]
    app.initialize(["--HistoryManager.hist_file=:memory:"])
    # As every kernel has it: the working folder, after the standard library.
    places = [place.rpartition("/")[2] for place in sys.path]
    sys.path.insert(places.index("site-packages") if "site-packages" in places else 0, "")
    app.start()


main()
