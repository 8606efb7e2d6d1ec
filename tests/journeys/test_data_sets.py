"""A large file becomes a data set, in a real browser."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect


def is_whole(page: Page) -> None:
    """Accessible, and nothing beside the screen."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert [(v["id"], v["nodes"][0]["html"][:160]) for v in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_data_set_is_sent_in_pieces_by_keyboard_alone(visit, tmp_path):
    page = visit("lin@rongnan.example", language="en")
    page.goto("/data/new")
    table = tmp_path / "sensors.csv"
    table.write_text("id,value\n" + "".join(f"{n},{n * n}\n" for n in range(700_000)))
    expect(page.locator("form[data-uploads=ready]")).to_be_visible()
    page.set_input_files("input[type=file]", table)
    page.get_by_label("Name", exact=False).first.fill("sensors-of-the-journey")
    for label in ("Title in Chinese", "Title in English", "Licence", "Where the data come from"):
        page.get_by_label(label).fill("Sensors")
    is_whole(page)
    page.get_by_role("button", name="Keep the data set").press("Enter")
    page.wait_for_url("**/data/sensors-of-the-journey/1")
    expect(page.get_by_text("Kept as sensors-of-the-journey/1.")).to_be_visible()
    expect(page.locator("dl.facts")).to_contain_text("700000")
    is_whole(page)
