"""What a drawn round holds now, and what each applicant reads of it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from app import matching
from app.applications.models import Application
from app.applications.rules import IN_SELECTION
from app.kernel.database import db
from app.rounds.models import (
    Round,
    RoundBarrier,
    RoundChange,
    RoundClosing,
    RoundEntry,
    RoundOffer,
    RoundProject,
    RoundResult,
    RoundSupervisor,
)
from app.rounds.queries.closing import BARRIER, SKILL
from app.rounds.rules import Change, OfferState, drawn, held_now, load
from app.skills.models import Skill

__all__ = [
    "Drawn", "MyReason", "changes_of", "closing_of", "drawn_of", "my_reasons", "not_again",
    "offer_of", "offers_of", "result_of", "settled_of",
]  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """A result with everything that has happened since."""

    result: RoundResult
    first: matching.Matching
    now: matching.Matching
    entries: dict[str, RoundEntry]
    projects: dict[str, RoundProject]
    supervisors: dict[str, RoundSupervisor]

    def project(self, key: str | None) -> RoundProject | None:
        return None if key is None else self.projects[key]


@dataclass(frozen=True)
class MyReason:
    """One choice above what she received, with what is missing by name."""

    project: RoundProject
    explained: matching.Explained
    skills: tuple[tuple[Skill, int], ...] = ()
    barrier: str | None = None


def closing_of(round_: Round) -> RoundClosing | None:
    return db.session.scalar(select(RoundClosing).where(RoundClosing.round_id == round_.id))


def result_of(round_: Round) -> RoundResult | None:
    return db.session.scalar(select(RoundResult).where(RoundResult.round_id == round_.id))


def changes_of(round_: Round) -> Sequence[RoundChange]:
    """Everything since the result, the oldest first."""
    return db.session.scalars(
        select(RoundChange)
        .where(RoundChange.round_id == round_.id)
        .order_by(RoundChange.number)
        .options(joinedload(RoundChange.by))
    ).all()


def drawn_of(round_: Round) -> Drawn | None:
    """The matching of a round of projects; None before it is drawn."""
    row = db.session.execute(
        select(RoundResult, RoundClosing)
        .join(RoundClosing, RoundClosing.round_id == RoundResult.round_id)
        .where(RoundResult.round_id == round_.id)
        .options(undefer(RoundResult.assigned), undefer(RoundClosing.snapshot))
    ).one_or_none()
    if row is None or row[0].seed is None:
        return None
    result, closing = row
    seed = str(result.seed)
    entries = _by_key(RoundEntry, round_)
    projects = _by_key(RoundProject, round_)
    supervisors = _by_key(RoundSupervisor, round_)
    first = drawn(load(closing.snapshot), seed, result.assigned, result.closed)
    keys: dict[uuid.UUID, str] = {
        one.id: key for things in (entries, projects, supervisors) for key, one in things.items()
    }
    changes = [_change(row, keys) for row in changes_of(round_)]
    return Drawn(result, first, held_now(first, changes), entries, projects, supervisors)


def _by_key(model: Any, round_: Round) -> dict[str, Any]:
    return {
        one.key: one for one in db.session.scalars(select(model).where(model.round_id == round_.id))
    }


def _change(row: RoundChange, keys: dict[uuid.UUID, str]) -> Change:
    return Change(
        row.kind,
        None if row.entry_id is None else keys[row.entry_id],
        None if row.project_id is None else keys[row.project_id],
        None if row.supervisor_id is None else keys[row.supervisor_id],
        row.count,
    )


def offer_of(entry: RoundEntry) -> RoundOffer | None:
    """The newest place that ENTRY was offered."""
    return db.session.scalar(
        select(RoundOffer)
        .where(RoundOffer.entry_id == entry.id)
        .order_by(RoundOffer.made_at.desc(), RoundOffer.id.desc())
        .limit(1)
        .options(joinedload(RoundOffer.project).joinedload(RoundProject.brief))
    )


def offers_of(round_: Round) -> Sequence[RoundOffer]:
    """Every place that was offered, the oldest first."""
    return db.session.scalars(
        select(RoundOffer)
        .where(RoundOffer.round_id == round_.id)
        .order_by(RoundOffer.made_at, RoundOffer.id)
    ).all()


def settled_of(found: Drawn, offers: Sequence[RoundOffer]) -> set[str]:
    """Who has accepted: she keeps what she has."""
    by_id = {entry.id: key for key, entry in found.entries.items()}
    return {by_id[o.entry_id] for o in offers if o.state is OfferState.ACCEPTED}


def not_again(found: Drawn, offers: Sequence[RoundOffer]) -> set[tuple[str, str]]:
    """Pairs that are not offered: taken back by hand, or the application does not wait any more."""
    entry_keys = {entry.id: key for key, entry in found.entries.items()}
    project_keys = {project.id: key for key, project in found.projects.items()}
    pairs = {
        (entry_keys[o.entry_id], project_keys[o.project_id])
        for o in offers
        if o.state in (OfferState.TAKEN_BACK, OfferState.DECLINED, OfferState.EXPIRED)
    }
    briefs = {p.brief_id: key for key, p in found.projects.items() if p.brief_id is not None}
    waits = {
        (row.person_id, row.team_id, briefs[row.brief_id])
        for row in db.session.execute(
            select(Application.person_id, Application.team_id, Application.brief_id).where(
                Application.brief_id.in_(briefs), Application.state.in_(IN_SELECTION)
            )
        )
    }
    for applicant in found.now.round.applicants:
        entry = found.entries[applicant.id]
        for choice in applicant.choices:
            if (entry.person_id, entry.team_id, choice) not in waits:
                pairs.add((applicant.id, choice))
    return pairs


def my_reasons(found: Drawn, entry: RoundEntry) -> list[MyReason]:
    """Her choices above what she has now, each with its reason; hers alone to read."""
    explained = matching.explain(found.now, entry.key)
    skills = _skills([what for one in explained for what in one.missing])
    barriers = _barriers([what for one in explained for what in one.missing])
    return [
        MyReason(
            found.projects[one.choice],
            one,
            tuple(
                (skills[uuid.UUID(what.split(":")[1])], int(what.split(":")[2]))
                for what in one.missing
                if what.startswith(f"{SKILL}:")
            ),
            next((barriers[what] for what in one.missing if what in barriers), None),
        )
        for one in explained
    ]


def _skills(missing: Sequence[str]) -> dict[uuid.UUID, Skill]:
    ids = {uuid.UUID(what.split(":")[1]) for what in missing if what.startswith(f"{SKILL}:")}
    if not ids:
        return {}
    return {
        one.id: one
        for one in db.session.scalars(
            select(Skill).where(Skill.id.in_(ids)).options(joinedload(Skill.framework))
        )
    }


def _barriers(missing: Sequence[str]) -> dict[str, str]:
    ids = {uuid.UUID(what.split(":")[1]) for what in missing if what.startswith(f"{BARRIER}:")}
    if not ids:
        return {}
    return {
        f"{BARRIER}:{one.id}": one.reason
        for one in db.session.scalars(select(RoundBarrier).where(RoundBarrier.id.in_(ids)))
    }
