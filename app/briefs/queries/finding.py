"""Briefs as students find them and as their company lists them."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Organisation, Person
from app.briefs import policies
from app.briefs.models import Brief, BriefMentor, BriefVersion, RequiredSkill
from app.briefs.rules import READABLE, Kind, State
from app.kernel.database import NOW, db
from app.kernel.errors import NotVisible
from app.kernel.i18n import LOCALES
from app.kernel.paging import Listed, one_page
from app.skills.models import Skill

PARTS = (
    joinedload(Brief.organisation),
    joinedload(Brief.current)
    .selectinload(BriefVersion.skills)
    .joinedload(RequiredSkill.skill)
    .joinedload(Skill.framework),
)
"""What is read along with a brief: company, version that holds, its skills."""


def shown() -> ColumnElement[bool]:
    """A published or closed brief of a company that is approved now; with Organisation joined."""
    return and_(Brief.state.in_(READABLE), Organisation.verified_at.is_not(None))


def open_condition() -> ColumnElement[bool]:
    """One may apply now; with Organisation and BriefVersion (the one that holds) joined."""
    return and_(
        Brief.state == State.PUBLISHED,
        Organisation.verified_at.is_not(None),
        BriefVersion.apply_until > NOW,
    )


def open_briefs(person: Person | None = None) -> Sequence[Brief]:
    """Every brief that PERSON may read and that takes applications now, what ends first first."""
    return (
        db.session.scalars(
            select(Brief)
            .join(Brief.organisation)
            .join(BriefVersion, holds())
            .where(open_condition())
            .options(
                contains_eager(Brief.organisation),
                selectinload(Brief.current)
                .selectinload(BriefVersion.skills)
                .joinedload(RequiredSkill.skill),
            )
            .order_by(BriefVersion.apply_until, Brief.id)
        )
        .unique()
        .all()
    )


def holds() -> ColumnElement[bool]:
    """The version of a brief that holds now."""
    return and_(BriefVersion.brief_id == Brief.id, BriefVersion.number == Brief.version_number)


def brief_for(person: Person | None, brief_id: uuid.UUID) -> Brief:
    """A brief as others than its company and reviewers read it: published or closed, its company
    approved now. The company's own people, reviewers too see it so. Raises NotVisible."""
    found = _with_parts(brief_id)
    if found is None or not policies.can_read(person, found):
        raise NotVisible(str(brief_id))
    return found


def brief_managed_by(person: Person, brief_id: uuid.UUID) -> Brief:
    """A brief in any state for those who act for its company. Raises NotVisible."""
    found = _with_parts(brief_id)
    if found is None or not policies.can_manage(person, found):
        raise NotVisible(str(brief_id))
    return found


def company_briefs(
    organisation_id: uuid.UUID,
    *,
    search: str = "",
    kind: str = "",
    state: str = "",
    page: int | None = 1,
) -> Listed[Brief]:
    """A company's briefs, the newest first; without STATE all but the archive. Who may see them is
    asked before. A constant number of statements."""
    statement = (
        select(Brief)
        .where(Brief.organisation_id == organisation_id)
        .options(joinedload(Brief.organisation), joinedload(Brief.current))
        .order_by(Brief.created_at.desc(), Brief.id)
    )
    if search:
        statement = statement.where(
            or_(*(Brief.title[code].astext.icontains(search, autoescape=True) for code in LOCALES))
        )
    if kind in set(Kind):
        statement = statement.where(Brief.kind == Kind(kind))
    if state in set(State):
        statement = statement.where(Brief.state == State(state))
    else:
        statement = statement.where(Brief.state != State.ARCHIVED)
    statement, total, page = one_page(statement, page)
    return Listed(db.session.scalars(statement).unique().all(), total, page or 1)


def brief_to_promise(person: Person, brief_id: uuid.UUID) -> Brief:
    """A brief whose promise PERSON may be asked for: published, or in her review. NotVisible."""
    found = _with_parts(brief_id)
    if found is None or not policies.can_promise(person, found):
        raise NotVisible(str(brief_id))
    return found


def briefs_of_pain_point(pain_point_id: uuid.UUID) -> Sequence[Brief]:
    """What was made of a pain point, the newest first; who may see it is asked before."""
    return db.session.scalars(
        select(Brief)
        .where(Brief.pain_point_id == pain_point_id)
        .options(joinedload(Brief.organisation))
        .order_by(Brief.created_at.desc(), Brief.id)
    ).all()


def _with_parts(brief_id: uuid.UUID) -> Brief | None:
    return db.session.scalar(
        select(Brief)
        .where(Brief.id == brief_id)
        .options(
            *PARTS,
            joinedload(Brief.supervisor),
            selectinload(Brief.mentors).joinedload(BriefMentor.person),
        )
    )
