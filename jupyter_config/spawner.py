"""Start each person's JupyterLab in a sandbox of her own on this machine.

The sandbox has no network at all. Three Unix sockets are its only doors: the Hub's and the
exchange's are mounted into it, and its own listening socket is opened here and handed in as a
descriptor. That socket is deliberately not TCP: whoever holds a TCP socket made outside could
reconnect it to any port of the host. Nor does the sandbox see the socket's folder, so it cannot
put something else in its place.

A server survives a restart of the Hub and of the proxy.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from jupyterhub.objects import Server
from jupyterhub.spawner import Spawner
from traitlets import Bool, Enum, Instance, Integer, Unicode

from jupyter_config import homes
from jupyter_config.caretaker import Caretaker
from jupyter_config.limits import LocalLimits
from jupyter_config.nursery import Nursery, NurseryFailed, Planting
from jupyter_config.processes import ServerProcess
from jupyter_config.sandbox import Rlimits, Sandbox, available, python_paths

__all__ = ["SandboxSpawner"]

PACKAGE = Path(__file__).resolve().parent
INSIDE_PACKAGE = "/opt/banyan/jupyter_config"
INSIDE_HUB = "/run/banyan/hub"
INSIDE_EXCHANGE = "/run/banyan/exchange"
INSIDE_DATA = "/data"
SOCKET_PATH_LIMIT = 100
MEGABYTE = 1024 * 1024

PROGRESS = (
    (5, "正在準備你的個人資料夾", "Preparing your own folder"),
    (20, "正在啟動 JupyterLab", "Starting JupyterLab"),
    (45, "正在載入實作環境", "Loading the lab environment"),
    (70, "快好了", "Almost there"),
)


class SocketServer(Server):
    """A server behind a Unix socket, which the Hub's own table of addresses cannot express."""

    socket_path = Unicode()

    @property
    def host(self) -> str:
        return f"http+unix://{quote(self.socket_path, safe='')}"


class SandboxSpawner(Spawner):
    """One sandboxed JupyterLab per person, as a local process."""

    instance = Unicode(help="The folder of everything that this installation keeps.").tag(
        config=True
    )
    hub_socket = Unicode(help="The Unix socket that the Hub listens on.").tag(config=True)
    site_url = Unicode(help="The site's address in the browser.").tag(config=True)
    reader_locale = Enum(
        ["zh-Hant-TW", "en"],
        default_value="zh-Hant-TW",
        help="The language in which JupyterLab starts; the site gives it when it starts a server.",
    ).tag(config=True)
    wanted_environment = Unicode(
        help="The environment of the lab that it starts for; here there are all, in containers one."
    )
    address_space_mb = Integer(
        6144, help="The most address space of one process, in megabytes; 0 for no limit."
    ).tag(config=True)
    processes = Integer(256, help="The most processes and threads of one person.").tag(config=True)
    file_mb = Integer(2048, help="The largest file, in megabytes.").tag(config=True)
    tmp_mb = Integer(512, help="The size of /tmp, in megabytes.").tag(config=True)
    resident_mb = Integer(
        4096, help="The most resident memory of one person; her largest process above it ends."
    ).tag(config=True)

    limits = Instance(
        LocalLimits, args=(), help="What a person may take of processor time and disk."
    ).tag(config=True)

    warm = Bool(
        True, help="Fork servers from a process that has imported their libraries already."
    ).tag(config=True)

    #: One for all people of this Hub.
    nursery = Nursery()
    _popen: subprocess.Popen[Any] | None = None
    _process: ServerProcess | None = None
    _caretaker: Caretaker | None = None

    # Where things are

    @property
    def _folder(self) -> Path:
        """The folder of listening sockets and process records, outside every sandbox."""
        return sockets_folder(Path(self.instance))

    @property
    def socket_path(self) -> Path:
        return self._folder / f"{self.user.name}.sock"

    @property
    def _record(self) -> Path:
        return self._folder / f"{self.user.name}.json"

    @property
    def server(self) -> Server | None:
        """The address that the Hub polls and gives to the proxy."""
        plain = Spawner.server.fget(self)
        if plain is None or plain.orm_server is None:
            return plain
        if not isinstance(plain, SocketServer):
            plain = SocketServer(orm_server=plain.orm_server, socket_path=str(self.socket_path))
            self._server = plain
        return plain

    @server.setter
    def server(self, server: Server | None) -> None:
        Spawner.server.fset(self, server)

    # Life

    async def start(self) -> str:
        """Start the server and return the address for the proxy."""
        reason = available()
        if reason is not None:
            raise RuntimeError(reason)
        home = await asyncio.to_thread(
            homes.prepare_home, Path(self.instance) / "homes", self.user.name
        )
        self.port = 8888  # only a name in the sandbox; the descriptor is what listens
        listener = self._listen()
        try:
            with self._log_file() as log:
                if not (self.warm and await self._fork(home, listener, log)):
                    await self._start_cold(home, listener, log)
        finally:
            listener.close()
        assert self._process is not None
        self._process.save(self._record)
        self.caretaker.begin(
            self._process,
            memory_bytes=self.resident_mb * MEGABYTE,
            processes=self.processes,
        )
        return f"http+unix://{quote(str(self.socket_path), safe='')}"

    async def _fork(self, home: homes.Home, listener: socket.socket, log: IO[bytes]) -> bool:
        """Have the server forked from the warm process; False when that did not work."""
        planting = Planting(
            self._sandbox(home), listener.fileno(), log.fileno(), package=INSIDE_PACKAGE
        )
        try:
            planted = await asyncio.to_thread(self.nursery.plant, planting)
        except NurseryFailed as error:
            self.log.warning("The server of %s starts cold: %s", self.user.name, error)
            return False
        self._popen, self._process = planted
        return True

    async def _start_cold(self, home: homes.Home, listener: socket.socket, log: IO[bytes]) -> None:
        """Start a new Python in the sandbox. Raises RuntimeError."""
        box = self._sandbox(home, listener.fileno())
        command = [sys.executable, "-P", "-s", f"{INSIDE_PACKAGE}/singleuser.py"]
        self._popen = box.popen(command, stdout=log, stderr=log, start_new_session=True)
        self._process = await self._begun(self._popen)

    async def _begun(self, popen: subprocess.Popen[Any]) -> ServerProcess:
        """Return the record of the sandbox once it stands. Raises RuntimeError."""
        for _ in range(500):
            process = ServerProcess.of(popen.pid)
            if process is not None:
                return process
            if popen.poll() is not None:
                break
            await asyncio.sleep(0.01)
        popen.kill()
        raise RuntimeError(f"The lab server's sandbox did not come up; see {self._log_path()}.")

    async def poll(self) -> int | None:
        """Return None while the server runs, otherwise its exit status (0 when unknown)."""
        status: int | None
        if self._popen is not None:
            status = self._popen.poll()
        else:
            status = None if self._process is not None and self._process.alive() else 0
        if status is not None:
            self._clean_up()
        elif self._process is not None:
            ended = self._process.end_largest_above(self.resident_mb * MEGABYTE)
            if ended is not None:
                self.log.warning("%s held too much memory: ended %s", self.user.name, ended)
            self.caretaker.look_after(self._process)
        return status

    @property
    def caretaker(self) -> Caretaker:
        if self._caretaker is None:
            self._caretaker = Caretaker(
                self.user.name,
                Path(self.instance) / "homes" / self.user.name,
                self.limits,
                self.file_mb * MEGABYTE,
                self.log,
            )
        return self._caretaker

    def _clean_up(self) -> None:
        """End what an ended server left behind in its sandbox, and forget it."""
        if self._process is not None:
            self._process.kill()
            self.socket_path.unlink(missing_ok=True)
            self._record.unlink(missing_ok=True)
            self.caretaker.end()
        self.clear_state()

    async def stop(self, now: bool = False) -> None:
        """End the server and everything in its sandbox; within four seconds unless ``now``."""
        process = self._process
        if process is not None:
            if not now:
                process.ask_to_stop()
                await self._gone(4.0)
            process.kill()
            await self._gone(5.0)

    async def _gone(self, seconds: float) -> None:
        for _ in range(int(seconds / 0.05)):
            if await self.poll() is not None:
                return
            await asyncio.sleep(0.05)

    def get_state(self) -> dict[str, Any]:
        state = super().get_state()
        if self._process is not None:
            state["process"] = self._process.as_dict()
        return state

    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)
        self._process = ServerProcess.from_dict(state.get("process", {}))

    def clear_state(self) -> None:
        super().clear_state()
        self._popen = self._process = self._caretaker = None

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """Yield what happens, in both languages; whoever shows it may pick from ``messages``."""
        for percent, chinese, english in PROGRESS:
            yield {
                "progress": percent,
                "message": f"{chinese} · {english}",
                "messages": {"zh-Hant-TW": chinese, "en": english},
            }
            await asyncio.sleep(1.0)

    # What the sandbox holds

    def get_env(self) -> dict[str, str]:
        """Return the environment inside: the Hub's variables and nothing of this process."""
        env = super().get_env()
        name = self.user.name
        hub = quote(f"{INSIDE_HUB}/{Path(self.hub_socket).name}", safe="")
        exchange = quote(f"{INSIDE_EXCHANGE}/site.sock", safe="")
        api = f"http+unix://{hub}{self.hub.base_url}api"
        env |= {
            "BANYAN_LOCALE": self.reader_locale,
            "JUPYTERHUB_API_URL": api,
            "JUPYTERHUB_ACTIVITY_URL": f"{api}/users/{name}/activity",
            "JUPYTERHUB_ROOT_DIR": f"/home/{name}",
            "JUPYTER_CONFIG_PATH": f"{INSIDE_PACKAGE}/lab",
            "BANYAN_EXCHANGE_URL": f"http+unix://{exchange}/api/exchange/v1",
            "BANYAN_URL": self.site_url,
            "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
            "USER": name,
            "SHELL": "/bin/bash",
            "TZ": "Asia/Taipei",
            "BANYAN_HOME_MB": self.limits.home_mb,
        }
        return {key: str(value) for key, value in env.items() if value is not None}

    def _sandbox(self, home: homes.Home, listener: int | None = None) -> Sandbox:
        """Her sandbox, the same on both roads; one that starts cold keeps ``listener`` open."""
        name = self.user.name
        exchange = (Path(self.instance) / "run" / "exchange").resolve()
        exchange.mkdir(mode=0o711, parents=True, exist_ok=True)
        data = open_data_folder(Path(self.instance))
        hub = Path(self.hub_socket).parent.resolve()
        if os.geteuid() == 0:  # she is another host user, and inside only this folder counts
            exchange.chmod(0o711)
            hub.chmod(0o711)
        return Sandbox(
            read_only=(
                *python_paths(),
                (PACKAGE, INSIDE_PACKAGE),
                (hub, INSIDE_HUB),
                (exchange, INSIDE_EXCHANGE),
                (data, INSIDE_DATA),
            ),
            read_write=((home.path, f"/home/{name}"),),
            tmpfs=(("/tmp", self.tmp_mb * MEGABYTE),),  # noqa: S108
            uid=home.uid if os.geteuid() == 0 else 1000,
            gid=home.uid if os.geteuid() == 0 else 1000,
            user_name=name,
            home=f"/home/{name}",
            hostname="lab",
            env=self.get_env() | ({} if listener is None else {"BANYAN_LISTEN_FD": str(listener)}),
            limits=Rlimits(
                address_space_bytes=self.address_space_mb * MEGABYTE or None,
                processes=self.processes,
                file_bytes=self.file_mb * MEGABYTE,
            ),
            inherit_fds=() if listener is None else (listener,),
            die_with_parent=False,
        )

    def _listen(self) -> socket.socket:
        """Return the listening socket that the proxy will connect to."""
        self.socket_path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.socket_path))
        self.socket_path.chmod(0o600)
        listener.listen(128)
        return listener

    def _log_path(self) -> Path:
        return Path(self.instance) / "logs" / "labs" / f"{self.user.name}.log"

    def _log_file(self) -> IO[bytes]:
        path = self._log_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def sockets_folder(instance: Path) -> Path:
    """Return the private folder of the lab servers' sockets, made on first use.

    A socket's path has at most 107 bytes, so for a deep instance it is a short one elsewhere. The
    same where its name has capitals: the Hub reads it as a host's, and those have none.
    """
    folder = instance / "run" / "servers"
    is_long = len(str(folder)) + len("/.sock") + 30 > SOCKET_PATH_LIMIT
    if is_long or str(folder) != str(folder).lower():
        mark = hashlib.sha256(str(instance).encode()).hexdigest()[:12]
        base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        folder = Path(base) / f"banyan-{os.geteuid()}-{mark}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o077 or folder.is_symlink():
        raise RuntimeError(f"{folder} must belong to this user alone (mode 700).")
    return folder


def open_data_folder(instance: Path) -> Path:
    """Return the folder of the data sets that everybody may read, NAME/VERSION/FILE in it.

    It is mounted whole: a set that is added is there at once in servers that run already.
    """
    folder = (instance / "data" / "open").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
