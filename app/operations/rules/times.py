"""Instants as operators type them on the command line."""

import re
from datetime import UTC, datetime, timedelta

from app.kernel.clock import TAIPEI

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class BadTime(ValueError):
    """It cannot be understood as an instant."""


def parse_instant(text: str, now: datetime) -> datetime:
    """The instant that TEXT names, in UTC.

    ``18:30`` is the next half past six in Taipei, ``+45m``, ``+2h`` or ``+1d`` counts from NOW,
    ``2026-11-23T18:30`` is a day's time in Taipei unless it carries an offset. Raises BadTime.
    """
    text = text.strip()
    if found := re.fullmatch(r"\+(\d{1,4})([mhd])", text):
        return now + timedelta(**{UNITS[found[2]]: int(found[1])})
    if found := re.fullmatch(r"(\d{1,2}):(\d{2})", text):
        local = now.astimezone(TAIPEI)
        try:
            at = local.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
        except ValueError as error:
            raise BadTime(text) from error
        return (at if at > local else at + timedelta(days=1)).astimezone(UTC)
    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadTime(text) from error
    return (given if given.tzinfo else given.replace(tzinfo=TAIPEI)).astimezone(UTC)
