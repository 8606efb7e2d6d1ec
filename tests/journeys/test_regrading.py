"""A wrong test: the instructor sees what a correction would change and lets it count; a student
reads how her grade comes about and asks for more; an assistant of another section sees nothing."""

import subprocess
import sys
import uuid
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import ROOT, House

STUDENT = "mei@rongnan.example"
INSTRUCTOR = "lin@rongnan.example"
ELSEWHERE = "ping@rongnan.example"
NARROW = {"width": 360, "height": 740}


def course_of(house: House, *arguments: str) -> str:
    made = subprocess.run(
        [sys.executable, "-m", "tests.journeys.regrading_course", *arguments],
        cwd=ROOT, env=house.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr[-3000:]
    return made.stdout.split()[-1]


def is_good(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [f"{row['id']}: {row['nodes'][0]['html'][:120]}" for row in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url


@pytest.fixture(scope="module")
def lesson(house: House, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    """(course, section, folder with what a student hands in), with the wrong test."""
    slug, folder = f"areas-{uuid.uuid4().hex[:6]}", tmp_path_factory.mktemp("work")
    return slug, course_of(house, slug, str(folder)), str(folder)


def test_a_wrong_test_is_corrected_and_everybody_graded_again(
    house: House, visit: Any, lesson: tuple[str, str, str]
) -> None:
    slug, code, folder = lesson
    mei: Page = visit(STUDENT, viewport=NARROW)
    mei.goto(f"/learn/{code}/labs/squares")
    mei.locator("details.disclosure summary", has_text="from this computer").click()
    mei.set_input_files("input[type=file]", f"{folder}/squares.ipynb")
    mei.get_by_role("button", name="Hand in these files").click()
    expect(mei.locator("#results .result-head .score-value")).to_have_text("0", timeout=120_000)

    assert course_of(house, slug) == code, "published again, with the right test"
    lin: Page = visit(INSTRUCTOR, viewport={"width": 1280, "height": 900})
    lin.goto(f"/teaching/{code}/students")
    lin.get_by_role("link", name="Regrading", exact=True).click()
    lin.get_by_role("link", name="Grade a lab again").click()
    lin.wait_for_url("**/regrading")
    is_good(lin)
    lin.get_by_role("link", name="Squares", exact=True).click()
    lin.get_by_label("Why").fill("The test forgot that zero is a square.")
    is_good(lin)
    lin.get_by_role("button", name="See what would change").click()
    lin.wait_for_url("**/regrading/1")
    decide = lin.get_by_role("button", name="Let it count")
    expect(decide).to_be_visible(timeout=120_000)
    expect(lin.get_by_role("row", name="林小梅")).to_contain_text("0 → 4")
    is_good(lin)
    mei.reload()
    expect(mei.locator("#results .result-head .score-value")).to_have_text("0")

    decide.click()
    expect(lin.get_by_text("It counts since")).to_be_visible(timeout=120_000)
    is_good(lin)
    expect(mei.locator("#results .result-head .score-value")).to_have_text("4")


def test_a_student_reads_her_trace_and_asks_for_more(
    house: House, visit: Any, lesson: tuple[str, str, str]
) -> None:
    _slug, code, _folder = lesson
    lin: Page = visit(INSTRUCTOR, viewport={"width": 1280, "height": 900})
    mei: Page = visit(STUDENT, viewport=NARROW)
    mei.goto(f"/learn/{code}/labs/squares")
    mei.get_by_role("link", name="See the feedback in your notebook").click()
    mei.wait_for_url("**/submissions/*")
    mei.get_by_role("link", name="Ask to look at this again (test-squares)").click()
    mei.wait_for_url("**/requests/new*")
    is_good(mei)
    mei.get_by_label("What should be looked at again").fill("My answer is right as well.")
    mei.get_by_role("button", name="Send the request").click()
    mei.wait_for_url("**/requests")
    expect(mei.locator("main")).to_contain_text("Waits for an answer")
    is_good(mei)

    lin.goto(f"/teaching/{code}/requests")
    is_good(lin)
    lin.get_by_role("row").get_by_role("link", name="林小梅").click()
    lin.wait_for_url("**/requests/*")
    expect(lin.locator("main")).to_contain_text("My answer is right as well.")
    is_good(lin)
    lin.get_by_label("Give other points").check()
    lin.get_by_label("New points").fill("3.5")
    lin.get_by_label("What you write to the student").fill("A half off for the name.")
    lin.get_by_role("button", name="Answer and tell the student").click()
    lin.wait_for_url("**/requests")
    mei.reload()
    expect(mei.locator("main")).to_contain_text("A half off for the name.")
    mei.goto(f"/learn/{code}/grades")
    expect(mei.locator("main")).to_contain_text("3.5")


def test_an_assistant_of_another_section_sees_nothing_of_it(
    house: House, visit: Any, lesson: tuple[str, str, str]
) -> None:
    _slug, code, _folder = lesson
    ping: Page = visit(ELSEWHERE)
    for path in ("requests", "regrading", "regrading/1", "regrading/1.csv"):
        answer = ping.request.get(f"/teaching/{code}/{path}")
        assert answer.status == 404, path
    ping.goto("/notifications")
    expect(ping.locator("main")).not_to_contain_text("look again")
    ping.goto("/")
    expect(ping.locator("main")).not_to_contain_text("Requests to look again")
