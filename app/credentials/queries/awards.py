"""Awards: whose they are, and what was decided about them."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Person
from app.credentials import policies
from app.credentials.models import Achievement, Award, Credential, CredentialChoice, Issuer
from app.credentials.rules import AchievementKind, Reason
from app.kernel.database import db
from app.kernel.errors import NotVisible

__all__ = [
    "award_of", "award_visible_to", "awards_of", "decided_otherwise", "holder_choice",
    "live_award", "live_awards", "live_by_person", "live_skill_awards",
    "managed_award", "newest_credentials",
]  # fmt: skip

DECIDED = (Reason.DECLINED, Reason.MISTAKE, Reason.MISCONDUCT)
"""After these no rule awards the same again: a person has decided."""

_SHOWN = (
    joinedload(Award.achievement),
    joinedload(Award.issuer).joinedload(Issuer.organisation),
    selectinload(Award.credentials),
)


def awards_of(person: Person) -> Sequence[Award]:
    """All of PERSON's awards with their credentials, newest first; in two statements."""
    return db.session.scalars(
        select(Award)
        .where(Award.person_id == person.id)
        .order_by(Award.awarded_at.desc(), Award.id.desc())
        .options(*_SHOWN)
    ).all()


def award_visible_to(person: Person, award_id: uuid.UUID) -> Award:
    """An award of PERSON's own. Raises NotVisible."""
    found = award_of(award_id)
    if found is None or not policies.is_holder(person, found):
        raise NotVisible(str(award_id))
    return found


def managed_award(person: Person, award_id: uuid.UUID) -> Award:
    """An award of an issuer that PERSON manages. Raises NotVisible."""
    found = award_of(award_id)
    if found is None or not policies.can_manage(person, found.issuer):
        raise NotVisible(str(award_id))
    return found


def award_of(award_id: uuid.UUID) -> Award | None:
    return db.session.scalar(
        select(Award).where(Award.id == award_id).options(*_SHOWN, joinedload(Award.person))
    )


def live_award(
    person_id: uuid.UUID, issuer_id: uuid.UUID, kind: AchievementKind, subject: str
) -> Award | None:
    return db.session.scalar(
        select(Award).where(
            Award.person_id == person_id,
            Award.issuer_id == issuer_id,
            Award.kind == kind,
            Award.subject == subject,
            Award.withdrawn_at.is_(None),
        )
    )


def live_by_person(
    issuer_id: uuid.UUID, kind: AchievementKind, subject: str, people: Collection[uuid.UUID]
) -> dict[uuid.UUID, Award]:
    """The live awards of one achievement among PEOPLE, in one statement."""
    rows = db.session.scalars(
        select(Award).where(
            Award.issuer_id == issuer_id,
            Award.kind == kind,
            Award.subject == subject,
            Award.person_id.in_(list(people)),
            Award.withdrawn_at.is_(None),
        )
    )
    return {row.person_id: row for row in rows if row.person_id is not None}


def live_awards(
    person_id: uuid.UUID, kind: AchievementKind, subjects: Collection[str] | None = None
) -> Sequence[Award]:
    """Somebody's live awards of KIND (for SUBJECTS), oldest first."""
    statement = select(Award).where(
        Award.person_id == person_id, Award.kind == kind, Award.withdrawn_at.is_(None)
    )
    if subjects is not None:
        statement = statement.where(Award.subject.in_(list(subjects)))
    return db.session.scalars(statement.order_by(Award.awarded_at, Award.id)).all()


def decided_otherwise(
    issuer_id: uuid.UUID, achievement: Achievement, people: Collection[uuid.UUID]
) -> set[uuid.UUID]:
    """Who of PEOPLE no rule gives ACHIEVEMENT to: it was declined, or taken by a person."""
    return set(
        db.session.scalars(
            select(Award.person_id).where(
                Award.person_id.in_(list(people)),
                Award.issuer_id == issuer_id,
                Award.kind == achievement.kind,
                Award.subject == achievement.subject,
                Award.withdrawn_for.in_(DECIDED),
            )
        )
    )


def holder_choice(person_id: uuid.UUID) -> bool:
    """Whether her name is to stand in her credentials."""
    return bool(
        db.session.scalar(
            select(CredentialChoice.shows_name).where(CredentialChoice.person_id == person_id)
        )
    )


def newest_credentials(award: Award) -> list[Credential]:
    """The credentials of the newest number."""
    return [row for row in award.credentials if row.number == award.issued_number]


def live_skill_awards(
    people: Collection[uuid.UUID], keys: Collection[str]
) -> dict[uuid.UUID, list[Award]]:
    """Live awards of the skills KEYS among PEOPLE, whatever their level; in one statement."""
    found: dict[uuid.UUID, list[Award]] = {}
    for row in db.session.scalars(
        select(Award).where(
            Award.person_id.in_(list(people)),
            Award.kind == AchievementKind.SKILL,
            func.regexp_replace(Award.subject, "@[0-9]+$", "").in_(list(keys)),
            Award.withdrawn_at.is_(None),
        )
    ):
        if row.person_id is not None:
            found.setdefault(row.person_id, []).append(row)
    return found
