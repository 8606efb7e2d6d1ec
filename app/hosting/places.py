"""Where things stand: the checkout, ports, sockets, the public address."""

import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from app.hosting.errors import HostingError
from app.hosting.ports import free_port, is_free
from app.kernel.config import Config

__all__ = [
    "CHECKOUT",
    "Listen",
    "internal_ports",
    "listen_address",
    "socket_folder",
    "socket_url",
]

CHECKOUT = Path(__file__).resolve().parents[2]

# sockaddr_un holds 108 bytes with the closing zero; some programs add a suffix while binding.
_SOCKET_PATH_BYTES = 100


@dataclass(frozen=True)
class Listen:
    """Where the proxy listens for people."""

    host: str
    port: int


def listen_address(config: Config, environ: Mapping[str, str]) -> Listen:
    """Where the proxy listens: ``BANYAN_LISTEN`` (``host:port``), otherwise loopback, at ``PORT``
    or the port that BANYAN_URL names or 8000.

    Raises HostingError when BANYAN_LISTEN cannot be understood.
    """
    given = environ.get("BANYAN_LISTEN", "")
    if given:
        host, _, port = given.rpartition(":")
        if not host or not port.isdigit():
            raise HostingError(
                f"BANYAN_LISTEN is {given!r}. Give host and port, for example 0.0.0.0:8000."
            )
        return Listen(host.strip("[]"), int(port))
    url_port = urlsplit(config.site_url).port
    return Listen("127.0.0.1", int(environ.get("PORT") or url_port or 8000))


def internal_ports(run: Path, names: tuple[str, ...], avoid: int) -> dict[str, int]:
    """A loopback port for each of ``names``: those kept in ``run/ports.json`` while they are
    free, others chosen anew and kept.
    """
    path = run / "ports.json"
    try:
        kept = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        kept = {}
    ports: dict[str, int] = {}
    for name in names:
        port = kept.get(name)
        if not isinstance(port, int) or port == avoid or not is_free(port):
            port = free_port(frozenset({avoid, *kept.values(), *ports.values()}))
        ports[name] = port
    path.write_text(json.dumps(ports, indent=2) + "\n")
    return ports


def socket_folder(run: Path, name: str) -> Path:
    """The private folder ``run/name`` for a Unix socket, as a path short enough for one.

    When the path is too long for the kernel, ``run/name`` becomes a link to a short folder.
    """
    place = run / name
    if len(os.fsencode(place / f"{name}.sock")) <= _SOCKET_PATH_BYTES:
        if place.is_symlink():  # the checkout has moved to a shorter place
            place.unlink()
        place.mkdir(mode=0o755, parents=True, exist_ok=True)
        return place
    if place.is_symlink():
        target = place.resolve()
        if target.is_dir() and target.stat().st_uid == os.geteuid():
            return target
        place.unlink()
    elif place.is_dir():
        place.rmdir()
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    parent = Path(runtime) if runtime and Path(runtime).is_dir() else Path(tempfile.gettempdir())
    # The outer folder keeps others out; the inner one may be bound into sandboxes.
    outer = parent / f"banyan-{secrets.token_hex(6)}"
    outer.mkdir(mode=0o700)
    target = outer / name
    target.mkdir(mode=0o755)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)
    return target


def socket_url(socket: Path) -> str:
    """``http+unix://…`` as JupyterHub and the site write it."""
    return f"http+unix://{quote(str(socket), safe='')}"
