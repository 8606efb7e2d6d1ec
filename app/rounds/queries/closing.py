"""A round as the library of matching takes it: from the rows of the database, at this instant."""

import uuid
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app import matching
from app.applications import queries as applications
from app.applications.models import Application
from app.applications.rules import IN_SELECTION
from app.applications.rules import State as Applied
from app.briefs.models import Brief, BriefVersion
from app.evidence import queries as evidence
from app.kernel.database import db
from app.matching.teams import Member, Topic
from app.rounds.models import (
    Round,
    RoundBarrier,
    RoundEntry,
    RoundProject,
    RoundRank,
    RoundSupervisor,
)
from app.rounds.rules import tiers

__all__ = ["BARRIER", "SKILL", "entries_of", "members_and_topics", "rankings_of"]

SKILL = "skill"
"""``skill:ID:LEVEL`` of what is missing."""
BARRIER = "barrier"
"""``barrier:ID``: the two must not come together."""

_Key = tuple[uuid.UUID, uuid.UUID]


def entries_of(round_: Round) -> Sequence[RoundEntry]:
    """Everybody who takes part, with choices and members, by key."""
    return db.session.scalars(
        select(RoundEntry)
        .where(RoundEntry.round_id == round_.id, RoundEntry.left_at.is_(None))
        .options(selectinload(RoundEntry.choices), selectinload(RoundEntry.members))
        .order_by(RoundEntry.key)
    ).all()


def rankings_of(round_: Round) -> matching.Round:
    """What would be matched if the ranking closed now. Constant in the number of statements per
    project.

    A choice counts while its application still waits; a place on a list likewise. Places of a brief
    that are offered or taken outside of the round are not there any more.
    """
    projects = _projects(round_)
    entries = entries_of(round_)
    found = _applications(projects)
    of_entry = {_of(entry): entry for entry in entries}
    waits: dict[_Key, Application] = {}
    by_application: dict[uuid.UUID, RoundEntry] = {}
    project_of_brief = {p.brief_id: p for p in projects}
    for application in found:
        entry = of_entry.get((application.person_id, application.team_id))
        if entry is not None:
            waits[entry.id, project_of_brief[application.brief_id].id] = application
            by_application[application.id] = entry
    missing = _missing(round_, projects, entries, waits)
    by_id = {p.id: p for p in projects}
    applicants = tuple(
        matching.Applicant(
            entry.key,
            tuple(
                by_id[c.project_id].key for c in entry.choices if (entry.id, c.project_id) in waits
            ),
            entry.kind,
            {
                by_id[project_id].key: what
                for (entry_id, project_id), what in missing.items()
                if entry_id == entry.id
                and (entry.id, project_id) in waits
                and any(c.project_id == project_id for c in entry.choices)
            },
            tuple(str(m.person_id) for m in entry.members if m.left_at is None),
        )
        for entry in entries
    )
    lists = _lists(projects)
    taken = _taken(projects)
    supervisors = {s.id: s for s in _supervisors(round_)}
    return matching.Round(
        round_.key,
        applicants,
        tuple(
            _project(p, lists[p.id], by_application, taken.get(p.brief_id, 0), supervisors)
            for p in projects
        ),
        tuple(matching.Supervisor(s.key, s.quota) for s in supervisors.values()),
    )


def _of(entry: RoundEntry) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    return entry.person_id, entry.team_id


def _project(
    project: RoundProject,
    ranked: dict[uuid.UUID, int],
    by_application: dict[uuid.UUID, RoundEntry],
    taken: int,
    supervisors: dict[uuid.UUID, RoundSupervisor],
) -> matching.Project:
    places = {
        by_application[one].key: place
        for one, place in ranked.items()
        if one in by_application and by_application[one].kind is project.takes
    }
    left = max(0, project.quota - taken)
    supervisor = supervisors.get(project.supervisor_id) if project.supervisor_id else None
    return matching.Project(
        project.key,
        left,
        max(0, min(project.minimum - taken, left)),
        project.takes,
        supervisor.key if supervisor else None,
        tiers(places),
    )


def _projects(round_: Round) -> Sequence[RoundProject]:
    return db.session.scalars(
        select(RoundProject)
        .where(RoundProject.round_id == round_.id)
        .options(
            joinedload(RoundProject.brief)
            .joinedload(Brief.current)
            .selectinload(BriefVersion.skills)
        )
        .order_by(RoundProject.key)
    ).all()


def _supervisors(round_: Round) -> Sequence[RoundSupervisor]:
    return db.session.scalars(
        select(RoundSupervisor)
        .where(RoundSupervisor.round_id == round_.id)
        .order_by(RoundSupervisor.key)
    ).all()


def _applications(projects: Sequence[RoundProject]) -> Sequence[Application]:
    return db.session.scalars(
        select(Application).where(
            Application.brief_id.in_([p.brief_id for p in projects]),
            Application.state.in_(IN_SELECTION),
        )
    ).all()


def _lists(projects: Sequence[RoundProject]) -> dict[uuid.UUID, dict[uuid.UUID, int]]:
    found: dict[uuid.UUID, dict[uuid.UUID, int]] = defaultdict(dict)
    for rank in db.session.scalars(
        select(RoundRank).where(RoundRank.project_id.in_([p.id for p in projects]))
    ):
        found[rank.project_id][rank.application_id] = rank.place
    return found


def _taken(projects: Sequence[RoundProject]) -> dict[uuid.UUID | None, int]:
    rows = db.session.execute(
        select(Application.brief_id, func.count())
        .where(
            Application.brief_id.in_([p.brief_id for p in projects]),
            Application.state.in_([Applied.OFFERED, Applied.ACCEPTED]),
        )
        .group_by(Application.brief_id)
    )
    return {brief_id: count for brief_id, count in rows}


def _missing(
    round_: Round,
    projects: Sequence[RoundProject],
    entries: Sequence[RoundEntry],
    waits: dict[_Key, Application],
) -> dict[_Key, tuple[str, ...]]:
    """Who cannot be taken where, and why: required skills that are not shown, and barriers."""
    people = {e.id: [m.person_id for m in e.members if m.left_at is None] for e in entries}
    found: dict[_Key, tuple[str, ...]] = {}
    for project in projects:
        units = {e.id: people[e.id] for e in entries if (e.id, project.id) in waits}
        if not units or project.brief is None or not project.brief.terms.skills:
            continue
        for entry_id, result in applications.eligibilities(project.brief.terms, units).items():
            if not result.is_eligible:
                found[entry_id, project.id] = tuple(
                    f"{SKILL}:{a.wanted.skill_id}:{a.wanted.level}" for a in result.missing
                )
    for barrier in db.session.scalars(
        select(RoundBarrier).join(RoundEntry).where(RoundEntry.round_id == round_.id)
    ):
        key = (barrier.entry_id, barrier.project_id)
        found[key] = (*found.get(key, ()), f"{BARRIER}:{barrier.id}")
    return found


def members_and_topics(round_: Round) -> tuple[list[Member], list[Topic]]:
    """What would be made into teams if the ranking closed now."""
    projects = _projects(round_)
    by_id = {p.id: p for p in projects}
    entries = entries_of(round_)
    wanted = {skill_id for p in projects for skill_id in p.skill_ids}
    people = [e.person_id for e in entries if e.person_id is not None]
    shown = evidence.standings_of(people) if wanted and people else {}
    members = [
        Member(
            e.key,
            tuple(by_id[c.project_id].key for c in e.choices),
            frozenset(str(s.skill.id) for s in shown.get(e.person_id, ()) if s.skill.id in wanted)
            if e.person_id
            else frozenset(),
        )
        for e in entries
    ]
    topics = [
        Topic(
            p.key,
            max(1, p.minimum),
            p.quota,
            tuple(sorted(str(skill_id) for skill_id in p.skill_ids)),
            p.must_run,
        )
        for p in projects
    ]
    return members, topics
