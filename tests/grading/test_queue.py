"""What operators see of the queue, on the page and on the machine."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from app.grading import cli, operations, queries
from app.kernel import clock
from app.kernel.database import db
from tests.grading.helpers import grade_with, hand_in, result
from tests.grading.tampering import text_of


def a_worker(*, beat_seconds_ago: float = 0, **report) -> int:
    """A worker that the queue knows, with what it says of itself."""
    number: int = db.session.execute(
        text(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => :ago)) RETURNING id"
        ),
        {"ago": beat_seconds_ago},
    ).scalar_one()
    fields = {"jobs": 2, "obstacle": None, "without_sandbox": False, "environments": {}}
    operations.report_worker(number, **(fields | report))
    return number


@pytest.fixture
def busy(enrolled):
    """Three wait, one of them a regrade; one runs at a living worker; one has failed."""
    with enrolled.app.app_context():
        failed = hand_in(enrolled, "mei")
        broken = result(
            state="failed",
            reason="The notebook needed more than %(megabytes)s MB of memory.",
            reason_code="memory",
            reason_params={"megabytes": 1024},
            cells=(),
            executed=b"",
        )
        grade_with(failed, broken)
        done = hand_in(enrolled, "hao")
        grade_with(done, result(4.0))
        operations.regrade(enrolled.person("lin"), done)
        worker = a_worker(environments={"standard": "warm", "scientific": "no memory left"})
        hand_in(enrolled, "mei")
        assert operations.claim_next(7, worker) is not None
        hand_in(enrolled, "mei")
        with clock.frozen_at(clock.now() - timedelta(minutes=3)):
            hand_in(enrolled, "hao")
    return enrolled


class TestThePage:
    def test_tells_operators_what_waits_runs_works_and_failed(self, busy):
        page = text_of(busy.browser("ting").get("/grading/queue").text)
        assert "Handed in 2 3 min" in page
        assert "Run again by staff 1" in page
        assert busy.code in page and "Squares" in page
        assert "standard: warm" in page and "did not start no memory left" in page
        assert "more than 1024 MB of memory" in page
        assert "2 finished in 5 minutes" in page
        assert "Nothing is being graded." not in page

    def test_names_no_student(self, busy):
        page = busy.browser("ting").get("/grading/queue").text.split("<main", 1)[1]
        with busy.app.app_context():
            for handle in ("mei", "hao"):
                assert busy.person(handle).name not in page
                assert busy.person(handle).email not in page

    @pytest.mark.parametrize("path", ["/grading/queue", "/grading/queue/now"])
    @pytest.mark.parametrize(
        "handle", ["mei", "lin", "ping", "wang", "jia-office", "yun", "guo", "fang"]
    )
    def test_is_for_operators_alone(self, enrolled, handle, path):
        browser = enrolled.browser(handle)
        assert browser.get(path).status_code == 403
        assert "/grading/queue" not in browser.get("/").text

    def test_is_in_the_operators_menu(self, enrolled):
        assert 'href="/grading/queue"' in enrolled.browser("ting").get("/").text

    def test_asks_again_for_its_part_which_stands_alone(self, busy):
        browser = busy.browser("ting")
        assert 'data-live-refresh="/grading/queue/now"' in browser.get("/grading/queue").text
        part = browser.get("/grading/queue/now").text
        assert "<html" not in part and "Being graded" in part

    def test_takes_a_constant_number_of_statements(self, busy, count_queries):
        browser = busy.browser("ting")
        browser.get("/grading/queue/now")
        with count_queries() as few:
            browser.get("/grading/queue/now")
        with busy.app.app_context():
            for _number in range(5):
                hand_in(busy, "mei")
                a_worker()
        with count_queries() as more:
            browser.get("/grading/queue/now")
        assert len(more) == len(few) <= 14

    def test_reads_well_with_nothing_in_it(self, cast):
        page = text_of(cast.browser("ting").get("/grading/queue").text)
        assert "No worker is alive" in page and "Nothing at this moment." in page


class TestAnObstacle:
    def test_is_told_to_operators_with_its_reason_and_to_students_without(self, enrolled):
        with enrolled.app.app_context():
            a_worker(obstacle="bubblewrap is not installed")
            hand_in(enrolled, "mei")
        page = enrolled.browser("ting").get("/grading/queue").text
        assert "Nothing is being graded." in page and "bubblewrap is not installed" in page
        lab = enrolled.browser("mei").get(f"/learn/{enrolled.code}/labs/squares").text
        assert "Grading is paused at the moment" in lab and "bubblewrap" not in lab

    def test_of_one_worker_is_none_while_another_can_grade(self, enrolled):
        with enrolled.app.app_context():
            a_worker(obstacle="bubblewrap is not installed")
            a_worker()
            hand_in(enrolled, "mei")
            assert queries.grading_is_possible()
        lab = enrolled.browser("mei").get(f"/learn/{enrolled.code}/labs/squares").text
        assert "waits for its turn" in lab

    def test_is_there_when_the_only_worker_has_been_silent_for_long(self, enrolled):
        with enrolled.app.app_context():
            a_worker(beat_seconds_ago=60)
            assert not queries.grading_is_possible()


def test_a_worker_that_the_queue_has_forgotten_is_forgotten_here(enrolled):
    with enrolled.app.app_context():
        gone = a_worker()
        db.session.execute(text("DELETE FROM procrastinate_workers WHERE id = :id"), {"id": gone})
        here = a_worker()
        a_worker()
        numbers = db.session.scalars(text("SELECT queue_worker FROM worker_reports")).all()
        assert gone not in numbers and here in numbers


def test_the_environments_in_use_are_those_of_open_sections(enrolled):
    with enrolled.app.app_context():
        assert queries.environments_in_use() == ["standard"]
        for school in ("rongnan", "jiayang"):
            enrolled.section(school).closed_at = clock.now()
        db.session.commit()
        assert queries.environments_in_use() == []


def test_the_command_prints_the_same(busy):
    with busy.app.app_context():
        said = CliRunner().invoke(cli.grading, ["queue"]).output
    assert "interactive" in said and "oldest 18" in said
    assert "Finished: 2 in 5 minutes" in said
    assert "scientific: no memory left" in said
    assert "more than 1024 MB of memory" in said
