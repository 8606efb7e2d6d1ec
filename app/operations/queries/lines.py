"""The line for profiles that only so many people can have at once, such as graphics cards."""

import os
import uuid
from collections.abc import Mapping, Sequence
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.catalog.models import CourseVersion
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning.models import Offering, Section
from app.operations.models import LabRun, LabTurn
from jupyter_config.profiles import Profile, Profiles, read


def queued_profiles(environ: Mapping[str, str] = os.environ) -> tuple[Profile, ...]:
    """Profiles with a line; none where labs run in sandboxes of one machine."""
    profiles = all_profiles(environ)
    return () if profiles is None else profiles.queued


def all_profiles(environ: Mapping[str, str] = os.environ) -> Profiles | None:
    """The profiles of this installation; None where labs run in sandboxes of one machine."""
    if (environ.get("LABS_SPAWNER") or "local") == "local":
        return None
    return _profiles(environ.get("LABS_PROFILES") or "")


@lru_cache(maxsize=4)
def _profiles(name: str) -> Profiles:
    return read({"LABS_PROFILES": name})


def queued_profile(name: str) -> Profile:
    """Raises NotVisible."""
    for profile in queued_profiles():
        if profile.name == name:
            return profile
    raise NotVisible(name)


def turn_of(person: Person) -> LabTurn | None:
    """Her place in a line, if she stands in one."""
    return db.session.scalar(
        select(LabTurn).where(LabTurn.person_id == person.id, LabTurn.left_at.is_(None))
    )


def place_of(turn: LabTurn) -> int:
    """Counted from 1: how many stand before her, and she."""
    before = db.session.scalar(
        select(func.count())
        .select_from(LabTurn)
        .where(
            LabTurn.profile == turn.profile,
            LabTurn.left_at.is_(None),
            (LabTurn.queued_at < turn.queued_at)
            | ((LabTurn.queued_at == turn.queued_at) & (LabTurn.id < turn.id)),
        )
    )
    return (before or 0) + 1


def line_length(profile: str) -> int:
    waiting = select(func.count()).select_from(LabTurn).where(
        LabTurn.profile == profile, LabTurn.left_at.is_(None)
    )  # fmt: skip
    return db.session.scalar(waiting) or 0


def line_of(profile: str) -> Sequence[LabTurn]:
    """Who waits, in order; whoever is serving it holds it until the end of the transaction."""
    return db.session.scalars(
        select(LabTurn)
        .where(LabTurn.profile == profile, LabTurn.left_at.is_(None))
        .options(
            joinedload(LabTurn.person),
            joinedload(LabTurn.section)
            .joinedload(Section.offering)
            .joinedload(Offering.course_version),
        )
        .order_by(LabTurn.queued_at, LabTurn.id)
        .with_for_update(of=LabTurn)
    ).all()


def holders_of(profile: str) -> list[tuple[uuid.UUID | None, uuid.UUID | None]]:
    """(school, course) of each server that has PROFILE now."""
    return [
        (row[0], row[1])
        for row in db.session.execute(
            select(Section.school_id, CourseVersion.course_id)
            .select_from(LabRun)
            .outerjoin(Section, Section.id == LabRun.section_id)
            .outerjoin(Offering, Offering.id == Section.offering_id)
            .outerjoin(CourseVersion, CourseVersion.id == Offering.course_version_id)
            .where(LabRun.profile == profile, LabRun.ended_at.is_(None))
        )
    ]


def runs_with(profile: str) -> Sequence[LabRun]:
    """Servers that have PROFILE now."""
    return db.session.scalars(
        select(LabRun)
        .where(LabRun.profile == profile, LabRun.ended_at.is_(None))
        .options(joinedload(LabRun.person))
    ).all()
