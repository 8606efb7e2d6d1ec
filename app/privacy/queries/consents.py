"""What people agreed to, at this moment."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload

from app.accounts.models import Organisation, Person
from app.kernel import clock
from app.kernel.database import db
from app.privacy.models import ConsentEntry
from app.privacy.rules import PURPOSES, Act, Notice, Purpose, notices
from app.privacy.rules.notices import ends_at, holds_since


@dataclass(frozen=True)
class Standing:
    """How it stands with one purpose (and organisation): the newest line of the ledger."""

    purpose: Purpose
    organisation: Organisation | None
    entry: ConsentEntry
    is_consented: bool

    @property
    def ends_at(self) -> datetime | None:
        """When a consent that holds ends by itself."""
        if not self.is_consented:
            return None
        return ends_at(self.purpose.name, self.entry.notice_version, self.entry.at)


def current_notice(purpose: str) -> Notice:
    """The version that holds today (in Taipei)."""
    today = clock.now().astimezone(clock.TAIPEI).date()
    known = notices(purpose)
    return max((n for n in known if n.since <= today), key=lambda n: n.version, default=known[0])


def notice_version(purpose: str, version: int) -> Notice | None:
    """One version of a notice, also an old one; None when there is none."""
    if purpose not in PURPOSES:
        return None
    return next((n for n in notices(purpose) if n.version == version), None)


def has_consented(
    person_id: uuid.UUID, purpose: str, organisation_id: uuid.UUID | None = None
) -> bool:
    """Whether PERSON_ID consents to PURPOSE (for ORGANISATION_ID) now; asked at every request.

    The newest line of the ledger counts, and only if its notice still says what is done and the
    period that it named is not over.
    """
    newest = db.session.execute(
        select(ConsentEntry.act, ConsentEntry.notice_version, ConsentEntry.at)
        .where(
            ConsentEntry.person_id == person_id,
            ConsentEntry.purpose == purpose,
            ConsentEntry.organisation_id.is_not_distinct_from(organisation_id),
            ConsentEntry.act != Act.INFORMED,
        )
        .order_by(ConsentEntry.at.desc(), ConsentEntry.id.desc())
        .limit(1)
    ).first()
    return newest is not None and _holds(purpose, *newest)


def consented_people(
    purpose: str,
    organisation_id: uuid.UUID | None = None,
    *,
    among: Collection[uuid.UUID] | None = None,
) -> set[uuid.UUID]:
    """Everybody who consents to PURPOSE (for ORGANISATION_ID) now; one statement.

    AMONG: only of these people.
    """
    newest = (
        select(
            ConsentEntry.person_id, ConsentEntry.act, ConsentEntry.notice_version, ConsentEntry.at
        )
        .ext(distinct_on(ConsentEntry.person_id))
        .where(
            ConsentEntry.purpose == purpose,
            ConsentEntry.organisation_id.is_not_distinct_from(organisation_id),
            ConsentEntry.act != Act.INFORMED,
        )
        .order_by(ConsentEntry.person_id, ConsentEntry.at.desc(), ConsentEntry.id.desc())
    )
    if among is not None:
        newest = newest.where(ConsentEntry.person_id.in_(list(among)))
    return {
        person_id
        for person_id, act, version, at in db.session.execute(newest)
        if _holds(purpose, act, version, at)
    }


def standing_of(person: Person) -> list[Standing]:
    """The newest line for every purpose and organisation of PERSON, consents first."""
    newest = (
        select(ConsentEntry.id)
        .ext(distinct_on(ConsentEntry.purpose, ConsentEntry.organisation_id))
        .where(ConsentEntry.person_id == person.id)
        .order_by(
            ConsentEntry.purpose,
            ConsentEntry.organisation_id,
            ConsentEntry.at.desc(),
            ConsentEntry.id.desc(),
        )
    )
    entries = db.session.scalars(
        select(ConsentEntry)
        .where(ConsentEntry.id.in_(newest))
        .options(joinedload(ConsentEntry.organisation))
        .order_by(ConsentEntry.at.desc(), ConsentEntry.id.desc())
    ).all()
    found = [
        Standing(
            PURPOSES[entry.purpose],
            entry.organisation,
            entry,
            _holds(entry.purpose, entry.act, entry.notice_version, entry.at),
        )
        for entry in entries
        if entry.purpose in PURPOSES
    ]
    return sorted(found, key=lambda row: not row.purpose.by_consent)


def ledger_of(person: Person) -> Sequence[ConsentEntry]:
    """Every line of PERSON's, the newest first."""
    return db.session.scalars(
        select(ConsentEntry)
        .where(ConsentEntry.person_id == person.id)
        .options(joinedload(ConsentEntry.organisation))
        .order_by(ConsentEntry.at.desc(), ConsentEntry.id.desc())
    ).all()


def was_informed(person_id: uuid.UUID, purpose: str, organisation_id: uuid.UUID | None) -> int:
    """The newest version of the notice that she was shown; 0 when she was shown none."""
    return (
        db.session.scalar(
            select(func.max(ConsentEntry.notice_version)).where(
                ConsentEntry.person_id == person_id,
                ConsentEntry.purpose == purpose,
                ConsentEntry.organisation_id.is_not_distinct_from(organisation_id),
            )
        )
        or 0
    )


def consents_over() -> Sequence[ConsentEntry]:
    """Consents whose period is over and that nobody has ended yet, the oldest first."""
    newest = (
        select(ConsentEntry.id)
        .ext(
            distinct_on(ConsentEntry.person_id, ConsentEntry.purpose, ConsentEntry.organisation_id)
        )
        .where(ConsentEntry.act != Act.INFORMED)
        .order_by(
            ConsentEntry.person_id,
            ConsentEntry.purpose,
            ConsentEntry.organisation_id,
            ConsentEntry.at.desc(),
            ConsentEntry.id.desc(),
        )
    )
    now = clock.now()
    rows = db.session.scalars(
        select(ConsentEntry)
        .where(ConsentEntry.id.in_(newest), ConsentEntry.act == Act.CONSENTED)
        .order_by(ConsentEntry.at, ConsentEntry.id)
    )
    return [
        row
        for row in rows
        if row.purpose in PURPOSES and ends_at(row.purpose, row.notice_version, row.at) <= now
    ]


def _holds(purpose: str, act: Act, version: int, at: datetime) -> bool:
    return (
        act is Act.CONSENTED
        and version >= holds_since(purpose)
        and clock.now() < ends_at(purpose, version, at)
    )
