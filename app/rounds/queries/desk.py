"""What whoever keeps a round sees: who takes part, how far each side is, what was changed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from app import matching
from app.accounts.models import Person
from app.applications.models import Application
from app.applications.rules import IN_SELECTION
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page
from app.rounds.models import (
    Round,
    RoundBarrier,
    RoundChange,
    RoundChoice,
    RoundEntry,
    RoundMember,
    RoundOffer,
    RoundProject,
    RoundRank,
    RoundResult,
)
from app.rounds.queries.standing import Drawn
from app.rounds.rules import OfferState
from app.teams.models import Team

__all__ = [
    "DeskEntry", "DeskProject", "MyTeam", "barriers_of", "dropped_choices", "entries_on_desk",
    "entries_with_names", "entry_in", "my_changes", "my_team", "projects_on_desk",
    "public_changes", "waiting_place",
]  # fmt: skip


@dataclass(frozen=True)
class DeskEntry:
    """Somebody who takes part: how many choices she has, never which; and her newest offer."""

    entry: RoundEntry
    choices: int
    offer: RoundOffer | None


@dataclass(frozen=True)
class DeskProject:
    project: RoundProject
    applied: int
    ranked: int
    live: int
    """Offers that are open or accepted."""
    accepted: int


@dataclass(frozen=True)
class MyTeam:
    """What the programme of teams gave somebody."""

    project: RoundProject | None
    place: int | None
    """Which of her choices it is, from 1."""
    people: tuple[Person, ...]
    obstacles: tuple[tuple[str, RoundProject | None], ...] = ()
    """Without a team: why, and against which topic."""


def entries_with_names(round_: Round) -> Sequence[RoundEntry]:
    return db.session.scalars(_entries(round_)).unique().all()


def _entries(round_: Round) -> Select[RoundEntry]:
    return (
        select(RoundEntry)
        .outerjoin(Person, Person.id == RoundEntry.person_id)
        .outerjoin(Team, Team.id == RoundEntry.team_id)
        .where(RoundEntry.round_id == round_.id, RoundEntry.left_at.is_(None))
        .options(joinedload(RoundEntry.person), joinedload(RoundEntry.team))
        .order_by(func.coalesce(Person.name, Team.name), RoundEntry.id)
    )


def entries_on_desk(round_: Round, *, q: str = "", page: int | None = 1) -> Listed[DeskEntry]:
    """Who takes part, by name; Q is sought in names. Four statements."""
    statement = _entries(round_)
    if q:
        like = f"%{q.replace('%', '').replace('_', '')}%"
        statement = statement.where(or_(Person.name.ilike(like), Team.name.ilike(like)))
    paged, total, at = one_page(statement, page)
    entries = db.session.scalars(paged).unique().all()
    ids = [e.id for e in entries]
    counts: dict[uuid.UUID, int] = {
        entry_id: count
        for entry_id, count in db.session.execute(
            select(RoundChoice.entry_id, func.count())
            .where(RoundChoice.entry_id.in_(ids))
            .group_by(RoundChoice.entry_id)
        )
    }
    newest = {
        offer.entry_id: offer
        for offer in db.session.scalars(
            select(RoundOffer)
            .where(RoundOffer.entry_id.in_(ids))
            .options(joinedload(RoundOffer.project).joinedload(RoundProject.brief))
            .order_by(RoundOffer.made_at, RoundOffer.id)
        )
    }
    return Listed([DeskEntry(e, counts.get(e.id, 0), newest.get(e.id)) for e in entries], total, at)


def entry_in(round_: Round, entry_id: str) -> RoundEntry:
    """Raises NotVisible."""
    try:
        wanted = uuid.UUID(entry_id)
    except ValueError:
        raise NotVisible(entry_id) from None
    found = db.session.scalar(_entries(round_).where(RoundEntry.id == wanted))
    if found is None:
        raise NotVisible(entry_id)
    return found


def projects_on_desk(round_: Round) -> list[DeskProject]:
    """How far each project is; three statements."""
    ids = [p.id for p in round_.projects]
    applied = _counts(
        select(Application.brief_id, func.count())
        .where(
            Application.brief_id.in_([p.brief_id for p in round_.projects]),
            Application.state.in_(IN_SELECTION),
        )
        .group_by(Application.brief_id)
    )
    ranked = _counts(
        select(RoundRank.project_id, func.count())
        .where(RoundRank.project_id.in_(ids))
        .group_by(RoundRank.project_id)
    )
    offers = db.session.execute(
        select(RoundOffer.project_id, RoundOffer.state, func.count())
        .where(RoundOffer.project_id.in_(ids))
        .group_by(RoundOffer.project_id, RoundOffer.state)
    ).all()
    by_state = {(project_id, state): count for project_id, state, count in offers}
    return [
        DeskProject(
            p,
            applied.get(p.brief_id, 0) if p.brief_id else 0,
            ranked.get(p.id, 0),
            sum(by_state.get((p.id, s), 0) for s in (OfferState.OPEN, OfferState.ACCEPTED)),
            by_state.get((p.id, OfferState.ACCEPTED), 0),
        )
        for p in round_.projects
    ]


def _counts(statement: Any) -> dict[uuid.UUID, int]:
    return {key: count for key, count in db.session.execute(statement)}


def barriers_of(round_: Round) -> Sequence[RoundBarrier]:
    return db.session.scalars(
        select(RoundBarrier)
        .join(RoundBarrier.entry)
        .where(RoundEntry.round_id == round_.id)
        .options(
            joinedload(RoundBarrier.entry).joinedload(RoundEntry.person),
            joinedload(RoundBarrier.entry).joinedload(RoundEntry.team),
            joinedload(RoundBarrier.project).joinedload(RoundProject.brief),
        )
        .order_by(RoundBarrier.at)
    ).all()


def public_changes(round_: Round) -> list[tuple[RoundChange, str, str]]:
    """Everything since the result under random ids, without reasons: (change, entry, project)."""
    rows = db.session.execute(
        select(RoundChange, RoundEntry.key, RoundProject.key)
        .outerjoin(RoundEntry, RoundEntry.id == RoundChange.entry_id)
        .outerjoin(RoundProject, RoundProject.id == RoundChange.project_id)
        .where(RoundChange.round_id == round_.id)
        .order_by(RoundChange.number)
    )
    return [(change, entry or "", project or "") for change, entry, project in rows]


def my_changes(entry: RoundEntry) -> Sequence[RoundChange]:
    """What was changed by hand about ENTRY, with the reasons; hers to read."""
    return db.session.scalars(
        select(RoundChange)
        .where(RoundChange.entry_id == entry.id, RoundChange.by_id.is_not(None))
        .order_by(RoundChange.number)
        .options(joinedload(RoundChange.project).joinedload(RoundProject.brief))
    ).all()


def waiting_place(found: Drawn, entry: RoundEntry) -> dict[str, int]:
    """Her place in the line for each choice above what she has now, from 1; by project's key."""
    places = {}
    for choice in found.now.round.applicant[entry.key].choices:
        if choice == found.now.assigned[entry.key]:
            break
        line = matching.waiting(found.now, choice)
        if entry.key in line:
            places[choice] = line.index(entry.key) + 1
    return places


def dropped_choices(found: Drawn, entry: RoundEntry) -> list[RoundProject]:
    """Choices that did not count: their applications did not wait any more at the closing."""
    counted = set(found.first.round.applicant[entry.key].choices)
    by_id = {p.id: p for p in found.projects.values()}
    return [
        by_id[c.project_id]
        for c in entry.choices
        if c.project_id in by_id and by_id[c.project_id].key not in counted
    ]


def my_team(round_: Round, entry: RoundEntry) -> MyTeam:
    result = db.session.scalars(
        select(RoundResult)
        .where(RoundResult.round_id == round_.id)
        .options(undefer(RoundResult.assigned))
    ).one()
    projects = {p.key: p for p in round_.projects}
    received = result.assigned.get(entry.key)
    if received is None:
        rows = result.obstacles.get("students", {}).get(entry.key, [])
        return MyTeam(
            None, None, (), tuple((row["why"], projects.get(row["topic"])) for row in rows)
        )
    project = projects[received]
    keys = [key for key, topic in result.assigned.items() if topic == received]
    people = db.session.scalars(
        select(Person)
        .join(RoundMember, RoundMember.person_id == Person.id)
        .join(RoundEntry, RoundEntry.id == RoundMember.entry_id)
        .where(RoundEntry.round_id == round_.id, RoundEntry.key.in_(keys))
        .options(selectinload(Person.memberships))
        .order_by(Person.name, Person.id)
    ).all()
    place = next((c.place for c in entry.choices if c.project_id == project.id), None)
    return MyTeam(project, place, tuple(people))
