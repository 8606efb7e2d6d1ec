"""A small course of its own with a quiz, for the house that the environment names:
``python -m tests.journeys.quiz_course COURSE QUIZ DOCUMENT`` prints the section's code."""

import json
import sys
from typing import Any

from app import demo
from app.accounts.queries import person_by_handle
from app.catalog import operations as catalog
from app.catalog.queries import latest_version
from app.factory import create_app
from app.kernel.transaction import operation
from app.learning import operations as learning
from app.learning import queries
from tests.cast import cluster, course, lesson
from tests.quizzes.quizzing import place_quiz


@operation
def make(slug: str, quiz: str, document: dict[str, Any]) -> str:
    catalog.load_clusters((cluster(course(lesson(), slug=slug)),))
    demo.load_sections()
    version = latest_version(slug)
    assert version is not None
    section = next(
        row.section
        for row in queries.sections_of_course(None, version.course_id)
        if row.section.school.slug == "rongnan"
    )
    for handle in ("mei", "hao"):
        person = person_by_handle(handle)
        assert person is not None
        learning.enrol(person, section)
    place_quiz(section, document, quiz)
    return section.code


if __name__ == "__main__":
    with create_app().app_context():
        print(make(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
