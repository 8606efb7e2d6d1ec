"""How companies answer: figures for both sides and for the office. No person is named by them."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import contains_eager

from app.accounts.models import Organisation
from app.applications.models import Application
from app.applications.rules import (
    COMPANY_SEES,
    IN_SELECTION,
    TOO_LONG,
    Answering,
    Wait,
    answering,
)
from app.briefs.models import Brief
from app.kernel import clock
from app.kernel.database import db

__all__ = ["Silence", "answering_of", "answerings_of", "silences"]


def answering_of(organisation_id: uuid.UUID) -> Answering:
    """How one company answers."""
    return answerings_of([organisation_id])[organisation_id]


def answerings_of(organisation_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Answering]:
    """How several companies answer; one statement."""
    rows = db.session.execute(
        select(
            Brief.organisation_id,
            Application.applied_at,
            Application.answered_at,
            Application.ended_at,
        )
        .join(Application.brief)
        .where(
            Brief.organisation_id.in_(list(organisation_ids)), Application.state.in_(COMPANY_SEES)
        )
    )
    waits: dict[uuid.UUID, list[Wait]] = {one: [] for one in organisation_ids}
    for organisation_id, applied, answered, ended in rows:
        if applied is not None:
            waits[organisation_id].append(Wait(applied, answered, ended))
    now = clock.now()
    return {one: answering(found, now) for one, found in waits.items()}


@dataclass(frozen=True)
class Silence:
    """A brief for which somebody has waited too long for a first answer."""

    brief: Brief
    count: int
    since: datetime
    """When the one who waits longest applied."""


def silences() -> Sequence[Silence]:
    """Every brief with applications that nobody answered for more than TOO_LONG, the longest wait
    first; for the office, with counts and no names."""
    waiting = (
        select(
            Application.brief_id,
            func.count().label("count"),
            func.min(Application.applied_at).label("since"),
        )
        .where(
            Application.state.in_(IN_SELECTION),
            Application.answered_at.is_(None),
            Application.applied_at < clock.now() - TOO_LONG,
        )
        .group_by(Application.brief_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Brief, waiting.c.count, waiting.c.since)
        .join(waiting, waiting.c.brief_id == Brief.id)
        .join(Brief.organisation)
        .options(contains_eager(Brief.organisation))
        .order_by(case((Organisation.verified_at.is_(None), 1), else_=0), waiting.c.since)
    )
    return [Silence(brief, count, since) for brief, count, since in rows]
