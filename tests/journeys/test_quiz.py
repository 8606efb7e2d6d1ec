"""A quiz from beginning to statistics: by mouse in English through a lost connection and a closed
page, by keyboard alone in Chinese; then the instructor marks and looks at the figures."""

import json
import re
import subprocess
import sys
import uuid
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app import questions
from tests.journeys.conftest import ROOT, House

STUDENTS = {"en": "mei@rongnan.example", "zh-Hant-TW": "hao@rongnan.example"}
INSTRUCTOR = "lin@rongnan.example"
QUESTIONS: list[dict[str, Any]] = [
    {"id": "leaf", "type": "single", "points": 2,
     "text": {"zh-Hant-TW": "哪一個是樹？", "en": "Which one is a tree?"},
     "options": [
         {"text": {"zh-Hant-TW": "榕", "en": "Banyan"}, "correct": True},
         {"text": {"zh-Hant-TW": "石", "en": "Stone"}},
     ],
     "explanation": {"zh-Hant-TW": "榕是樹，SECRETKEY。", "en": "A banyan is a tree, SECRETKEY."}},
    {"id": "sum", "type": "numeric", "points": 1, "answer": 42,
     "text": {"zh-Hant-TW": "六乘以七？", "en": "Six times seven?"}},
    {"id": "word", "type": "short-text", "points": 1, "accepted": ["Taipei", "臺北"],
     "text": {"zh-Hant-TW": "首都？", "en": "The capital?"}},
    {"id": "why", "type": "essay", "points": 4,
     "text": {"zh-Hant-TW": "為什麼？", "en": "Why?"}},
]  # fmt: skip


@pytest.fixture(scope="module")
def quiz(house: House) -> str:
    """A course of its own with the quiz; answers the quiz's address."""
    name = uuid.uuid4().hex[:6]
    document = {"attempts": 2, "minutes": 30, "sections": [{"questions": QUESTIONS}]}
    made = subprocess.run(
        [sys.executable, "-m", "tests.journeys.quiz_course", f"trees-{name}", "small",
         json.dumps(questions.complete(document))],
        cwd=ROOT, env=house.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr[-3000:]
    return f"/learn/{made.stdout.split()[-1]}/quizzes/small"


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{row['id']}: {row['nodes'][0]['html'][:120]}" for row in found]


def is_saved(page: Page, words: str) -> None:
    expect(page.locator("[data-quiz-state='saved']")).to_contain_text(words)


def test_by_mouse_in_english_through_a_lost_connection_and_a_closed_page(
    house: House, visit: Any, quiz: str
) -> None:
    page: Page = visit(STUDENTS["en"], viewport={"width": 360, "height": 740})
    page.goto(quiz)
    assert violations(page) == []
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/attempts/1")
    assert "SECRETKEY" not in page.content()
    assert violations(page) == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360, f"{width} px wide"
    expect(page.locator("[data-quiz-clock]")).to_contain_text(re.compile(r"^(30:00|29:\d\d)$"))

    page.locator("#question-leaf").get_by_text("Banyan").click()
    is_saved(page, "Everything is saved")
    page.context.set_offline(True)
    page.fill("[name=q-sum]", "42")
    page.fill("[name=q-why]", "Because roots hold it.")
    expect(page.locator("[data-quiz-state='lost']")).to_contain_text("kept on this device")
    page.get_by_role("button", name="Check and hand in").click()
    expect(page.locator("[data-quiz-state='lost']")).to_contain_text("nothing was handed in")
    context = page.context
    page.close()  # the laptop is closed while there is no connection

    context.set_offline(False)
    page = context.new_page()
    page.goto(quiz)
    page.get_by_role("link", name="Continue attempt 1").click()
    expect(page.locator("[name=q-sum]")).to_have_value("42")
    expect(page.locator("[name=q-why]")).to_have_value("Because roots hold it.")
    is_saved(page, "Everything is saved")

    # A second window of the same attempt: the later answer wins and the other window shows it.
    other = context.new_page()
    other.goto(page.url)
    other.fill("[name=q-word]", "Tainan")
    is_saved(other, "Everything is saved")
    expect(page.locator("[name=q-word]")).to_have_value("Tainan")
    expect(page.locator("#question-word [data-quiz-note]")).to_contain_text("another window")
    page.fill("[name=q-word]", "Taipei")
    is_saved(page, "Everything is saved")
    expect(other.locator("[name=q-word]")).to_have_value("Taipei")
    other.close()

    page.get_by_role("button", name="Check and hand in").click()
    page.wait_for_url("**/review")
    expect(page.locator("main")).to_contain_text("Every question has an answer")
    assert violations(page) == []
    page.get_by_role("button", name="Hand in now").click()
    page.wait_for_url("**/attempts/1")
    expect(page.locator(".receipt .score-value")).to_have_text("4")
    expect(page.locator(".receipt")).to_contain_text("1 answer waits for marks")
    expect(page.locator("main")).to_contain_text("SECRETKEY")
    assert violations(page) == []


def test_by_keyboard_alone_in_chinese(house: House, visit: Any, quiz: str) -> None:
    page: Page = visit(
        STUDENTS["zh-Hant-TW"], language="zh-Hant-TW", viewport={"width": 1280, "height": 900}
    )
    page.goto(quiz)
    press = page.keyboard.press

    def to(selector: str) -> None:
        """Walk with Tab until SELECTOR has the focus."""
        for _step in range(150):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            press("Tab")
        raise AssertionError(f"Tab does not reach {selector} on {page.url}")

    to("form[action$='/attempts'] button")
    press("Enter")
    page.wait_for_url("**/attempts/1")
    to("#question-leaf input[type=radio]")
    press("Space")
    chosen = page.locator("#question-leaf label:has(:checked)")
    if "榕" not in chosen.inner_text():
        press("ArrowDown")
    expect(chosen).to_contain_text("榕")
    to("[name=q-sum]")
    page.keyboard.insert_text("41")
    to("[name=q-word]")
    page.keyboard.insert_text("臺北")
    press("Enter")  # saves, and leaves her where she is
    to("[name=q-why]")
    page.keyboard.insert_text("因為氣根。")
    is_saved(page, "全部已儲存")
    to("button[value=review]")
    press("Enter")
    page.wait_for_url("**/review")
    to("form[action$='/submission'] button")
    press("Enter")
    page.wait_for_url("**/attempts/1")
    expect(page.locator(".receipt .score-value")).to_have_text("3")
    assert violations(page) == []


def test_the_instructor_marks_and_looks_at_the_figures(house: House, visit: Any, quiz: str) -> None:
    page: Page = visit(INSTRUCTOR, viewport={"width": 1280, "height": 900})
    code, slug = quiz.split("/")[2], quiz.split("/")[4]
    page.goto(f"/teaching/{code}/students")
    page.get_by_role("link", name="Quizzes", exact=True).click()
    page.wait_for_url("**/quizzes")
    assert violations(page) == []
    page.get_by_role("link", name="Check yourself", exact=True).click()
    page.wait_for_url(f"**/quizzes/{slug}")
    assert violations(page) == []
    page.get_by_role("row", name=re.compile("Mei|美|梅")).get_by_role("link").first.click()
    page.wait_for_url("**/attempts/*")
    assert violations(page) == []
    question = page.locator("#question-why")
    question.get_by_label("Points").fill("3.5")
    question.get_by_label("Comment for the student").fill("Say more of the roots.")
    question.get_by_role("button", name="Save the mark").click()
    expect(page.locator(".messages")).to_contain_text("The mark is saved")
    expect(page.locator(".result-head .score-value")).to_have_text("7.5")
    page.goto(f"/teaching/{code}/quizzes/{slug}/statistics")
    expect(page.locator("#question-leaf")).to_contain_text("Banyan")
    expect(page.locator("#question-leaf")).to_contain_text("100%")
    assert violations(page) == []

    student: Page = visit(STUDENTS["en"])
    student.goto(f"{quiz}/attempts/1")
    expect(student.locator(".receipt .score-value")).to_have_text("7.5")
    expect(student.locator("main")).to_contain_text("Say more of the roots.")
    student.goto("/notifications")
    expect(student.locator("main")).to_contain_text("Marked: Check yourself")
