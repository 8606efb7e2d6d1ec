"""Ending credentials: revoked with a reason, declined, hidden, wanted again."""

import uuid

from sqlalchemy import select, update

from app.accounts.models import Person
from app.credentials import policies
from app.credentials.events import CredentialRevoked
from app.credentials.models import Award, Credential, CredentialChoice, StatusList
from app.credentials.rules import Reason
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation

__all__ = [
    "AlreadyRevoked", "WordsNeeded", "accept", "choose_name", "decline", "end", "hide", "revoke",
    "show",
]  # fmt: skip

BY_PEOPLE = (Reason.MISTAKE, Reason.MISCONDUCT, Reason.WITHDRAWN)
"""What an issuer may give as a reason."""


class WordsNeeded(Refused):
    message = _l("Say why: its holder reads it.")


class AlreadyRevoked(Refused):
    message = _l("It has been revoked by now.")


@operation
def end(found: Award, reason: Reason, *, by_id: uuid.UUID | None, note: str = "") -> None:
    """FOUND does not hold any more: its live credentials are revoked."""
    found.withdrawn_at = clock.now()
    found.withdrawn_for = reason
    found.withdrawn_by_id = by_id
    revoke_live(found, reason, by_id=by_id, note=note)
    db.session.flush()
    if reason not in (Reason.DECLINED, Reason.ERASED):
        defer("credentials.tasks.tell_revoked", award_id=str(found.id))


def revoke_live(
    found: Award,
    reason: Reason,
    *,
    by_id: uuid.UUID | None = None,
    note: str = "",
    before: int | None = None,
) -> None:
    """Revoke the live credentials of FOUND (those with a number under BEFORE), and let their lists
    be signed again."""
    rows = db.session.scalars(
        select(Credential).where(Credential.award_id == found.id, Credential.revoked_at.is_(None))
    ).all()
    ended = [row for row in rows if before is None or row.number < before]
    for row in ended:
        row.revoked_at = clock.now()
        row.revoked_for = reason
        row.revoked_by_id = by_id
        row.revocation_note = note.strip()[:500]
        if before is None:
            publish(CredentialRevoked(row.id))
    if ended:
        lists = {row.status_list_id for row in ended}
        db.session.execute(
            update(StatusList).where(StatusList.id.in_(lists)).values(signed_at=None)
        )


@operation
def revoke(actor: Person, found: Award, reason: Reason, *, note: str) -> None:
    """ACTOR, who manages the issuer, revokes what FOUND gave. Raises NotVisible, WordsNeeded,
    AlreadyRevoked."""
    if not policies.can_manage(actor, found.issuer) or reason not in BY_PEOPLE:
        raise NotVisible(str(found.id))
    if not note.strip():
        raise WordsNeeded
    locked = db.session.get_one(Award, found.id, with_for_update=True, populate_existing=True)
    if locked.withdrawn_at is not None:
        raise AlreadyRevoked
    end(locked, reason, by_id=actor.id, note=note)
    audit.record(
        actor.id, "credential.revoked", "award", locked.id, reason=reason.value, note=note.strip()
    )


def _hers(person: Person, found: Award) -> Award:
    if not policies.is_holder(person, found):
        raise NotVisible(str(found.id))
    return db.session.get_one(Award, found.id, with_for_update=True, populate_existing=True)


@operation
def decline(person: Person, found: Award) -> None:
    """PERSON does not want it: it is revoked, and no rule gives it again. Raises NotVisible."""
    award = _hers(person, found)
    if award.withdrawn_at is None:
        end(award, Reason.DECLINED, by_id=person.id)


@operation
def accept(person: Person, found: Award) -> None:
    """PERSON wants what she declined after all: it is signed anew. Raises NotVisible."""
    award = _hers(person, found)
    if award.withdrawn_for is not Reason.DECLINED:
        raise NotVisible(str(found.id))
    award.withdrawn_at = award.withdrawn_for = award.withdrawn_by_id = None
    award.wanted_number = award.issued_number + 1
    db.session.flush()
    defer("credentials.tasks.issue", award_ids=[str(award.id)])


@operation
def hide(person: Person, found: Award) -> None:
    """Its page answers nobody but PERSON; copies that she gave away still verify."""
    award = _hers(person, found)
    award.hidden_at = award.hidden_at or clock.now()


@operation
def show(person: Person, found: Award) -> None:
    _hers(person, found).hidden_at = None


@operation
def choose_name(person: Person, *, shows_name: bool) -> None:
    """Whether PERSON's name stands in her credentials: those that she has are signed anew."""
    row = db.session.scalar(
        select(CredentialChoice).where(CredentialChoice.person_id == person.id).with_for_update()
    )
    if (row.shows_name if row else False) == shows_name:
        return
    if row is None:
        row = CredentialChoice(person_id=person.id)
        db.session.add(row)
    row.shows_name = shows_name
    row.changed_at = clock.now()
    awards = db.session.scalars(
        select(Award)
        .where(Award.person_id == person.id, Award.withdrawn_at.is_(None))
        .with_for_update()
    ).all()
    for award in awards:
        if award.issued_number == award.wanted_number:
            award.wanted_number += 1
            defer("credentials.tasks.issue", award_ids=[str(award.id)])
