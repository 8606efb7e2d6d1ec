"""How far two graders agree, and what was settled how."""

from fractions import Fraction

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased, joinedload

from app.kernel.database import db
from app.learning.models import Section
from app.marking.models.seconds import Opinion, Settlement
from app.marking.queries.seconds import pairs
from app.marking.queries.shares import plan
from app.marking.rules.seconds import Agreement, agreement, is_within

__all__ = ["agreement_on", "settled"]


def settled(section: Section, item: str, most: int = 100) -> list[Settlement]:
    """What was settled last, the newest first."""
    return list(
        db.session.scalars(
            select(Settlement)
            .where(Settlement.section_id == section.id, Settlement.item_key == item)
            .order_by(Settlement.at.desc(), Settlement.id.desc())
            .limit(most)
            .options(
                joinedload(Settlement.by),
                joinedload(Settlement.first).joinedload(Opinion.grader),
                joinedload(Settlement.second).joinedload(Opinion.grader),
            )
        )
    )


def agreement_on(section: Section, item: str) -> Agreement:
    """The agreement on every part that two have marked, settled or not, in parts of what it is
    worth. What was settled is close enough by the plan of its day, the rest by that of today."""
    threshold = plan(section, item).threshold
    first, second = aliased(Opinion), aliased(Opinion)
    found, within = [], 0
    for one, other, is_close in db.session.execute(
        select(first, second, Settlement.is_within)
        .select_from(Settlement)
        .join(first, first.id == Settlement.first_id)
        .join(second, second.id == Settlement.second_id)
        .where(and_(Settlement.section_id == section.id, Settlement.item_key == item))
    ):
        found.append(_parts(one, other))
        within += is_close
    for pair in pairs(section, item):
        found.append(_parts(pair.first, pair.second))
        within += is_within(pair.first.points, pair.second.points, pair.first.out_of, threshold)
    return agreement(found, within)


def _parts(one: Opinion, other: Opinion) -> tuple[Fraction, Fraction]:
    return _part(one), _part(other)


def _part(opinion: Opinion) -> Fraction:
    worth = Fraction(opinion.out_of)
    return Fraction(opinion.points) / worth if worth else Fraction(0)
