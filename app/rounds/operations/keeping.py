"""Whoever keeps a round prepares it, announces it, moves its dates, cancels it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app import matching
from app.accounts.models import Person
from app.accounts.policies import is_officer
from app.accounts.rules import Role
from app.briefs.models import Brief
from app.briefs.rules import State as BriefState
from app.briefs.rules import Takes
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.events import publish
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.learning.models import Section
from app.learning.policies import is_instructor_of
from app.rounds.events import RoundAnnounced, RoundCancelled
from app.rounds.models import (
    Round,
    RoundBarrier,
    RoundEntry,
    RoundProject,
    RoundSupervisor,
)
from app.rounds.operations.common import NotNow, hold, reason_of, step
from app.rounds.rules import By, Kind, State, Windows, draw_sealed

__all__ = [
    "CodeTaken", "DatesWrong", "NothingToRank", "Plan", "TopicPlan", "WrongBrief", "add_brief",
    "add_topic",
    "announce", "bar", "cancel", "change", "create", "delete_draft", "postpone", "remove_project",
    "supervise", "unbar",
]  # fmt: skip

PREPARING = (State.DRAFT, State.ANNOUNCED)
"""Before the ranking opens projects come and go."""


class CodeTaken(Refused):
    message = _l("Another round has this code already.")


class DatesWrong(Refused):
    """The dates contradict themselves; the message says which."""

    def __init__(self, problem: LazyText) -> None:
        super().__init__(problem)


class NothingToRank(Refused):
    message = _l("Put something into the round first that can be ranked.")


class WrongBrief(Refused):
    message = _l("Only a published brief can be in a round, and once.")


@dataclass(frozen=True)
class Plan:
    """What a draft says."""

    code: str
    title: LocalizedText
    words: LocalizedText
    windows: Windows
    most_choices: int = 10
    kind: Kind = Kind.PROJECTS
    section: Section | None = None


@dataclass(frozen=True)
class TopicPlan:
    """A topic of a section's round and the sizes of its team."""

    title: LocalizedText
    smallest: int
    largest: int
    text: LocalizedText | None = None
    skill_ids: Sequence[uuid.UUID] = field(default_factory=tuple)
    must_run: bool = False


@operation
def create(person: Person, plan: Plan) -> Round:
    """A draft. Raises CodeTaken, DatesWrong, NotVisible when it is not hers to keep."""
    allowed = is_officer(person) if plan.section is None else is_instructor_of(person, plan.section)
    if not allowed or (plan.kind is Kind.TEAMS and plan.section is None):
        raise NotVisible(plan.code)
    made = Round(
        created_by_id=person.id,
        kind=plan.kind,
        section_id=plan.section.id if plan.section else None,
    )
    _write(made, plan)
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError as error:
        raise CodeTaken from error
    audit.record(person.id, "round.created", "round", made.id, code=made.code)
    return made


@operation
def change(person: Person, round_: Round, plan: Plan) -> None:
    """Another plan for a draft; its kind and section stay. Raises NotNow, CodeTaken, DatesWrong."""
    held = hold(round_)
    if held.state is not State.DRAFT:
        raise NotNow
    try:
        with db.session.begin_nested():
            _write(held, plan)
            db.session.flush()
    except IntegrityError as error:
        raise CodeTaken from error


def _write(round_: Round, plan: Plan) -> None:
    # A draft's dates may lie in the past; they have to follow each other all the same.
    problem = plan.windows.problem(plan.windows.opens_at)
    if problem is not None:
        raise DatesWrong(problem)
    round_.code, round_.title, round_.words = plan.code, plan.title, plan.words
    round_.opens_at, round_.closes_at = plan.windows.opens_at, plan.windows.closes_at
    round_.publishes_at, round_.ends_at = plan.windows.publishes_at, plan.windows.ends_at
    round_.answer_hours, round_.most_choices = plan.windows.answer_hours, plan.most_choices


@operation
def delete_draft(person: Person, round_: Round) -> None:
    """Raises NotNow for what was announced."""
    held = hold(round_)
    if held.state is not State.DRAFT:
        raise NotNow
    for table in (RoundProject, RoundSupervisor):
        db.session.execute(delete(table).where(table.round_id == held.id))
    db.session.execute(delete(Round).where(Round.id == held.id))
    audit.record(person.id, "round.deleted", "round", held.id, code=held.code)


@operation
def add_brief(person: Person, round_: Round, brief: Brief) -> RoundProject:
    """BRIEF can be ranked; quota and minimum are those that it was published with.

    Raises NotNow, WrongBrief.
    """
    held = hold(round_)
    if held.state not in PREPARING or held.kind is not Kind.PROJECTS:
        raise NotNow
    if brief.state is not BriefState.PUBLISHED or brief.current is None:
        raise WrongBrief
    terms = brief.terms
    made = RoundProject(
        round_id=held.id,
        brief_id=brief.id,
        takes=matching.Kind.TEAM if terms.takes is Takes.TEAMS else matching.Kind.STUDENT,
        quota=terms.quota,
        minimum=terms.minimum,
        supervisor_id=_supervisor_id(held, brief.supervisor_id),
        position=len(held.projects),
    )
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError as error:
        raise WrongBrief from error
    _noted(person, held, "project_added", brief=str(brief.id))
    return made


def _supervisor_id(round_: Round, person_id: uuid.UUID | None) -> uuid.UUID | None:
    found = select(RoundSupervisor.id).where(
        RoundSupervisor.round_id == round_.id, RoundSupervisor.person_id == person_id
    )
    return None if person_id is None else db.session.scalar(found)


@operation
def add_topic(person: Person, round_: Round, plan: TopicPlan) -> RoundProject:
    """A topic for one team of a section. Raises NotNow, DatesWrong for sizes that cannot be."""
    held = hold(round_)
    if held.state not in PREPARING or held.kind is not Kind.TEAMS:
        raise NotNow
    if not 1 <= plan.smallest <= plan.largest <= 50:
        raise DatesWrong(_l("A team has 1 to 50 members, and no more than its largest size."))
    made = RoundProject(
        round_id=held.id,
        title=plan.title,
        text=plan.text,
        quota=plan.largest,
        minimum=plan.smallest,
        must_run=plan.must_run,
        skill_ids=list(plan.skill_ids),
        position=len(held.projects),
    )
    db.session.add(made)
    db.session.flush()
    db.session.expire(held, ["projects"])
    _noted(person, held, "project_added", topic=str(made.id))
    return made


@operation
def remove_project(person: Person, round_: Round, project: RoundProject) -> None:
    """Raises NotNow once the ranking is open."""
    held = hold(round_)
    if held.state not in PREPARING:
        raise NotNow
    db.session.execute(delete(RoundBarrier).where(RoundBarrier.project_id == project.id))
    db.session.delete(project)
    db.session.flush()
    db.session.expire(held, ["projects"])
    _noted(person, held, "project_removed", project=str(project.id))


@operation
def supervise(person: Person, round_: Round, supervisor: Person, quota: int) -> RoundSupervisor:
    """SUPERVISOR takes at most QUOTA applicants over all projects that she supervises.

    Raises NotNow, NotVisible when she is no instructor.
    """
    held = hold(round_)
    if held.state not in PREPARING:
        raise NotNow
    if not supervisor.has_role(Role.INSTRUCTOR) or not 0 <= quota <= 1000:
        raise NotVisible(supervisor.handle)
    found = db.session.scalar(
        select(RoundSupervisor).where(
            RoundSupervisor.round_id == held.id, RoundSupervisor.person_id == supervisor.id
        )
    )
    if found is None:
        found = RoundSupervisor(round_id=held.id, person_id=supervisor.id, quota=quota)
        db.session.add(found)
    found.quota = quota
    db.session.flush()
    for project in held.projects:
        if project.brief is not None and project.brief.supervisor_id == supervisor.id:
            project.supervisor_id = found.id
    db.session.flush()
    db.session.expire(held, ["supervisors"])
    _noted(person, held, "supervisor", supervisor=str(supervisor.id), quota=str(quota))
    return found


@operation
def bar(person: Person, round_: Round, entry: RoundEntry, project: RoundProject, why: str) -> None:
    """ENTRY must not be placed at PROJECT. Raises NotNow once it has closed, ReasonNeeded."""
    held = hold(round_)
    if held.state not in (*PREPARING, State.OPEN):
        raise NotNow
    reason = reason_of(why)[:500]
    found = db.session.scalar(
        select(RoundBarrier).where(
            RoundBarrier.entry_id == entry.id, RoundBarrier.project_id == project.id
        )
    )
    if found is None:
        found = RoundBarrier(entry_id=entry.id, project_id=project.id)
        db.session.add(found)
    found.reason, found.by_id = reason, person.id
    _noted(person, held, "barred", entry=str(entry.id), project=str(project.id))


@operation
def unbar(person: Person, round_: Round, barrier: RoundBarrier) -> None:
    held = hold(round_)
    if held.state not in (*PREPARING, State.OPEN):
        raise NotNow
    db.session.delete(barrier)
    _noted(person, held, "unbarred", barrier=str(barrier.id))


@operation
def announce(secret_key: str, person: Person, round_: Round) -> None:
    """From now on rules, dates and the hash of the seed are public.

    The seed is drawn here and sealed with SECRET_KEY in the same breath: nobody sees it, and it is
    nowhere but in the seal. Raises NotNow, DatesWrong, NothingToRank.
    """
    held = hold(round_)
    problem = held.windows.problem(clock.now())
    if problem is not None:
        raise DatesWrong(problem)
    if not held.projects:
        raise NothingToRank
    if held.kind is Kind.PROJECTS:
        held.seed_hash, held.sealed_seed = draw_sealed(secret_key, held.key)
    held.announced_at = clock.now()
    step(held, State.ANNOUNCED, By.KEEPER, person.id, seed_hash=held.seed_hash or "")
    publish(RoundAnnounced(held.id))
    defer("rounds.tasks.go_on", round_id=str(held.id), at=held.opens_at)


@operation
def postpone(person: Person, round_: Round, closes_at: datetime, why: str) -> None:
    """The ranking closes later, and everything after it too. Never earlier: that was promised.

    Raises NotNow, ReasonNeeded, DatesWrong.
    """
    held = hold(round_)
    if held.state not in (State.ANNOUNCED, State.OPEN):
        raise NotNow
    later = closes_at - held.closes_at
    if later <= timedelta(0):
        raise DatesWrong(_l("The ranking can only close later than was announced."))
    reason = reason_of(why)
    held.closes_at += later
    held.publishes_at += later
    held.ends_at += later
    _noted(person, held, "postponed", reason=reason, closes_at=held.closes_at.isoformat())
    db.session.flush()
    defer("rounds.tasks.go_on", round_id=str(held.id), at=held.closes_at)
    defer("rounds.tasks.tell_of_dates", round_id=str(held.id), reason=reason)


@operation
def cancel(person: Person, round_: Round, why: str) -> None:
    """Nothing is drawn. Raises ReasonNeeded, NotNow once it is drawn."""
    held = hold(round_)
    held.cancelled_reason = reason_of(why)
    step(held, State.CANCELLED, By.KEEPER, person.id, reason=held.cancelled_reason)
    publish(RoundCancelled(held.id))
    defer("rounds.tasks.tell_of_cancelling", round_id=str(held.id))


def _noted(person: Person, round_: Round, verb: str, **details: str) -> None:
    audit.record(person.id, f"round.{verb}", "round", round_.id, code=round_.code, **details)
