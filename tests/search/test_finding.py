"""Who finds what in the site: every room's documents, through the page."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.accounts.operations import profiles
from app.catalog import operations as catalog
from app.catalog.queries import course
from app.kernel import clock
from app.kernel.database import db
from app.learning import operations as learning
from app.learning.models import ItemPlan
from app.search import operations

HIT = re.compile(r'<h3><a href="([^"]+)"')


def found(client, typed: str, **narrow: str) -> list[str]:
    page = client.get("/search", query_string={"q": typed, **narrow})
    assert page.status_code == 200, page.text[:2000]
    return HIT.findall(page.text)


LESSON = re.compile(r"/learn/.+/lessons/areas$")


class TestCourses:
    def test_are_found_by_anybody(self, cast, client):
        assert "/courses/areas-and-squares" in found(client, "面積")
        assert found(client, "geometry") == ["/clusters/geometry"]
        assert found(client, "geometry", kind="course") == []

    def test_show_lessons_to_their_students_and_staff_alone(self, enrolled, client):
        for handle in ("mei", "lin"):
            assert any(LESSON.match(url) for url in found(enrolled.browser(handle), "a square"))
        for stranger in (client, enrolled.browser("fang"), enrolled.browser("yun")):
            assert not any("/learn/" in url for url in found(stranger, "areas"))

    def test_every_address_answers(self, enrolled):
        for handle in ("mei", "lin"):
            browser = enrolled.browser(handle)
            urls = found(browser, "squares") + found(browser, "areas")
            assert any("/labs/" in url for url in urls)
            for url in urls:
                assert browser.get(url).status_code == 200, url

    def test_never_show_tests_hints_or_solutions(self, enrolled):
        with enrolled.app.app_context():
            operations.rebuild()
        for handle in ("mei", "lin"):
            for secret in ("assert", "Begin at zero", "從零開始", "hidden"):
                assert found(enrolled.browser(handle), secret) == []

    def test_are_found_no_more_after_withdrawal(self, enrolled):
        browser = enrolled.browser("mei")
        assert any(LESSON.match(url) for url in found(browser, "areas"))
        with enrolled.app.app_context():
            learning.withdraw(enrolled.person("mei"), enrolled.section())
        assert not any("/learn/" in url for url in found(browser, "areas"))


class TestWhatIsLocked:
    @pytest.fixture
    def locked(self, enrolled):
        with enrolled.app.app_context():
            plan = ItemPlan(
                offering_id=enrolled.section().offering_id,
                item_key="lesson:areas",
                opens_at=datetime.now(UTC) + timedelta(days=3),
            )
            db.session.add(plan)
            db.session.commit()
        return enrolled

    def test_is_not_found_by_a_student_until_it_opens(self, locked):
        browser = locked.browser("mei")
        assert not any(LESSON.match(url) for url in found(browser, "areas"))
        with clock.frozen_at(datetime.now(UTC) + timedelta(days=4)):
            later = locked.browser("mei")
            assert any(LESSON.match(url) for url in found(later, "areas"))

    def test_is_found_by_the_staff(self, locked):
        assert any(LESSON.match(url) for url in found(locked.browser("lin"), "areas"))

    def test_leaves_the_page_as_if_it_were_not_there(self, locked):
        browser = locked.browser("mei")
        with_it = browser.get("/search?q=areas").text
        with locked.app.app_context():
            keys = [
                document.key
                for document in db.session.query(operations.SearchDocument).filter_by(kind="lesson")
            ]
            operations.remove(*keys)
        assert browser.get("/search?q=areas").text == with_it


class TestPeople:
    def test_of_a_section_are_found_by_its_staff(self, enrolled):
        (url,) = found(enrolled.browser("lin"), "林小梅")
        assert url.startswith(f"/teaching/{enrolled.code}/students/")
        assert enrolled.browser("lin").get(url).status_code == 200

    def test_are_found_by_officers_and_by_nobody_else(self, enrolled, client):
        (url,) = found(enrolled.browser("fang"), "林小梅")
        assert url.startswith("/people/")
        for stranger in (client, enrolled.browser("hao"), enrolled.browser("wang")):
            assert found(stranger, "林小梅") == []

    def test_are_found_by_number_and_address_without_showing_them(self, enrolled):
        with enrolled.app.app_context():
            email = enrolled.person("mei").email
        page = enrolled.browser("lin").get("/search", query_string={"q": email}).text
        assert "林小梅" in page
        assert email not in page.split("search-hits")[1]

    def test_are_found_by_their_new_name_at_once(self, enrolled):
        with enrolled.app.app_context():
            profiles.change_profile(enrolled.person("mei"), name="林大梅", locale="en")
        assert len(found(enrolled.browser("lin"), "大梅")) == 1
        assert found(enrolled.browser("lin"), "小梅") == []


class TestDrafts:
    def test_are_found_by_their_editors_alone(self, enrolled, client):
        with enrolled.app.app_context():
            lin, area = enrolled.person("lin"), course("areas-and-squares")
            draft = catalog.open_draft(lin, area)
            node = next(node for node in draft.nodes if node.content.get("slug") == "areas")
            catalog.save_fields(
                lin, area, node.id, {"body.en": catalog.Change("Unfinished thoughts.", 99)}
            )
            address = f"/teach/courses/areas-and-squares/edit/{node.id}"
        assert found(enrolled.browser("lin"), "unfinished thought") == [address]
        assert enrolled.browser("lin").get(address).status_code == 200
        for other in (client, enrolled.browser("mei"), enrolled.browser("fang")):
            assert found(other, "unfinished") == []
        with enrolled.app.app_context():
            catalog.remove_part(enrolled.person("lin"), course("areas-and-squares"), node.id)
        assert found(enrolled.browser("lin"), "unfinished") == []


class TestThePage:
    def test_helps_before_anything_is_asked(self, client):
        client.set_cookie("locale", "en")
        page = client.get("/search").text
        assert "two characters are enough" in page

    def test_says_when_nothing_is_there(self, client):
        client.set_cookie("locale", "en")
        assert "Nothing has all of these words" in client.get("/search?q=xyzzy").text

    def test_escapes_what_is_asked(self, client):
        page = client.get("/search", query_string={"q": "<script>alert(1)</script>"}).text
        assert "<script>alert" not in page

    @pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999"])
    def test_survives_any_page(self, cast, client, page):
        assert client.get(f"/search?q=areas&page={page}").status_code == 200

    def test_takes_a_constant_number_of_statements(self, enrolled, count_queries):
        browser = enrolled.browser("mei")
        browser.get("/search?q=面積 areas")
        with count_queries() as few:
            browser.get("/search?q=面積 areas")
        with enrolled.app.app_context():
            for number in range(30):
                operations.put(
                    "course",
                    f"course:more-{number}",
                    enrolled.section().school.name,
                    {"en": "areas 面積"},
                    f"/courses/more-{number}",
                    {"public"},
                    course=f"more-{number}",
                )
        with count_queries() as many:
            assert "more-" in browser.get("/search?q=面積 areas").text
        assert len(many) == len(few) <= 10, "\n".join(many)


def test_rebuild_changes_nothing_of_what_was_told(enrolled):
    """What rooms write as things happen is what they say when they are asked for everything."""
    with enrolled.app.app_context():
        operations.rebuild()  # other tests may have left rows behind that no operation wrote
        mei, lin = enrolled.person("mei"), enrolled.person("lin")
        profiles.change_profile(mei, name="林大梅", locale="en")
        learning.withdraw(mei, enrolled.section())
        learning.enrol(mei, enrolled.section())
        area = course("areas-and-squares")
        node = next(n for n in catalog.open_draft(lin, area).nodes if n.content.get("slug"))
        catalog.save_fields(lin, area, node.id, {"title.en": catalog.Change("Renamed", 99)})
        documents, written, removed = operations.rebuild()
    assert documents > 10
    assert (written, removed) == (0, 0)
