"""Who runs what and how much; stopping one."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from croniter import croniter

from app.kernel import clock
from app.kernel.errors import NotVisible
from app.kernel.jobs import queue
from app.notifications.models import Notification
from app.operations import cli, operations, queries
from app.operations.rules import Cause, Ending, RunState
from app.workspaces import hub
from jupyter_config.measures import Measure
from tests.grading.tampering import text_of
from tests.operations.helpers import EVERYBODY_ELSE, look, open_lab, run_of

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(("name", "seconds"), [("look", 10), ("serve_lines", 5)])
def test_is_looked_at_every_few_seconds(name, seconds):
    (periodic,) = (
        row
        for row in queue.periodic_registry.periodic_tasks.values()
        if row.task.name == f"operations.tasks.{name}"
    )
    times = croniter(periodic.cron, datetime(2026, 11, 23, 2, 41, 1, tzinfo=UTC))
    assert [times.get_next(datetime).second for _ in range(3)] == [
        seconds,
        2 * seconds,
        3 * seconds,
    ]


@pytest.fixture
def two(enrolled, tmp_path):
    """mei and hao work; mei's takes more."""
    open_lab(enrolled, "mei")
    open_lab(enrolled, "hao")
    with enrolled.app.app_context():
        look(
            enrolled,
            tmp_path,
            mei=Measure(300 * MEGABYTE, 10.0, 9),
            hao=Measure(80 * MEGABYTE, 2.0, 4),
        )
    return enrolled


class TestThePage:
    def test_says_whose_home_is_full(self, two, tmp_path):
        home = tmp_path / "homes" / "mei"
        home.mkdir(parents=True)
        (home / "data.bin").write_bytes(b"x" * 3 * MEGABYTE)
        config = two.app.extensions["config"]
        two.app.extensions["config"] = replace(config, labs_home_mb=2)
        try:
            with two.app.app_context(), clock.frozen_at(clock.now() + timedelta(minutes=3)):
                look(two, tmp_path, mei=Measure(MEGABYTE, 10.0, 9))
            browser = two.browser("ting")
            assert "3.0 MB Full" in text_of(browser.get("/operations/servers?q=mei").text)
            with two.app.app_context():
                run_id = run_of(two, "mei").id
            page = text_of(browser.get(f"/operations/servers/{run_id}").text)
        finally:
            two.app.extensions["config"] = config
        assert "3.0 MB of 2.0 MB" in page
        assert "This home is full." in page

    def test_says_who_has_which_lab_open_and_what_it_takes(self, two):
        page = text_of(two.browser("ting").get("/operations/servers").text)
        assert "林小梅 @mei Areas and squares Squares" in page
        assert "300.0 MB" in page and "80.0 MB" in page and "380.0 MB" in page
        assert page.index("陳柏豪") < page.index("林小梅")  # the newest first

    def test_sorts_searches_and_shows_nothing_that_ended(self, two):
        browser = two.browser("ting")
        page = browser.get("/operations/servers?sort=memory&direction=desc").text
        assert page.index("林小梅") < page.index("陳柏豪")
        page = browser.get("/operations/servers?q=hao").text
        assert "陳柏豪" in page and "林小梅" not in page
        assert "林小梅" not in browser.get("/operations/servers?state=starting").text

    def test_follows_at_its_own_address_so_that_search_and_page_stay(self, two):
        browser = two.browser("ting")
        address = "/operations/servers?q=hao&sort=memory&direction=asc"
        part = browser.get(address, headers={"X-Requested-With": "live"}).text
        assert "<html" not in part and "陳柏豪" in part and "林小梅" not in part
        assert "/operations/servers?q=hao" in part.replace("&amp;", "&")

    def test_leaves_as_a_table(self, two):
        answer = two.browser("ting").get("/operations/servers.csv?sort=person&direction=asc")
        lines = answer.text.splitlines()
        assert len(lines) == 3 and "squares,ready" in lines[1]

    def test_asks_as_much_for_one_server_as_for_many(self, enrolled, count_queries, tmp_path):
        browser = enrolled.browser("ting")
        browser.get("/operations/servers")
        open_lab(enrolled, "mei")
        with count_queries() as one:
            browser.get("/operations/servers")
        open_lab(enrolled, "hao")
        with count_queries() as more:
            browser.get("/operations/servers")
        assert len(one) == len(more)

    def test_is_for_operators_alone(self, enrolled):
        for handle in EVERYBODY_ELSE:
            browser = enrolled.browser(handle)
            for path in ("servers", "servers.csv", "servers/events", "failures", "maintenance"):
                assert browser.get(f"/operations/{path}").status_code == 403, (handle, path)
            assert browser.post("/operations/maintenance/opening").status_code == 403

    def test_cpu_is_what_was_used_between_two_looks(self, two, tmp_path):
        with two.app.app_context():
            later = run_of(two, "mei").measured_at + timedelta(seconds=10)
            with clock.frozen_at(later):
                look(two, tmp_path, mei=Measure(300 * MEGABYTE, 15.0, 9))
            assert run_of(two, "mei").cpu_percent == 50.0


class TestTheCommand:
    def test_prints_the_same_for_programs(self, two, tmp_path):
        with two.app.app_context():
            done = CliRunner().invoke(cli.servers, ["list", "--json"])
            rows = {row["person"]: row for row in json.loads(done.output)}
        assert rows["mei"]["memory_bytes"] == 300 * MEGABYTE
        assert rows["mei"]["lab"] == "squares" and rows["mei"]["section"] == two.code

    def test_says_so_when_the_hub_is_silent(self, two):
        two.hub.is_down = True
        with two.app.app_context():
            done = CliRunner().invoke(cli.servers, ["list"])
        assert "not answering" in done.output and "mei" in done.output

    def test_stops_one_by_its_handle(self, two):
        with two.app.app_context():
            assert CliRunner().invoke(cli.servers, ["stop", "nobody"]).exit_code == 1
            done = CliRunner().invoke(cli.servers, ["stop", "mei", "--message", "維修"])
            assert done.exit_code == 0
            assert run_of(two, "mei").stop_note == "維修"


class TestStopping:
    def stop(self, cast, note="You train a model on the wrong machine."):
        with cast.app.app_context():
            number = run_of(cast, "mei").id
        return number, cast.browser("ting").post(
            f"/operations/servers/{number}", data={"note": note}
        )

    def test_tells_the_person_first_and_stops_when_the_time_has_come(self, two):
        _number, answer = self.stop(two)
        assert answer.status_code == 303
        with two.app.app_context():
            run = run_of(two, "mei")
            operations.carry_out_stop(run.id)
            assert two.hub.servers["mei"] == "ready"  # she is still saving
            with clock.frozen_at(run.stop_at + timedelta(seconds=1)):
                operations.carry_out_stop(run.id)
            assert "mei" not in two.hub.servers
            news = [row.body.in_language("en") for row in news_of(two, "mei")]
        assert any("wrong machine" in text and "Your files are kept" in text for text in news)

    def test_is_remembered_as_stopped_by_an_operator(self, two, tmp_path):
        number, _answer = self.stop(two)
        with two.app.app_context():
            stop_at = run_of(two, "mei").stop_at
            with clock.frozen_at(stop_at + timedelta(seconds=1)):
                operations.carry_out_stop(number)
                look(two, tmp_path)
            ended = queries.shown_run(number).run
            assert (ended.ending, ended.ended_at is not None) == (Ending.STOPPED, True)
            with pytest.raises(NotVisible):
                queries.run_live(number)

    def test_can_be_called_off(self, two):
        number, _answer = self.stop(two)
        two.browser("ting").post(f"/operations/servers/{number}/continuation")
        with two.app.app_context():
            with clock.frozen_at(clock.now() + timedelta(minutes=1)):
                operations.carry_out_stop(number)
            assert two.hub.servers["mei"] == "ready"

    def test_tries_again_when_the_hub_is_silent(self, two):
        number, _answer = self.stop(two)
        two.hub.is_down = True
        with two.app.app_context(), clock.frozen_at(clock.now() + timedelta(minutes=1)):
            with pytest.raises(hub.HubUnavailable):
                operations.carry_out_stop(number)
            assert run_of(two, "mei").state is RunState.READY


class TestLooking:
    def test_takes_over_what_was_started_at_the_hub_itself(self, enrolled, tmp_path):
        enrolled.hub.servers["lin"] = "ready"
        enrolled.hub.servers["somebody-unknown"] = "ready"
        with enrolled.app.app_context():
            look(enrolled, tmp_path)
            assert run_of(enrolled, "lin").section_id is None
        assert "Not from a lesson" in enrolled.browser("ting").get("/operations/servers").text

    def test_notes_that_a_server_was_put_away(self, two, tmp_path):
        two.hub.servers.pop("hao")
        with two.app.app_context():
            number = run_of(two, "hao").id
            look(two, tmp_path)
            assert queries.shown_run(number).run.ending is Ending.GONE

    def test_measures_the_home(self, enrolled, tmp_path):
        home = tmp_path / "homes" / "mei"
        home.mkdir(parents=True)
        (home / "numbers.csv").write_bytes(b"1\n" * 50_000)
        open_lab(enrolled, "mei")
        with enrolled.app.app_context():
            look(enrolled, tmp_path)
            assert 100_000 <= run_of(enrolled, "mei").disk_bytes < 200_000


class TestAStartThatFails:
    @pytest.fixture
    def failed(self, enrolled):
        enrolled.hub.failures["mei"] = "Spawn failed: OSError: [Errno 28] No space left on device"
        browser = enrolled.browser("mei")
        address = browser.post(f"/learn/{enrolled.code}/labs/squares/workspace").location
        return enrolled, browser, address

    def test_is_explained_to_the_student_with_a_number(self, failed):
        cast, browser, address = failed
        page = text_of(browser.get(address).text)
        assert "there is no room left for files" in page
        assert "hand in from this computer" in page
        with cast.app.app_context():
            (row,) = queries.failures().rows
            assert row.run.reference in page
            assert row.run.cause is Cause.DISK

    def test_is_found_by_the_operator_under_the_same_number(self, failed):
        cast, browser, address = failed
        browser.get(address)
        with cast.app.app_context():
            number = queries.failures().rows[0].run.reference
        page = cast.browser("ting").get(f"/operations/failures?q={number.lower()}").text
        assert number in page and "Disk full" in page and "No space left on device" in page
        assert "Errno 28" not in browser.get(address).text

    def test_is_told_to_operators_once_when_it_will_not_go_away(self, failed):
        cast, browser, address = failed
        browser.get(address)
        cast.hub.failures["hao"] = cast.hub.failures["mei"]
        other = cast.browser("hao")
        other.get(other.post(f"/learn/{cast.code}/labs/squares/workspace").location)
        with cast.app.app_context():
            assert queries.failures().total == 2
            told = [row.subject.in_language("en") for row in news_of(cast, "ting")]
        assert told == ["Labs fail to start: Disk full"]

    def test_is_said_once_and_the_next_start_begins_anew(self, failed):
        cast, browser, address = failed
        first, second = (text_of(browser.get(address).text) for _time in range(2))
        assert first == second
        cast.hub.failures.clear()
        open_lab(cast, "mei")
        with cast.app.app_context():
            assert run_of(cast, "mei").ready_at is not None
            assert queries.failures().total == 1


def news_of(cast, handle):
    return (
        cast.app.extensions["sqlalchemy"]
        .session.query(Notification)
        .filter_by(person_id=cast.person(handle).id)
        .all()
    )
