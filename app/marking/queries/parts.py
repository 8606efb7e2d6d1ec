"""Which works of a section are one grader's, item by item, where works are shared out."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.accounts.models import Person
from app.kernel.database import db
from app.learning.models import Section
from app.learning.policies import is_instructor_of
from app.marking.models import MarkingPlan, MarkingShare, Opinion
from app.marking.rules.sharing import Sharing

__all__ = ["Part", "given_by", "part_of"]


@dataclass(frozen=True)
class Part:
    """What of a section is a grader's: her shares of SHARED items, and whole items that two mark.

    Items that are hers altogether, because nobody shares them out, are in neither.
    """

    section_id: uuid.UUID
    grader_id: uuid.UUID
    shared: frozenset[str]
    by_two: frozenset[str]

    @property
    def items(self) -> frozenset[str]:
        return self.shared | self.by_two

    def holds(self, key: Any, owner: Any) -> ColumnElement[bool]:
        """Whether the work of OWNER (a student or a team) in item KEY is hers."""
        share = exists().where(
            MarkingShare.section_id == self.section_id,
            MarkingShare.item_key == key,
            MarkingShare.owner_id == owner,
            MarkingShare.ended_at.is_(None),
            or_(
                MarkingShare.grader_id == self.grader_id,
                MarkingShare.second_id == self.grader_id,
            ),
        )
        return or_(key.in_(sorted(self.by_two - self.shared)), share)


def part_of(person: Person, section: Section) -> Part:
    """What of SECTION is PERSON's to mark, by the plans that count: one statement."""
    rows = db.session.execute(
        select(
            MarkingPlan.item_key,
            MarkingPlan.sharing,
            MarkingPlan.graders,
            MarkingPlan.seconds_percent,
        )
        .where(MarkingPlan.section_id == section.id)
        .ext(distinct_on(MarkingPlan.item_key))
        .order_by(MarkingPlan.item_key, MarkingPlan.number.desc())
    ).all()
    sees_all = is_instructor_of(person, section)
    shared = {
        row.item_key
        for row in rows
        if row.sharing is not Sharing.ALL and (str(person.id) in row.graders or not sees_all)
    }
    by_two = {row.item_key for row in rows if row.seconds_percent > 0}
    return Part(section.id, person.id, frozenset(shared), frozenset(by_two))


def given_by(person: Person, work_id: Any, part: Any) -> ColumnElement[bool]:
    """Whether PERSON has given points for a part that two mark: it waits for the other then."""
    return exists().where(
        Opinion.work_id == work_id,
        Opinion.part == part,
        Opinion.grader_id == person.id,
        Opinion.superseded_at.is_(None),
    )
