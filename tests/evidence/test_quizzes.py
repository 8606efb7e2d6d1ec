"""Quizzes prove skills where somebody mapped them, once their score may be known."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.evidence import operations
from app.evidence.models import Evidence, SkillMapping
from app.kernel.database import db
from app.learning.operations import releases
from app.skills import operations as skills
from app.skills import queries as frameworks
from tests.evidence.helpers import shown
from tests.quizzes.quizzing import place_quiz, quiz_document, single, take


def mapped(cast, **settings):
    """A quiz of two points that is mapped to model evaluation, level 1."""
    skills.load_own()
    section = cast.section()
    place_quiz(section, quiz_document(single(), **settings))
    (skill,) = frameworks.resolve(["model-evaluation"]).values()
    course = section.offering.course_version.course
    operations.map_item(cast.person("lin"), course, "quiz:check", skill, 1, Decimal(1))


def count():
    return db.session.scalar(select(func.count()).select_from(Evidence))


class TestAQuiz:
    def test_proves_what_it_is_mapped_to_when_it_is_handed_in(self, enrolled):
        with enrolled.app.app_context():
            mapped(enrolled)
            take(enrolled, "mei", "colour")
            assert shown(enrolled, "mei") == [("model-evaluation", 1, "autograded", Decimal(2))]
            row = db.session.scalars(select(Evidence)).one()
            assert (row.source, row.item_key) == ("quiz", "quiz:check")
            take(enrolled, "hao")
            assert shown(enrolled, "hao") == [] and count() == 2

    def test_that_is_held_proves_nothing_until_its_release(self, enrolled):
        with enrolled.app.app_context():
            mapped(enrolled)
            lin, section = enrolled.person("lin"), enrolled.section()
            releases.hold(lin, [section], ["quiz:check"])
            take(enrolled, "mei", "colour")
            assert count() == 0
            releases.release_now(lin, [section], ["quiz:check"])
            assert len(shown(enrolled, "mei")) == 1

    def test_whose_score_nobody_is_told_proves_nothing(self, enrolled):
        with enrolled.app.app_context():
            mapped(enrolled, show="never")
            take(enrolled, "mei", "colour")
            assert count() == 0

    def test_that_is_not_mapped_proves_nothing(self, enrolled):
        with enrolled.app.app_context():
            place_quiz(enrolled.section(), quiz_document(single()))
            take(enrolled, "mei", "colour")
            assert count() == 0


class TestAMapping:
    def test_is_made_once_and_ends(self, enrolled):
        with enrolled.app.app_context():
            mapped(enrolled)
            lin = enrolled.person("lin")
            course = enrolled.section().offering.course_version.course
            (skill,) = frameworks.resolve(["model-evaluation"]).values()
            with pytest.raises(operations.AlreadyMapped):
                operations.map_item(lin, course, "quiz:check", skill, 1, Decimal(1))
            with pytest.raises(operations.MappingWrong):
                operations.map_item(lin, course, "quiz:other", skill, 4, Decimal(1))
            row = db.session.scalars(select(SkillMapping)).one()
            operations.end_mapping(lin, row)
            take(enrolled, "mei", "colour")
            assert count() == 0
