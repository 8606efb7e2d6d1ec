"""Kill what grades and what remembers: every accepted submission is graded exactly once."""

import contextlib
import os
import signal
import time
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page

from app.hosting.postgres import cluster_of
from tests.engine import build
from tests.journeys.conftest import LAB, House, enrol, section_of

SLOW = build.notebook(build.solution("import time\ntime.sleep(12)", "slow"))
QUICK = build.notebook(build.solution("done = True", "quick"))


@pytest.fixture
def hand_in(visit, house, tmp_path):
    """``hand_in(content)`` uploads a notebook as hao and answers when the site has accepted it."""
    page: Page = visit("hao@rongnan.example")
    enrol(page)
    code = section_of(house)

    def send(content: bytes) -> None:
        path = tmp_path / f"{LAB}.ipynb"
        path.write_bytes(content)
        page.goto(f"/learn/{code}/labs/{LAB}")
        page.locator("details.disclosure summary", has_text="from this computer").click()
        page.set_input_files("input[type=file]", path)
        page.get_by_role("button", name="Hand in these files").click()
        page.wait_for_url("**#results")

    return send


def attempts(house: House) -> list[tuple[Any, ...]]:
    """State, claims, notebooks and finish of hao's attempts, oldest first."""
    with house.database() as db:
        return db.execute(
            "SELECT a.state, a.claim_count, count(n.id), a.finished_at IS NOT NULL, s.number"
            " FROM attempts a JOIN submissions s ON s.id = a.submission_id"
            " JOIN people p ON p.id = s.person_id"
            " LEFT JOIN notebook_scores n ON n.attempt_id = a.id"
            " WHERE p.handle = 'hao' GROUP BY a.id, s.id ORDER BY s.number, a.number"
        ).fetchall()


def until(condition, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(Exception):  # the database may be coming back
            if condition():
                return
        time.sleep(0.2)
    raise AssertionError("it did not happen in time")


def test_a_worker_killed_in_the_middle_of_grading(house, hand_in):
    before = len(attempts(house))
    hand_in(SLOW)
    until(lambda: attempts(house)[-1][0] == "running", 60)
    os.kill(house.part("worker").pid, signal.SIGKILL)
    until(lambda: attempts(house)[-1][0] == "graded")
    rows = attempts(house)
    assert len(rows) == before + 1, "one submission, one attempt"
    state, claims, notebooks, finished, _number = rows[-1]
    assert (state, claims, notebooks, finished) == ("graded", 2, 1, True)


def test_postgresql_killed_between_submit_and_grade(house, hand_in):
    worker = house.part("worker")
    before = len(attempts(house))
    worker.suspend()
    try:
        for _ in range(3):
            hand_in(QUICK)
        postmaster = cluster_of(house.instance).postmaster()
        assert postmaster is not None
        for process in [*postmaster.children(recursive=True), postmaster]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
    finally:
        worker.resume()
    until(lambda: [row[0] for row in attempts(house)[before:]] == ["graded"] * 3, 180)
    for _state, _claims, notebooks, finished, _number in attempts(house)[before:]:
        assert (notebooks, finished) == (1, True)
    assert [row[4] for row in attempts(house)] == list(range(1, len(attempts(house)) + 1))
