"""Where each test of a lab version is judged: planned once, from the instructor's solution."""

import logging
import uuid
from typing import Any

from sqlalchemy import update

from app import engine
from app.kernel.database import db
from app.kernel.transaction import operation
from app.labs import queries
from app.labs.models import LabVersion

Roads = dict[str, dict[str, dict[str, Any]]]

MOST_KEPT = 64

log = logging.getLogger(__name__)

#: Plans by the digest of what they were made from: a load that was rolled back and is tried again,
#: or the same lab in another course, runs no notebook twice.
_plans: dict[str, Roads] = {}


def plan_roads(version: LabVersion) -> Roads | None:
    """The plan for a version with its files; None, and logged, when nothing can be run here."""
    known = planned(version.digest)
    if known is not None:
        return known
    source, limits = queries.engine_source(version), queries.engine_limits(version)
    return plan_source(version.digest, source, limits)


def planned(digest: str) -> Roads | None:
    """The plan that this process made for what has DIGEST."""
    return _plans.get(digest)


def plan_source(digest: str, source: engine.LabSource, limits: engine.Limits) -> Roads | None:
    """Plan SOURCE, which has DIGEST; None, and logged, when nothing can be run here."""
    try:
        plan = engine.plan_roads(source, limits=limits)
    except engine.EngineUnavailable as error:
        log.warning(
            "The tests of a lab are judged beside the students' code until 'banyan labs plan' has"
            " run: %s",
            error.message,
        )
        return None
    while len(_plans) >= MOST_KEPT:
        del _plans[next(iter(_plans))]
    _plans[digest] = plan
    return plan


def plan_waiting() -> list[LabVersion]:
    """Plan every version that has no plan, each as soon as it is made; the planned versions.

    Raises engine.EngineUnavailable when no notebook can be run here.
    """
    waiting = queries.versions_without_roads()
    if not waiting:
        return []
    engine.check()
    planned = []
    for version_id in waiting:
        plan = plan_roads(queries.version(version_id))
        db.session.rollback()  # no transaction was needed while the notebooks ran
        if plan is not None and _keep(version_id, plan):
            planned.append(queries.version(version_id))
    return planned


def plan_version(version_id: uuid.UUID) -> None:
    """Plan one version that waits for it. Raises engine.EngineUnavailable."""
    if version_id in queries.versions_without_roads():
        engine.check()
        plan = plan_roads(queries.version(version_id))
        db.session.rollback()  # no transaction was needed while the notebooks ran
        if plan is not None:
            _keep(version_id, plan)


@operation
def _keep(version_id: uuid.UUID, plan: Roads) -> bool:
    """Whether PLAN was the first for this version: two may have planned at once."""
    kept = db.session.scalar(
        update(LabVersion)
        .where(LabVersion.id == version_id, LabVersion.roads.is_(None))
        .values(roads=plan)
        .returning(LabVersion.id)
    )
    return kept is not None
