"""Entering a round, and both sides' lists. Saved as often as anybody likes while it is open."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning import queries as learning
from app.privacy import operations as privacy
from app.privacy.rules import Look, register_look
from app.rounds import policies, queries
from app.rounds.models import Round, RoundChoice, RoundEntry, RoundMember, RoundProject, RoundRank
from app.rounds.operations.common import NotNow
from app.rounds.rules import Kind, State
from app.teams.models import Team

__all__ = [
    "AlreadyIn", "LeadDecides", "NothingApplied", "Stale", "TooManyChoices", "enter", "leave",
    "note_looks", "save_choices",
    "save_ranks",
]  # fmt: skip

RANKED = register_look(Look("rounds", _l("Your name on the list of a round")))


class AlreadyIn(Refused):
    message = _l("You, or somebody of your team, take part in this round already.")


class NothingApplied(Refused):
    message = _l("Apply for a project of this round first; then you can rank it.")


class LeadDecides(Refused):
    message = _l("The lead of the team ranks and answers for it.")


class TooManyChoices(Refused):
    message = _l("You have ranked more than this round allows.")


class Stale(Refused):
    message = _l("This list was saved elsewhere meanwhile. Load the page to see it.")


@operation
def enter(person: Person, round_: Round, team: Team | None = None) -> RoundEntry:
    """PERSON takes part, or as its lead for TEAM with everybody who is in it now.

    The random id of the entry is drawn here, long before the lottery. Raises NotNow, AlreadyIn,
    NothingApplied, LeadDecides, NotVisible.
    """
    held = _shared(round_)
    if held.state is not State.OPEN:
        raise NotNow
    _may_enter(person, held, team)
    people = [person.id] if team is None else sorted(team.person_ids)
    entry = RoundEntry(
        round_id=held.id,
        person_id=person.id if team is None else None,
        team_id=None if team is None else team.id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(entry)
            db.session.flush()
            db.session.add_all(
                RoundMember(round_id=held.id, entry_id=entry.id, person_id=one) for one in people
            )
            db.session.flush()
    except IntegrityError as error:
        raise AlreadyIn from error
    db.session.refresh(entry)
    audit.record(person.id, "round.entered", "round", held.id, entry=str(entry.id))
    return entry


def _may_enter(person: Person, round_: Round, team: Team | None) -> None:
    if round_.section is not None and learning.enrolment_of(person, round_.section) is None:
        raise NotVisible(round_.code)
    if team is None:
        if round_.kind is Kind.PROJECTS and not queries.applies_alone(person, round_):
            raise NothingApplied
        return
    if round_.kind is not Kind.PROJECTS:
        raise NotVisible(round_.code)
    if team.lead_id != person.id:
        raise LeadDecides
    if team not in queries.teams_that_could_enter(person, round_):
        raise NothingApplied


@operation
def leave(person: Person, round_: Round, entry: RoundEntry) -> None:
    """She, or the lead for the team, takes part no more; another entry is possible.

    Raises NotNow, LeadDecides.
    """
    held = _shared(round_)
    if held.state is not State.OPEN:
        raise NotNow
    if not policies.speaks_for(person, entry):
        raise LeadDecides
    now = clock.now()
    db.session.execute(delete(RoundChoice).where(RoundChoice.entry_id == entry.id))
    db.session.execute(
        update(RoundMember)
        .where(RoundMember.entry_id == entry.id, RoundMember.left_at.is_(None))
        .values(left_at=now)
    )
    entry.left_at = now
    audit.record(person.id, "round.left", "round", held.id, entry=str(entry.id))
    db.session.flush()


@operation
def save_choices(
    person: Person,
    round_: Round,
    entry: RoundEntry,
    order: Sequence[uuid.UUID],
    *,
    revision: int | None = None,
) -> int:
    """ENTRY wants the projects ORDER, the most wanted first; the new revision.

    REVISION: which one she saw. Raises NotNow, LeadDecides, Stale, TooManyChoices, NotVisible for
    what she cannot rank.
    """
    held = _shared(round_)
    if held.state is not State.OPEN or _is_over(held):
        raise NotNow
    if not policies.speaks_for(person, entry):
        raise LeadDecides
    db.session.refresh(entry, with_for_update={"of": RoundEntry})
    if entry.left_at is not None:
        raise NotVisible(str(entry.id))
    if revision is not None and revision != entry.revision:
        raise Stale
    if len(order) > held.most_choices:
        raise TooManyChoices
    allowed = {row.project.id for row in queries.choosable(entry, held)}
    if len(set(order)) < len(order) or not allowed.issuperset(order):
        raise NotVisible(str(entry.id))
    db.session.execute(delete(RoundChoice).where(RoundChoice.entry_id == entry.id))
    db.session.add_all(
        RoundChoice(entry_id=entry.id, project_id=project_id, place=place)
        for place, project_id in enumerate(order, 1)
    )
    entry.revision += 1
    entry.saved_at = clock.now()
    db.session.flush()
    db.session.expire(entry, ["choices"])
    return entry.revision


@operation
def save_ranks(
    person: Person,
    round_: Round,
    project: RoundProject,
    places: Mapping[uuid.UUID, int],
    *,
    revision: int | None = None,
) -> int:
    """The company's list for PROJECT: application → place, the same place is a tie.

    Raises NotNow, NotVisible, Stale.
    """
    if not policies.can_rank_for(person, project):
        raise NotVisible(str(project.id))
    held = _shared(round_)
    if held.state is not State.OPEN or _is_over(held):
        raise NotNow
    db.session.refresh(project, with_for_update={"of": RoundProject})
    if revision is not None and revision != project.ranks_revision:
        raise Stale
    allowed = {row.seen.id for row in queries.rankable(person, project)}
    if not allowed.issuperset(places) or any(place < 1 for place in places.values()):
        raise NotVisible(str(project.id))
    # Who has withdrawn consent is not shown and keeps no place.
    db.session.execute(delete(RoundRank).where(RoundRank.project_id == project.id))
    db.session.add_all(
        RoundRank(project_id=project.id, application_id=one, place=place)
        for one, place in places.items()
    )
    project.ranks_revision += 1
    project.ranked_at, project.ranked_by_id = clock.now(), person.id
    db.session.flush()
    return project.ranks_revision


def _shared(round_: Round) -> Round:
    """ROUND as it is now; it does not close as long as this transaction lasts."""
    found = db.session.scalar(
        select(Round)
        .where(Round.id == round_.id)
        .with_for_update(read=True, of=Round)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotVisible(str(round_.id))
    return found


def _is_over(round_: Round) -> bool:
    """The date has come, though the clock's job may be a moment late."""
    return round_.closes_at <= clock.now()


@operation
def note_looks(person: Person, project: RoundProject) -> None:
    """PERSON of the company looks at who applied for PROJECT: those whose names she sees."""
    seen = [row.seen for row in queries.rankable(person, project) if not row.seen.is_hidden]
    assert project.brief is not None
    privacy.looked_at_all(
        {member.id: str(project.name) for one in seen for member in one.people},
        person,
        RANKED.name,
        organisation_id=project.brief.organisation_id,
    )
