"""People of the Hub are people of the site: sign-in through its OpenID Connect, nothing else.

Who may use labs is the site's decision. It travels as the claim ``labs_allowed`` at sign-in, and
is asked again every ``auth_refresh_age`` seconds that a person is active.
"""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import quote

from oauthenticator.generic import GenericOAuthenticator
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from traitlets import Float, Unicode

__all__ = ["SiteAuthenticator"]


class SiteAuthenticator(GenericOAuthenticator):
    """The site's people, each by her handle."""

    site_api_url = Unicode(help="Where the Hub itself reaches the site.").tag(config=True)
    grace_seconds = Float(
        300.0, help="How long a site that does not answer leaves people signed in."
    ).tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._silent_since: dict[str, float] = {}

    async def check_allowed(self, username: str, auth_model: dict[str, Any] | None) -> bool:
        """Say whether the claims of this sign-in allow labs; the site makes users by its token."""
        if auth_model is None:
            return True
        claims = auth_model["auth_state"][self.user_auth_state_key]
        return claims.get("labs_allowed") is True

    async def refresh_user(self, user: Any, handler: Any = None, **kwargs: Any) -> bool:
        """Ask the site whether the person may still use labs.

        A site that is silent leaves her signed in for ``grace_seconds``, so that its restart
        interrupts nobody's work.
        """
        name = user.name
        try:
            allowed = await self._may_use_labs(name)
        except Exception as error:
            since = self._silent_since.setdefault(name, time.monotonic())
            self.log.warning("The site does not say whether %s may use labs: %s", name, error)
            return time.monotonic() - since < self.grace_seconds
        self._silent_since.pop(name, None)
        if not allowed:
            self.log.info("The site no longer lets %s use labs.", name)
        return allowed

    async def _may_use_labs(self, name: str) -> bool:
        request = HTTPRequest(
            f"{self.site_api_url}/api/hub/people/{quote(name, safe='')}",
            headers={"Authorization": f"Bearer {self.client_secret}", "Accept": "application/json"},
            connect_timeout=3,
            request_timeout=5,
            follow_redirects=False,
            validate_cert=self.validate_server_cert,
        )
        try:
            response = await AsyncHTTPClient().fetch(request)
        except HTTPClientError as error:
            if error.code in (403, 404):
                return False
            raise
        return json.loads(response.body).get("labs_allowed") is True
