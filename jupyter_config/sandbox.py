"""Bubblewrap command lines: the one place that builds them.

A :class:`Sandbox` says what a process may see; everything else does not exist for it: no other
home, no checkout, no secrets, no network, no processes but its own.

Two situations, one interface:

* **as root** there is no user namespace (mapping the sandbox's user to the host's root would let
  it read the host's root-only files). Bubblewrap keeps only the capabilities needed to become
  somebody else, and ``setpriv`` inside gives up the rest with the change to ``uid``/``gid``.
* **as a normal user** there is a user namespace in which the caller appears as ``uid``/``gid``.

Use it from trusted code only: paths are taken as they are given.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

__all__ = ["Launch", "Rlimits", "Sandbox", "available", "kill", "namespace_init", "python_paths"]

BindSource = str | os.PathLike[str]

#: What every program needs of the host: programs, libraries, certificates, fonts. No accounts.
SYSTEM_DIRECTORIES = ("/usr",)
SYSTEM_LINKS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SYSTEM_ETC = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/fonts",
    "/etc/mime.types",
    "/etc/inputrc",
    "/etc/bash.bashrc",
)
SHM_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class Rlimits:
    """Limits of each process in the sandbox (``setrlimit``); None leaves the caller's limit.

    ``processes`` counts the processes and threads of the sandbox's uid: give each sandbox that
    runs as root at the same time a uid of its own.
    """

    address_space_bytes: int | None = None
    processes: int | None = None
    file_bytes: int | None = None
    cpu_seconds: int | None = None
    open_files: int | None = None

    def by_name(self) -> dict[str, int]:
        """Return the limits that are set, by ``setrlimit``'s names; core dumps are always off."""
        limits = {
            "RLIMIT_CORE": 0,
            "RLIMIT_AS": self.address_space_bytes,
            "RLIMIT_NPROC": self.processes,
            "RLIMIT_FSIZE": self.file_bytes,
            "RLIMIT_CPU": self.cpu_seconds,
            "RLIMIT_NOFILE": self.open_files,
        }
        return {name: value for name, value in limits.items() if value is not None}

    def command(self) -> list[str]:
        """Return the ``prlimit`` prefix."""
        given = self.by_name().items()
        words = [f"--{name.removeprefix('RLIMIT_').lower()}={value}" for name, value in given]
        return [_tool("prlimit"), *words, "--"]


@dataclass(frozen=True)
class Launch:
    """A command line with the descriptors it reads; close it once the process was started."""

    argv: list[str]
    pass_fds: tuple[int, ...]
    env: dict[str, str]
    own_fds: tuple[int, ...] = ()

    def close(self) -> None:
        for fd in self.own_fds:
            os.close(fd)

    def __enter__(self) -> Launch:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True)
class Sandbox:
    """What a process may see and use.

    ``read_only`` are paths, or (source, destination) pairs; ``read_write`` are pairs; ``tmpfs``
    are (destination, size in bytes) pairs, writable by everybody inside; ``files`` are small
    read-only files by destination. A destination below another comes after it by itself.
    ``env`` is the whole environment beside PATH, HOME and LANG. ``inherit_fds`` stay open.

    Without ``die_with_parent`` process 1 inside outlives the command for as long as something
    that it started runs; whoever starts such a sandbox ends it by :func:`namespace_init`.

    With ``nest`` above 0 the command is trusted: it keeps the capabilities that it takes to make
    further sandboxes of its forks, each as one of that many people, from ``uid`` on. A normal
    user's hold in the sandbox's own user namespace only.
    """

    read_only: tuple[BindSource | tuple[BindSource, BindSource], ...] = ()
    read_write: tuple[tuple[BindSource, BindSource], ...] = ()
    tmpfs: tuple[tuple[BindSource, int], ...] = (("/tmp", 512 * 1024 * 1024),)  # noqa: S108
    files: Mapping[str, bytes] = field(default_factory=dict)
    uid: int = 64000
    gid: int = 64000
    user_name: str = "lab"
    home: str = "/tmp"  # noqa: S108  # the sandbox's own tmpfs
    cwd: str | None = None
    hostname: str = "lab"
    network: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    limits: Rlimits = field(default_factory=Rlimits)
    inherit_fds: tuple[int, ...] = ()
    die_with_parent: bool = True
    nested_namespaces: bool = False
    nest: int = 0

    def __post_init__(self) -> None:
        if self.uid <= 0 or self.gid <= 0:
            raise ValueError("A sandbox never runs as root: give it a uid and gid above 0.")
        if any(char in self.user_name for char in ":\n"):
            raise ValueError("A user name holds no colon and no line break.")

    def prepare(self, argv: Sequence[str]) -> Launch:
        """Return the command for ``argv``; start it with its ``pass_fds`` and ``env``."""
        own: list[int] = []
        try:
            files = {**self._account_files(), **self.files}
            data: list[str] = []
            for destination, content in files.items():
                own.append(_memory_file(content))
                data += ["--perms", "0644", "--ro-bind-data", str(own[-1]), destination]
            command = [
                _tool("bwrap"),
                *self._namespace_arguments(),
                *self._mount_arguments(files),
                *data,
                # Last: the folders made on the way belong to the sandbox's person when there is
                # a user namespace, and hold memory that nobody counts.
                *("--remount-ro", "/dev", "--remount-ro", "/"),
                *self._inside(argv),
            ]
        except BaseException:
            for fd in own:
                os.close(fd)
            raise
        return Launch(command, (*own, *self.inherit_fds), self.environment(), tuple(own))

    def popen(self, argv: Sequence[str], **options: Any) -> subprocess.Popen[Any]:
        """Start ``argv`` inside; ``options`` go to :class:`subprocess.Popen`."""
        options.setdefault("stdin", subprocess.DEVNULL)
        with self.prepare(argv) as launch:
            return subprocess.Popen(
                launch.argv, pass_fds=launch.pass_fds, env=launch.env, cwd="/", **options
            )

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        stdin: int | IO[Any] = subprocess.DEVNULL,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run ``argv`` to its end and return its output; at ``timeout`` seconds kill all of it.

        Raises subprocess.TimeoutExpired.
        """
        process = self.popen(argv, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, err = process.communicate(timeout=timeout)
        except BaseException:
            kill(process.pid)
            process.communicate()
            raise
        return subprocess.CompletedProcess(list(argv), process.returncode, out, err)

    def environment(self) -> dict[str, str]:
        """Return the whole environment inside; the caller's is not inherited.

        It travels as the process's environment, not in the command line, which others can read.
        """
        return {"PATH": "/usr/bin:/bin", "HOME": self.home, "LANG": "C.UTF-8", **self.env}

    def _account_files(self) -> dict[str, bytes]:
        people = range(max(1, self.nest))
        passwd = "root:x:0:0:root:/nonexistent:/usr/sbin/nologin\n" + "".join(
            f"{self.user_name}:x:{self.uid + n}:{self.gid + n}::{self.home}:/bin/bash\n"
            for n in people
        )
        group = "root:x:0:\n" + "".join(f"{self.user_name}:x:{self.gid + n}:\n" for n in people)
        hosts = f"127.0.0.1 localhost {self.hostname}\n::1 localhost\n"
        return {
            "/etc/passwd": passwd.encode(),
            "/etc/group": group.encode(),
            "/etc/hosts": hosts.encode(),
            "/etc/nsswitch.conf": b"passwd: files\ngroup: files\nhosts: files dns\n",
        }

    def _namespace_arguments(self) -> list[str]:
        arguments = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
        arguments += ["--hostname", self.hostname, "--new-session"]
        if not self.network:
            arguments.append("--unshare-net")
        if self.die_with_parent:
            arguments.append("--die-with-parent")
        if _as_root():
            arguments += ["--cap-drop", "ALL"]
            for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):
                arguments += ["--cap-add", capability]
        else:
            arguments += ["--unshare-user", "--uid", str(self.uid), "--gid", str(self.gid)]
            if not (self.nested_namespaces or self.nest):
                arguments.append("--disable-userns")
        if self.nest:
            kept = ["CAP_SYS_ADMIN", "CAP_NET_ADMIN"]
            kept += [] if _as_root() else ["CAP_SETPCAP", "CAP_SYS_RESOURCE"]
            arguments += [word for name in kept for word in ("--cap-add", name)]
        return arguments

    def _mount_arguments(self, files: Mapping[str, bytes]) -> list[str]:
        mounts: list[tuple[Path, list[str]]] = []
        for path in SYSTEM_DIRECTORIES:
            mounts.append((Path(path), ["--ro-bind", path, path]))
        for path in SYSTEM_LINKS:
            if os.path.islink(path):
                mounts.append((Path(path), ["--symlink", os.readlink(path), path]))
            elif os.path.isdir(path):
                mounts.append((Path(path), ["--ro-bind", path, path]))
        for path in SYSTEM_ETC:
            mounts.append((Path(path), ["--ro-bind-try", os.path.realpath(path), path]))
        for entry in self.read_only:
            source, target = entry if isinstance(entry, tuple) else (entry, entry)
            mounts.append((Path(target), ["--ro-bind", str(source), str(target)]))
        for source, target in self.read_write:
            mounts.append((Path(target), ["--bind", str(source), str(target)]))
        for target, size in (*self.tmpfs, ("/dev/shm", SHM_BYTES)):  # noqa: S108
            sized = ["--perms", "1777", "--size", str(size), "--tmpfs", str(target)]
            mounts.append((Path(target), sized))
        mounts.append((Path("/proc"), ["--proc", "/proc"]))
        mounts.append((Path("/dev"), ["--dev", "/dev"]))
        mounts.sort(key=lambda mount: len(mount[0].parts))

        arguments: list[str] = []
        made = {Path("/")}
        for place in [*(target for target, _ in mounts), *(Path(name) for name in files)]:
            if not place.is_absolute():
                raise ValueError(f"A place in the sandbox is an absolute path: {place}")
        for target, mount in mounts:
            arguments += _directories_above(target, made)
            arguments += mount
            made.add(target)
        for name in files:
            arguments += _directories_above(Path(name), made)
        return arguments

    def _inside(self, argv: Sequence[str]) -> list[str]:
        """Return what bubblewrap starts: limits first, then another person, then ``argv``."""
        command = self.limits.command()
        if _as_root() and not self.nest:
            command += [_tool("setpriv"), "--reuid", str(self.uid), "--regid", str(self.gid)]
            command += ["--clear-groups", "--no-new-privs", "--inh-caps=-all"]
            command += ["--ambient-caps=-all", "--bounding-set=-all", "--"]
        # As root without capabilities bubblewrap could not enter somebody's private folder.
        command += [_tool("env"), f"--chdir={self.cwd or self.home}", "--"]
        return ["--", *command, *argv]


def _installation(link: Path) -> Path:
    """Return the installation that a step on the way to the interpreter belongs to.

    A link in some folder of commands belongs to none: then only that folder is needed, and never
    what lies beside it, which may be somebody's home.
    """
    root = link.parent.parent
    if (root / "pyvenv.cfg").exists() or any(root.glob("lib/python3*")):
        return root
    return link.parent


def python_paths() -> tuple[Path, ...]:
    """Return the folders that this interpreter and its virtual environment need, read-only."""
    found = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_exec_prefix)]
    link = Path(sys.executable)
    for _ in range(40):  # each step of bin/python -> … may lie in another installation
        found.append(_installation(link))
        if not link.is_symlink():
            break
        link = Path(os.path.normpath(link.parent / os.readlink(link)))
    system = tuple(Path(path) for path in (*SYSTEM_DIRECTORIES, *SYSTEM_LINKS))
    kept: list[Path] = []
    for path in dict.fromkeys(found):
        if not any(path.is_relative_to(parent) for parent in system) and path != Path("/"):
            kept.append(path)
    return tuple(p for p in kept if not any(p != q and p.is_relative_to(q) for q in kept))


def namespace_init(pid: int) -> int | None:
    """Return the host pid of process 1 of the sandbox that ``pid`` (bubblewrap) watches."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return None
    return int(children[0]) if children else None


def kill(pid: int) -> None:
    """Kill all of the sandbox that ``pid`` (bubblewrap) watches: its namespace dies with pid 1.

    Bubblewrap itself then buries the dead and ends; it is killed only when it has no child yet.
    """
    victim = namespace_init(pid)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid if victim is None else victim, signal.SIGKILL)


@functools.cache
def available() -> str | None:
    """Return None when sandboxes work here, or the reason in a sentence that says what to do."""
    if not sys.platform.startswith("linux"):
        return "Sandboxes need Linux with bubblewrap."
    for name in ("bwrap", "setpriv", "prlimit", "env"):
        if shutil.which(name, path="/usr/bin:/bin:/usr/local/bin") is None:
            package = "bubblewrap" if name == "bwrap" else "util-linux"
            return f"The program {name} is missing: install it with 'apt-get install {package}'."
    try:
        done = Sandbox().run(["/usr/bin/true"], timeout=10)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"Bubblewrap does not start here: {error}"
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip()
        return (
            f"Bubblewrap cannot build a sandbox here ({reason}). In a container, allow it to "
            "make namespaces; on a machine that forbids them, allow unprivileged user namespaces."
        )
    return None


def _as_root() -> bool:
    return os.geteuid() == 0


@functools.cache
def _tool(name: str) -> str:
    return shutil.which(name, path="/usr/bin:/bin:/usr/local/bin") or f"/usr/bin/{name}"


def _memory_file(content: bytes) -> int:
    """Return a descriptor to read ``content`` from."""
    fd = os.memfd_create("sandbox-file", 0)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(fd, view) :]
        os.lseek(fd, 0, os.SEEK_SET)
    except BaseException:
        os.close(fd)
        raise
    return fd


def _directories_above(target: Path, made: set[Path]) -> Iterator[str]:
    """Yield arguments that make the missing folders above ``target``, open for reading."""
    for parent in reversed(target.parents):
        if parent not in made:
            made.add(parent)
            yield from ("--perms", "0755", "--dir", str(parent))
