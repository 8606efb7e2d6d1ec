"""Quotas of sections and courses, as students and the Hub meet them."""

from datetime import timedelta

import pytest

from app.kernel import clock
from app.operations import operations
from app.operations.queries import quotas as queries
from app.operations.rules import Ending
from app.operations.rules.quotas import Limits, nearest
from tests.operations.helpers import EVERYBODY_ELSE, look, open_lab, run_of


def limit(cast, name: str = "", **limits):
    fields = dict.fromkeys(("servers_at_once", "memory_mb", "idle_minutes", "weekly_hours"))
    with cast.app.app_context():
        operations.set_quota(cast.person("ting"), name or cast.section().code, **fields | limits)


def press(cast, handle: str):
    return cast.browser(handle).post(f"/learn/{cast.code}/labs/squares/workspace")


class TestServersAtOnce:
    def test_who_comes_above_the_limit_reads_what_helps(self, enrolled):
        limit(enrolled, servers_at_once=1)
        open_lab(enrolled, "mei")
        answer = press(enrolled, "hao")
        assert answer.status_code == 503
        assert "All 1 places" in answer.text and "hand in from this computer" in answer.text
        assert "hao" not in enrolled.hub.servers

    def test_a_place_that_is_free_again_is_given(self, enrolled, tmp_path):
        limit(enrolled, servers_at_once=1)
        open_lab(enrolled, "mei")
        enrolled.hub.servers.clear()
        with enrolled.app.app_context():
            look(enrolled, tmp_path)
        assert press(enrolled, "hao").status_code == 303

    def test_who_has_a_place_keeps_it(self, enrolled):
        limit(enrolled, servers_at_once=1)
        open_lab(enrolled, "mei")
        open_lab(enrolled, "mei")

    def test_a_course_counts_all_its_sections_and_a_section_only_itself(self, enrolled):
        limit(enrolled, "areas-and-squares", servers_at_once=1)
        open_lab(enrolled, "mei")
        with enrolled.app.app_context():
            elsewhere, guo = enrolled.section("jiayang"), enrolled.person("guo")
            with pytest.raises(operations.QuotaReached):
                operations.admit(guo, elsewhere, "squares")
        limit(enrolled, "areas-and-squares")
        limit(enrolled, servers_at_once=1)
        with enrolled.app.app_context():
            operations.admit(enrolled.person("guo"), enrolled.section("jiayang"), "squares")


class TestHours:
    def worked(self, cast, handle: str, hours: float, *, ago: timedelta):
        with cast.app.app_context(), clock.frozen_at(clock.now() - ago):
            run = operations.admit(cast.person(handle), cast.section(), "squares")
            run.ready_at = clock.now()
            run.ended_at = clock.now() + timedelta(hours=hours)
            run.ending = Ending.GONE
            operations.call_off_stop(None, run)

    def test_that_are_used_close_the_lab_and_come_back_after_a_week(self, enrolled):
        limit(enrolled, weekly_hours=2)
        self.worked(enrolled, "mei", 2.5, ago=timedelta(days=3))
        answer = press(enrolled, "mei")
        assert answer.status_code == 503
        assert "used your 2 lab hours" in answer.text and "ask your instructor" in answer.text
        open_lab(enrolled, "hao")
        with clock.frozen_at(clock.now() + timedelta(days=5)):
            assert press(enrolled, "mei").status_code == 303

    def test_are_counted_only_within_the_week(self, enrolled):
        limit(enrolled, weekly_hours=2)
        self.worked(enrolled, "mei", 4, ago=timedelta(days=7, hours=3))
        with enrolled.app.app_context():
            quota = queries.quota_of(enrolled.section())
            assert queries.hours_used(enrolled.person("mei"), quota) == pytest.approx(1, abs=0.01)
        assert press(enrolled, "mei").status_code == 303

    def test_do_not_bind_who_teaches(self, enrolled):
        limit(enrolled, weekly_hours=1)
        self.worked(enrolled, "lin", 2, ago=timedelta(days=1))
        assert press(enrolled, "lin").status_code == 303


class TestTheHub:
    def ask(self, cast, handle: str, secret: str | None = None):
        secret = secret or cast.app.extensions["config"].hub_client_secret
        return cast.app.test_client().post(
            f"/api/hub/people/{handle}/admission", headers={"Authorization": f"Bearer {secret}"}
        )

    def test_is_told_memory_and_idle_time_the_sections_own_first(self, enrolled):
        limit(enrolled, "areas-and-squares", memory_mb=2048, idle_minutes=60)
        limit(enrolled, memory_mb=1024)
        press(enrolled, "mei")
        assert self.ask(enrolled, "mei").json == {"memory_mb": 1024, "idle_minutes": 60}

    def test_refuses_in_both_languages_what_was_started_past_the_site(self, enrolled, tmp_path):
        open_lab(enrolled, "mei")
        enrolled.hub.servers.clear()
        with enrolled.app.app_context():
            look(enrolled, tmp_path)
        limit(enrolled, servers_at_once=0)
        answer = self.ask(enrolled, "mei")
        assert answer.status_code == 409
        said = answer.json["error"]["messages"]
        assert "名額" in said["zh-Hant-TW"] and "All 0 places" in said["en"]

    def test_a_server_that_was_ready_is_over_when_another_starts(self, enrolled):
        open_lab(enrolled, "mei")
        with enrolled.app.app_context():
            before = run_of(enrolled, "mei").id
        assert self.ask(enrolled, "mei").status_code == 200
        with enrolled.app.app_context():
            run = run_of(enrolled, "mei")
            assert run.id != before and run.lab_slug == "squares"

    def test_proves_itself(self, enrolled):
        assert self.ask(enrolled, "mei", "wrong").status_code == 401
        assert self.ask(enrolled, "yun").status_code == 404  # no labs for companies


class TestThePage:
    def test_sets_shows_and_removes(self, enrolled):
        browser = enrolled.browser("ting")
        fields = {"name": enrolled.code, "servers_at_once": "3", "weekly_hours": "1.5"}
        assert browser.post("/operations/quotas", data=fields).status_code == 303
        open_lab(enrolled, "mei")
        page = browser.get("/operations/quotas").text
        assert enrolled.code in page and "1.5" in page
        with enrolled.app.app_context():
            (row,) = queries.all_quotas()
            assert (row.taken, row.quota.servers_at_once) == (1, 3)
        browser.post(f"/operations/quotas/{row.quota.id}/removal")
        assert "There are none" in browser.get("/operations/quotas").text

    def test_keeps_what_was_typed_when_nothing_is_called_so(self, enrolled):
        answer = enrolled.browser("ting").post(
            "/operations/quotas", data={"name": "no-such-course", "memory_mb": "512"}
        )
        assert answer.status_code == 422
        assert "no section and no course" in answer.text and "no-such-course" in answer.text

    def test_is_for_operators(self, enrolled):
        for handle in EVERYBODY_ELSE:
            browser = enrolled.browser(handle)
            assert browser.get("/operations/quotas").status_code == 403, handle
            assert browser.post("/operations/quotas", data={"name": "x"}).status_code == 403


class TestNotices:
    def test_reach_who_works_in_her_lab_in_its_language(self, enrolled):
        open_lab(enrolled, "mei")
        headers = enrolled.lab_token("mei")
        client = enrolled.app.test_client()
        assert client.get("/api/exchange/v1/notices", headers=headers).json == {"notices": []}
        with enrolled.app.app_context():
            operations.order_stop(None, run_of(enrolled, "mei"), "A new disk.")
            operations.announce_drain(
                None,
                until=clock.now() + timedelta(hours=1),
                message={"zh-Hant-TW": "更換磁碟。", "en": "A new disk."},
            )
        stop, drain = client.get("/api/exchange/v1/notices", headers=headers).json["notices"]
        assert max(len(stop["text"]), len(drain["text"])) <= 140  # JupyterLab cuts the rest
        assert stop["save"] is True and "A new disk." in stop["text"]
        assert drain["save"] is False and "put away at" in drain["text"]
        headers["Accept-Language"] = "zh-TW"
        said = client.get("/api/exchange/v1/notices", headers=headers).json["notices"]
        assert "更換磁碟。" in said[1]["text"]

    def test_are_for_whose_lab_it_is(self, enrolled):
        client = enrolled.app.test_client()
        answer = client.get("/api/exchange/v1/notices", headers={"Authorization": "token x"})
        assert answer.status_code == 401
        enrolled.hub.is_down = True
        assert (
            client.get("/api/exchange/v1/notices", headers={"Authorization": "token x"}).status_code
            == 503
        )


def test_the_nearest_limit_that_is_set_holds():
    assert nearest([]) == Limits()
    assert nearest([Limits(512, None, 3), Limits(1024, 30, None)]) == Limits(512, 30, 3)
