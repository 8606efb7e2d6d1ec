"""What waits for review, what was said in it, and proposed changes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, not_, select
from sqlalchemy.orm import joinedload, undefer

from app.accounts.models import Membership, Person
from app.briefs import policies
from app.briefs.models import Brief, BriefChange, BriefStep, BriefVersion
from app.briefs.queries.finding import PARTS
from app.briefs.rules import Act, Side, State
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.i18n import LOCALES
from app.kernel.paging import Listed, one_page

__all__ = [
    "Waiting", "brief_in_review", "change_for", "changes_of", "open_change", "reviews_waiting",
    "steps_of", "verdicts_of", "versions_of",
]  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """A brief in the queue of reviews, and which sides approved it already."""

    brief: Brief
    approved: frozenset[Side]


def reviews_waiting(
    person: Person, *, search: str = "", kind: str = "", page: int | None = 1
) -> Listed[Waiting]:
    """What PERSON may review, the longest waiting first; constant number of statements."""
    own = select(Membership.organisation_id).where(
        Membership.person_id == person.id, Membership.ended_at.is_(None)
    )
    statement = (
        select(Brief)
        .join(Brief.organisation)
        .where(Brief.state == State.SUBMITTED, Brief.organisation_id.not_in(own))
        .options(*PARTS)
        .order_by(Brief.submitted_at, Brief.id)
    )
    if search:
        statement = statement.where(
            Brief.title[LOCALES[0]].astext.icontains(search, autoescape=True)
            | Brief.title[LOCALES[1]].astext.icontains(search, autoescape=True)
        )
    if kind:
        statement = statement.where(Brief.kind == kind)
    statement, total, page = one_page(statement, page)
    briefs = db.session.scalars(statement).unique().all()
    approved: dict[uuid.UUID, set[Side]] = {}
    for row in db.session.scalars(
        select(BriefStep)
        .join(Brief, and_(Brief.id == BriefStep.brief_id, Brief.submission == BriefStep.submission))
        .where(BriefStep.act == Act.APPROVED, BriefStep.brief_id.in_([b.id for b in briefs]))
    ):
        approved.setdefault(row.brief_id, set()).add(row.side)
    rows = [Waiting(brief, frozenset(approved.get(brief.id, ()))) for brief in briefs]
    return Listed(rows, total, page)


def waiting_condition(side: Side) -> ColumnElement[bool]:
    """A brief waits for the verdict of SIDE."""
    return and_(
        Brief.state == State.SUBMITTED,
        not_(
            exists().where(
                BriefStep.brief_id == Brief.id,
                BriefStep.submission == Brief.submission,
                BriefStep.side == side,
                BriefStep.act == Act.APPROVED,
            )
        ),
    )


def brief_in_review(person: Person, brief_id: uuid.UUID) -> Brief:
    """A brief that PERSON may review now, with its draft. Raises NotVisible."""
    found = db.session.scalar(
        select(Brief).where(Brief.id == brief_id).options(*PARTS, undefer(Brief.draft))
    )
    if found is None or not policies.can_review(person, found):
        raise NotVisible(str(brief_id))
    return found


def verdicts_of(brief: Brief) -> Sequence[BriefStep]:
    """What was said of this submission so far."""
    return [row for row in steps_of(brief) if row.submission == brief.submission]


def steps_of(brief: Brief) -> Sequence[BriefStep]:
    """The whole history, the newest first; who may read it is asked before."""
    return db.session.scalars(
        select(BriefStep)
        .where(BriefStep.brief_id == brief.id)
        .options(joinedload(BriefStep.by))
        .order_by(BriefStep.at.desc(), BriefStep.id.desc())
    ).all()


def versions_of(brief: Brief) -> Sequence[BriefVersion]:
    """Every version, the newest first."""
    return db.session.scalars(
        select(BriefVersion)
        .where(BriefVersion.brief_id == brief.id)
        .order_by(BriefVersion.number.desc())
    ).all()


def open_change(brief: Brief) -> BriefChange | None:
    """The proposal that waits for an answer."""
    return db.session.scalar(
        select(BriefChange).where(
            BriefChange.brief_id == brief.id, BriefChange.decided_at.is_(None)
        )
    )


def changes_of(brief: Brief) -> Sequence[BriefChange]:
    return db.session.scalars(
        select(BriefChange)
        .where(BriefChange.brief_id == brief.id)
        .options(joinedload(BriefChange.proposed_by))
        .order_by(BriefChange.proposed_at.desc())
    ).all()


def change_for(person: Person, brief_id: uuid.UUID, change_id: uuid.UUID) -> BriefChange:
    """A proposal, for either side. Raises NotVisible."""
    found = db.session.scalar(
        select(BriefChange)
        .where(BriefChange.id == change_id, BriefChange.brief_id == brief_id)
        .options(
            undefer(BriefChange.document),
            joinedload(BriefChange.proposed_by),
            joinedload(BriefChange.brief).options(*PARTS),
        )
    )
    if found is None or not policies.can_see_changes(person, found.brief):
        raise NotVisible(str(change_id))
    return found
