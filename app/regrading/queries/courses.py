"""What whole grades would become: the gradebook's engine over what a regrade found."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from app.gradebook import queries as gradebook
from app.gradebook.queries import Sources
from app.gradebook.rules import compute
from app.gradebook.rules.scales import round_half_up
from app.kernel import clock
from app.learning.models import Section
from app.regrading.rules import Points

__all__ = ["course_grades"]

Grades = dict[uuid.UUID, tuple[Decimal | None, Decimal | None]]


def course_grades(section: Section, slug: str, found: Mapping[uuid.UUID, Points]) -> Grades:
    """Percent before and after, by person, if the submissions to lab SLUG came to what was FOUND.

    Only persons with such a submission. Changes nothing.
    """
    book = gradebook.book_of(section)
    with_quizzes = any(column.kind == "quiz" for column in book.columns)
    everybody = gradebook.sources_of(section, None, with_quizzes=with_quizzes)
    names = {str(submission_id): points for submission_id, points in found.items()}
    touched = {
        person_id
        for person_id, labs in everybody.labs.items()
        if any(row.submission in names for row in labs.get(slug, ()))
    }
    now = clock.now()
    before = replace(everybody, people=tuple(p for p in everybody.people if p in touched))
    after = _with(before, slug, names)
    grades: Grades = {}
    for was, will in zip(
        gradebook.done_by(book, before, now), gradebook.done_by(book, after, now), strict=True
    ):
        percents = [compute(book.scheme, done.works).percent for done in (was, will)]
        first, second = (None if p is None else round_half_up(p, 2) for p in percents)
        grades[was.person_id] = (first, second)
    return grades


def _with(sources: Sources, slug: str, names: Mapping[str, Points]) -> Sources:
    """SOURCES in which the submissions of NAMES came to those points."""
    labs = {
        person_id: {
            **hers,
            slug: [
                row
                if (points := names.get(row.submission)) is None
                else row._replace(
                    score=points.score, max_score=points.max_score, pending=points.pending
                )
                for row in hers.get(slug, ())
            ],
        }
        for person_id, hers in sources.labs.items()
        if person_id in sources.people
    }
    return replace(sources, labs=labs)
