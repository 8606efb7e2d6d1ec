"""Where tests are judged: planned once per lab version, and shown to whoever teaches it."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app import engine
from app.catalog import operations as catalog
from app.kernel.database import db
from app.labs import cli, operations, queries
from app.labs.models import LabVersion
from app.labs.operations import roads
from tests.cast import cluster

SEPARATE = {"squares": {"test-squares": {"road": "separate"}}}
REASON = "The notebook %(name)s is not in this submission."  # any msgid of the engine
SHARED = {
    "squares": {"test-squares": {"road": "shared", "reason": REASON, "params": {"name": "abc"}}}
}


@pytest.fixture
def planner(monkeypatch):
    """An engine that plans as ``planner.plan`` says and counts how often it was asked."""

    class Planner:
        plan = SEPARATE
        asked: list[tuple[str, ...]] = []  # noqa: RUF012
        is_unavailable = False

        def __call__(self, lab, *, limits=None):
            if self.is_unavailable:
                raise engine.EngineUnavailable("no namespaces here")
            self.asked.append(tuple(notebook.name for notebook in lab.notebooks))
            return self.plan

    made = Planner()
    made.asked = []
    monkeypatch.setattr(engine, "plan_roads", made)
    monkeypatch.setattr(roads, "_plans", {})
    return made


def published() -> LabVersion:
    catalog.load_clusters((cluster(),))
    version = db.session.scalar(select(LabVersion))
    assert version is not None
    return version


class TestPublishing:
    def test_plans_the_tests_from_the_source_notebooks(self, in_app, planner):
        with in_app():
            version = published()
            assert version.roads == SEPARATE
            assert planner.asked == [("squares",)]

    def test_plans_the_same_content_once(self, in_app, planner):
        with in_app():
            published()
            db.session.rollback()
            published()
            assert len(planner.asked) == 1

    def test_without_an_engine_publishes_and_leaves_the_plan_for_later(self, in_app, planner):
        planner.is_unavailable = True
        with in_app():
            version = published()
            assert version.roads is None
            with pytest.raises(engine.EngineUnavailable), pytest.MonkeyPatch.context() as patch:
                patch.setattr(engine, "check", lambda: planner(None))
                operations.plan_waiting()
            planner.is_unavailable = False
            assert [planned.id for planned in operations.plan_waiting()] == [version.id]
            db.session.refresh(version)
            assert version.roads == SEPARATE
            assert operations.plan_waiting() == []


def refused(change: str) -> None:
    """The database does not take this change of a lab version."""
    with pytest.raises(IntegrityError, match="never changed"), db.session.begin_nested():
        db.session.execute(text(f"UPDATE lab_versions SET {change}"))


class TestTheDatabase:
    def test_takes_a_plan_once_and_nothing_else(self, in_app, planner):
        planner.is_unavailable = True
        with in_app():
            version_id = published().id
            for change in (
                "roads = '{}', max_score = 100",
                "max_score = 100",
                "roads = NULL",
            ):
                with (
                    pytest.raises(IntegrityError, match="never changed"),
                    db.session.begin_nested(),
                ):
                    db.session.execute(text(f"UPDATE lab_versions SET {change}"))
            db.session.execute(text("UPDATE lab_versions SET roads = '{}'"))
            for change in ("roads = NULL", """roads = '{"a": 1}'"""):
                with (
                    pytest.raises(IntegrityError, match="never changed"),
                    db.session.begin_nested(),
                ):
                    db.session.execute(text(f"UPDATE lab_versions SET {change}"))
            assert queries.version(version_id).roads is not None


class TestTheCommand:
    def test_plans_what_waits_and_says_how_many_tests_are_separate(self, in_app, planner):
        planner.is_unavailable = True
        with in_app():
            published()
            planner.is_unavailable = False
            done = CliRunner().invoke(cli.labs, ["plan"])
            assert "areas-and-squares/squares (version 1): 1 of 1 tests separate" in done.output
            assert "Every lab has its plan." in CliRunner().invoke(cli.labs, ["plan"]).output


class TestTheLabsPage:
    @pytest.fixture
    def page(self, planner, request, monkeypatch):
        def open_page(plan, handle, language="en"):
            planner.plan = plan
            cast = request.getfixturevalue("enrolled")
            browser = cast.browser(handle)
            browser.set_cookie("locale", language)
            return browser.get(f"/learn/{cast.code}/labs/squares").text

        return open_page

    def test_tells_the_instructor_the_road_of_each_test_and_why(self, page):
        shown = page(SHARED, "lin")
        assert "How the tests are judged" in shown
        table = shown.split("How the tests are judged", 1)[1]
        assert "test-squares" in table and "beside the student’s code" in table
        assert "The notebook abc is not in this submission." in table
        assert "/assurance" in table

    def test_says_the_reason_in_chinese(self, page):
        shown = page(SHARED, "lin", "zh-Hant-TW")
        assert "與學生程式同一行程" in shown and "abc" in shown

    def test_tells_the_instructor_of_a_separate_test(self, page):
        table = page(SEPARATE, "lin").split("How the tests are judged", 1)[1]
        assert "separately" in table and "beside the student’s code" not in table

    def test_shows_students_nothing_of_it(self, page):
        assert "How the tests are judged" not in page(SHARED, "mei")

    def test_is_open_to_everybody_who_asks_what_the_words_mean(self, enrolled):
        for handle in ("mei", "lin", "ting"):
            answer = enrolled.browser(handle).get("/assurance")
            assert answer.status_code == 200
            assert "a trusted process that the student’s code cannot reach" in answer.text


def test_a_plan_reaches_the_engine(in_app, planner):
    with in_app():
        assert queries.engine_source(published()).roads == SEPARATE
