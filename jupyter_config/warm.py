"""A process that has imported a lab server's libraries once, and forks people's servers.

:mod:`jupyter_config.nursery` starts this file by its path, in a clean environment. It imports
nothing of this package, reads nobody's request and serves nobody: each message on its control
socket is one byte with a socket, and only the fork reads from that. The fork joins the sandbox
that bubblewrap has built for the person, becomes her, gives up every capability, and then is her
JupyterLab. Beside it in the sandbox stays a *seed*, a second fork that nobody has used, from which
her kernels are forked.
"""

import array
import atexit
import contextlib
import ctypes
import fcntl
import gc
import importlib
import json
import os
import random
import resource
import select
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

#: What a lab server and a kernel import before a person's first cell has run.
LIBRARIES = (
    "jupyterhub.singleuser.extension",
    "jupyter_server.serverapp",
    "jupyter_server_terminals",
    "jupyterlab",
    "jupyterlab.labapp",
    "jupyterlab.handlers.announcements",
    "nbgrader.apps",
    "nbgrader.server_extensions.assignment_list",
    "nbgrader.server_extensions.validate_assignment",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
)
#: What they import on the way to the first answer, and need not be there under that name.
ON_THE_WAY = (
    *("IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger"),
    *("IPython.core.oinspect", "IPython.extensions.storemagic", "IPython.utils.wildcard"),
    *("anyio._backends._asyncio", "anyio.abc", "anyio.lowlevel", "anyio.streams.memory"),
    *("anyio.streams.stapled", "anyio.streams.tls", "debugpy.server.api", "encodings.ascii"),
    *("encodings.latin_1", "encodings.unicode_escape", "faulthandler", "ipykernel.debugger"),
    *("ipykernel.kernelspec", "jinja2.ext", "jupyter_client.provisioning", "jupyter_core.migrate"),
    *("jupyter_server.kernelspecs.handlers", "jupyter_server.nbconvert.handlers"),
    *("jupyter_server.services.api.handlers", "jupyter_server.services.config.handlers"),
    *("jupyter_server.services.contents.handlers", "jupyter_server.services.events.handlers"),
    *("jupyter_server.services.kernels.handlers", "jupyter_server.services.kernelspecs.handlers"),
    *("jupyter_server.services.nbconvert.handlers", "jupyter_server.services.security.handlers"),
    *("jupyter_server.services.sessions.handlers", "jupyter_server.services.shutdown"),
    *("jupyter_server.view.handlers", "jupyterlab_language_pack_zh_TW", "pdb", "psutil"),
    *("tornado.platform.asyncio",),
)
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x00020000, 0x02000000, 0x04000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = (
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NAME, PR_CAPBSET_DROP = 1, 4, 15, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
CAPSET = {"x86_64": 126, "aarch64": 91}
REQUEST_BYTES = 1 << 17
LIBC = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: Any) -> None:
    if getattr(LIBC, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def call_me(name: str) -> None:
    """Set the name that lists of processes show."""
    call("prctl", PR_SET_NAME, name.encode(), 0, 0, 0)


def main() -> None:
    del sys.path[0]  # this file's folder: modules come from where they are installed
    places = list(sys.path)
    call_me("banyan-warm")
    control = socket.socket(fileno=int(sys.argv[1]))
    for name in LIBRARIES:
        importlib.import_module(name)
    for name in ON_THE_WAY:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    sys.path[:] = places  # some add to it when they are imported
    # What was found outside; each fork would else write on these pages to forget it.
    sys.path_importer_cache.clear()
    if len(os.listdir("/proc/self/task")) != 1:
        raise SystemExit("A library started a thread; a fork would be without it.")
    # Servers are nobody's children once their first parent has ended; so they are buried here.
    call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    gc.collect()
    gc.freeze()
    serve(control)


def serve(control: socket.socket) -> None:
    """Fork for each socket that comes; end with the one at the other end."""
    reader, writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    control.send(b"ready")
    while True:
        sources: list[Any] = [control, reader]
        ready = select.select(sources, [], [])[0]
        if reader in ready:
            os.read(reader, 4096)
            bury()
        if control in ready:
            message, fds, _, _ = socket.recv_fds(control, 1, 1)
            if not message:
                return
            try:
                if fds and os.fork() == 0:
                    plant(socket.socket(fileno=fds[0]))
            finally:
                for fd in fds:
                    os.close(fd)


def bury() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def plant(line: socket.socket) -> NoReturn:
    """Join the person's sandbox and leave her server there. A process of one request."""
    try:
        forget_the_parent()
        line.settimeout(20)
        # One message: her sandbox's first process, her listening socket, her log, a lifeline.
        raw, fds, _, _ = socket.recv_fds(line, REQUEST_BYTES, 4)
        sandbox, listener, log, lifeline = fds
        request = json.loads(raw)
        call("setns", sandbox, namespaces(request["user_namespace"]))
        pid = os.fork()
        if pid == 0:
            become(request, listener, log, lifeline, keep=line)
        line.send(str(pid).encode())
        # It has become her when it says so, and this process may not be gone before.
    except BaseException as error:
        with contextlib.suppress(OSError):
            line.send(f"{type(error).__name__}: {error}".encode()[:500])
    finally:
        os._exit(0)


def forget_the_parent() -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def namespaces(user: bool) -> int:
    found = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS
    if os.path.exists("/proc/self/ns/cgroup"):
        found |= CLONE_NEWCGROUP
    return found | (CLONE_NEWUSER if user else 0)


def become(
    request: dict[str, Any], listener: int, log: int, lifeline: int, keep: socket.socket
) -> NoReturn:
    """The person's server, from its first breath."""
    try:
        os.setsid()
        call_me("jupyter-lab")
        kept = place_descriptors(log, listener, lifeline, keep.fileno())
        become_her(request)
        os.umask(0o077)
        settle(request["env"], request["cwd"])
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if os.fork() == 0:
            ours.close()
            os.closerange(3, theirs.fileno())
            be_a_seed(theirs)
        theirs.close()
        os.write(kept[2], b"here")
        os.close(kept[2])
        reseed()
        os.environ["BANYAN_LISTEN_FD"] = str(kept[0])
        package = request["package"]
        sys.path.insert(0, os.path.dirname(package))
        sys.argv[:] = [os.path.join(package, "singleuser.py")]
        module = importlib.import_module("jupyter_config.singleuser")
        leave(lambda: module.main(seed=ours))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(70)


def place_descriptors(log: int, *others: int) -> list[int]:
    """Keep a server's own descriptors, from 3 on, and close every other that was inherited."""
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 100) for fd in (log, *others)]
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(high[0], 1)
    os.dup2(high[0], 2)
    found = []
    for place, fd in enumerate(high[1:], 3):
        os.dup2(fd, place, inheritable=False)
        found.append(place)
    os.closerange(3 + len(found), max(high) + 1)
    os.closerange(max(high) + 1, 65536)
    return found


def become_her(request: dict[str, Any]) -> None:
    """Take on the limits and the user, and give up every capability for good."""
    for name, value in request["limits"].items():
        number = getattr(resource, name)
        hard = resource.getrlimit(number)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(number, (value, value))
    for capability in range(64):
        if LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if not request["user_namespace"]:
        os.setgroups([])
        os.setresgid(request["gid"], request["gid"], request["gid"])
        os.setresuid(request["uid"], request["uid"], request["uid"])
    header = struct.pack("II", 0x20080522, 0)
    if LIBC.syscall(CAPSET[os.uname().machine], header, bytes(24)) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)  # as for every process that began with its user
    if os.getuid() == 0 or os.geteuid() == 0:
        raise PermissionError("A person's server never runs as root.")


def settle(env: dict[str, str], cwd: str) -> None:
    """Take the environment and the folder that a started program would have been given."""
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    tempfile.tempdir = None
    os.chdir(cwd)
    # What is there outside need not be there inside.
    sys.path[:] = [place for place in sys.path if place.endswith(".zip") or os.path.isdir(place)]


def reseed() -> None:
    """Draw anew what every fork would else have in common."""
    random.seed()
    if "multiprocessing.process" in sys.modules:
        process = sys.modules["multiprocessing.process"].current_process()
        process.authkey = os.urandom(32)
    if (uuid := sys.modules.get("uuid")) is not None:
        vars(uuid).update(_node=None, _last_timestamp=None)
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def be_a_seed(line: socket.socket) -> NoReturn:
    """Wait beside the server and become a kernel whenever it asks for one."""
    call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    call_me("seed")
    gc.disable()  # it makes nothing, and looking for waste writes on pages that all share
    signal.signal(signal.SIGCHLD, lambda *_: bury())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        while True:
            raw, fds, _, _ = socket.recv_fds(line, REQUEST_BYTES, 2)
            if not raw:
                break
            if os.fork() == 0:
                be_a_kernel(line, json.loads(raw), fds)
            for fd in fds:
                os.close(fd)
    finally:
        os._exit(0)


def be_a_kernel(line: socket.socket, request: dict[str, Any], fds: list[int]) -> NoReturn:
    try:
        call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        forget_the_parent()
        call_me("python")
        gc.enable()
        os.setsid()
        for place, fd in enumerate(fds, 1):
            os.dup2(fd, place)
            os.close(fd)
        settle(request["env"], request["cwd"])
        reseed()
        own = os.pidfd_open(os.getpid())
        said = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [own]))]
        line.sendmsg([str(os.getpid()).encode()], said)
        os.close(own)
        line.close()
        # Who forked it is not who asked for it, so it need not watch its parent.
        sys.argv[:] = [*request["argv"], "--IPKernelApp.parent_handle=1"]
        from ipykernel import kernelapp

        leave(kernelapp.launch_new_instance)
    finally:
        os._exit(1)


def leave(program: Callable[[], Any]) -> NoReturn:
    """Run ``program`` and end as Python ends after one, without unwinding to whom it was forked
    from."""
    status = 0
    try:
        program()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1 if end.code else 0
    except BaseException:
        traceback.print_exc()
        status = 1
    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]  # waits for threads that are to end
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
