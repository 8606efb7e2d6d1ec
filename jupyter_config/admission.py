"""Before a server starts, the Hub asks the site whether it may, and what it may use.

So nobody gets around maintenance and quotas by starting a server at the Hub itself. While the site
is silent servers start as ever: a lab is more use than a closed door.
"""

from __future__ import annotations

import json
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

__all__ = ["NotNow", "admission_hook"]

PATIENCE_SECONDS = 5.0


class NotNow(Exception):
    """The site says no; the Hub shows its words."""

    def __init__(self, chinese: str, english: str) -> None:
        self.jupyterhub_message = f"{chinese} · {english}"
        super().__init__(self.jupyterhub_message)


def admission_hook(site_api_url: str, secret: str) -> Any:
    """Return a ``pre_spawn_hook`` that asks the site at ``site_api_url``."""

    async def ask(spawner: Any) -> None:
        """Raises NotNow."""
        answer = await _asked(spawner, site_api_url, secret)
        if answer is None:
            return
        if "error" in answer:
            said = answer["error"].get("messages", {})
            raise NotNow(said.get("zh-Hant-TW", "目前無法啟動。"), said.get("en", "Not now."))
        memory, idle = answer.get("memory_mb"), answer.get("idle_minutes")
        if memory is not None and hasattr(spawner, "resident_mb"):
            spawner.resident_mb = int(memory)
        if idle is not None:
            seconds = str(int(idle * 60))
            spawner.environment = {**spawner.environment, "BANYAN_IDLE_SECONDS": seconds}

    return ask


async def _asked(spawner: Any, site_api_url: str, secret: str) -> dict[str, Any] | None:
    """Return what the site said, or None when it did not answer as it should."""
    request = HTTPRequest(
        f"{site_api_url}/api/hub/people/{spawner.user.name}/admission",
        method="POST",
        body=b"",
        headers={"Authorization": f"Bearer {secret}"},
        request_timeout=PATIENCE_SECONDS,
        connect_timeout=PATIENCE_SECONDS,
    )
    try:
        answer = await AsyncHTTPClient().fetch(request)
    except HTTPClientError as error:
        if error.code != 409 or error.response is None:
            spawner.log.warning("The site did not say whether %s may start: %s", spawner, error)
            return None
        answer = error.response
    except OSError as error:
        spawner.log.warning("The site does not answer: %s", error)
        return None
    try:
        content = json.loads(answer.body)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
