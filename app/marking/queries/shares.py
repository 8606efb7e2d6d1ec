"""The plan of an item, and whose its works are. May somebody ask is for the desk to know."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import Select, and_, func, or_, select, true

from app.accounts.models import Person
from app.catalog.rules import ItemKind
from app.grading.models import Submission
from app.kernel.database import db
from app.learning.models import Section
from app.learning.policies import is_instructor_of
from app.marking.models.shares import MarkingPlan, MarkingShare
from app.marking.rules.items import Ref
from app.marking.rules.sharing import Agreeing, Sharing
from app.quizzes.models import QuizAttempt

__all__ = ["Plan", "mine", "plan", "plan_of", "versions", "works_of"]


@dataclass(frozen=True)
class Plan:
    """How an item of a section is marked; the default is what holds without a plan."""

    number: int = 0
    """The version; 0 while nobody has made a plan."""
    blind: bool = False
    sharing: Sharing = Sharing.ALL
    seed: str = ""
    graders: Mapping[uuid.UUID, int] = field(default_factory=dict)
    """Weight by grader."""
    group_set_id: uuid.UUID | None = None
    groups: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    """Grader by group."""
    seconds_percent: int = 0
    threshold: Decimal = Decimal(0)
    agreeing: Agreeing = Agreeing.MEAN

    @property
    def way(self) -> str:
        """``all``: everybody takes what comes; ``shared``: each work is somebody's."""
        return "all" if self.sharing is Sharing.ALL else "shared"

    @property
    def seconds(self) -> float:
        """The part of the works that two people mark, 0 to 1."""
        return self.seconds_percent / 100


def plan(section: Section, item: str) -> Plan:
    """The plan that counts for ITEM (``lab:SLUG`` or ``quiz:SLUG``), in one statement."""
    found = db.session.scalar(versions(section.id, item).limit(1))
    return plan_of(found) if found is not None else Plan()


def plan_of(row: MarkingPlan) -> Plan:
    """What a version says."""
    return Plan(
        row.number,
        row.is_blind,
        row.sharing,
        row.seed,
        {uuid.UUID(key): weight for key, weight in row.graders.items()},
        row.group_set_id,
        {uuid.UUID(key): uuid.UUID(value) for key, value in row.groups.items()},
        row.seconds_percent,
        row.threshold,
        row.agreeing,
    )


def versions(section_id: uuid.UUID, item: str) -> Select[MarkingPlan]:
    """The versions of a plan, the newest first."""
    return (
        select(MarkingPlan)
        .where(MarkingPlan.section_id == section_id, MarkingPlan.item_key == item)
        .order_by(MarkingPlan.number.desc())
    )


def works_of(section_id: uuid.UUID, item: str) -> Select[uuid.UUID, uuid.UUID]:
    """(work, the student or team whose it is) of every work of ITEM that was handed in."""
    ref = Ref.of(item)
    if ref.kind is ItemKind.LAB:
        owner = func.coalesce(Submission.team_id, Submission.person_id).label("owner_id")
        return select(Submission.id.label("work_id"), owner).where(
            Submission.section_id == section_id,
            Submission.lab_slug == ref.slug,
            Submission.is_trial.is_(False),
        )
    return select(QuizAttempt.id.label("work_id"), QuizAttempt.person_id.label("owner_id")).where(
        QuizAttempt.section_id == section_id,
        QuizAttempt.slug == ref.slug,
        QuizAttempt.submitted_at.is_not(None),
    )


def mine(person: Person, section: Section, item: str) -> set[uuid.UUID] | None:
    """The works of ITEM that are PERSON's to mark, as first or as second grader, in one statement.

    None: everything is hers, since everybody takes what comes, or since she is an instructor who
    shares out the work and takes no part herself.
    """
    newest = versions(section.id, item).limit(1).subquery()
    works = works_of(section.id, item).subquery()
    share = (
        select(works.c.work_id)
        .join(
            MarkingShare,
            and_(
                MarkingShare.section_id == section.id,
                MarkingShare.item_key == item,
                MarkingShare.owner_id == works.c.owner_id,
                MarkingShare.ended_at.is_(None),
                or_(MarkingShare.grader_id == person.id, MarkingShare.second_id == person.id),
            ),
        )
        .subquery()
    )
    rows = db.session.execute(
        select(newest.c.sharing, newest.c.graders, share.c.work_id)
        .select_from(newest)
        .outerjoin(share, true())
    ).all()
    if not rows or rows[0].sharing is Sharing.ALL:
        return None
    if str(person.id) not in rows[0].graders and is_instructor_of(person, section):
        return None
    return {row.work_id for row in rows if row.work_id is not None}
