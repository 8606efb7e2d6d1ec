"""Whether the Hub answers, before a browser is sent there."""

import socket
from contextlib import closing
from urllib.parse import SplitResult, unquote, urlsplit

from app.kernel.config import Config

PATIENCE_SECONDS = 0.5


def answers(config: Config) -> bool:
    """Whether the Hub's API says anything within half a second."""
    parts = urlsplit(config.hub_api_url)
    is_local = parts.scheme == "http+unix"
    address = unquote(parts.netloc) if is_local else (parts.hostname, parts.port or _port(parts))
    # Plain sockets, because one that could not connect must be closed here and now.
    with closing(socket.socket(socket.AF_UNIX if is_local else socket.AF_INET)) as connection:
        connection.settimeout(PATIENCE_SECONDS)
        try:
            connection.connect(address)
            if parts.scheme == "https":
                return True  # it listens; a handshake would cost more than it tells
            connection.sendall(f"GET {parts.path}/ HTTP/1.0\r\nHost: hub\r\n\r\n".encode())
            return connection.recv(16).startswith(b"HTTP/")
        except OSError:
            return False


def _port(parts: SplitResult) -> int:
    return 443 if parts.scheme == "https" else 80


def logout_url(config: Config) -> str:
    """Where the Hub forgets a browser; it then sends her back to the site."""
    return f"{config.labs_url}/hub/logout"
