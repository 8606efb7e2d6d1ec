"""A passed lab becomes a badge, which a stranger verifies without an account, and by upload."""

import glob
import json

from playwright.sync_api import expect

from tests.journeys.conftest import LAB, ROOT, enrol, section_of


def pass_the_lab(page, house):
    """Hand in the lab's own solution as a file and wait for the result. She takes the course."""
    page.goto(f"/learn/{section_of(house)}/labs/{LAB}")
    page.locator("details.disclosure summary", has_text="from this computer").click()
    (source,) = glob.glob(f"{ROOT}/courses/*/*/labs/{LAB}/source/{LAB}.ipynb")
    page.set_input_files("input[type=file]", source)
    page.get_by_role("button", name="Hand in these files").click()
    page.wait_for_selector("#results .result-head .badge.good", timeout=120_000)


def test_a_passed_lab_becomes_a_badge_that_a_stranger_verifies(house, visit, tmp_path):
    page = visit("mei@rongnan.example")
    enrol(page)
    pass_the_lab(page, house)
    page.goto("/me/credentials")
    card = page.locator(".badge-card").filter(has_text="Valid").first
    expect(card).to_be_visible(timeout=60_000)
    card.get_by_role("heading").get_by_role("link").click()
    expect(page.locator(".verdict")).to_contain_text("Valid")
    address = page.url
    with page.expect_download() as got:
        page.get_by_role("link", name="JSON", exact=True).click()
    kept = tmp_path / "badge.json"
    got.value.save_as(kept)

    stranger = visit()
    stranger.goto(address)
    expect(stranger.locator(".verdict")).to_contain_text("Valid")
    expect(stranger.get_by_role("main")).not_to_contain_text("mei@")
    stranger.get_by_label("Mail address or name").fill("mei@rongnan.example")
    stranger.get_by_role("button", name="Compare").click()
    expect(stranger.get_by_text("Yes: mei@rongnan.example is its holder.")).to_be_visible()

    stranger.goto("/verify")
    stranger.get_by_label("A file", exact=True).set_input_files(kept)
    stranger.get_by_role("button", name="Verify", exact=True).click()
    expect(stranger.locator(".verdict")).to_contain_text("Valid")
    expect(stranger.locator(".verdict")).not_to_contain_text("Not valid")

    document = json.loads(kept.read_text())
    document["credentialSubject"]["achievement"]["name"] += "!"
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document))
    stranger.get_by_label("A file", exact=True).set_input_files(changed)
    stranger.get_by_role("button", name="Verify", exact=True).click()
    expect(stranger.locator(".verdict")).to_contain_text("Not valid")
    expect(stranger.locator(".verdict")).to_contain_text("changed after it was signed")
