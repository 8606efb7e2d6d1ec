"""Loopback ports: choose a free one, and ask whether one is taken."""

import random
import socket

__all__ = ["LOOPBACK", "free_port", "is_free"]

LOOPBACK = "127.0.0.1"

# Below Linux's ephemeral range (32768 and up), so that no outgoing connection of this
# machine takes a port that we keep for the next start.
_FIRST, _LAST = 15000, 32000


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on ``host:port`` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: a port whose old connections linger in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(avoid: frozenset[int] = frozenset()) -> int:
    """A free loopback port between 15000 and 32000, none of ``avoid``.

    Raises OSError when two hundred random ports in a row are taken.
    """
    for _ in range(200):
        port = random.SystemRandom().randint(_FIRST, _LAST)
        if port not in avoid and is_free(port):
            return port
    raise OSError("no free port found between 15000 and 32000")
