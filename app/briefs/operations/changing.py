"""After publication: a change of scope that both sides want, mentors, closing, putting away."""

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Membership, Person
from app.briefs import policies, rules
from app.briefs.events import BriefChanged, BriefClosed, BriefPublished
from app.briefs.models import Brief, BriefChange, BriefMentor
from app.briefs.operations import finding, notices
from app.briefs.operations.moving import NotNow, locked, side_for, step
from app.briefs.operations.publishing import Unfinished, document_of, make_version, problems_of
from app.briefs.operations.reviewing import CompanyNotApproved, ReadAgain, ReasonNeeded
from app.briefs.rules import Act, Raw, Side
from app.challenges.models import Challenge
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation


class NothingChanges(Refused):
    message = _l("It says the same as now.")


class ChangeWaits(Refused):
    message = _l("A change is waiting for an answer already: answer it or take it back first.")


class DeadlineOver(Refused):
    message = _l("The last day to apply is over: propose a change with a later one first.")


class NotOfTheCompany(Refused):
    message = _l("A mentor is somebody of the company.")


@operation
def propose(person: Person, brief: Brief, raw: Raw, reason: str, *, base: int) -> BriefChange:
    """PERSON's side wants the published BRIEF to say RAW; the other side has to agree.

    BASE is the version that she changed. Raises ReasonNeeded, NothingChanges, ChangeWaits,
    Unfinished, ReadAgain, CompanyNotApproved, NotNow, NotVisible.
    """
    found = locked(brief)
    side = side_for(person, found, Act.CHANGED)
    if side is not Side.COMPANY and not policies.answers_for_programme(person, found):
        raise NotVisible(str(brief.id))
    if not policies.is_shown(found):
        raise CompanyNotApproved
    if found.version_number != base:
        raise ReadAgain
    before = document_of(found.terms)
    if side is not Side.COMPANY:
        raw = raw | {name: before[name] for name in rules.SECRET} | {"nda": before["nda"]}
    if not rules.changed_fields(before, raw):
        raise NothingChanges
    if not reason.strip():
        raise ReasonNeeded
    if problems := problems_of(raw, found.kind, before):
        raise Unfinished(problems)
    made = BriefChange(
        brief_id=found.id,
        base_number=base,
        document=raw,
        side=side,
        reason=reason.strip()[:1000],
        proposed_by_id=person.id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        raise ChangeWaits from None
    audit.record(
        person.id, "briefs.propose", "brief", found.id, side=side.value, change=str(made.id)
    )
    notices.tell_of_proposal(found, made, person)
    return made


@operation
def answer(person: Person, change: BriefChange, *, accept: bool, words: str = "") -> None:
    """The other side agrees: the next version holds; or it does not. Who proposed it may take it
    back (refuse). Raises ReasonNeeded, NotNow, NotVisible, Unfinished, CompanyNotApproved."""
    found = locked(change.brief)
    row = db.session.get(BriefChange, change.id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotVisible(str(change.id))
    hers = policies.sides_of(person, found)
    is_own = row.proposed_by_id == person.id or (row.side is Side.COMPANY and Side.COMPANY in hers)
    side = policies.answering_side(person, found, row)
    if side is None and not (is_own and not accept):
        raise NotVisible(str(change.id))
    if row.decided_at is not None:
        raise NotNow
    if side is not None and not accept and not words.strip():
        raise ReasonNeeded
    row.decided_at = clock.now()
    row.decided_by_id = person.id
    row.decided_side = side or row.side
    row.is_accepted = accept
    row.answer = words.strip()[:1000]
    db.session.flush()
    audit.record(person.id, "briefs.answer", "brief", found.id, change=str(row.id), accepted=accept)
    if accept:
        _accepted(person, found, row, row.decided_side)
    notices.tell_of_answer(found, row)


def _accepted(person: Person, brief: Brief, change: BriefChange, side: Side) -> None:
    if not policies.is_shown(brief):
        raise CompanyNotApproved
    if not rules.may(side, brief.state, Act.CHANGED) or brief.version_number != change.base_number:
        raise NotNow
    before = document_of(brief.terms)
    version = make_version(brief, change.document, person, change.reason, before)
    step(brief, person, side, Act.CHANGED, change.reason)
    publish(BriefChanged(brief.id, version.number))
    finding.changed(brief.id)


@operation
def close(person: Person, brief: Brief, reason: str) -> None:
    """Nobody can apply any more. Raises ReasonNeeded, NotNow, NotVisible."""
    found = locked(brief)
    side = side_for(person, found, Act.CLOSED)
    if not reason.strip():
        raise ReasonNeeded
    found.closed_at = clock.now()
    step(found, person, side, Act.CLOSED, reason)
    _drop_change(person, found)
    publish(BriefClosed(found.id, reason.strip()))
    finding.changed(found.id)
    if side is not Side.COMPANY:
        notices.tell_company(found, Act.CLOSED, reason)


@operation
def reopen(person: Person, brief: Brief) -> None:
    """Take applications again, until the day it says. Raises DeadlineOver, CompanyNotApproved,
    NotNow, NotVisible."""
    found = locked(brief)
    side = side_for(person, found, Act.REOPENED)
    if not policies.is_shown(found):
        raise CompanyNotApproved
    if found.terms.apply_until <= clock.now():
        raise DeadlineOver
    found.closed_at = None
    step(found, person, side, Act.REOPENED)
    publish(BriefPublished(found.id))
    finding.changed(found.id)


@operation
def archive(person: Person, brief: Brief) -> None:
    """Put it away: only the company finds it, in its archive. Raises NotNow, NotVisible."""
    found = locked(brief)
    step(found, person, side_for(person, found, Act.ARCHIVED), Act.ARCHIVED)
    finding.changed(found.id)


@operation
def choose_mentors(person: Person, brief: Brief, ids: Collection[uuid.UUID]) -> None:
    """Who of the company can be asked from now on. Raises NotOfTheCompany, NotVisible."""
    found = locked(brief)
    if not policies.can_manage(person, found):
        raise NotVisible(str(brief.id))
    belong = set(
        db.session.scalars(
            select(Membership.person_id).where(
                Membership.organisation_id == found.organisation_id,
                Membership.ended_at.is_(None),
                Membership.person_id.in_(list(ids)),
            )
        )
    )
    if set(ids) - belong:
        raise NotOfTheCompany
    live = db.session.scalars(
        select(BriefMentor).where(BriefMentor.brief_id == found.id, BriefMentor.ended_at.is_(None))
    ).all()
    for row in live:
        if row.person_id not in belong:
            row.ended_at = clock.now()
    for person_id in belong - {row.person_id for row in live}:
        db.session.add(BriefMentor(brief_id=found.id, person_id=person_id))
    audit.record(person.id, "briefs.mentors", "brief", found.id, count=len(belong))


@operation
def supervise(person: Person, brief: Brief, supervisor: Person | None) -> None:
    """SUPERVISOR looks after it from now on: an instructor herself, or whom an officer names.

    Raises NotVisible.
    """
    found = locked(brief)
    hers = policies.sides_of(person, found)
    is_own = Side.INSTRUCTOR in hers and (
        (supervisor is None and found.supervisor_id == person.id)
        or (supervisor is not None and supervisor.id == person.id and found.supervisor_id is None)
    )
    if not (is_own or Side.OFFICER in hers):
        raise NotVisible(str(brief.id))
    found.supervisor_id = supervisor.id if supervisor else None
    audit.record(
        person.id, "briefs.supervise", "brief", found.id, supervisor=str(found.supervisor_id or "")
    )


@operation
def link_challenge(person: Person, brief: Brief, challenge: Challenge | None) -> None:
    """Where the entries of a challenge are scored: instructors of its section say so.

    Raises NotVisible.
    """
    found = locked(brief)
    if found.kind is not rules.Kind.CHALLENGE or not policies.can_link(person, found, challenge):
        raise NotVisible(str(brief.id))
    found.challenge_id = challenge.id if challenge else None
    audit.record(
        person.id, "briefs.link", "brief", found.id, challenge=str(found.challenge_id or "")
    )


def _drop_change(person: Person, brief: Brief) -> None:
    """A proposal that nobody has answered ends with the brief."""
    row = db.session.scalar(
        select(BriefChange).where(
            BriefChange.brief_id == brief.id, BriefChange.decided_at.is_(None)
        )
    )
    if row is not None:
        row.decided_at, row.decided_by_id = clock.now(), person.id
        row.decided_side, row.is_accepted = row.side, False
        db.session.flush()


__all__ = [
    "ChangeWaits", "DeadlineOver", "NotOfTheCompany", "NothingChanges", "Unfinished", "answer",
    "archive", "choose_mentors", "close", "link_challenge", "propose", "reopen", "supervise",
]  # fmt: skip
