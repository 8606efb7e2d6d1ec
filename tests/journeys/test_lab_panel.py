"""Inside JupyterLab, in the whole house: validate, mend, submit, and read the result there."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys.conftest import LAB, enrol, section_of
from tests.journeys.test_main_job import SOLUTION, open_lab, type_solution

MISTAKE = SOLUTION.replace("1.128", "centre_of_nothing")
AXE_RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}


def test_a_student_validates_mends_submits_and_reads_the_result_in_jupyterlab(house, visit):
    page = visit("mei@rongnan.example", viewport={"width": 1600, "height": 900})
    enrol(page)
    section = section_of(house)

    # The panel is there without being asked for.
    lab = open_lab(page, f"/learn/{section}/labs/{LAB}")
    panel = lab.locator(".banyan-panel")
    expect(panel.get_by_role("button", name="Submit")).to_be_visible()
    lab.evaluate("window.notReloaded = true")

    # A mistake is told in plain words, at its cell.
    type_solution(lab, "individuals_limits", MISTAKE)
    panel.get_by_role("button", name="Validate").click()
    told = panel.locator(".banyan-cell", has_text="test-individuals-limits").first
    expect(told).to_contain_text("Something is used that has no value", timeout=120_000)
    expect(told).to_contain_text("centre_of_nothing")
    told.get_by_role("button", name="test-individuals-limits").click()
    expect(lab.locator(".jp-Cell.jp-mod-active")).to_contain_text("individuals_limits(")

    type_solution(lab, "individuals_limits", SOLUTION)
    panel.get_by_role("button", name="Validate").click()
    expect(told).to_contain_text("Passed", timeout=120_000)

    # The result comes by itself, where she is.
    panel.get_by_role("button", name="Submit").click()
    expect(panel.get_by_text(re.compile(r"^Submission \d+$")).first).to_be_visible()
    expect(panel.get_by_role("status").last).to_have_text("Graded: 6 of 52 points", timeout=120_000)
    result = panel.locator(f"ol[aria-label={LAB}] .banyan-cell")
    expect(result.filter(has_text="test-individuals-limits")).to_contain_text("6 of 6 points")
    expect(result.filter(has_text="test-residuals")).to_contain_text("Not passed")
    assert lab.evaluate("window.notReloaded") is True
    assert Axe().run(lab, context=".banyan-panel", options=AXE_RULES).violations_count == 0

    # The site says the same, and its language is the one of the lab that it opens.
    page.goto(f"/learn/{section}/labs/{LAB}")
    expect(page.locator(".result-head").first).to_contain_text("6 / 52")
    page.context.add_cookies([{"name": "locale", "value": "zh-Hant-TW", "url": house.url}])
    page.goto(f"/learn/{section}/labs/{LAB}")
    page.locator("form[action$='/workspace'] button").first.click()
    page.wait_for_url(re.compile("/lab/"), timeout=120_000)
    expect(panel.get_by_role("button", name="繳交")).to_be_visible(timeout=120_000)
    expect(result.filter(has_text="test-individuals-limits")).to_contain_text("6／6 分")
