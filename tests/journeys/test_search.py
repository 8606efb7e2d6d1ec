"""Finding a lesson by a word inside a sentence: by keyboard, in both languages, without script."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.conftest import COURSE

STUDENT = "hao@rongnan.example"


def enrolled(page: Page) -> Page:
    """PAGE of a student who takes the course, whoever enrolled her."""
    page.goto(f"/courses/{COURSE}")
    enrol = page.locator("#sections form[action$='/enrolment'] button").first
    if enrol.count():
        enrol.click()
        page.wait_for_url("**/learn/*")
    return page


def ask_by_key(page: Page) -> None:
    """ "/" leads to the field in the header or, where links leave no room for it, to the search."""
    page.keyboard.press("/")
    page.wait_for_function("document.activeElement.matches('[data-search-field]')")


@pytest.mark.parametrize(
    ("locale", "typed", "marked"),
    [("zh-Hant-TW", "管制圖 threshold", "管制圖"), ("en", "control charting", "control")],
)
def test_a_student_finds_her_lesson_by_keyboard(visit, locale, typed, marked):
    wide = {"width": 1280, "height": 900}
    page = enrolled(visit(STUDENT, language=locale, viewport=wide))
    page.goto("/clusters")
    ask_by_key(page)
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?*")
    assert page.locator("html").get_attribute("lang") == locale
    lesson = page.locator(".search-hits a[href*='/lessons/']").first
    assert marked in page.locator(".search-hits mark").first.inner_text().lower()
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    lesson.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/learn/*/lessons/*")
    ask_by_key(page)


def test_nobody_needs_script_and_a_small_screen_shows_everything(visit):
    page = visit(
        language="zh-Hant-TW",
        java_script_enabled=False,
        viewport={"width": 360, "height": 740},
        color_scheme="dark",
    )
    page.goto("/")
    page.locator(".site-search-link").click()
    page.locator("#q").fill("預測保養")
    page.locator("#q").press("Enter")
    page.wait_for_url("**/search?*")
    assert page.locator(f".search-hits a[href='/courses/{COURSE}']").count() == 1
    assert page.locator(".search-facets a[aria-current]").count() == 2
    assert page.locator("main").bounding_box()["width"] <= 360
