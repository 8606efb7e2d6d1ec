"""Whether the Hub answers, before a browser is sent there."""

from urllib.parse import unquote, urlsplit

import httpx

from app.kernel.config import Config

PATIENCE_SECONDS = 0.5


def answers(config: Config) -> bool:
    """Whether the Hub's API says anything within half a second."""
    parts = urlsplit(config.hub_api_url)
    if parts.scheme == "http+unix":
        transport = httpx.HTTPTransport(uds=unquote(parts.netloc))
        url = f"http://hub{parts.path}/"
    else:
        transport, url = httpx.HTTPTransport(), f"{config.hub_api_url}/"
    try:
        with httpx.Client(transport=transport, timeout=PATIENCE_SECONDS) as client:
            return client.get(url).status_code < 500
    except (httpx.HTTPError, OSError):
        return False


def logout_url(config: Config) -> str:
    """Where the Hub forgets a browser; it then sends her back to the site."""
    return f"{config.labs_url}/hub/logout"
