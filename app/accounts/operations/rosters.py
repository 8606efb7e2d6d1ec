"""A school's roster: uploading it, and claiming a line of it."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from app.accounts.models import Membership, Organisation, Person, RosterClaim, RosterEntry
from app.accounts.operations.memberships import NumberTaken, claim_entry
from app.accounts.operations.throttling import Limit, take
from app.accounts.rules import hash_token, new_code
from app.accounts.rules.rosters import RosterLine
from app.kernel import audit, clock, mail
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.transaction import operation

__all__ = [
    "ClaimRefused",
    "RosterChange",
    "ask_to_claim",
    "claim_with_code",
    "load_roster",
    "preview_roster",
]

CODE_LASTS = timedelta(hours=1)
CODE_TRIES = 5
CLAIMS_BY_PERSON = Limit("claim:person", count=5, seconds=3600)
CLAIMS_OF_NUMBER = Limit("claim:number", count=5, seconds=3600)
CHUNK = 1000


class ClaimRefused(Refused):
    message = _l("This code is not right, or it is too old. Check it, or ask for a new one below.")


@dataclass(frozen=True)
class RosterChange:
    """What loading a roster does: counts of lines and people."""

    added: int
    changed: int
    unchanged: int
    linked: int = 0


def preview_roster(organisation: Organisation, lines: Sequence[RosterLine]) -> RosterChange:
    """What ``load_roster`` would do, without doing it (``linked`` stays 0)."""
    known = {
        row.student_number: (row.name, row.email, row.department)
        for row in db.session.execute(
            select(
                RosterEntry.student_number,
                RosterEntry.name,
                RosterEntry.email,
                RosterEntry.department,
            ).where(RosterEntry.organisation_id == organisation.id)
        )
    }
    added = sum(line.student_number not in known for line in lines)
    same = sum(
        known.get(line.student_number) == (line.name, line.email, line.department) for line in lines
    )
    return RosterChange(added, len(lines) - added - same, same)


@operation
def load_roster(
    actor: Person, organisation: Organisation, lines: Sequence[RosterLine]
) -> RosterChange:
    """Add and change roster lines, and link people whose verified address is on one.

    Lines that are not in the file stay: a roster is often uploaded department by department.
    """
    change = preview_roster(organisation, lines)
    for start in range(0, len(lines), CHUNK):
        statement = insert(RosterEntry).values(
            [
                {
                    "id": new_id(),
                    "organisation_id": organisation.id,
                    "student_number": line.student_number,
                    "name": line.name,
                    "email": line.email,
                    "department": line.department,
                    "created_at": clock.now(),
                }
                for line in lines[start : start + CHUNK]
            ]
        )
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["organisation_id", "student_number"],
                set_={
                    "name": statement.excluded.name,
                    "email": statement.excluded.email,
                    "department": statement.excluded.department,
                },
            )
        )
    linked = _link_everybody(organisation)
    audit.record(
        actor.id,
        "loaded roster",
        "organisation",
        organisation.id,
        added=change.added,
        changed=change.changed,
        linked=linked,
    )
    return RosterChange(change.added, change.changed, change.unchanged, linked)


def _link_everybody(organisation: Organisation) -> int:
    pairs = db.session.execute(
        select(RosterEntry, Person)
        .join(Person, Person.email == RosterEntry.email)
        .where(
            RosterEntry.organisation_id == organisation.id,
            RosterEntry.claimed_at.is_(None),
            Person.email_verified_at.is_not(None),
        )
        .options(selectinload(Person.memberships))
    ).all()
    linked = 0
    for entry, person in pairs:
        try:
            with db.session.begin_nested():
                claim_entry(person, entry)
                linked += 1
        except NumberTaken:
            continue
    return linked


def ask_to_claim(person: Person, organisation: Organisation, student_number: str) -> None:
    """Mail a code to the address that the roster has for a number.

    Whether the number is on the roster is not told. Raises TooManyTries.
    """
    number = student_number.strip().upper()
    take((CLAIMS_BY_PERSON, str(person.id)), (CLAIMS_OF_NUMBER, f"{organisation.id}:{number}"))
    _send_code(person, organisation, number)


@operation
def _send_code(person: Person, organisation: Organisation, number: str) -> None:
    entry = db.session.scalar(_unclaimed(organisation, number))
    if entry is None:
        return
    code = new_code()
    fresh = {
        "code_hash": _code_hash(person, entry, code),
        "try_count": 0,
        "created_at": clock.now(),
        "expires_at": clock.now() + CODE_LASTS,
    }
    statement = insert(RosterClaim).values(
        id=new_id(), person_id=person.id, roster_entry_id=entry.id, **fresh
    )
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["person_id", "roster_entry_id"], set_=fresh)
    )
    mail.send(
        to=entry.email,
        subject=_("Your code for Banyan: %(code)s", code=code),
        text=_(
            "The account %(email)s at Banyan says that student number %(number)s is hers or his. "
            "If this is you, type this code within one hour:\n\n%(code)s\n\n"
            "If it is not you, ignore this mail and tell nobody the code.",
            email=person.email,
            number=number,
            code=code,
        ),
    )


def claim_with_code(
    person: Person, organisation: Organisation, student_number: str, code: str
) -> Membership:
    """Become the student of a number by the code that was mailed for it.

    Raises ClaimRefused (wrong, too old, tried too often) or NumberTaken.
    """
    claim = _count_try(person, organisation, student_number.strip().upper())
    if claim is None or not hmac.compare_digest(
        claim.code_hash, _code_hash(person, claim.entry, code.strip())
    ):
        raise ClaimRefused
    return _claim(person, claim)


@operation
def _count_try(person: Person, organisation: Organisation, number: str) -> RosterClaim | None:
    """The claim that a code may be tried on; counted at once, so that it stays if refused."""
    claim = db.session.scalar(
        select(RosterClaim)
        .join(RosterClaim.entry)
        .where(
            RosterClaim.person_id == person.id,
            RosterEntry.organisation_id == organisation.id,
            RosterEntry.student_number == number,
            RosterEntry.claimed_at.is_(None),
            RosterClaim.expires_at > clock.now(),
            RosterClaim.try_count < CODE_TRIES,
        )
        .with_for_update(of=RosterClaim)
    )
    if claim is not None:
        claim.try_count += 1
    return claim


@operation
def _claim(person: Person, claim: RosterClaim) -> Membership:
    entry = db.session.scalar(
        select(RosterEntry)
        .where(RosterEntry.id == claim.roster_entry_id, RosterEntry.claimed_at.is_(None))
        .with_for_update()
    )
    if entry is None:
        raise NumberTaken
    return claim_entry(person, entry)


def _unclaimed(organisation: Organisation, number: str) -> Select[RosterEntry]:
    return select(RosterEntry).where(
        RosterEntry.organisation_id == organisation.id,
        RosterEntry.student_number == number,
        RosterEntry.claimed_at.is_(None),
    )


def _code_hash(person: Person, entry: RosterEntry, code: str) -> str:
    return hash_token(f"{person.id}:{entry.id}:{code}")
