"""Handing in to a challenge: kept as it came, with the server's time, and queued."""

import json
import uuid
from pathlib import PurePosixPath

from sqlalchemy import func, select

from app.accounts.models import Person
from app.challenges import queries
from app.challenges.models import (
    Challenge,
    ChallengeEntry,
    ChallengeEntryPerson,
    ChallengeParticipant,
)
from app.challenges.rules import (
    MOST_FILE_BYTES,
    MOST_INVALID_A_DAY,
    MOST_WAITING,
    Kind,
    ShownAs,
    day_of,
)
from app.kernel import audit, blobs, clock, live
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.learning.models import GroupSet
from app.learning.policies import is_on_the_staff


class NotOpen(Refused):
    message = _l("This challenge has not begun yet.")


class ChallengeOver(Refused):
    message = _l("This challenge is over: nothing can be handed in any more.")


class NoneLeft(Refused):
    """The day's attempts are used up."""


class TooManyWaiting(Refused):
    message = _l(
        "Three of your submissions wait for their score. Hand in again when one of them has it."
    )


class BadFile(Refused):
    """What was sent is neither predictions nor a notebook."""


@operation
def hand_in(person: Person, challenge: Challenge, name: str, content: bytes) -> ChallengeEntry:
    """Take a file of predictions or a notebook from PERSON, for her team if she is in one.

    What is wrong within the file is found where it is scored, and costs no attempt. Raises
    NotOpen, ChallengeOver, NoneLeft, TooManyWaiting, BadFile.
    """
    now = clock.now()
    is_trial = is_on_the_staff(person, challenge.section)
    is_late = challenge.is_over(now)
    if not is_trial:
        if challenge.published_at is None or now < challenge.opens_at:
            raise NotOpen
        closed = challenge.section.closed_at is not None
        if closed or (is_late and not challenge.takes_late):
            raise ChallengeOver
    kind = _kind(challenge, name, content)
    if challenge.group_set_id is not None:
        # Nobody changes groups while it is written down who was in them.
        db.session.scalars(
            select(GroupSet.id)
            .where(GroupSet.id == challenge.group_set_id)
            .with_for_update(read=True)
        ).all()
    team = None if is_trial else queries.team_of(person, challenge)
    unit_id = team.id if team else person.id
    lock = func.hashtextextended(f"challenge:{challenge.id}:{unit_id}", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(lock)))
    _check_attempts(challenge, unit_id, is_trial=is_trial)
    mates = {person.id: person, **{mate.id: mate for mate in (team.people if team else ())}}
    entry = ChallengeEntry(
        challenge_id=challenge.id,
        person_id=person.id,
        unit_id=unit_id,
        team_id=team.id if team else None,
        team_name=team.name if team else None,
        kind=kind,
        file_name=PurePosixPath(name.replace("\\", "/")).name[:200] or "predictions.csv",
        blob=blobs.put(content),
        size=len(content),
        received_at=now,
        day=day_of(now),
        is_late=is_late,
        is_trial=is_trial,
        people=[ChallengeEntryPerson(person_id=one) for one in mates],
    )
    db.session.add(entry)
    db.session.flush()
    for mate in mates:
        _participant(challenge, mate)
    defer("challenges.tasks.score", entry_id=str(entry.id))
    audit.record(person.id, "challenge.handed_in", "challenge", challenge.id, entry=str(entry.id))
    tell_pages(entry)
    return entry


def _kind(challenge: Challenge, name: str, content: bytes) -> Kind:
    ending = PurePosixPath(name).suffix.lower()
    if not content:
        raise BadFile(_l("The file is empty."))
    if len(content) > MOST_FILE_BYTES:
        raise BadFile(_l("A file may have at most %(most)s MB.", most=MOST_FILE_BYTES // 2**20))
    if ending == ".csv":
        return Kind.CSV
    if ending == ".ipynb" and challenge.takes_notebooks:
        if not _is_notebook(content):
            raise BadFile(_l("This is not a notebook. Save it in JupyterLab and hand it in again."))
        return Kind.NOTEBOOK
    raise BadFile(
        _l("Hand in a CSV file, or a notebook (.ipynb) that writes one.")
        if challenge.takes_notebooks
        else _l("Hand in a CSV file.")
    )


def _is_notebook(content: bytes) -> bool:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and isinstance(document.get("cells"), list)


def _check_attempts(challenge: Challenge, unit_id: uuid.UUID, *, is_trial: bool) -> None:
    had = queries.attempts(challenge, unit_id)
    if had.waiting >= MOST_WAITING:
        raise TooManyWaiting
    if is_trial:
        return
    if had.left == 0:
        raise NoneLeft(
            _l(
                "The %(most)s attempts of today are used up. A new day begins at midnight in"
                " Taipei.",
                most=had.most,
            )
        )
    if had.invalid >= MOST_INVALID_A_DAY:
        raise NoneLeft(
            _l(
                "%(count)s files could not be scored today. Look at what is said of them, and come"
                " back tomorrow.",
                count=had.invalid,
            )
        )


def _participant(challenge: Challenge, person_id: uuid.UUID) -> ChallengeParticipant:
    """The participant's row, with the next number when it is new."""
    lock = func.hashtextextended(f"challenge-numbers:{challenge.id}", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(lock)))
    known = db.session.scalar(
        select(ChallengeParticipant).where(
            ChallengeParticipant.challenge_id == challenge.id,
            ChallengeParticipant.person_id == person_id,
        )
    )
    if known is None:
        last = db.session.scalar(
            select(func.max(ChallengeParticipant.number)).where(
                ChallengeParticipant.challenge_id == challenge.id
            )
        )
        known = ChallengeParticipant(
            challenge_id=challenge.id, person_id=person_id, number=(last or 0) + 1
        )
        db.session.add(known)
        db.session.flush()
    return known


@operation
def show_as(person: Person, challenge: Challenge, shown_as: ShownAs) -> None:
    """From now on PERSON is called so on the leaderboard; her team keeps its name."""
    _participant(challenge, person.id).shown_as = shown_as


def topic(challenge_id: object, unit_id: object) -> str:
    """What open pages of one participant watch."""
    return f"challenge:{challenge_id}:{unit_id}"


def tell_pages(entry: ChallengeEntry) -> None:
    """Open pages of everybody whose work ENTRY is fetch it again after the commit."""
    for row in entry.people:
        live.announce(topic(entry.challenge_id, row.person_id))
