"""The desk: what waits, whose it is, by when."""

import io
import re
import zipfile
from datetime import timedelta

import pytest

from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.notifications.models import Notification
from app.steering import operations, queries
from tests.steering.conftest import waiting

PATHS = (
    "/steering", "/steering.csv", "/steering.xlsx", "/steering/messages",
    "/steering/messages/new", "/steering/log", "/steering/log.csv", "/steering/waiting/tests/old",
)  # fmt: skip


def titles(page: str) -> list[str]:
    return re.findall(r'<tr><th scope="row"><a href="[^"]*">([^<]+)</a>', page)


class TestDoors:
    @pytest.mark.parametrize("handle", ["mei", "lin", "ping", "yun", "guo", "jia-office"])
    def test_the_desk_is_for_officers_and_operators(self, desk, handle):
        browser = desk.cast.browser(handle)
        assert {path: browser.get(path).status_code for path in PATHS} == dict.fromkeys(PATHS, 403)
        assert browser.post("/steering/waiting/tests/old/taking").status_code == 403

    @pytest.mark.parametrize("handle", ["fang", "ting"])
    def test_they_see_all_of_it(self, desk, handle):
        browser = desk.cast.browser(handle)
        assert {path: browser.get(path).status_code for path in PATHS} == dict.fromkeys(PATHS, 200)


class TestTheList:
    def test_has_what_is_overdue_first_and_can_be_narrowed(self, desk):
        browser = desk.cast.browser("fang")
        assert titles(browser.get("/steering").text) == ["An old thing", "A new thing", "=cmd()"]
        for query, found in (
            ("state=overdue", ["An old thing"]),
            ("state=later", ["A new thing", "=cmd()"]),
            ("q=lathes", ["A new thing"]),
            ("q=榕光", ["An old thing"]),
            ("queue=tests", ["An old thing", "A new thing", "=cmd()"]),
            ("queue=other", []),
            ("owner=me", []),
        ):
            assert titles(browser.get(f"/steering?{query}").text) == found, query

    def test_costs_the_same_however_much_waits(self, desk, count_queries):
        browser = desk.cast.browser("fang")

        def cost() -> int:
            browser.get("/steering")
            with count_queries() as seen:
                browser.get("/steering")
            return len(seen)

        before = cost()
        desk.items.extend(waiting(f"more-{at}", "More", 1) for at in range(60))
        assert cost() == before
        assert len(titles(browser.get("/steering").text)) == 50
        assert len(titles(browser.get("/steering?page=2").text)) == 13

    def test_goes_out_as_files_that_no_spreadsheet_runs(self, desk):
        browser = desk.cast.browser("fang")
        text = browser.get("/steering.csv?state=later").data.decode("utf-8-sig")
        assert "'=cmd()" in text and "An old thing" not in text
        with zipfile.ZipFile(io.BytesIO(browser.get("/steering.xlsx").data)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
            strings = book.read("xl/sharedStrings.xml").decode()
        assert sheet.count("<row ") == 4 and "<f>" not in sheet and "<v>30</v>" in sheet
        assert "<t>'=cmd()</t>" in strings

    def test_is_announced_on_an_officers_first_page_only(self, desk):
        assert "1 thing is overdue" in desk.cast.browser("fang").get("/").text
        assert "thing is overdue" not in desk.cast.browser("lin").get("/").text


class TestSharing:
    def test_what_is_taken_is_hers_until_it_is_given(self, desk):
        fang, two = desk.cast.browser("fang"), desk.cast.browser("two")
        fang.post("/steering/waiting/tests/old/taking")
        answer = two.post("/steering/waiting/tests/old/taking", follow_redirects=True)
        assert "Somebody else took it meanwhile." in answer.text
        assert titles(fang.get("/steering?owner=me").text) == ["An old thing"]
        with desk.in_app():
            two_id = str(desk.person("two").id)
        answer = fang.post(
            "/steering/waiting/tests/old/owner", data={"owner": two_id}, follow_redirects=True
        )
        assert "Officer Two looks after it now." in answer.text
        assert "gave it to Officer Two" in answer.text and "took it" in answer.text
        assert titles(two.get("/steering?owner=me").text) == ["An old thing"]
        assert titles(fang.get("/steering?owner=two").text) == ["An old thing"]
        with desk.in_app():
            (told,) = db.session.query(Notification).filter_by(kind="steering.given")
            assert str(told.person_id) == two_id
            assert told.path == "/steering/waiting/tests/old"
        fang.post("/steering/waiting/tests/old/owner", data={"owner": ""})
        assert len(titles(two.get("/steering?owner=nobody").text)) == 3

    def test_nothing_is_given_to_whoever_is_no_officer(self, desk):
        with desk.in_app():
            mei = str(desk.person("mei").id)
            row = queries.row_at(desk.person("fang"), "tests", "old")
            with pytest.raises(operations.NotAnOfficer):
                operations.give(desk.person("fang"), row, desk.person("mei"), "/")
        answer = desk.cast.browser("fang").post(
            "/steering/waiting/tests/old/owner", data={"owner": mei}
        )
        assert answer.status_code == 404

    def test_another_day_holds_until_the_rules_is_wanted_again(self, desk):
        fang = desk.cast.browser("fang")
        day = (clock.now() + timedelta(days=20)).date().isoformat()
        fang.post("/steering/waiting/tests/old/due", data={"due_on": day})
        assert titles(fang.get("/steering?state=overdue").text) == []
        assert titles(fang.get("/steering?state=later").text)[-1] == "An old thing"
        assert f"moved the day to {day}" in fang.get("/steering/waiting/tests/old").text
        fang.post("/steering/waiting/tests/old/due", data={"due_on": ""})
        assert titles(fang.get("/steering?state=overdue").text) == ["An old thing"]
        answer = fang.post("/steering/waiting/tests/old/due", data={"due_on": "soon"})
        assert answer.status_code == 422

    def test_what_was_decided_is_off_the_desk(self, desk):
        fang = desk.cast.browser("fang")
        desk.items.pop(0)
        assert fang.get("/steering/waiting/tests/old").status_code == 404
        assert fang.post("/steering/waiting/tests/old/taking").status_code == 404
        with desk.in_app(), pytest.raises(NotVisible):
            queries.row_at(desk.person("fang"), "tests", "old")
