"""Maintenance: announced, labs closed, put away, opened again."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from app.kernel import clock
from app.kernel.i18n import speaking
from app.kernel.localized import LocalizedText
from app.operations import cli, operations, queries
from app.operations.rules import Ending
from app.operations.views import banner
from tests.grading.tampering import text_of
from tests.operations.helpers import look, open_lab, run_of

WHY = LocalizedText({"zh-Hant-TW": "更換磁碟。", "en": "A new disk."})


def announce(cast, **hours: float):
    """Maintenance; HOURS from now."""
    now = clock.now()
    given = {name: now + timedelta(hours=value) for name, value in hours.items()}
    given.setdefault("until", now + timedelta(hours=2))
    made = operations.announce_drain(cast.person("ting"), message=WHY, **given)
    banner.forget()
    return made


class TestClosed:
    def test_who_clicks_reads_why_and_until_when_in_her_language(self, enrolled):
        with enrolled.app.app_context():
            drain = announce(enrolled)
            until = queries.taipei_time(drain.until_at)
        browser = enrolled.browser("mei")
        answer = browser.post(f"/learn/{enrolled.code}/labs/squares/workspace")
        assert answer.status_code == 503
        assert f"until {until}" in answer.text and "A new disk." in answer.text
        browser.set_cookie("locale", "zh-Hant-TW")
        answer = browser.post(f"/learn/{enrolled.code}/labs/squares/workspace")
        assert f"{until}" in answer.text and "更換磁碟。" in answer.text
        assert enrolled.hub.servers == {}

    def test_who_works_goes_on_until_labs_are_put_away(self, enrolled):
        open_lab(enrolled, "mei")
        with enrolled.app.app_context():
            announce(enrolled, put_away=1)
        open_lab(enrolled, "mei")
        later = clock.now() + timedelta(hours=1, minutes=1)
        with clock.frozen_at(later):
            answer = enrolled.browser("mei").post(f"/learn/{enrolled.code}/labs/squares/workspace")
        assert answer.status_code == 503

    def test_is_not_yet_closed_when_it_is_only_announced(self, enrolled):
        with enrolled.app.app_context():
            announce(enrolled, start=1)
        open_lab(enrolled, "mei")
        assert "Labs close for maintenance from" in enrolled.browser("hao").get("/").text

    def test_running_labs_are_put_away_at_their_time_and_not_before(self, enrolled, tmp_path):
        open_lab(enrolled, "mei")
        with enrolled.app.app_context():
            number = run_of(enrolled, "mei").id
            drain = announce(enrolled, put_away=1)
            assert operations.put_away(drain.id) == 0
            assert "mei" in enrolled.hub.servers
            with clock.frozen_at(drain.put_away_at):
                assert operations.put_away(drain.id) == 1
                look(enrolled, tmp_path)
            assert enrolled.hub.servers == {}
            assert queries.shown_run(number).run.ending is Ending.DRAINED

    def test_labs_opened_again_are_open_and_nothing_is_put_away(self, enrolled):
        open_lab(enrolled, "mei")
        with enrolled.app.app_context():
            drain = announce(enrolled)
            operations.open_again(enrolled.person("ting"))
            banner.forget()
            with clock.frozen_at(drain.put_away_at):
                assert operations.put_away(drain.id) == 0
        open_lab(enrolled, "hao")
        assert "maintenance" not in enrolled.browser("mei").get("/").text


class TestAnnouncing:
    def test_happens_on_the_page_and_everybody_signed_in_reads_it(self, enrolled):
        operator = enrolled.browser("ting")
        until = (clock.now() + timedelta(hours=3)).astimezone(clock.TAIPEI)
        answer = operator.post(
            "/operations/maintenance",
            data={"until": until.strftime("%Y-%m-%dT%H:%M"), "message_zh": "更換磁碟。"},
        )
        assert answer.status_code == 303
        said = f"closed for maintenance until {until:%Y-%m-%d %H:%M}"
        for handle in ("mei", "yun", "ting"):
            assert said in enrolled.browser(handle).get("/").text
        assert said not in enrolled.app.test_client().get("/").text
        assert operator.post("/operations/maintenance/opening").status_code == 303
        assert said not in enrolled.browser("mei").get("/").text

    @pytest.mark.parametrize(
        "hours", [{"until": -1}, {"put_away": 3}, {"start": 1, "put_away": 0.5}]
    )
    def test_refuses_times_that_do_not_fit(self, enrolled, hours):
        with enrolled.app.app_context(), pytest.raises(operations.StepsOutOfOrder):
            announce(enrolled, **hours)

    def test_a_form_that_does_not_fit_keeps_what_was_typed(self, enrolled):
        answer = enrolled.browser("ting").post(
            "/operations/maintenance",
            data={"until": "2020-01-01T10:00", "message_zh": "更換磁碟。"},
        )
        assert answer.status_code == 422
        assert "These times do not fit" in answer.text and "更換磁碟。" in answer.text

    def test_happens_once_at_a_time(self, enrolled):
        with enrolled.app.app_context():
            announce(enrolled)
            with pytest.raises(operations.DrainThere):
                announce(enrolled)

    def test_tells_those_whose_labs_are_open(self, enrolled):
        open_lab(enrolled, "mei")
        with enrolled.app.app_context():
            announce(enrolled)
        assert "Labs close for maintenance" in enrolled.browser("mei").get("/notifications").text
        assert "Labs close for" not in text_of(
            enrolled.browser("hao").get("/notifications").text.split("<h1", 1)[1]
        )

    def test_costs_a_page_no_statement_while_it_is_known(self, enrolled, count_queries):
        browser = enrolled.browser("mei")
        banner_of = enrolled.app.extensions
        browser.get("/account")
        assert "lab_drain" in banner_of
        with count_queries() as seen:
            browser.get("/account")
        assert not any("lab_drains" in statement for statement in seen)


class TestTheCommand:
    def test_closes_and_opens(self, enrolled):
        with enrolled.app.app_context():
            runner = CliRunner()
            done = runner.invoke(
                cli.servers,
                [
                    "drain",
                    "--until",
                    "+2h",
                    "--message",
                    "更換磁碟。",
                    "--message-en",
                    "A new disk.",
                ],
            )
            assert done.exit_code == 0 and "A new disk." in done.output
            drain = queries.current_drain()
            assert drain is not None and drain.put_away_at < drain.until_at
            with speaking("zh-Hant-TW"):
                assert "更換磁碟。" in queries.drain_words(drain)
            again = runner.invoke(cli.servers, ["drain", "--until", "+2h", "--message", "x"])
            assert again.exit_code == 1 and "already" in again.output
            assert runner.invoke(cli.servers, ["open"]).exit_code == 0
            assert runner.invoke(cli.servers, ["open"]).exit_code == 1

    def test_understands_no_nonsense(self, enrolled):
        with enrolled.app.app_context():
            done = CliRunner().invoke(cli.servers, ["drain", "--until", "soon", "--message", "x"])
        assert done.exit_code == 2 and "is not a time" in done.output
