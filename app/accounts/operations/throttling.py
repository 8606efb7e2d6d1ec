"""Limits on what can be guessed or used to annoy: passwords, codes, mails."""

import hashlib
import math
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select

from app.accounts.models import ThrottledTry
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation

__all__ = ["Limit", "TooManyTries", "forget_old_tries", "forgive", "take"]


@dataclass(frozen=True)
class Limit:
    """At most COUNT tries within SECONDS."""

    name: str
    count: int
    seconds: int


class TooManyTries(Refused):
    """``retry_minutes``: after how many minutes the next try is possible."""

    def __init__(self, retry_minutes: int) -> None:
        self.retry_minutes = retry_minutes
        super().__init__(
            _l(
                "There were too many tries. Wait %(minutes)s minutes, then try again.",
                minutes=retry_minutes,
            )
        )


def take(*tries: tuple[Limit, str]) -> list[uuid.UUID]:
    """Count one try against each (limit, whom); returns the tries' ids, for ``forgive``.

    Call it outside of operations: tries are committed before they are counted, so that parallel
    requests cannot slip through together, and stay when what follows is refused. A refused try is
    taken back: asking again does not prolong the wait.

    Raises TooManyTries.
    """
    made = _store(tries)
    for limit, whom in tries:
        wait = _wait_seconds(limit, whom)
        if wait > 0:
            forgive(made)
            raise TooManyTries(max(1, -(-wait // 60)))
    return made


@operation
def _store(tries: tuple[tuple[Limit, str], ...]) -> list[uuid.UUID]:
    rows = [ThrottledTry(bucket=_bucket(limit, whom)) for limit, whom in tries]
    db.session.add_all(rows)
    db.session.flush()
    return [row.id for row in rows]


def _wait_seconds(limit: Limit, whom: str) -> int:
    """Seconds until a try is possible again; 0 when the one just stored is within the limit."""
    since = clock.now() - timedelta(seconds=limit.seconds)
    count, first = db.session.execute(
        select(func.count(), func.min(ThrottledTry.at)).where(
            ThrottledTry.bucket == _bucket(limit, whom), ThrottledTry.at > since
        )
    ).one()
    if count <= limit.count:
        return 0
    return math.ceil((first - since).total_seconds())


@operation
def forgive(try_ids: list[uuid.UUID]) -> None:
    """Count these tries no longer: they were not failures."""
    db.session.execute(delete(ThrottledTry).where(ThrottledTry.id.in_(try_ids)))


@operation
def forget_old_tries() -> None:
    """Delete what no limit looks at any more."""
    db.session.execute(
        delete(ThrottledTry).where(ThrottledTry.at < clock.now() - timedelta(days=1))
    )


def _bucket(limit: Limit, whom: str) -> str:
    # Hashed, because this table should not become a list of addresses that somebody tried.
    return f"{limit.name}:{hashlib.sha256(whom.encode()).hexdigest()[:32]}"
