"""The gradebook in a real browser: typed like a spreadsheet, undone, fought over, explained."""

import itertools
import re
import uuid

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import COURSE, House, english, enrol

INSTRUCTOR = "lin@rongnan.example"
CLASSMATES = 230
REASON = "紙本評分"
TENS = itertools.count()


def untouched() -> tuple[list[str], str]:
    """Ten classmates who follow each other, in whose cells no test has written, nor an earlier try
    of the same test; and the query that shows only them."""
    ten = next(TENS)
    assert ten < CLASSMATES // 10
    return [f"學生 {ten:02d}{number}" for number in range(10)], f"?q=學生 {ten:02d}"


@pytest.fixture(scope="module")
def section(house: House, browser) -> str:
    """mei in lin's section, with so many classmates that the grid has to fetch windows."""
    page = english(browser, house, "mei@rongnan.example")
    enrol(page)
    page.context.close()
    with house.database() as db:
        found = db.execute(
            "SELECT id, code FROM sections WHERE code LIKE %s", [f"{COURSE}%-rongnan"]
        ).fetchone()
        assert found
        for number in range(CLASSMATES):
            person = uuid.uuid4()
            handle = f"mate-{uuid.uuid4().hex[:8]}"
            db.execute(
                "INSERT INTO people (id, email, handle, name, locale, created_at, is_demo)"
                " VALUES (%s, %s, %s, %s, 'zh-Hant-TW', now(), false)",
                [person, f"{handle}@rongnan.example", handle, f"學生 {number:03d}"],
            )
            db.execute(
                "INSERT INTO enrolments (id, section_id, person_id, enrolled_at, via)"
                " VALUES (%s, %s, %s, now(), 'self')",
                [uuid.uuid4(), found[0], person],
            )
    return str(found[1])


def open_grid(page: Page, section: str, query: str = "") -> Page:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.faults = faults
    page.goto(f"/teaching/{section}/gradebook{query}")
    try:
        expect(page.locator(".grade-tools")).to_be_visible()
    except AssertionError as error:
        raise AssertionError(f"{error}\nfaults of the page: {faults}") from error
    return page


def row(page: Page, name: str):
    return page.locator("tr[data-person]", has_text=name)


def cell(page: Page, name: str, column: int = 3):
    return row(page, name).locator(f"[aria-colindex='{column + 1}']")


def half(page: Page) -> str:
    """Half of what the first column is worth, as one types it."""
    worth = page.locator("thead [aria-colindex='4'] .item-max").inner_text()
    return f"{float(worth.strip(' /')) / 2:g}"


def test_an_instructor_types_like_in_a_spreadsheet(visit, section):
    (typed, below, *_), only_them = untouched()
    page = open_grid(visit(INSTRUCTOR), section, only_them)
    page.locator("input[name=reason]").fill(REASON)
    cell(page, typed).click()
    page.keyboard.type("12.5")
    page.keyboard.press("Enter")
    expect(cell(page, typed)).to_contain_text("12.5")
    expect(cell(page, typed)).to_contain_text("set by hand")
    expect(cell(page, below)).to_be_focused()
    # Esc leaves a cell as it was; F2 edits what is there.
    page.keyboard.type("7")
    page.keyboard.press("Escape")
    expect(cell(page, below)).to_have_text("")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("F2")
    expect(cell(page, typed).locator("input")).to_have_value("12.5")
    page.keyboard.type(half(page))
    page.keyboard.press("Tab")
    expect(cell(page, typed)).to_contain_text(half(page))
    expect(row(page, typed).locator(".total")).to_have_text("50")
    # Ctrl+Z twice: first the second number, then the first.
    page.keyboard.press("Control+z")
    expect(cell(page, typed)).to_contain_text("12.5")
    page.keyboard.press("Control+z")
    expect(cell(page, typed)).to_have_text("")
    expect(row(page, typed).locator(".total")).to_have_text("–")
    assert page.faults == []


def test_a_reason_is_asked_for_where_a_number_replaces_what_is_computed(visit, section):
    (name, *_), only_them = untouched()
    page = open_grid(visit(INSTRUCTOR), section, only_them)
    cell(page, name).click()
    page.keyboard.type("13")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Reason", exact=True).fill(REASON)
    page.keyboard.press("Enter")
    expect(cell(page, name)).to_contain_text("13")
    # Space tells all about the cell; what was changed is taken back from there.
    cell(page, name).click()
    page.keyboard.press("Space")
    panel = page.locator(".grade-panel")
    expect(panel).to_contain_text(f"set to 13 by hand: {REASON}")
    expect(panel).to_contain_text("nothing set by hand → 13")
    panel.get_by_role("button", name="Take this back").click()
    expect(page.locator("main")).to_contain_text("Taken back: 1 cells.")
    assert page.faults == []


def test_rows_come_as_she_scrolls_and_by_keyboard(visit, section):
    page = open_grid(visit(INSTRUCTOR), section, "?q=學生")
    assert page.locator("tr[data-person]").count() <= 150
    cell(page, "學生 000").click()
    page.keyboard.press("Control+End")
    last = page.locator(f"tr[aria-rowindex='{CLASSMATES + 1}']")
    expect(last).to_contain_text(f"學生 {CLASSMATES - 1:03d}")
    expect(last.locator("[role=gridcell]").last).to_be_focused()
    page.locator(".grades").evaluate("box => { box.scrollTop = box.scrollHeight / 2; }")
    expect(row(page, "學生 115")).to_be_visible()
    assert page.locator("tr[data-person]").count() <= 250
    page.keyboard.press("Control+Home")
    expect(cell(page, "學生 000", 0)).to_be_focused()
    assert page.faults == []


def test_a_rectangle_is_pasted_and_undone_at_once(visit, section):
    names, only_them = untouched()
    page = visit(INSTRUCTOR)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_grid(page, section, only_them)
    page.locator("input[name=reason]").fill(REASON)
    page.evaluate("navigator.clipboard.writeText('10\\n20\\nEX')")
    cell(page, names[0]).click()
    page.keyboard.press("Control+v")
    page.get_by_role("button", name="Set them").click()
    expect(cell(page, names[1])).to_contain_text("20")
    expect(cell(page, names[2])).to_have_text("excused")
    page.keyboard.press("Control+z")
    expect(cell(page, names[1])).to_have_text("")
    expect(cell(page, names[2])).to_have_text("")
    assert page.faults == []


def test_two_graders_at_one_cell_see_both_values(visit, section):
    (name, *_), only_them = untouched()
    first, second = (open_grid(visit(INSTRUCTOR), section, only_them) for _ in range(2))
    for page, number in ((first, "30"), (second, "40")):
        page.locator("input[name=reason]").fill(REASON)
        cell(page, name).click()
        page.keyboard.type(number)
        page.keyboard.press("Enter")
        if page is first:
            expect(cell(first, name)).to_contain_text("30")
    dialog = second.get_by_role("dialog")
    expect(dialog).to_contain_text("set 30 meanwhile; you typed 40")
    dialog.get_by_role("button", name="Take theirs").click()
    expect(cell(second, name)).to_contain_text("30")
    cell(second, name).click()
    second.keyboard.type("41")
    second.keyboard.press("Enter")
    expect(cell(second, name)).to_contain_text("41")
    cell(first, name).click()
    first.keyboard.type("42")
    first.keyboard.press("Enter")
    first.get_by_role("dialog").get_by_role("button", name="Keep mine").click()
    expect(cell(first, name)).to_contain_text("42")
    assert first.faults == second.faults == []


@pytest.mark.parametrize("what", ["cells", "rows"])
def test_what_she_types_stays_whatever_comes_meanwhile(visit, section, what):
    """Between two keys comes the answer to the cell beside, or rows that she scrolled to."""
    (name, *_), only_them = untouched()
    page = open_grid(visit(INSTRUCTOR), section, only_them if what == "cells" else "?q=學生")
    if what == "rows":
        name = "學生 003"
    page.locator("input[name=reason]").fill(REASON)
    cell(page, name).click()
    page.wait_for_load_state("networkidle")
    held: list[Route] = []
    page.route(re.compile(f"/gradebook/{what}"), lambda route: held.append(route))
    if what == "cells":
        page.keyboard.type("9")
        page.keyboard.press("Tab")
    else:
        page.locator(".grades").evaluate("box => { box.scrollTop += 2000; }")
    page.wait_for_timeout(500)
    page.keyboard.type("1")
    assert held
    for route in held:
        with page.expect_response(lambda answer: f"/gradebook/{what}" in answer.url):
            route.continue_()
    page.wait_for_timeout(500)
    page.unroute_all()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(cell(page, name, 4 if what == "cells" else 3)).to_contain_text("12")
    if what == "cells":
        expect(cell(page, name)).to_contain_text("9")
    assert page.faults == []


def test_a_student_reads_in_chinese_how_her_grade_comes_about(visit, section):
    page = open_grid(visit(INSTRUCTOR), section)
    with_mei = page.get_by_role("searchbox", name="Name, number or mail")
    with_mei.fill("mei@rongnan.example")
    with_mei.press("Enter")
    page.wait_for_url(re.compile("q=mei"))
    page.locator("input[name=reason]").fill("口試 80 分")
    page.locator("tr[data-person] [aria-colindex='4']").click()
    page.keyboard.type(half(page))
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-person] .total")).to_have_text("50")
    points = half(page)
    mei = visit("mei@rongnan.example", language="zh")
    mei.goto(f"/learn/{section}")
    mei.get_by_role("link", name="我的成績").first.click()
    expect(mei.locator("h1")).to_have_text("我的成績")
    expect(mei.locator("main")).to_contain_text(f"人工設為 {points}：口試 80 分")
    expect(mei.locator(".stats")).to_contain_text("50")
    assert "50 %" in mei.locator("main").inner_text()
    narrow = visit("mei@rongnan.example", viewport={"width": 360, "height": 740})
    narrow.goto(f"/learn/{section}/grades")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 360
