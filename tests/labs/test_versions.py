"""Lab and course versions: immutable, made only when something changed."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.catalog import operations as catalog
from app.catalog import queries
from app.catalog.models import CourseVersion
from app.kernel.database import db
from app.labs import queries as labs
from app.labs.models import LabVersion
from app.labs.operations import LabInvalid
from app.labs.rules import FileRole
from app.learning import operations as learning
from tests.cast import cluster, course, lab, lesson
from tests.engine import build


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


class TestLoad:
    def test_again_changes_nothing(self, in_app):
        with in_app():
            assert catalog.load_clusters((cluster(),)).published
            again = catalog.load_clusters((cluster(),))
            assert again.published == [] and len(again.unchanged) == 1
            assert (count(CourseVersion), count(LabVersion)) == (1, 1)

    def test_of_a_changed_lesson_makes_a_course_version_with_the_same_lab(self, in_app):
        with in_app():
            catalog.load_clusters((cluster(),))
            catalog.load_clusters((cluster(course(lesson(text="Better."), lab())),))
            assert (count(CourseVersion), count(LabVersion)) == (2, 1)
            assert queries.latest_version("areas-and-squares").number == 2

    def test_of_a_changed_lab_makes_a_version_of_both(self, in_app):
        with in_app():
            catalog.load_clusters((cluster(),))
            catalog.load_clusters((cluster(course(lesson(), lab(minutes=25))),))
            assert (count(CourseVersion), count(LabVersion)) == (2, 2)

    def test_of_an_invalid_notebook_publishes_nothing_of_the_whole(self, in_app):
        broken = build.notebook(build.test("assert True", "same"), build.test("assert 1", "same"))
        wrong = replace(course(lesson(), lab(notebooks={"squares": broken})), slug="wrong")
        with in_app():
            with pytest.raises(LabInvalid) as told:
                catalog.load_clusters((cluster(course(), wrong),))
            assert told.value.problems[0].notebook
            assert (count(CourseVersion), count(LabVersion)) == (0, 0)

    def test_keeps_a_running_offering_on_its_version_until_it_is_moved(self, enrolled):
        with enrolled.app.app_context():
            section = enrolled.section()
            catalog.load_clusters((cluster(course(lesson(text="Better."), lab())),))
            assert section.offering.course_version.number == 1
            learning.upgrade_offering(section, queries.latest_version("areas-and-squares"))
        page = enrolled.browser("mei").get(f"/learn/{enrolled.code}/lessons/areas").text
        assert "Better." in page


class TestRelease:
    def test_holds_no_solution_and_no_hidden_test_and_the_source_holds_both(self, in_app):
        with in_app():
            catalog.load_clusters((cluster(),))
            version = labs.version(db.session.scalar(select(LabVersion.id)))
            (released,) = labs.files_of(version, FileRole.RELEASE).values()
            (source,) = labs.files_of(version, FileRole.SOURCE).values()
            assert b"i * i" not in released and b"HIDDEN" not in released
            assert b"i * i" in source and b"HIDDEN" in source
            assert version.max_score == 6.0
            assert version.notebooks == ["squares"]


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("lab_versions", "max_score = 100"),
        ("lab_files", "size = 0"),
        ("course_versions", "hours = 1"),
        ("course_items", "minutes = 1"),
        ("audit_entries", "verb = 'nothing'"),
    ],
)
def test_the_database_refuses_to_change_what_is_published(in_app, table, change):
    with in_app():
        catalog.load_clusters((cluster(),))
        with pytest.raises(IntegrityError, match="never changed"):
            db.session.execute(text(f"UPDATE {table} SET {change}"))


def test_both_languages_of_a_lesson_are_rendered(in_app):
    with in_app():
        catalog.load_clusters((cluster(course(lesson(text="*A*"), lab())),))
        item = queries.latest_version("areas-and-squares").items[0]
        assert set(item.body_html) == {"en", "zh-Hant-TW"}
