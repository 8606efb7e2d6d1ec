"""Insights in a real browser: figures, who may need attention, similar parts by keyboard."""

import glob
import re
import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import LAB, ROOT, House, english, enrol, section_of

INSTRUCTOR = "lin@rongnan.example"


@pytest.fixture(scope="module")
def section(house: House, browser) -> str:
    """mei and hao handed the same in to lin's section."""
    (source,) = glob.glob(f"{ROOT}/courses/*/*/labs/{LAB}/source/{LAB}.ipynb")
    code = section_of(house)
    for name in ("mei", "hao"):
        page = english(browser, house, f"{name}@rongnan.example")
        enrol(page)
        page.goto(f"/learn/{code}/labs/{LAB}")
        page.locator("details.disclosure summary", has_text="from this computer").click()
        page.set_input_files("input[type=file]", source)
        page.get_by_role("button", name="Hand in these files").click()
        expect(page.locator("#results")).to_contain_text(re.compile("Submission|points"))
        page.context.close()
    return code


def is_whole(page: Page) -> None:
    """Accessible, and nothing beside the screen."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert [(v["id"], v["nodes"][0]["html"][:160]) for v in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_an_instructor_compares_works_and_goes_through_a_pair_by_keyboard(visit, section):
    page = visit(INSTRUCTOR, language="en")
    page.goto(f"/teaching/{section}/similarity/{LAB}")
    page.get_by_role("button", name="Compare the works").click()
    pair = page.get_by_role("region", name="Pairs").get_by_role("link").first
    expect(pair).to_be_visible(timeout=120_000)
    expect(page.get_by_text("There can be good reasons")).to_be_visible()
    is_whole(page)
    pair.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/similarity/[^/]+/[0-9a-f-]{36}$"))
    first, second = page.locator(".pair-code").all()
    first.focus()
    page.keyboard.press("Tab")
    expect(page.locator("#a-1")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"#b-\d+$"))
    expect(second.locator(".similar:target")).to_be_in_viewport()
    is_whole(page)
    page.get_by_label("Note").fill("Both sat at the same table.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("Both sat at the same table.")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    is_whole(page)


def test_an_instructor_sees_why_and_keeps_what_she_did(visit, section, house):
    page = visit(INSTRUCTOR, language="en")
    page.goto(f"/teaching/{section}/attention/rules")
    page.get_by_label("Days without opening anything of this course").fill("1")
    page.get_by_role("button", name="Save").click()
    with house.database() as db:
        person, handle = uuid.uuid4(), f"mate-{uuid.uuid4().hex[:8]}"
        db.execute(
            "INSERT INTO people (id, email, handle, name, locale, created_at, is_demo)"
            " VALUES (%s, %s, %s, '許久未見', 'zh-Hant-TW', now(), false)",
            [person, f"{handle}@rongnan.example", handle],
        )
        db.execute(
            "INSERT INTO enrolments (id, section_id, person_id, enrolled_at, via)"
            " SELECT %s, id, %s, now() - interval '9 days', 'self' FROM sections WHERE code = %s",
            [uuid.uuid4(), person, section],
        )
    page.goto(f"/teaching/{section}/attention")
    listed = page.locator(".attention-list > li", has_text="許久未見")
    expect(listed).to_contain_text("Has not opened anything here for 9 days")
    is_whole(page)
    listed.get_by_role("link").first.click()
    page.locator("summary", has_text="Write a note").click()
    page.get_by_label("Note").fill("Called, comes on Friday.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("Called, comes on Friday.")).to_be_visible()
    page.get_by_role("button", name="Taken care of").click()
    expect(page.get_by_role("button", name="Take up again")).to_be_visible()
    is_whole(page)
