"""Asking the parts of the house whether they answer."""

from pathlib import Path
from typing import Any

import httpx

__all__ = ["answers", "post"]


def answers(url: str, *, socket: Path | None = None, host: str | None = None) -> bool:
    """Whether ``url`` (over ``socket`` when given) gives any HTTP answer but a gateway's error."""
    try:
        with _client(socket, seconds=3) as client:
            response = client.get(url, headers={"Host": host} if host else {})
    except httpx.HTTPError:
        return False
    return response.status_code not in (502, 504)


def post(
    url: str, *, socket: Path | None, token: str, json: Any = None, seconds: float = 10
) -> None:
    """POST to the Hub's REST API; raises httpx.HTTPError when it refuses or does not answer."""
    with _client(socket, seconds) as client:
        response = client.post(url, json=json, headers={"Authorization": f"token {token}"})
        response.raise_for_status()


def _client(socket: Path | None, seconds: float) -> httpx.Client:
    transport = httpx.HTTPTransport(uds=str(socket)) if socket else None
    # trust_env off: a proxy of the environment has no business between parts of one house.
    return httpx.Client(transport=transport, timeout=seconds, trust_env=False)
