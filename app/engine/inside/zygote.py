"""Runs inside the outer sandbox: imports an environment's libraries once, then forks.

Every message on the control socket brings a notebook's own socket and two pipes. The fork becomes
process 1 of namespaces of its own and somebody else before it reads a byte of the submission; this
process never sees one. It ends when the grader goes, and everything in its namespace with it.
This file is handed in as text; the engine never imports it.
"""

import contextlib
import ctypes
import fcntl
import gc
import importlib
import io
import json
import os
import random
import resource
import select
import signal
import socket
import struct
import sys
from typing import Any, NoReturn

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
MADV_COLLAPSE = 25  # since Linux 6.1; elsewhere it does nothing
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
CAPSET = {"x86_64": 126, "aarch64": 91}
LIBC = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: Any) -> None:
    if getattr(LIBC, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def mount(kind: str, target: str, flags: int, options: str = "") -> None:
    call("mount", kind.encode(), target.encode(), kind.encode(), flags, options.encode())


def mapped() -> int:
    """Bytes of addresses that this process has."""
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[0]) * resource.getpagesize()


def enclose(setup: dict[str, Any]) -> None:
    """Become process 1 of an own world, and somebody who can do nothing outside of it.

    A judge runs the lab's own tests alone and starts no process: its own folders are enough.
    """
    own = 0 if setup["role"] == "judge" else CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS
    call("unshare", CLONE_NEWNS | own)
    call("mount", None, b"/", None, MS_REC | MS_PRIVATE, None)
    for place, size in setup["writable"].items():
        kept = [path for path in setup["kept"] if path.startswith(f"{place}/")]
        folders = [os.open(path, os.O_PATH) for path in kept]
        mount("tmpfs", place, MS_NOSUID | MS_NODEV, f"size={size},mode=1777")
        for path, folder in zip(kept, folders, strict=True):  # Python may be installed below it
            os.makedirs(path)
            link = f"/proc/self/fd/{folder}".encode()
            call("mount", link, path.encode(), None, MS_BIND | MS_REC, None)
            os.close(folder)
    for place in setup["sealed"]:
        sealed = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV
        call("mount", None, place.encode(), None, sealed, None)
    if own:
        mount("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
        loopback()
    os.nice(10)  # who watches must always get the processor before who is watched
    become_nobody(setup)


def loopback() -> None:
    """Let programs inside talk to themselves."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        request = bytearray(struct.pack("16sH14x", b"lo", 0))
        fcntl.ioctl(plain, SIOCGIFFLAGS, request)
        (flags,) = struct.unpack_from("H", request, 16)
        struct.pack_into("H", request, 16, flags | IFF_UP)
        fcntl.ioctl(plain, SIOCSIFFLAGS, request)


def become_nobody(setup: dict[str, Any]) -> None:
    """Take on the limits and the user, and give up every capability for good."""
    for name, value in setup["limits"].items():
        number = getattr(resource, name)
        if name == "RLIMIT_AS" and "torch" in sys.modules:
            value += mapped()  # its libraries alone fill gigabytes of addresses, not of memory
        hard = resource.getrlimit(number)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(number, (value, value))
    for capability in range(64):
        if LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if setup["uid"] is not None:
        os.setgroups([])
        os.setresgid(setup["uid"], setup["uid"], setup["uid"])
        os.setresuid(setup["uid"], setup["uid"], setup["uid"])
    header = struct.pack("II", 0x20080522, 0)
    if LIBC.syscall(CAPSET[os.uname().machine], header, bytes(24)) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)  # as for every process that began with its user
    os.umask(0o022)


def settle(setup: dict[str, Any], link: socket.socket, receive: Any) -> None:
    """Put the submission's files in place. Names were checked by who sent them."""
    (size,) = struct.unpack(">I", receive(link, 4))
    os.makedirs(setup["folder"], exist_ok=True)
    for path, length in json.loads(receive(link, size)):
        place = os.path.join(setup["home"], path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "xb") as file:
            file.write(receive(link, length))
    os.chdir(setup["folder"])


def become(notebook: Any, setup: dict[str, Any], fds: list[int]) -> NoReturn:
    """The fork's whole life."""
    try:
        link, out, err, *lines = fds
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.dup2(out, 1)
        os.dup2(err, 2)
        kept = [fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (link, *lines)]
        for place, fd in enumerate(kept, 3):
            os.dup2(fd, place)
        with open(os.devnull) as nothing:
            os.dup2(nothing.fileno(), 0)
        os.closerange(3 + len(kept), 4096)
        enclose(setup)
        channel = socket.socket(fileno=3)
        line = socket.socket(fileno=4) if lines else None
        settle(setup, channel, notebook.receive)
        # Else every fork would draw the same numbers.
        random.seed()
        if "numpy.random" in sys.modules:
            sys.modules["numpy.random"].seed()
        for place in range(3, 3 + len(kept)):
            os.set_inheritable(place, False)
        notebook.serve(channel, line, setup["role"])
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(70)


def fork(notebook: Any, setup: dict[str, Any], fds: list[int]) -> None:
    """Start a notebook's process and hand the grader a descriptor of it."""
    if setup["uid"] is None:
        # This process cannot come back to a namespace that another user namespace owns, so one
        # goes between that need not.
        if os.fork() == 0:
            with contextlib.suppress(OSError):
                pid = divide(notebook, setup, fds)
                os.closerange(3, 4096)
                os.waitpid(pid, 0)
            os._exit(0)
        return
    try:
        divide(notebook, setup, fds)
    finally:
        own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        call("setns", own, CLONE_NEWPID)
        os.close(own)


def divide(notebook: Any, setup: dict[str, Any], fds: list[int]) -> int:
    """Fork into a new process namespace, and return the process's id here."""
    if setup["role"] != "judge":
        call("unshare", CLONE_NEWPID)
    pid = os.fork()
    if pid == 0:
        become(notebook, setup, fds)
    process = os.pidfd_open(pid)
    with socket.socket(fileno=os.dup(fds[0])) as link, contextlib.suppress(OSError):
        socket.send_fds(link, [b"p"], [process])
    os.close(process)
    return pid


def use_large_pages() -> None:
    """Hold memory in pages of 2 MB where the kernel can: a fork then has far less to copy."""
    large = 2 << 20
    with open("/proc/self/maps") as maps:
        for line in maps:
            place, mode, _, _, inode, *_ = line.split()
            first, last = (int(part, 16) for part in place.split("-"))
            first, last = -(-first // large) * large, last // large * large
            if mode == "rw-p" and inode == "0" and first < last:
                LIBC.madvise(ctypes.c_void_p(first), ctypes.c_size_t(last - first), MADV_COLLAPSE)


def serve(notebook: Any, control: socket.socket) -> None:
    reader, writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    gc.collect()
    gc.freeze()
    use_large_pages()
    control.send(b"ready")
    while True:
        sources: list[Any] = [control, reader]
        ready = select.select(sources, [], [])[0]
        if reader in ready:
            os.read(reader, 4096)
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
        if control in ready:
            raw, fds, _, _ = socket.recv_fds(control, 65536, 4)
            if not raw:
                return
            try:
                fork(notebook, json.loads(raw), fds)
            finally:
                for fd in fds:
                    os.close(fd)


def preload(names: list[str], skip: list[str]) -> str | None:
    """Import ``names``. Return one that wrote or warned: it must do so in a notebook, not here."""
    for name in names:
        if name in skip:
            continue
        heard, kept = io.StringIO(), (sys.stdout, sys.stderr)
        sys.stdout = sys.stderr = heard
        try:
            importlib.import_module(name)
        except ImportError:
            pass
        except Exception:
            return name
        finally:
            sys.stdout, sys.stderr = kept
        if heard.getvalue() or os.lseek(2, 0, os.SEEK_END) or os.lseek(1, 0, os.SEEK_END):
            return name
    return None


def main() -> None:
    plan = json.loads(sys.argv[1])
    if os.getuid() != 0:  # in a user namespace of its own, where this holds for it alone
        with open("/proc/sys/user/max_user_namespaces", "w") as most:
            most.write("0")
    control = socket.socket(fileno=plan["control"])
    quiet = os.memfd_create("quiet")
    for number in (1, 2):
        os.dup2(quiet, number)
    sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[0])))
    import dormant

    sleepers = []
    loud = None
    for name in plan["dormant"]:
        loud = loud or preload([name], plan["skip"])
        if name in sys.modules:
            sleepers.append(dormant.Dormant(name))
    loud = loud or preload(plan["libraries"], plan["skip"])
    if loud is not None:
        plan["skip"].append(loud)
        os.set_inheritable(plan["control"], True)
        again = [sys.executable, "-I", sys.argv[0], json.dumps(plan)]
        os.execv(sys.executable, again)  # noqa: S606  # this very program
    import session

    del sys.path[0]
    for name in plan["programs"]:  # a student's module may have the same name
        sys.modules.pop(name, None)
    session.warm_up()
    sys.argv[:] = [os.path.join(os.path.dirname(session.__file__), "ipykernel_launcher.py")]
    notebook = session.Notebook()
    if "matplotlib.pyplot" in sys.modules:
        importlib.import_module("matplotlib_inline.backend_inline")
    for sleeper in sleepers:
        sleeper.sleep()
    # As every kernel has it: the working folder, after the standard library.
    places = [place.rpartition("/")[2] for place in sys.path]
    sys.path.insert(places.index("site-packages") if "site-packages" in places else 0, "")
    if len(os.listdir("/proc/self/task")) != 1:
        raise SystemExit("A library started a thread.")
    serve(notebook, control)


main()
