"""An instructor writes a lab in JupyterLab, checks it and publishes a new version, while a student
works on the old one: the student is offered the new one, and none of her cells is lost."""

import re
import uuid
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import House
from tests.journeys.test_main_job import type_solution
from tests.journeys.test_regrading import course_of

STUDENT = "mei@rongnan.example"
INSTRUCTOR = "lin@rongnan.example"
MINE = "def squares(n):\n    return [n_ ** 2 for n_ in range(n)]  # mine"


@pytest.fixture(scope="module")
def section(house: House) -> str:
    return course_of(house, f"areas-{uuid.uuid4().hex[:6]}")


def in_jupyterlab(page: Page) -> Page:
    page.wait_for_url("**/lab/**", timeout=120_000)
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell", timeout=120_000)
    return page


def in_front(page: Page):
    """The notebook in front; others of her workspace stay open behind it."""
    return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")


def append_a_cell(page: Page, text: str) -> None:
    """A cell of text at the end of the notebook, saved."""
    page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").last.locator(
        ".cm-content"
    ).click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(text)
    page.keyboard.press("Control+S")
    page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')")


def test_a_new_version_meets_a_student_at_work(
    house: House, visit, section: str, record_property
) -> None:
    lab = f"/learn/{section}/labs/squares"

    # mei works on the first version.
    mei = visit(STUDENT)
    mei.goto(lab)
    mei.get_by_role("button", name="Open lab").click()
    type_solution(in_jupyterlab(mei), "squares", MINE)

    # lin opens the source in her own JupyterLab, with nbgrader's tools for authors beside it.
    lin = visit(INSTRUCTOR)
    lin.goto(lab)
    lin.get_by_role("button", name="Edit in JupyterLab").click()
    in_jupyterlab(lin)
    assert re.search(r"/tree/source/areas-\w+/squares/squares\.ipynb", lin.url)
    expect(lin.locator(".jp-Notebook")).to_contain_text("BEGIN SOLUTION")
    expect(lin.get_by_role("tab", name="Create Assignment")).to_be_visible()
    panel = lin.locator("#banyan-author")
    expect(panel).to_contain_text("newest version 1")

    # A check says what is wrong and where; nothing is published.
    append_a_cell(lin, "Squares are areas, and areas are never negative.")
    panel.get_by_role("button", name="Check", exact=True).click()
    expect(panel).to_contain_text("Nothing is wrong: the solution got all points", timeout=60_000)

    # Test as a student: what students would get, without the solution.
    panel.get_by_role("button", name="Test as a student").click()
    trial = in_front(lin)
    expect(trial).to_contain_text("raise NotImplementedError")
    expect(trial).not_to_contain_text("BEGIN SOLUTION")
    lin.get_by_role("tab", name="squares.ipynb").first.click()

    # Published in one step.
    panel.get_by_label("What is new in this version?").fill("A word on areas")
    panel.get_by_role("button", name="Check and publish").click()
    expect(panel).to_contain_text("Published as version 2", timeout=60_000)
    expect(panel).to_contain_text("newest version 2 · yours began from 2")

    # mei is still on the first version, until lin moves the section.
    mei.goto(lab)
    mei.get_by_role("button", name="Open lab").click()
    in_jupyterlab(mei)
    lin.goto(f"{house.url}/teaching/{section}/students")
    expect(lin.locator("body")).to_contain_text("A word on areas")
    lin.get_by_role("link", name="See what would change for your students").click()
    expect(lin.get_by_role("main")).to_contain_text("is graded by the new version")
    lin.get_by_role("button", name="Teach this version from now on").click()
    expect(lin.get_by_text("teaches version 2 now")).to_be_visible()

    # Now the new version is offered with what it changes; her answer goes along.
    mei.goto(f"{house.url}{lab}")
    mei.get_by_role("button", name="Open lab").click()
    offer = mei.locator("#offer")
    expect(offer).to_contain_text("Version 2 of this lab is out", timeout=60_000)
    expect(offer).to_contain_text("New: Squares are areas, and areas are never negative.")
    assert [row["id"] for row in Axe().run(mei).response["violations"]] == []
    mei.get_by_role("button", name="Take the new version over and keep my answers").click()
    in_jupyterlab(mei)
    expect(in_front(mei)).to_contain_text("# mine")
    expect(in_front(mei)).to_contain_text("areas are never negative")

    # What she handed in opens again as a copy, and the file that was there before is still there.
    mei.goto(f"{house.url}{lab}")
    mei.get_by_role("button", name="Hand in what is saved in my lab").click()
    expect(mei.locator(".result-head").first).to_contain_text("4 / 4", timeout=60_000)
    mei.get_by_role("link", name="See the feedback in your notebook").click()
    mei.get_by_role("button", name="Open it in JupyterLab as a copy").click()
    in_jupyterlab(mei)
    assert "squares (submission 1" in unquote(mei.url)
    expect(in_front(mei)).to_contain_text("# mine")

    home = house.instance / "homes" / "mei" / section
    kept = [path.name for path in home.iterdir() if path.name.startswith("squares (kept ")]
    assert len(kept) == 1
    assert "# mine" in (home / kept[0] / "squares.ipynb").read_text()

    # A deleted file comes back from its last save.
    (home / "squares" / "squares.ipynb").unlink()
    mei.goto(f"{house.url}{lab}")
    mei.get_by_role("button", name="Earlier states, submissions, start over").click()
    mei.wait_for_url("**/banyan/work**", timeout=60_000)
    row = mei.locator("details", has_text=f"{section}/squares/squares.ipynb")
    expect(row).to_contain_text("deleted")
    row.get_by_role("button", name="Bring back").first.click()
    expect(mei.get_by_role("status")).to_contain_text("squares/squares.ipynb")
    assert "# mine" in (home / "squares" / "squares.ipynb").read_text()
