"""Whoever works goes on working while the Hub is away, as during its restart.

A lab server asks the Hub every few seconds whose request it has. Where nobody answers, its last yes
to the same token holds for five minutes; a no is believed at once.
"""

from __future__ import annotations

import time
from typing import Any

from jupyterhub.services.auth import HubOAuth
from tornado.web import HTTPError

__all__ = ["PATIENCE_SECONDS", "PatientHubOAuth"]

PATIENCE_SECONDS = 300.0


class HubIsAway(HTTPError):
    """Nobody answered, or the proxy did for who is not there."""


class PatientHubOAuth(HubOAuth):
    """JupyterHub's own way to ask, with a memory."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._yes: dict[str, tuple[float, Any]] = {}

    async def _api_request(self, method: str, url: str, /, **options: Any) -> Any:
        try:
            return await super()._api_request(method, url, **options)
        except HTTPError as error:
            # JupyterHub says 500 for a connection that failed as for an answer that it dislikes.
            if error.status_code == 502 or "Failed to connect" in (error.log_message or ""):
                raise HubIsAway(error.status_code, error.log_message) from error
            raise

    async def _check_hub_authorization(
        self, url: str, api_token: str, cache_key: str | None = None, use_cache: bool = True
    ) -> Any:
        try:
            found = await super()._check_hub_authorization(url, api_token, cache_key, use_cache)
        except HubIsAway:
            when, found = self._yes.get(cache_key or "", (0.0, None))
            if found is None or time.monotonic() - when > PATIENCE_SECONDS:
                raise
            return found
        if cache_key is not None:
            self._remember(cache_key, found)
        return found

    def _remember(self, cache_key: str, found: Any) -> None:
        now = time.monotonic()
        self._yes = {
            key: kept for key, kept in self._yes.items() if now - kept[0] <= PATIENCE_SECONDS
        }
        if found is None:
            self._yes.pop(cache_key, None)
        else:
            self._yes[cache_key] = (now, found)
