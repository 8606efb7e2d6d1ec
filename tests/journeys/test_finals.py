"""Final grades in a real browser: settled, corrected by two people, read by the student."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import House, english, enrol, section_of

INSTRUCTOR, OFFICE = "lin@rongnan.example", "jia-office@rongnan.example"
STUDENT, ELSEWHERE = "mei@rongnan.example", "wang@jiayang.example"


@pytest.fixture(scope="module")
def section(house: House, browser) -> str:
    """The code of lin's section, which mei takes."""
    page = english(browser, house, STUDENT)
    enrol(page)
    page.context.close()
    return section_of(house)


def test_final_grades_are_settled_and_corrected_by_two(visit, section):
    lin = visit(INSTRUCTOR)
    lin.goto(f"/teaching/{section}/finals")
    expect(lin.get_by_role("heading", name="Before settling")).to_be_visible()
    lin.get_by_label("I have looked at what is open.").check()
    lin.get_by_role("button", name="Settle final grades").click()
    lin.locator("dialog button[value=yes]").click()
    expect(lin.get_by_text(re.compile("Settled: final grades of"))).to_be_visible()

    lin.get_by_role("link", name="林小梅").click()
    lin.wait_for_url("**/finals/students/*")
    expect(lin.get_by_label("Percent")).to_be_visible()
    complete = lin.get_by_role("button", name="Complete the grade")
    if complete.is_visible():  # she has handed nothing in: hers is incomplete
        lin.get_by_label("Percent").fill("61")
        lin.get_by_label("Reason").fill("Handed in on paper")
        complete.click()
        expect(lin.get_by_text("Completed. The student is told.")).to_be_visible()
    lin.get_by_label("Percent").fill("72")
    lin.get_by_label("Reason").fill("Page 3 was overlooked")
    lin.get_by_role("button", name="Propose").click()
    expect(lin.get_by_text("Waits for a decision").first).to_be_visible()

    office = visit(OFFICE)
    office.goto("/finals/corrections?state=proposed")
    office.get_by_role("link", name="林小梅").first.click()
    office.get_by_role("button", name="Approve").click()
    expect(office.get_by_text("Approved: the grade is changed.")).to_be_visible()

    mei = visit(STUDENT)
    mei.goto(f"/learn/{section}/grades")
    panel = mei.get_by_role("region", name="Final grade")
    expect(panel).to_contain_text("Page 3 was overlooked")
    expect(panel).to_contain_text("to 72")

    other = visit(ELSEWHERE)
    answer = other.goto(f"/teaching/{section}/finals")
    assert answer is not None
    assert answer.status == 404
