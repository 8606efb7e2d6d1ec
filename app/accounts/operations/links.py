"""Links that we mail: signed, for one purpose, until an hour on our own clock."""

from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from app.kernel import clock
from app.kernel.config import Config
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l

__all__ = ["LinkExpired", "LinkInvalid", "seal", "unseal"]


class LinkExpired(Refused):
    message = _l("This link was valid for a limited time, which is over. Ask for a new one.")


class LinkInvalid(Refused):
    message = _l(
        "This link is not complete or was used before. Open it from the newest mail again."
    )


def seal(config: Config, purpose: str, data: dict[str, Any], *, lasting: timedelta) -> str:
    """DATA (JSON) as text that only this site can have made, for PURPOSE only."""
    until = clock.now() + lasting
    return str(_serializer(config, purpose).dumps([data, until.timestamp()]))


def unseal(config: Config, purpose: str, token: str) -> dict[str, Any]:
    """What ``seal`` put into TOKEN. Raises LinkInvalid or LinkExpired."""
    try:
        data, until = _serializer(config, purpose).loads(token)
    except (BadData, ValueError, TypeError):
        raise LinkInvalid from None
    if datetime.fromtimestamp(until, tz=clock.now().tzinfo) < clock.now():
        raise LinkExpired
    return dict(data)


def _serializer(config: Config, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(config.secret_key, salt=f"accounts.{purpose}")
