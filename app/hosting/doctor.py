"""``banyan doctor``: looks at the machine and says in sentences what is missing."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil
import psycopg

from app import engine
from app.hosting.errors import HostingError
from app.hosting.house import PROXY, node
from app.hosting.places import listen_address
from app.hosting.ports import is_free
from app.hosting.postgres import EXTENSIONS, program
from app.hosting.supervisor import AlreadyRunning, only_one
from app.kernel.config import Config

__all__ = ["Finding", "also", "examine"]

_DISK_BYTES = 5 * 1024**3
_MEMORY_BYTES = 3 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing looked at: is it well, and a sentence about it."""

    is_well: bool
    sentence: str


Look = Callable[[Config, Mapping[str, str]], Iterator["Finding"]]

_more: list[Look] = []


def also(look: Look) -> None:
    """Let ``banyan doctor`` look at something of a room above."""
    if look not in _more:
        _more.append(look)


def examine(
    config: Config, environ: Mapping[str, str], *, only_the_machine: bool = False
) -> list[Finding]:
    """Look at everything that the house needs; changes nothing that stays."""
    looks: tuple[Look, ...] = (
        _sandbox,
        _environments,
        _printing,
        _programs,
        _ports,
        _room,
        _names,
        _database,
        *(() if only_the_machine else _more),
    )
    findings: list[Finding] = []
    for look in looks:
        try:
            findings.extend(look(config, environ))
        except HostingError as error:
            findings.append(Finding(False, error.message))
    return findings


def _sandbox(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        yield Finding(False, "bubblewrap is missing. Type: apt-get install bubblewrap")
        return
    everything = ("--dev-bind", "/", "/", "--unshare-pid", "--unshare-net", "--unshare-ipc")
    if _works(bwrap, "--unshare-user", "--uid", "1", *everything, "--proc", "/proc", "true"):
        yield Finding(True, "Sandboxes work (bubblewrap, user, process and network namespaces).")
    else:
        yield Finding(
            False,
            "bubblewrap cannot make namespaces, so labs and grading cannot be kept apart. On a "
            "server: sysctl kernel.unprivileged_userns_clone=1 (or the AppArmor profile of "
            "bwrap). In a container: run it with --security-opt seccomp=unconfined "
            "--security-opt apparmor=unconfined and --cap-add SYS_ADMIN.",
        )


def _environments(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    command = engine.missing("deep-learning")
    if command is None:
        yield Finding(True, "Labs may use every environment, deep learning (PyTorch) included.")
    else:
        yield Finding(
            True, f"Labs may use every environment but deep learning. To add PyTorch: {command}"
        )


def _printing(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """PDFs are a convenience: without them the house is well, and says what to type."""
    command = engine.pdf_missing()
    if command is not None:
        yield Finding(True, f"Feedback can be saved as HTML but not as PDF. Type: {command}")
    elif shutil.which("fc-list") and not _said("fc-list", ":lang=zh-tw"):
        yield Finding(True, "PDFs have no Chinese letters. Type: apt-get install fonts-noto-cjk")
    else:
        yield Finding(True, "Feedback can be saved as PDF.")


def _programs(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    yield Finding(True, f"Node is {node()}.")
    if PROXY.exists():
        yield Finding(True, "The proxy is installed.")
    else:
        yield Finding(False, "The proxy is missing. Type: make setup")
    program("postgres")
    yield Finding(True, "PostgreSQL's programs are installed.")


def _ports(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    listen = listen_address(config, environ)
    try:
        with only_one(config.instance / "run", ""):
            free = is_free(listen.port, listen.host)
    except AlreadyRunning as running:
        yield Finding(True, running.message)
        return
    if free:
        yield Finding(True, f"Port {listen.port} is free.")
    else:
        yield Finding(
            False,
            f"Port {listen.port} is taken by another program. Set PORT to another number, "
            f"for example: make run PORT={listen.port + 10}",
        )


def _room(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    free = shutil.disk_usage(config.instance).free
    yield Finding(
        free >= _DISK_BYTES,
        f"{free / 1024**3:.0f} GB are free in {config.instance}"
        + ("." if free >= _DISK_BYTES else "; people's files need 5 GB or more."),
    )
    memory = psutil.virtual_memory().total
    yield Finding(
        memory >= _MEMORY_BYTES,
        f"The machine has {memory / 1024**3:.0f} GB of memory"
        + ("." if memory >= _MEMORY_BYTES else "; site, Hub and a few labs need 4 GB."),
    )
    if not os.access(config.instance, os.W_OK):
        yield Finding(False, f"{config.instance} cannot be written to. Change its owner.")


def _names(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    if config.is_loopback:
        return  # browsers know *.localhost themselves
    labs = urlsplit(config.labs_url).hostname or ""
    for name in (urlsplit(config.site_url).hostname or "", labs, f"somebody.{labs}"):
        try:
            socket.getaddrinfo(name, None)
        except OSError:
            yield Finding(
                False,
                f"The name {name} is not known. Add it to your DNS"
                + (f" (a wildcard, *.{labs})." if name.startswith("somebody.") else "."),
            )
        else:
            yield Finding(True, f"The name {name} is known.")


def _database(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    if not config.database_url:
        return
    for name, url in (
        ("DATABASE_URL", config.database_url),
        ("HUB_DATABASE_URL", environ.get("HUB_DATABASE_URL", "")),
    ):
        if not url:
            yield Finding(False, f"{name} is missing: JupyterHub keeps tables of its own there.")
            continue
        yield _server(name, url.replace("postgresql+psycopg:", "postgresql:", 1))


def _server(name: str, url: str) -> Finding:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            if connection.info.server_version < 170000:
                return Finding(False, f"{name} is PostgreSQL older than 17. Upgrade the server.")
            rows = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
    except psycopg.Error as error:
        return Finding(False, f"{name} does not answer: {str(error).strip()}")
    missing = sorted(set(EXTENSIONS) - {row[0] for row in rows})
    if missing:
        return Finding(
            False,
            f"{name} lacks the extensions {', '.join(missing)}. Install the server's contrib "
            "package.",
        )
    return Finding(True, f"{name} answers, and has what is needed.")


def _works(*command: str) -> bool:
    done = subprocess.run(command, capture_output=True, check=False, timeout=20)
    return done.returncode == 0


def _said(*command: str) -> str:
    """What a program prints."""
    return subprocess.run(command, capture_output=True, check=False, timeout=20, text=True).stdout
