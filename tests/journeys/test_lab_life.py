"""A day with labs: two at once, a laptop that is closed, a Hub that restarts."""

import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import LAB, House, enrol, section_of
from tests.journeys.test_main_job import open_lab
from tests.journeys.test_regrading import course_of

STUDENT = "mei@rongnan.example"
SQUARES = "def squares(n):\n    return [i * i for i in range(n)]"
IN_FRONT = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook"
KERNEL_RESTS = "ipykernel) | Idle"


@pytest.fixture(scope="module")
def squares(house: House) -> str:
    """The section of a small course of its own, which mei takes."""
    return course_of(house, f"areas-{uuid.uuid4().hex[:6]}")


def lab_of(section: str, slug: str = "squares") -> str:
    return f"/learn/{section}/labs/{slug}"


def at_rest(page: Page) -> Page:
    expect(page.get_by_text(KERNEL_RESTS).first).to_be_visible(timeout=120_000)
    return page


def put(page: Page, function: str, code: str) -> None:
    """Type CODE in place of what is in the cell that defines FUNCTION; not saved."""
    cell = page.locator(f"{IN_FRONT} .jp-CodeCell", has_text=f"def {function}").first
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(code)


def run(page: Page, code: str, answer: str) -> None:
    """A new cell below one of the last with CODE, run; it answers."""
    # Of a cell of text there is what it shows; of others their editor.
    last = page.locator(f"{IN_FRONT} .jp-Cell").last
    last.locator(".cm-content:visible, .jp-RenderedMarkdown:visible").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    made = page.locator(f"{IN_FRONT} .jp-CodeCell.jp-mod-active")
    expect(made.locator(".cm-content")).to_have_text("")
    made.locator(".cm-content").click()
    page.keyboard.insert_text(code)
    expect(made.locator(".cm-content")).not_to_have_text("")
    page.keyboard.press("Control+Enter")
    expect(made.locator(".jp-OutputArea-output").last).to_contain_text(answer, timeout=60_000)


def until(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def file_of(house: House, section: str, slug: str = "squares") -> Path:
    return house.instance / "homes" / "mei" / section / slug / f"{slug}.ipynb"


def put_away(house: House, handle: str) -> None:
    """End her server, as its own idleness does."""
    transport = httpx.HTTPTransport(uds=str(house.instance / "run" / "hub" / "hub.sock"))
    token = (house.instance / "secrets" / "hub_api_token").read_text()
    with httpx.Client(transport=transport, headers={"Authorization": f"token {token}"}) as hub:
        hub.delete(f"http://hub/hub/api/users/{handle}/server", timeout=30).raise_for_status()
    record = house.instance / "run" / "servers" / f"{handle}.json"
    until(lambda: not record.exists(), "the end of her server")


def test_two_labs_at_once_keep_their_place_and_what_is_not_saved(
    house: House, visit: Any, squares: str
) -> None:
    first = visit(STUDENT)
    enrol(first)
    section = section_of(house)
    at_rest(open_lab(first, lab_of(section, LAB)))
    run(first, "whose = 'the first'; print(whose)", "the first")
    put(first, "individuals_limits", "def individuals_limits(values):\n    half = 'a thought'")
    top = first.locator(IN_FRONT).locator(".jp-WindowedPanel-outer").evaluate("it => it.scrollTop")

    second = first.context.new_page()
    at_rest(open_lab(second, lab_of(squares)))
    run(second, "'whose' in globals()", "False")
    put(second, "squares", SQUARES + "  # another half")

    # Back and forth between the windows: each is as it was left, with a kernel of its own.
    first.bring_to_front()
    cell = first.locator(f"{IN_FRONT} .jp-CodeCell", has_text="a thought")
    expect(cell).to_be_in_viewport()
    place = first.locator(IN_FRONT).locator(".jp-WindowedPanel-outer")
    assert abs(place.evaluate("it => it.scrollTop") - top) < 40
    first.keyboard.insert_text(", then the other half")
    expect(cell).to_contain_text("half = 'a thought', then the other half")
    run(first, "print(whose.upper())", "THE FIRST")
    second.bring_to_front()
    expect(second.locator(f"{IN_FRONT} .jp-CodeCell", has_text="another half")).to_be_in_viewport()

    # The second lab in the window of the first: what was typed there is kept when she comes back.
    first.bring_to_front()
    until(lambda: "the other half" in file_of(house, section, LAB).read_text(), "the autosave")
    until(lambda: "another half" in file_of(house, squares).read_text(), "the autosave")
    second.close()
    at_rest(open_lab(first, f"{house.url}{lab_of(squares)}"))
    expect(first.locator(IN_FRONT)).to_contain_text("another half")
    at_rest(open_lab(first, f"{house.url}{lab_of(section, LAB)}"))
    expect(first.locator(IN_FRONT)).to_contain_text("then the other half")
    run(first, "print(whose, 'still')", "the first still")  # its kernel went on meanwhile


def test_a_laptop_is_closed_and_opened_again(house: House, visit: Any, squares: str) -> None:
    page = visit(STUDENT, viewport={"width": 1600, "height": 900})
    # What JupyterLab's list of files still looks for when the lid closes is another matter.
    opening = page.get_by_role("dialog", name="Cannot open")
    page.add_locator_handler(opening, lambda dialog: dialog.get_by_role("button").last.click())
    at_rest(open_lab(page, lab_of(squares)))
    run(page, "kept = 6 * 7; print(kept)", "42")
    put(page, "squares", SQUARES + "  # on the train")

    # The lid closes: the browser says so before there is no network any more.
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    until(lambda: "on the train" in file_of(house, squares).read_text(), "the save")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    no_connection = page.get_by_text("There is no connection to your lab.")
    expect(no_connection).to_be_visible()
    put(page, "squares", SQUARES + "  # in the tunnel")
    expect(page.locator(IN_FRONT)).to_contain_text("in the tunnel")
    page.context.set_offline(False)
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    expect(no_connection).to_be_hidden()
    until(lambda: "in the tunnel" in file_of(house, squares).read_text(), "the save")
    expect(page.get_by_role("dialog")).to_have_count(0)
    run(page, "print(kept + 1)", "43")  # nothing was lost of the kernel either
    until(lambda: "kept + 1" in file_of(house, squares).read_text(), "the save")

    # Closed for the night, without a word; her lab is put away.
    page.context.set_offline(True)
    page.close(run_before_unload=False)
    put_away(house, "mei")

    # In the morning everything that was saved is there; that the kernel is new is said, not hidden.
    page = visit(STUDENT, viewport={"width": 1600, "height": 900})
    at_rest(open_lab(page, lab_of(squares)))
    expect(page.locator(IN_FRONT)).to_contain_text("in the tunnel")
    expect(page.get_by_text("The kernel is new: what you see was computed before")).to_be_visible()
    run(page, "kept", "NameError")
    panel = page.locator(".banyan-panel")
    panel.get_by_role("button", name="Submit").click()
    expect(panel.get_by_role("status").last).to_have_text("Graded: 4 of 4 points", timeout=120_000)


def test_the_hub_restarts_under_who_works(house: House, visit: Any, squares: str) -> None:
    page = visit(STUDENT)
    at_rest(open_lab(page, lab_of(squares)))
    page.evaluate("window.notReloaded = true")
    run(page, "import time\nfor n in range(120):\n    time.sleep(0.1); print('step', n)", "step 3")

    old = house.part("jupyterhub")
    old.terminate()
    gone, _ = psutil.wait_procs([old], timeout=30)
    assert gone, "the Hub ends when it is asked to"
    # While it is away her typing is saved.
    put(page, "squares", SQUARES + "  # without a Hub")
    page.keyboard.press("Control+S")
    until(lambda: "without a Hub" in file_of(house, squares).read_text(), "the save")
    house.wait(f"http://localhost:{house.port}/hub/health", "", host=f"labs.localhost:{house.port}")
    assert house.part("jupyterhub").pid != old.pid

    # The cell went on to its end, nothing asked her for anything.
    expect(page.locator(IN_FRONT)).to_contain_text("step 119", timeout=60_000)
    expect(page.get_by_role("dialog")).to_have_count(0)
    run(page, "print('after', n)", "after 119")
    assert page.evaluate("window.notReloaded") is True

    # Her lab opens as before, in the server that she has.
    again = page.context.new_page()
    at_rest(open_lab(again, lab_of(squares)))
    expect(again.locator(IN_FRONT)).to_contain_text("without a Hub")
    expect(again.locator(IN_FRONT)).to_contain_text("step 119")
