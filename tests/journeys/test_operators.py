"""An operator looks after the labs: who works, a word to everybody, one stopped, open again."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import LAB, House, sign_in
from tests.journeys.test_every_page import section_of
from tests.journeys.test_main_job import register

OPERATOR = "ting@programme.example"
STUDENT = "mei@rongnan.example"
IN_FRONT = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell"
LATER = 60_000  # ms; the worker looks every ten seconds, an open lab asks every fifteen


@pytest.fixture
def section(house: House) -> str:
    return section_of(house)


def enrolled(page: Page) -> None:
    page.goto("/courses/quality-and-maintenance")
    enrol = page.get_by_role("button", name="Enrol")
    if enrol.count():
        enrol.first.click()
        page.wait_for_url("**/learn/*")


def somebody_new(visit, house: House) -> Page:
    """Whose server does not run: those that run stay until they are put away."""
    page, email = visit(), f"new-{uuid.uuid4().hex[:6]}@rongnan.example"
    register(page, house, "新同學", email, "mountain-river-44")
    if "/sign-in" in page.url or page.get_by_role("link", name="Sign in").count():
        sign_in(page, email, "mountain-river-44")
    return page


def test_labs_are_closed_with_a_word_one_is_stopped_and_they_open_again(house, visit, section):
    student = visit(STUDENT)
    enrolled(student)
    address = f"/learn/{section}/labs/{LAB}"
    student.goto(address)
    student.get_by_role("button", name="Open lab").first.click()
    student.wait_for_url("**/lab/workspaces/**", timeout=90_000)
    expect(student.locator(IN_FRONT).first).to_be_visible(timeout=90_000)

    operator = visit(OPERATOR)
    operator.goto("/operations/servers?q=mei&sort=memory&direction=desc")
    row = operator.locator("tr", has_text="@mei")
    expect(row).to_contain_text("Running", timeout=LATER)
    expect(row).to_contain_text(re.compile(r"\d+\.\d MB"), timeout=LATER)  # measured, unasked
    expect(row).to_contain_text(section)
    expect(operator.get_by_label("Person, section or lab")).to_have_value("mei")

    operator.get_by_role("link", name="Maintenance").click()
    taipei = datetime.now(UTC) + timedelta(hours=8)
    until = (taipei + timedelta(hours=2)).replace(second=0, microsecond=0)
    put_away = taipei + timedelta(hours=1)
    operator.get_by_label("Closed until").fill(until.strftime("%Y-%m-%dT%H:%M"))
    operator.get_by_label("Running labs are put away at").fill(put_away.strftime("%Y-%m-%dT%H:%M"))
    operator.get_by_label("Why, in Chinese").fill("更換磁碟。")
    operator.get_by_label("Why, in English").fill("A new disk.")
    operator.get_by_role("button", name="Announce").click()
    expect(operator.get_by_text("Announced.")).to_be_visible()
    try:
        # Who works reads it in her lab; who comes now reads it instead of a lab.
        notice = student.locator(".Toastify__toast", has_text="A new disk.")
        expect(notice).to_be_visible(timeout=LATER)
        other = somebody_new(visit, house)
        other.goto("/")
        said = f"closed for maintenance until {until:%Y-%m-%d %H:%M}"
        expect(other.get_by_text(said)).to_be_visible()
        enrolled(other)
        other.goto(address)
        other.get_by_role("button", name="Open lab").first.click()
        expect(other.locator("main")).to_contain_text(said)
        expect(other.locator("main")).to_contain_text("A new disk.")

        operator.goto("/operations/servers?q=mei")
        operator.get_by_role("link", name="林小梅").click()
        operator.get_by_label("Why", exact=True).fill("磁碟先換您的。")
        operator.get_by_role("button", name="Stop the server of 林小梅").click()
        expect(operator.get_by_text("is told; the server stops in a moment")).to_be_visible()
        mine = student.locator(".Toastify__toast", has_text="磁碟先換您的。")
        expect(mine).to_be_visible(timeout=LATER)
        operator.goto("/operations/servers?q=mei")
        expect(operator.get_by_text("Nothing matches")).to_be_visible(timeout=2 * LATER)
    finally:
        operator.goto("/operations/maintenance")
        operator.get_by_role("button", name="Open the labs again").click()
        expect(operator.get_by_text("Labs are open again.")).to_be_visible()

    back = visit(STUDENT)
    back.goto(address)
    back.get_by_role("button", name="Open lab").first.click()
    back.wait_for_url("**/lab/workspaces/**", timeout=90_000)
    expect(back.locator(IN_FRONT).first).to_be_visible(timeout=90_000)
