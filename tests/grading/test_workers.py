"""Several real workers on one database: shared work, each graded once, whoever dies."""

import os
import signal
from typing import Any

from app.kernel.database import db
from tests.engine import build
from tests.grading.conftest import alive, rows, until
from tests.grading.helpers import hand_in

COUNT = 40


def taking(seconds: float) -> dict[str, bytes]:
    """A submission that is right and takes a while."""
    return {
        "squares.ipynb": build.notebook(
            build.solution(
                f"import time\ntime.sleep({seconds})\n"
                "def squares(n):\n    return [i * i for i in range(n)]",
                "squares",
            ),
            build.test("assert True", "test-squares", points=4),
        )
    }


def graded(house) -> int:
    return len(rows(house, "SELECT 1 FROM attempts WHERE state = 'graded'"))


def hand_in_many(house, count: int, files: Any = None) -> None:
    with house.app.app_context():
        for number in range(count):
            hand_in(house, ("mei", "hao")[number % 2], files)
        db.session.remove()


def assert_each_is_graded_once(house, count: int) -> None:
    found = rows(
        house,
        "SELECT a.id, count(n.id), count(DISTINCT n.name), min(a.score) FROM attempts a"
        " LEFT JOIN notebook_scores n ON n.attempt_id = a.id WHERE a.state = 'graded'"
        " GROUP BY a.id",
    )
    assert len(found) == count
    assert {(notebooks, names, score) for _id, notebooks, names, score in found} == {(1, 1, 4.0)}


class TestTwoWorkers:
    def test_share_the_work_and_grade_each_attempt_once(self, house, worker, tmp_path):
        worker("--jobs", "1")
        worker("--jobs", "1")
        until(lambda: alive(house) == 2, tmp_path)
        hand_in_many(house, COUNT, taking(0.2))
        until(lambda: graded(house) == COUNT, tmp_path)
        assert_each_is_graded_once(house, COUNT)
        shares = dict(rows(house, "SELECT worker, count(*) FROM attempts GROUP BY worker"))
        assert len(shares) == 2 and min(shares.values()) >= COUNT // 20, shares
        claims = rows(house, "SELECT DISTINCT claim_count FROM attempts")
        assert claims == [(1,)]

    def test_lose_nothing_when_one_of_them_is_killed(self, house, worker, tmp_path):
        doomed = worker("--jobs", "1")
        worker("--jobs", "1")
        until(lambda: alive(house) == 2, tmp_path)
        number = dict(rows(house, "SELECT pid, queue_worker FROM worker_reports"))[doomed.pid]
        hand_in_many(house, 4, taking(2))
        held = f"SELECT 1 FROM attempts WHERE state = 'running' AND worker = {number}"
        until(lambda: rows(house, held), tmp_path)
        os.kill(doomed.pid, signal.SIGKILL)
        until(lambda: graded(house) == 4, tmp_path)
        assert_each_is_graded_once(house, 4)
        claims = sorted(count for (count,) in rows(house, "SELECT claim_count FROM attempts"))
        assert claims == [1, 1, 1, 2], "one was begun again"

    def test_end_when_they_are_told_to_and_finish_what_they_hold(self, house, worker, tmp_path):
        process = worker("--jobs", "1")
        until(lambda: alive(house) == 1, tmp_path)
        hand_in_many(house, 1, taking(2))
        until(lambda: rows(house, "SELECT 1 FROM attempts WHERE state = 'running'"), tmp_path)
        process.terminate()
        assert process.wait(120) == 0
        assert_each_is_graded_once(house, 1)


def test_a_worker_does_as_many_at_a_time_as_it_is_told(house, worker, tmp_path):
    worker("--jobs", "3")
    until(lambda: alive(house) == 1, tmp_path)
    assert rows(house, "SELECT jobs FROM worker_reports") == [(3,)]
    hand_in_many(house, 3, taking(15))
    running = "SELECT count(*) FROM attempts WHERE state = 'running'"
    until(lambda: rows(house, running) == [(3,)], tmp_path)
