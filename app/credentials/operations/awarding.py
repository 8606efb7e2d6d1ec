"""Awarding: in the transaction in which what it rests on is released to the student.

Signing is a job. An award says how often it is to have been signed; the job signs what is missing.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.credentials import policies, queries
from app.credentials.models import Achievement, Award, Issuer
from app.credentials.operations.revoking import end
from app.credentials.rules import AchievementKind, Reason
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.jobs import defer
from app.kernel.transaction import operation

__all__ = [
    "Given", "NotHers", "award", "award_many", "base_on", "issue_again", "sign_soon",
    "take_back",
]  # fmt: skip

PRIORITY = -5
"""Of signing: after mails and what people look at, before regrades."""

TOGETHER = 20
"""How many awards one ticket is for. Each is signed in a transaction of its own."""


class NotHers(Refused):
    message = _l("This credential is not valid any more: there is nothing to issue again.")


@dataclass(frozen=True)
class Given:
    """An achievement for somebody, and what it rests on."""

    person_id: uuid.UUID
    basis: Mapping[str, Any] = field(default_factory=dict)


@operation
def award(
    person: Person,
    issuer: Issuer,
    achievement: Achievement,
    basis: Mapping[str, Any],
    *,
    by: Person | None = None,
) -> Award | None:
    """Award ACHIEVEMENT to PERSON, for rooms above: a project accepted, mentoring done.

    None when she has it from this issuer already, or when it was taken back or declined.
    """
    made = award_many(issuer, achievement, [Given(person.id, basis)], by_id=by.id if by else None)
    return db.session.get(Award, made[0]) if made else None


@operation
def award_many(
    issuer: Issuer,
    achievement: Achievement,
    given: Iterable[Given],
    *,
    run_id: uuid.UUID | None = None,
    by_id: uuid.UUID | None = None,
) -> list[uuid.UUID]:
    """Award ACHIEVEMENT to everybody who does not have it; answers the awards that were made."""
    rows = {row.person_id: row for row in given}
    for person_id in queries.decided_otherwise(issuer.id, achievement, list(rows)):
        del rows[person_id]
    if not rows:
        return []
    now = clock.now()
    values = [
        {
            "id": new_id(), "person_id": row.person_id, "issuer_id": issuer.id,
            "achievement_id": achievement.id, "kind": achievement.kind,
            "subject": achievement.subject, "awarded_at": now, "awarded_by_id": by_id,
            "run_id": run_id, "basis": dict(row.basis), "wanted_number": 1, "issued_number": 0,
        }
        # In one order everywhere: two that award the same people do not wait for each other.
        for row in sorted(rows.values(), key=lambda one: one.person_id)
    ]  # fmt: skip
    made = list(
        db.session.scalars(
            insert(Award)
            .values(values)
            .on_conflict_do_nothing(
                index_elements=["person_id", "issuer_id", "kind", "subject"],
                index_where=Award.withdrawn_at.is_(None),
            )
            .returning(Award.id)
        )
    )
    for start in range(0, len(made), TOGETHER):
        sign_soon(*made[start : start + TOGETHER])
    return made


def sign_soon(*award_ids: uuid.UUID) -> None:
    """A ticket for signing what is missing of awards, in this transaction."""
    ids = [str(award_id) for award_id in award_ids]
    defer("credentials.tasks.issue", priority=PRIORITY, award_ids=ids)


@operation
def base_on(found: Award, basis: Mapping[str, Any], achievement: Achievement | None = None) -> bool:
    """What FOUND rests on is BASIS now: when that is something else, it is signed anew, and the
    credential before is replaced. Answers whether it is."""
    locked = db.session.get_one(Award, found.id, with_for_update=True, populate_existing=True)
    if locked.withdrawn_at is not None or dict(locked.basis) == dict(basis):
        return False
    locked.basis = dict(basis)
    if achievement is not None:
        locked.achievement_id = achievement.id
    locked.wanted_number = locked.issued_number + 1
    sign_soon(locked.id)
    return True


@operation
def issue_again(actor: Person, found: Award) -> None:
    """Sign FOUND anew, with the issuer's newest key; the one before is replaced.

    Raises NotVisible, NotHers (it is withdrawn).
    """
    if not policies.can_manage(actor, found.issuer) and not policies.is_holder(actor, found):
        raise NotVisible(str(found.id))
    locked = db.session.get_one(Award, found.id, with_for_update=True, populate_existing=True)
    if locked.withdrawn_at is not None:
        raise NotHers
    locked.wanted_number = locked.issued_number + 1
    audit.record(actor.id, "credential.issued_again", "award", locked.id)
    sign_soon(locked.id)


@operation
def take_back(person_id: uuid.UUID, kind: AchievementKind, subject: str) -> int:
    """What KIND and SUBJECT rested on does not hold for somebody any more: her live awards of it
    end. Answers how many."""
    rows = db.session.scalars(
        select(Award)
        .where(
            Award.person_id == person_id,
            Award.kind == kind,
            Award.subject == subject,
            Award.withdrawn_at.is_(None),
        )
        .with_for_update()
    ).all()
    for row in rows:
        end(row, Reason.WITHDRAWN, by_id=None)
    return len(rows)
