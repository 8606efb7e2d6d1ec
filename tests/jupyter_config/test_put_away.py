"""A lab that nobody uses is put away, and comes back where she was."""

import re

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.jupyter_config.conftest import wait

pytestmark = pytest.mark.journey
OPEN = "banyan/open?course_id=smart-a&assignment_id=first-lab&locale=en"
TWELVE_SECONDS = 0.2
NEW_KERNEL = "The kernel is new: what you see was computed before"


@pytest.fixture
def visit(house):
    """``visit()`` is ya-wen at her lab, whose server is started when it does not run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )

        def come() -> Page:
            house.start_server("ya-wen")
            context = browser.new_context()
            cookie = {"name": "fake_person", "value": "ya-wen", "url": house.site_url}
            context.add_cookies([cookie])
            page = context.new_page()
            page.goto(house.person_url("ya-wen", OPEN))
            expect(page.get_by_text(re.compile(r"ipykernel\) \| Idle"))).to_be_visible(
                timeout=60_000
            )
            return page

        yield come
        browser.close()


def test_she_finds_her_notebook_as_it_was_and_is_told_that_its_kernel_is_new(house, visit):
    if house.api("GET", "/users/ya-wen").json().get("server"):
        house.stop_server("ya-wen")
    house.site.idle_minutes["ya-wen"] = TWELVE_SECONDS
    page = visit()
    expect(page.get_by_text(NEW_KERNEL)).to_have_count(0)  # nothing was computed before
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    cells.nth(0).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(cells.nth(0).locator(".jp-OutputArea-output")).to_have_text("42", timeout=60_000)
    cells.nth(1).locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("print(answer, 'of ya-wen')")
    file = house.instance / "homes" / "ya-wen" / "smart-a" / "first-lab" / "first.ipynb"
    wait(lambda: "of ya-wen" in file.read_text(), "the autosave")
    page.context.close()

    wait(lambda: not house.api("GET", "/users/ya-wen").json()["servers"], "the end of its idleness")
    assert not (house.instance / "run" / "servers" / "ya-wen.sock").exists()
    house.site.idle_minutes.clear()

    page = visit()
    tab = page.get_by_role("tab", name=re.compile(r"first\.ipynb"))
    expect(tab).to_have_attribute("aria-selected", "true")
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    expect(cells.nth(0).locator(".jp-OutputArea-output")).to_have_text("42")
    expect(cells.nth(1)).to_contain_text("of ya-wen")
    told = page.locator(".Toastify__toast", has_text=NEW_KERNEL)
    expect(told).to_be_visible()
    told.get_by_role("button", name="Run all cells").click()
    expect(cells.nth(1).locator(".jp-OutputArea-output")).to_have_text("42 of ya-wen\n")
    expect(told).to_have_count(0)
    page.context.close()
