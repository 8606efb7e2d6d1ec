"""Dates, release conditions and extensions: what students see, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from app.catalog.queries import latest_version
from app.catalog.rules import ItemKind
from app.kernel import clock
from app.kernel.database import db
from app.learning import operations, queries
from app.learning.operations import PlanDates
from tests.cast import Cast

LESSON, LAB = "lesson:areas", "lab:squares"


def condition(cast: Cast, key: str, tree) -> None:
    operations.set_condition(
        cast.person("lin"), cast.section().offering, latest_version("areas-and-squares"), key, tree
    )


def dates(cast: Cast, key: str, *instants) -> None:
    operations.save_dates(
        cast.person("lin"),
        cast.section().offering,
        latest_version("areas-and-squares"),
        {key: PlanDates(*instants)},
    )


class TestALockedItem:
    def test_says_why_and_what_opens_it(self, enrolled):
        with enrolled.app.app_context():
            condition(
                enrolled,
                LAB,
                {"any": [{"completed": LESSON}, {"all": [{"group": "A"}, {"until": _later()}]}]},
            )
        page = enrolled.browser("mei").get(f"/learn/{enrolled.code}/labs/squares")
        assert page.status_code == 403
        assert "complete “Areas”" in page.text and "group “A”" in page.text
        assert f'href="/learn/{enrolled.code}/lessons/areas"' in page.text
        assert "Locked" in enrolled.browser("mei").get(f"/learn/{enrolled.code}").text

    def test_is_refused_by_every_road(self, enrolled):
        with enrolled.app.app_context():
            condition(enrolled, LAB, {"completed": LESSON})
        mei, base = enrolled.browser("mei"), f"/learn/{enrolled.code}/labs/squares"
        assert mei.get(base).status_code == 403
        assert mei.get(f"{base}/results").status_code == 403
        assert mei.post(f"{base}/submissions").status_code == 403
        assert mei.post(f"{base}/workspace").status_code == 403
        assert mei.get(f"{base}/workspace").status_code == 403
        token = enrolled.lab_token("mei")
        api = f"/api/exchange/v1/assignments/{enrolled.code}/squares"
        released = mei.get(f"{api}/release", headers=token)
        handed_in = mei.post(f"{api}/submissions", json={"files": []}, headers=token)
        for answer in (released, handed_in):
            assert answer.status_code in (403, 409)
            assert "complete “Areas”" in answer.json["error"]["message"]

    def test_cannot_be_marked_as_done(self, enrolled):
        with enrolled.app.app_context():
            condition(enrolled, LESSON, {"from": _later()})
        mei = enrolled.browser("mei")
        address = f"/learn/{enrolled.code}/lessons/areas/completion"
        assert mei.post(address).status_code == 403
        with enrolled.app.app_context():
            assert queries.progress_of(enrolled.person("mei"), enrolled.section()) == {}

    def test_opens_by_itself_when_the_condition_holds(self, enrolled):
        with enrolled.app.app_context():
            condition(enrolled, LAB, {"completed": LESSON})
        mei = enrolled.browser("mei")
        mei.post(f"/learn/{enrolled.code}/lessons/areas/completion")
        assert mei.get(f"/learn/{enrolled.code}/labs/squares").status_code == 200
        hao = enrolled.browser("hao")
        assert hao.get(f"/learn/{enrolled.code}/labs/squares").status_code == 403

    def test_opens_by_a_score_and_by_a_group(self, enrolled):
        with enrolled.app.app_context():
            condition(enrolled, LESSON, {"any": [{"score": LAB, "least": 0.5}, {"group": "B"}]})
            section, mei = enrolled.section(), enrolled.person("mei")
            operations.record_progress(
                section.id, mei.id, ItemKind.LAB, "squares", completed=False, score=2, max_score=6
            )
        address = f"/learn/{enrolled.code}/lessons/areas"
        assert enrolled.browser("mei").get(address).status_code == 403
        with enrolled.app.app_context():
            operations.record_progress(
                enrolled.section().id, enrolled.person("mei").id, ItemKind.LAB, "squares",
                completed=True, score=3, max_score=6,
            )  # fmt: skip
            section, hao = enrolled.section(), enrolled.person("hao").id
            ping = enrolled.person("ping")
            tables = operations.make_group_set(ping, section, "Tables", ["A", "B"]).id
            second = queries.group_set_in(section, tables).groups[1].id
        assert enrolled.browser("mei").get(address).status_code == 200
        assert enrolled.browser("hao").get(address).status_code == 403
        enrolled.browser("ping").post(
            f"/teaching/{enrolled.code}/groups/{tables}/places", data={f"place:{hao}": second}
        )
        assert enrolled.browser("hao").get(address).status_code == 200

    def test_opens_on_its_date(self, enrolled, frozen):
        opens = clock.now() + timedelta(days=2)
        with enrolled.app.app_context():
            dates(enrolled, LESSON, opens)
            mei = enrolled.person("mei")
            item = latest_version("areas-and-squares").item(ItemKind.LESSON, "areas")
            for instant, is_locked in ((opens - timedelta(seconds=1), True), (opens, False)):
                with frozen(instant):
                    view = queries.section_for(mei, enrolled.section().code)
                    assert (view.lock(item) is not None) is is_locked
                    assert (view.next_item.key == LESSON) is not is_locked

    def test_is_open_to_the_staff(self, enrolled):
        with enrolled.app.app_context():
            condition(enrolled, LAB, {"group": "nobody"})
        for handle in ("lin", "ping"):
            browser = enrolled.browser(handle)
            assert browser.get(f"/learn/{enrolled.code}/labs/squares").status_code == 200


class TestConditions:
    def test_in_a_circle_are_refused(self, cast):
        with cast.app.app_context():
            condition(cast, LAB, {"completed": LESSON})
            with pytest.raises(operations.Circle) as refusal:
                condition(cast, LESSON, {"any": [{"group": "A"}, {"score": LAB, "least": 0}]})
            assert "→" in str(refusal.value.message)
            with pytest.raises(operations.Circle):
                condition(cast, LAB, {"completed": LAB})

    @pytest.mark.parametrize("tree", [{"all": []}, {"completed": 5}, {"x": 1}, "DROP TABLE"])
    def test_of_no_shape_are_refused(self, cast, tree):
        with cast.app.app_context(), pytest.raises(operations.ConditionRefused):
            condition(cast, LAB, tree)

    def test_about_an_item_of_another_course_are_refused(self, cast):
        with cast.app.app_context(), pytest.raises(operations.UnknownItem):
            condition(cast, LAB, {"completed": "lesson:elsewhere"})

    def test_are_written_in_the_browser_without_script(self, cast):
        with cast.app.app_context():
            offering_id = cast.section().offering_id
        lin = cast.browser("lin")
        address = f"/offerings/{offering_id}/conditions/lab/squares"
        assert "Way in 1" in lin.get(address).text
        lines = {
            "block": ["1", "1", "2", "2"],
            "kind": ["completed", "", "from", "score"],
            "item": [LESSON, "", "", LESSON],
            "least": ["", "", "", "60"],
            "at": ["", "", "2026-09-14T09:00", ""],
            "group": ["", "", "", ""],
        }
        assert lin.post(address, data=lines).status_code == 302
        with cast.app.app_context():
            assert queries.plans_of([offering_id])[offering_id][LAB].condition == {
                "any": [
                    {"completed": LESSON},
                    {
                        "all": [
                            {"from": "2026-09-14T01:00:00+00:00"},
                            {"score": LESSON, "least": 0.6},
                        ]
                    },
                ]
            }
        page = lin.get(address).text
        assert 'value="2026-09-14T09:00"' in page and 'value="60"' in page
        assert "complete “Areas”" in lin.get(f"/offerings/{offering_id}/dates").text

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": ["from"], "at": ["soon"]},
            {"kind": ["score"], "least": ["much"]},
            {"kind": ["score"], "least": ["nan"]},
            {"kind": ["score"], "least": ["600"]},
            {"kind": ["completed"], "item": ["lab:squares"]},
            {"kind": ["completed"], "item": [""]},
            {"kind": ["group"], "group": [""]},
            {"kind": ["group", "group"]},
        ],
    )
    def test_that_cannot_be_read_come_back_with_what_was_typed(self, cast, change):
        with cast.app.app_context():
            offering_id = cast.section().offering_id
        lines = {
            "block": ["1"], "kind": [""], "item": [LESSON], "least": [""], "at": [""],
            "group": ["A"],
        }  # fmt: skip
        answer = cast.browser("lin").post(
            f"/offerings/{offering_id}/conditions/lab/squares", data=lines | change
        )
        assert answer.status_code == 422 and 'role="alert"' in answer.text


class TestDates:
    def test_are_set_on_one_screen_and_moved_together(self, cast):
        with cast.app.app_context():
            offering_id = cast.section().offering_id
            starts_on = cast.section().offering.starts_on
        lin, address = cast.browser("lin"), f"/offerings/{offering_id}/dates"
        typed = {
            f"opens_at:{LAB}": "2026-09-14T09:00",
            f"due_at:{LAB}": "2026-09-21T23:59",
            f"closes_at:{LAB}": "",
            f"due_at:{LESSON}": "",
        }
        assert lin.post(address, data=typed).status_code == 302
        page = lin.post(f"{address}/shift", data={"days": "7"}, follow_redirects=True).text
        assert 'value="2026-09-21T09:00"' in page and 'value="2026-09-28T23:59"' in page
        assert "move by -7 days" in page
        with cast.app.app_context():
            assert cast.section().offering.starts_on == starts_on + timedelta(days=7)
        lin.post(f"{address}/shift", data={"days": "-7"})
        assert 'value="2026-09-14T09:00"' in lin.get(address).text

    def test_out_of_order_come_back_and_change_nothing(self, cast):
        with cast.app.app_context():
            offering_id = cast.section().offering_id
        typed = {f"opens_at:{LAB}": "2026-09-22T09:00", f"due_at:{LAB}": "2026-09-21T23:59"}
        lin = cast.browser("lin")
        answer = lin.post(f"/offerings/{offering_id}/dates", data=typed)
        assert answer.status_code == 422
        assert "it opens first" in answer.text and 'value="2026-09-22T09:00"' in answer.text
        with cast.app.app_context():
            assert queries.plans_of([offering_id]) == {}
        answer = lin.post(f"/offerings/{offering_id}/dates", data={f"due_at:{LAB}": "soon"})
        assert answer.status_code == 422
        answer = lin.post(f"/offerings/{offering_id}/dates/shift", data={"days": "99999999"})
        assert answer.status_code == 302

    def test_are_due_on_the_home_page_of_who_has_not_done_it(self, enrolled):
        with enrolled.app.app_context():
            dates(enrolled, LAB, None, clock.now() + timedelta(days=3))
        assert "Due soon" in enrolled.browser("mei").get("/").text
        with enrolled.app.app_context():
            operations.record_progress(
                enrolled.section().id, enrolled.person("mei").id, ItemKind.LAB, "squares",
                completed=True,
            )  # fmt: skip
        assert "Due soon" not in enrolled.browser("mei").get("/").text


class TestExtensions:
    def test_move_the_date_of_one_student_alone(self, enrolled):
        due = datetime(2026, 9, 21, 15, 59, tzinfo=UTC)
        with enrolled.app.app_context():
            dates(enrolled, LAB, None, due)
            mei_id = enrolled.person("mei").id
        lin = enrolled.browser("lin")
        address = f"/teaching/{enrolled.code}/students/{mei_id}"
        typed = {"item": LAB, "extra_days": "3", "time_factor": "1.5", "reason": "=illness"}
        assert lin.post(address, data=typed).status_code == 302
        with enrolled.app.app_context():
            mei, hao = enrolled.person("mei"), enrolled.person("hao")
            item = latest_version("areas-and-squares").item(ItemKind.LAB, "squares")
            view = queries.section_for(mei, enrolled.code)
            assert view.terms(item).due_at == due + timedelta(days=3)
            assert view.terms(item).time_factor == 1.5
            assert queries.section_for(hao, enrolled.code).terms(item).due_at == due
            (row,) = queries.extensions_in(enrolled.section())
        page = lin.get(address).text
        assert "=illness" in page and "3 more days" in page
        lin.post(f"/teaching/{enrolled.code}/extensions/{row.id}/end")
        with enrolled.app.app_context():
            view = queries.section_for(mei, enrolled.code)
            assert view.terms(item).due_at == due

    def test_of_nothing_are_refused(self, enrolled):
        with enrolled.app.app_context():
            mei = enrolled.person("mei").id
        answer = enrolled.browser("lin").post(
            f"/teaching/{enrolled.code}/students/{mei}", data={"item": "", "extra_days": "0"}
        )
        assert answer.status_code == 422

    def test_are_granted_by_who_manages_the_section_alone(self, enrolled):
        with enrolled.app.app_context():
            mei = enrolled.person("mei").id
        typed = {"item": "", "extra_days": "9"}
        for handle, status in (("ping", 404), ("wang", 404), ("mei", 403), ("fang", 403)):
            answer = enrolled.browser(handle).post(
                f"/teaching/{enrolled.code}/students/{mei}", data=typed
            )
            assert answer.status_code == status, handle
        with enrolled.app.app_context():
            assert not queries.extensions_in(enrolled.section())

    def test_keep_the_number_of_statements(self, enrolled, count_queries):
        with enrolled.app.app_context():
            dates(enrolled, LAB, None, clock.now() + timedelta(days=3))
        mei = enrolled.browser("mei")
        pages = ("/", "/learn", f"/learn/{enrolled.code}")
        for page in pages:
            mei.get(page)
        with count_queries() as few:
            for page in pages:
                mei.get(page)
        with enrolled.app.app_context():
            for days in range(1, 6):
                operations.grant_extension(
                    enrolled.person("lin"), enrolled.section(), enrolled.person("mei"),
                    extra_days=days,
                )  # fmt: skip
            dates(enrolled, LESSON, None, clock.now() + timedelta(days=3))
        with count_queries() as many:
            for page in pages:
                mei.get(page)
        assert len(many) == len(few)


def test_work_is_taken_until_an_item_closes_for_her(enrolled, frozen):
    closes = clock.now() + timedelta(days=2)
    with enrolled.app.app_context():
        dates(enrolled, LAB, None, closes, closes)
        operations.grant_extension(
            enrolled.person("lin"), enrolled.section(), enrolled.person("mei"), extra_days=1
        )
        item = latest_version("areas-and-squares").item(ItemKind.LAB, "squares")
        code = enrolled.section().code
        db.session.expire_all()
        for after, mei_may, hao_may in ((-1, True, True), (0, True, False), (86400, False, False)):
            with frozen(closes + timedelta(seconds=after)):
                for handle, may in (("mei", mei_may), ("hao", hao_may)):
                    view = queries.section_for(enrolled.person(handle), code)
                    assert view.accepts_work(item) is may


def _later() -> str:
    return (clock.now() + timedelta(days=5)).isoformat()
