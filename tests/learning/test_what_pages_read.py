"""What is kept between requests, what is not, and how little a page asks for."""

import pytest
from sqlalchemy.exc import SQLAlchemyError

from app.catalog.queries import latest_version, outlines
from app.kernel.remembering import remembered, remembering
from app.learning import operations, queries


@pytest.fixture
def fresh():
    outlines._kept.clear()
    yield outlines._kept
    outlines._kept.clear()


class TestOutlines:
    def test_are_read_once(self, cast, count_queries, fresh):
        with cast.app.app_context():
            version = latest_version("areas-and-squares")
            first = outlines.outlines([version.id])[version.id]
            with count_queries() as seen:
                again = outlines.outlines([version.id])[version.id]
            assert seen == [] and again is first
            assert [item.key for item in first.items] == [item.key for item in version.items]
            assert [item.module.slug for item in first.items] == ["first", "first"]

    def test_hold_nothing_that_is_not_for_everybody_who_learns_it(self, cast, fresh):
        with cast.app.app_context():
            version = latest_version("areas-and-squares")
            kept = outlines.outlines([version.id])[version.id]
            lab = kept.items[1].lab_version
            for thing, name in ((kept.items[0], "body_html"), (kept.items[0], "quiz"),
                                (lab, "files"), (lab, "cells"), (lab, "roads"),
                                (kept.course, "editors"), (kept.course, "cluster")):  # fmt: skip
                with pytest.raises(SQLAlchemyError):
                    getattr(thing, name)

    def test_are_bounded(self, cast, fresh, monkeypatch):
        monkeypatch.setattr(outlines, "MOST_KEPT", 0)
        with cast.app.app_context():
            version = latest_version("areas-and-squares")
            assert outlines.outlines([version.id])[version.id].items
            assert len(fresh) == 0

    def test_leave_the_session_as_it_is(self, cast, fresh):
        with cast.app.app_context():
            version = latest_version("areas-and-squares")
            outlines.outlines([version.id])
            assert version.items[0].body_html is not None

    def test_of_a_version_that_is_not_there_are_not_there(self, cast, fresh):
        with cast.app.app_context():
            section = cast.section()
            assert outlines.outlines([section.id]) == {}


class TestNothingOfOnePersonReachesAnother:
    def test_progress_and_extensions_stay_hers(self, enrolled, fresh):
        with enrolled.app.app_context():
            operations.complete_lesson(enrolled.person("mei"), enrolled.section(), "areas")
        done = "(done)"
        address = f"/learn/{enrolled.code}/lessons/areas"
        for _again in range(2):
            assert done in enrolled.browser("mei").get(address).text
            assert done not in enrolled.browser("hao").get(address).text

    def test_who_has_left_is_out_at_once(self, enrolled, fresh):
        browser, address = enrolled.browser("mei"), f"/learn/{enrolled.code}/lessons/areas"
        assert browser.get(address).status_code == 200
        with enrolled.app.app_context():
            operations.withdraw(enrolled.person("mei"), enrolled.section())
        assert browser.get(address).status_code == 404
        assert enrolled.code not in browser.get("/").text

    def test_who_never_was_in_stays_out_of_what_others_read(self, enrolled, fresh):
        address = f"/learn/{enrolled.code}/lessons/areas"
        assert enrolled.browser("mei").get(address).status_code == 200
        assert enrolled.browser("yun").get(address).status_code == 404

    def test_questions_are_remembered_for_one_person_and_one_page(self, enrolled):
        asked = []

        @remembered
        def question(person):
            asked.append(person.handle)
            return person.handle

        with enrolled.app.app_context():
            mei, hao = enrolled.person("mei"), enrolled.person("hao")
            with remembering():
                assert [question(who) for who in (mei, hao, mei)] == ["mei", "hao", "mei"]
            assert asked == ["mei", "hao"]
            with remembering():
                question(mei)
            question(mei)
        assert asked == ["mei", "hao", "mei", "mei"]


class TestStatements:
    @pytest.mark.parametrize(
        ("handle", "path", "most"),
        [
            ("mei", "/", 17),
            ("mei", "/courses/areas-and-squares", 6),
            ("mei", "/learn/{code}/lessons/areas", 8),
            ("lin", "/teaching/{code}/students", 9),
            ("mei", "/search?q=areas", 10),
        ],
    )
    def test_are_few(self, enrolled, count_queries, handle, path, most):
        browser, address = enrolled.browser(handle), path.format(code=enrolled.code)
        browser.get(address)
        with count_queries() as seen:
            assert browser.get(address).status_code == 200
        assert len(seen) <= most, "\n".join(seen)

    def test_do_not_grow_with_courses_taught(self, enrolled, count_queries):
        browser = enrolled.browser("lin")
        browser.get("/learn/" + enrolled.code)
        with enrolled.app.app_context(), count_queries() as seen:
            views = queries.my_teaching(enrolled.person("lin"))
            assert [view.is_staff for view in views] == [True]
        assert len(seen) <= 9, "\n".join(seen)

    def test_reading_again_writes_nothing(self, enrolled, count_queries):
        browser, address = enrolled.browser("mei"), f"/learn/{enrolled.code}/lessons/areas"
        with count_queries() as first:
            browser.get(address)
        assert any(statement.startswith("INSERT INTO item_progress") for statement in first)
        with count_queries() as second:
            browser.get(address)
        assert not any(s.startswith(("INSERT", "UPDATE")) for s in second), "\n".join(second)
