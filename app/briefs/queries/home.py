"""What waits for somebody, for her first page."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Membership, Person
from app.accounts.rules import ACTING_ROLES
from app.briefs import policies
from app.briefs.models import Brief, BriefStep
from app.briefs.queries.reviewing import waiting_condition
from app.briefs.rules import Act, Side, State
from app.kernel.database import db

MOST = 5


def reviews_to_do(person: Person) -> Sequence[Brief]:
    """Briefs whose review PERSON's side has not given yet, the longest waiting first; at most 5."""
    sides = []
    if policies.reviews_as_instructor(person):
        sides.append(waiting_condition(Side.INSTRUCTOR))
    if policies.reviews_as_officer(person):
        sides.append(waiting_condition(Side.OFFICER))
    if not sides:
        return []
    own = {m.organisation_id for m in person.live_memberships}
    done = (
        select(BriefStep.id)
        .where(
            BriefStep.brief_id == Brief.id,
            BriefStep.submission == Brief.submission,
            BriefStep.act == Act.APPROVED,
            BriefStep.by_id == person.id,
        )
        .exists()
    )
    return db.session.scalars(
        select(Brief)
        .where(or_(*sides), Brief.organisation_id.not_in(own), ~done)
        .options(joinedload(Brief.organisation))
        .order_by(Brief.submitted_at, Brief.id)
        .limit(MOST)
    ).all()


def returned_briefs(person: Person) -> Sequence[Brief]:
    """Briefs of hers that a reviewer sent back; at most 5."""
    hers = select(Membership.organisation_id).where(
        Membership.person_id == person.id,
        Membership.ended_at.is_(None),
        Membership.role.in_(ACTING_ROLES),
    )
    return db.session.scalars(
        select(Brief)
        .where(Brief.state == State.RETURNED, Brief.organisation_id.in_(hers))
        .options(joinedload(Brief.organisation))
        .order_by(Brief.submitted_at, Brief.id)
        .limit(MOST)
    ).all()
