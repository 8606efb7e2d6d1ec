"""Both sides' lists: what an applicant can rank, and whom a project can."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Person
from app.applications import queries as applications
from app.applications.models import Application
from app.applications.queries import Seen
from app.applications.rules import IN_SELECTION
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.rounds import policies
from app.rounds.models import Round, RoundEntry, RoundMember, RoundProject, RoundRank
from app.rounds.rules import Kind
from app.teams.models import Team, TeamMember

__all__ = [
    "Choosable", "Rankable", "applications_of", "applies_alone", "choosable", "entry_of",
    "places_of",
    "projects_ranked_by", "rankable", "teams_that_could_enter",
]  # fmt: skip


@dataclass(frozen=True)
class Choosable:
    """A project that an entry may rank, and where it has it now."""

    project: RoundProject
    place: int | None


@dataclass(frozen=True)
class Rankable:
    """An application that a project may rank, and where it has it now."""

    seen: Seen
    place: int | None


def entry_of(person: Person, round_: Round) -> RoundEntry | None:
    """The entry that PERSON stands in now: her own, or her team's."""
    return db.session.scalar(
        select(RoundEntry)
        .join(RoundMember, RoundMember.entry_id == RoundEntry.id)
        .where(
            RoundEntry.round_id == round_.id,
            RoundMember.person_id == person.id,
            RoundMember.left_at.is_(None),
            RoundEntry.left_at.is_(None),
        )
        .options(
            joinedload(RoundEntry.person),
            joinedload(RoundEntry.team).selectinload(Team.leads),
            selectinload(RoundEntry.members).joinedload(RoundMember.person),
            selectinload(RoundEntry.choices),
        )
    )


def teams_that_could_enter(person: Person, round_: Round) -> Sequence[Team]:
    """Teams of hers that have applied for something of ROUND_."""
    applied = select(Application.team_id).where(
        Application.brief_id.in_(_briefs(round_)), Application.state.in_(IN_SELECTION)
    )
    return db.session.scalars(
        select(Team)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(
            TeamMember.person_id == person.id,
            TeamMember.left_at.is_(None),
            Team.dissolved_at.is_(None),
            Team.id.in_(applied),
        )
        .options(selectinload(Team.leads))
        .order_by(Team.name, Team.id)
    ).all()


def applies_alone(person: Person, round_: Round) -> bool:
    """Whether she has applied by herself for something of ROUND_."""
    found = select(Application.id).where(
        Application.brief_id.in_(_briefs(round_)),
        Application.person_id == person.id,
        Application.state.in_(IN_SELECTION),
    )
    return db.session.scalar(found.limit(1)) is not None


def _briefs(round_: Round) -> Select[uuid.UUID | None]:
    return select(RoundProject.brief_id).where(
        RoundProject.round_id == round_.id, RoundProject.brief_id.is_not(None)
    )


def choosable(entry: RoundEntry, round_: Round) -> list[Choosable]:
    """What ENTRY may rank, its choices first in their order; of briefs those it has applied for."""
    places = {choice.project_id: choice.place for choice in entry.choices}
    allowed = {p.id for p in round_.projects}
    if round_.kind is Kind.PROJECTS:
        allowed = set(
            db.session.scalars(
                select(RoundProject.id)
                .join(Application, Application.brief_id == RoundProject.brief_id)
                .where(RoundProject.round_id == round_.id, _is_of(entry), _can_still_be_taken())
            )
        )
    found = [
        Choosable(project, places.get(project.id))
        for project in round_.projects
        if project.id in allowed
    ]
    return sorted(found, key=lambda row: (row.place is None, row.place or 0))


def _is_of(entry: RoundEntry) -> Any:
    if entry.team_id is not None:
        return Application.team_id == entry.team_id
    return Application.person_id == entry.person_id


def _can_still_be_taken() -> Any:
    return Application.state.in_(IN_SELECTION)


def applications_of(entry: RoundEntry) -> dict[uuid.UUID, Application]:
    """What ENTRY has applied for in its round and still waits for, by project."""
    rows = db.session.execute(
        select(RoundProject.id, Application)
        .join(Application, Application.brief_id == RoundProject.brief_id)
        .where(RoundProject.round_id == entry.round_id, _is_of(entry))
        .order_by(Application.applied_at)
    )
    return {project_id: application for project_id, application in rows}


def rankable(person: Person, project: RoundProject) -> list[Rankable]:
    """Whom PERSON of the company may rank for PROJECT: those on its list first, in order.

    Who does not consent to the company now is not there. Raises NotVisible.
    """
    if project.brief_id is None or not policies.can_rank_for(person, project):
        raise NotVisible(str(project.id))
    places = places_of(project)
    found = [
        Rankable(seen, places.get(seen.id))
        for seen in applications.board_of(person, project.brief_id).rows
        if seen.state in IN_SELECTION
    ]
    return sorted(found, key=lambda row: (row.place is None, row.place or 0, row.seen.number))


def places_of(project: RoundProject) -> dict[uuid.UUID, int]:
    """The list of PROJECT: application → place."""
    rows = db.session.execute(
        select(RoundRank.application_id, RoundRank.place).where(RoundRank.project_id == project.id)
    )
    return {application_id: place for application_id, place in rows}


def projects_ranked_by(person: Person, round_: Round) -> list[tuple[RoundProject, int, int]]:
    """Projects of ROUND_ for which PERSON ranks: how many applied, how many are on the list."""
    hers = [p for p in round_.projects if policies.can_rank_for(person, p)]
    if not hers:
        return []
    applied: dict[uuid.UUID, int] = {
        brief_id: count
        for brief_id, count in db.session.execute(
            select(Application.brief_id, func.count())
            .where(Application.brief_id.in_([p.brief_id for p in hers]), _can_still_be_taken())
            .group_by(Application.brief_id)
        )
    }
    ranked: dict[uuid.UUID, int] = {
        project_id: count
        for project_id, count in db.session.execute(
            select(RoundRank.project_id, func.count())
            .where(RoundRank.project_id.in_([p.id for p in hers]))
            .group_by(RoundRank.project_id)
        )
    }
    return [(p, applied.get(p.brief_id, 0) if p.brief_id else 0, ranked.get(p.id, 0)) for p in hers]
