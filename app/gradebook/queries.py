"""A section's grades: items by students, in a constant number of statements."""

import uuid
from dataclasses import dataclass

from app.accounts.models import Person
from app.catalog.models import CourseItem
from app.catalog.rules import ItemKind
from app.grading import queries as grading
from app.grading.queries import Standing
from app.learning import queries as learning
from app.learning.models import Enrolment
from app.learning.queries import SectionView

__all__ = ["Gradebook", "Row", "gradebook"]


@dataclass(frozen=True)
class Row:
    """One student: her best standing per item, None where nothing is graded."""

    enrolment: Enrolment
    student_number: str
    standings: tuple[Standing | None, ...]

    @property
    def total(self) -> float:
        return sum(standing.score for standing in self.standings if standing is not None)


@dataclass(frozen=True)
class Gradebook:
    view: SectionView
    items: tuple[CourseItem, ...]
    rows: tuple[Row, ...]

    @property
    def columns(self) -> list[tuple[CourseItem, float]]:
        """Each item and what it is worth."""
        return [(item, item.lab_version.max_score) for item in self.items if item.lab_version]

    @property
    def max_total(self) -> float:
        return sum(points for _item, points in self.columns)

    def average(self, index: int) -> float | None:
        """Mean score of item INDEX over those who have one."""
        scores = [s.score for row in self.rows if (s := row.standings[index]) is not None]
        return sum(scores) / len(scores) if scores else None


def gradebook(person: Person, code: str) -> Gradebook:
    """The gradebook of section CODE for its staff. Raises NotVisible."""
    view = learning.section_taught_by(person, code)
    items = tuple(item for item in view.version.items if item.kind is ItemKind.LAB)
    standings = grading.best_scores(view.section)
    rows = tuple(
        Row(
            enrolment,
            _student_number(enrolment, view.section.school_id),
            tuple(standings.get((enrolment.person_id, item.slug)) for item in items),
        )
        for enrolment in learning.roster(view.section)
    )
    return Gradebook(view, items, rows)


def _student_number(enrolment: Enrolment, school_id: uuid.UUID) -> str:
    return next(
        (
            membership.student_number
            for membership in enrolment.person.live_memberships
            if membership.organisation_id == school_id and membership.student_number
        ),
        "",
    )
