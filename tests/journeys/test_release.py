"""Grades held and released in a real browser: staff look before they press, the student is told."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import LAB, House, english, enrol, section_of

INSTRUCTOR, STUDENT = "lin@rongnan.example", "mei@rongnan.example"


@pytest.fixture
def student(house: House, browser) -> Page:
    page = english(browser, house, STUDENT)
    enrol(page)
    yield page
    page.context.close()


@pytest.fixture
def section(house: House) -> str:
    return section_of(house)


def test_an_instructor_holds_a_lab_and_releases_it(house: House, browser, student, section):
    page = english(browser, house, INSTRUCTOR)
    page.goto(f"/teaching/{section}/gradebook")
    page.get_by_role("link", name="Release", exact=True).click()
    box = page.locator(f"input[name=key][value='lab:{LAB}']")
    line = page.locator("tr", has=box)
    box.check()
    page.get_by_label("Hold until I release them").check()
    page.get_by_role("button", name="See what would change").click()
    expect(page.get_by_text("Students do not see grades and feedback until")).to_be_visible()
    page.get_by_role("button", name="Hold them").click()
    expect(page.get_by_text("1 item is held.")).to_be_visible()
    expect(line.get_by_text("Held")).to_be_visible()
    page.goto(f"/teaching/{section}/gradebook")
    expect(page.get_by_role("link", name="held", exact=True)).to_be_visible()
    page.get_by_role("link", name="held", exact=True).click()
    expect(box).to_be_checked()
    page.get_by_label("Release now, and tell the students once").check()
    page.get_by_role("button", name="See what would change").click()
    page.get_by_role("button", name="Release them now").click()
    expect(line.get_by_text("Released")).to_be_visible()
    page.context.close()
