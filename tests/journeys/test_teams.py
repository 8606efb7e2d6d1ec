"""A team in real browsers: one member hands in, and the other sees the result arrive."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import LAB, ROOT, House, enrol, section_of

INSTRUCTOR = "lin@rongnan.example"
MEMBERS = ("mei@rongnan.example", "hao@rongnan.example")


@pytest.fixture
def rules_end(house: House) -> Iterator[None]:
    """Other journeys meet the lab without the rules of this one."""
    yield
    with house.database() as db:
        db.execute("UPDATE hand_in_rules SET ended_at = now() WHERE ended_at IS NULL")


def source() -> Path:
    """The lab's own notebook, which has every point."""
    return next(ROOT.glob(f"courses/*/*/labs/{LAB}/source/{LAB}.ipynb"))


def test_one_hands_in_for_both_and_says_what_ai_did(house: House, visit, rules_end):
    first, second = (visit(one) for one in MEMBERS)
    for page in (first, second):
        enrol(page)
    code = section_of(house)

    # The instructor makes a set of groups, puts both into one, and says what holds.
    desk = visit(INSTRUCTOR)
    desk.goto(f"/teaching/{code}/groups")
    form = desk.locator("form", has=desk.locator("[name=count]"))
    form.locator("[name=name]").fill("Pairs")
    form.locator("[name=count]").fill("2")
    form.get_by_role("button").click()
    places = desk.locator("select[name^='place:']")
    expect(places.first).to_be_visible()
    for name in ("mei", "hao"):
        with house.database() as db:
            found = db.execute("SELECT id FROM people WHERE handle = %s", [name]).fetchone()
            assert found
        desk.locator(f"select[name='place:{found[0]}']").last.select_option(label="Pairs 1")
    desk.locator("form", has=places.first).get_by_role("button").first.click()
    expect(desk.get_by_text("people changed their group")).to_be_visible()
    desk.goto(f"/teaching/{code}/labs/{LAB}/rules")
    desk.get_by_label("Handed in by").select_option(label="Teams: Pairs")
    desk.get_by_label("AI tools", exact=True).select_option(
        label="AI tools are allowed and declared"
    )
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("it holds for whatever is handed in")).to_be_visible()

    # The other member waits on the lab's page.
    second.goto(f"/learn/{code}/labs/{LAB}")
    expect(second.get_by_text("Your team: Pairs 1")).to_be_visible()

    first.goto(f"/learn/{code}/labs/{LAB}")
    first.get_by_text("Hand in a file from this computer").click()
    site = first.locator("form", has=first.locator("input[type=file]"))
    site.locator("input[type=file]").set_input_files(source())
    site.get_by_label("Yes").check()
    site.get_by_label("Which ones?").fill("A chatbot")
    site.get_by_label("For what?").fill("To find a mistake")
    site.get_by_role("button", name="Hand in these files").click()
    expect(first.get_by_text("Handed in. The result appears below")).to_be_visible()

    # Nothing is pressed: the result comes to the other member's open page.
    expect(second.get_by_text("handed it in")).to_be_visible(timeout=60_000)
    expect(second.locator("#results .cell-results li").first).to_be_visible(timeout=180_000)
    second.get_by_role("link", name="See the feedback in your notebook").click()
    expect(second.get_by_text("A chatbot")).to_be_visible()

    desk.goto(f"/teaching/{code}/labs/{LAB}/teams")
    expect(desk.get_by_role("heading", name="Pairs 1")).to_be_visible()
    expect(desk.get_by_text("Whose work it is:")).to_be_visible()
