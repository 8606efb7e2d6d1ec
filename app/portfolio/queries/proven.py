"""Skills that her work shows, and credentials that were issued to her, as they hold now."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.credentials.models import Award, Credential, Issuer
from app.credentials.rules import CredentialKind
from app.evidence import queries as evidence
from app.evidence.models import Evidence
from app.evidence.rules import Vouching
from app.kernel import clock
from app.kernel.database import db
from app.kernel.localized import LocalizedText

__all__ = ["CredentialFact", "SkillFact", "Vouched", "credentials_of", "skills_of"]


@dataclass(frozen=True)
class Vouched:
    """One way in which a skill is vouched for; a skill has up to three, never merged."""

    vouching: Vouching
    level: int
    level_title: LocalizedText
    since: datetime
    pieces: tuple[Evidence, ...]


@dataclass(frozen=True)
class SkillFact:
    ref: str
    title: LocalizedText
    text: LocalizedText
    code: str
    ways: tuple[Vouched, ...]

    @property
    def proofs(self) -> tuple[Evidence, ...]:
        """All pieces of evidence, each once."""
        return tuple(dict.fromkeys(piece for way in self.ways for piece in way.pieces))


@dataclass(frozen=True)
class CredentialFact:
    """A signed credential that holds: neither revoked nor hidden by her."""

    ref: str
    id: uuid.UUID
    title: LocalizedText
    description: LocalizedText
    issuer: LocalizedText | None
    """None: the programme."""
    issued_at: datetime
    valid_until: datetime | None
    is_record: bool
    """A learner record of a whole cluster, not a badge."""


def skills_of(person_id: uuid.UUID) -> list[SkillFact]:
    """What she shows now, by skill; in one statement."""
    by_skill: dict[str, list[evidence.Standing]] = {}
    for standing in evidence.standing(person_id):
        by_skill.setdefault(standing.skill.key, []).append(standing)
    return [
        SkillFact(
            ref=key,
            title=rows[0].skill.title,
            text=rows[0].skill.text,
            code=rows[0].skill.code,
            ways=tuple(
                Vouched(
                    row.vouching,
                    row.level,
                    row.skill.framework.level_title(row.level),
                    row.since,
                    row.evidence,
                )
                for row in rows
            ),
        )
        for key, rows in by_skill.items()
    ]


def credentials_of(person_id: uuid.UUID) -> list[CredentialFact]:
    """The newest credential of each award that stands, newest first; in two statements."""
    now = clock.now()
    awards = db.session.scalars(
        select(Award)
        .where(
            Award.person_id == person_id,
            Award.withdrawn_at.is_(None),
            Award.hidden_at.is_(None),
            Award.issued_number > 0,
        )
        .order_by(Award.awarded_at.desc(), Award.id.desc())
        .options(
            joinedload(Award.achievement),
            joinedload(Award.issuer).joinedload(Issuer.organisation),
            selectinload(Award.credentials),
        )
    )
    return [
        CredentialFact(
            # The award's: a credential that is signed anew stays on her page.
            ref=f"{award.id}/{row.kind.value}",
            id=row.id,
            title=award.achievement.title,
            description=award.achievement.description,
            issuer=award.issuer.organisation.name if award.issuer.organisation else None,
            issued_at=row.issued_at,
            valid_until=row.valid_until,
            is_record=row.kind is CredentialKind.CLR,
        )
        for award in awards
        for row in award.credentials
        if _holds(award, row, now)
    ]


def _holds(award: Award, credential: Credential, now: datetime) -> bool:
    return (
        credential.number == award.issued_number
        and credential.revoked_at is None
        and (credential.valid_until is None or now < credential.valid_until)
    )
