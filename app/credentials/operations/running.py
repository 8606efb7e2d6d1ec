"""Issuing for everybody who has reached something, at one go, in the background."""

import uuid

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Person
from app.catalog.models import Course, CourseVersion
from app.credentials import policies, queries
from app.credentials.models import IssuingRun
from app.credentials.operations.reaching import look_at_clusters, look_at_course
from app.credentials.rules import AchievementKind
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.learning.models import Enrolment, Offering, Section
from app.learning.queries.clusters import ClusterFrame, cluster_frames

__all__ = ["AlreadyRunning", "NobodyThere", "begin_run", "go_on"]

CHUNK = 200
"""How many people are looked at in one transaction."""


class AlreadyRunning(Refused):
    message = _l("This is being issued already.")


class NobodyThere(Refused):
    message = _l("Nobody takes or took it.")


@operation
def begin_run(actor: Person | None, kind: AchievementKind, subject: str) -> IssuingRun:
    """Look at everybody who takes or took the course or cluster SUBJECT, and issue to whom it is
    due. None as ACTOR: the operator on the machine.

    Raises NotVisible, NobodyThere, AlreadyRunning.
    """
    if actor is not None and not policies.can_manage_rules(actor):
        raise NotVisible(subject)
    count = db.session.scalar(select(func.count()).select_from(_people(kind, subject).subquery()))
    if not count:
        raise NobodyThere
    run = IssuingRun(
        kind=kind, subject=subject, begun_by_id=actor.id if actor else None, candidate_count=count
    )
    try:
        with db.session.begin_nested():
            db.session.add(run)
            db.session.flush()
    except IntegrityError:
        raise AlreadyRunning from None
    audit.record(run.begun_by_id, "credentials.run_begun", "issuing_run", run.id, of=subject)
    defer("credentials.tasks.go_on", run_id=str(run.id))
    return run


def _people(kind: AchievementKind, subject: str) -> Select[uuid.UUID]:
    slugs = [subject]
    if kind is AchievementKind.CLUSTER:
        frame = _frame(subject)
        slugs = sorted(frame.counted) if frame else []
    return (
        select(Enrolment.person_id)
        .join(Section, Section.id == Enrolment.section_id)
        .join(Offering, Offering.id == Section.offering_id)
        .join(CourseVersion, CourseVersion.id == Offering.course_version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.slug.in_(slugs))
        .distinct()
    )


def _frame(slug: str) -> ClusterFrame | None:
    return next(iter(cluster_frames(slug)), None)


@operation
def go_on(run_id: uuid.UUID, after: uuid.UUID | None = None) -> None:
    """Look at the next people of a run. Who was looked at before is found to have it already."""
    run = db.session.get_one(IssuingRun, run_id, with_for_update=True)
    if run.looked_at is not None:
        return
    statement = _people(run.kind, run.subject).order_by(Enrolment.person_id).limit(CHUNK)
    if after is not None:
        statement = statement.where(Enrolment.person_id > after)
    people = db.session.scalars(statement).all()
    if run.kind is AchievementKind.CLUSTER:
        frame = _frame(run.subject)
        if frame is not None and people:
            look_at_clusters(frame, people, run_id=run.id)
    else:
        for section in queries.course_candidates(run.subject):
            look_at_course(section, people, run_id=run.id)
    run.looked_count += len(people)
    if len(people) == CHUNK:
        defer("credentials.tasks.go_on", run_id=str(run.id), after=str(people[-1]))
    else:
        run.looked_at = clock.now()
