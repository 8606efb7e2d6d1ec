"""A page is written, given away by a link, shown to a company, and taken back."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import enrol

WORDS = "I make machines say what is wrong with them."


def test_from_an_empty_page_to_a_strangers_screen_and_back(house, visit):
    page = visit("hao@rongnan.example", language="en")
    enrol(page)
    page.goto("/")
    page.get_by_text("Account menu").locator("..").click()
    page.get_by_role("link", name="My portfolio").click()
    page.get_by_label("Title in English").fill("For an internship")
    page.get_by_label("Title in Chinese").fill("應徵實習")
    page.get_by_role("button", name="Make the page").click()
    expect(page.get_by_role("heading", name="Add a part")).to_be_visible()
    address = re.sub(r"[?#].*", "", page.url)

    # A text that saves itself, and a course that is chosen.
    page.get_by_role("button", name="Text", exact=True).click()
    text = page.locator("[data-part]").first
    expect(text.locator("form[data-enlivened]")).to_be_visible()
    text.get_by_label("Heading in English").fill("About me")
    text.get_by_label("Text in English").fill(WORDS)
    expect(text.get_by_text("Saved at")).to_be_visible()
    page.get_by_role("button", name="Courses", exact=True).click()
    courses = page.locator("[data-part]").nth(1)
    expect(courses.locator("form[data-enlivened]")).to_be_visible()
    courses.locator("input[name=chosen]").first.check()
    # What was typed a moment ago is saved before the next part is added.
    page.get_by_role("button", name="Links", exact=True).click()
    expect(page.locator("[data-part]")).to_have_count(3)
    expect(page.locator("[data-part]").nth(1).locator("input[name=chosen]").first).to_be_checked()

    # The order: by keyboard, by dragging, and it stays.
    titles = page.locator("[data-part] .folio-part-title")
    expect(titles).to_have_text(["About me", "Courses", "Links"])
    expect(page.locator(".enlivened")).to_be_visible()
    summary = page.locator("[data-part] summary").nth(1)
    summary.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(titles).to_have_text(["Courses", "About me", "Links"])
    expect(page.locator("[data-said]")).to_have_text("“Courses” is now part 1 of 3.")
    page.goto(address)
    grip, first = page.locator("[data-grip]").nth(2), page.locator("[data-part]").first
    expect(page.locator(".enlivened")).to_be_visible()
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    top = first.bounding_box()
    assert box and top
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(top["x"] + 20, top["y"] + 4, steps=6)
    page.mouse.up()
    expect(titles).to_have_text(["Links", "Courses", "About me"])
    page.reload()
    expect(titles).to_have_text(["Links", "Courses", "About me"])

    # A link, read by somebody who is not signed in.
    page.get_by_role("link", name="Who sees it").click()
    page.get_by_role("button", name="Make a link").click()
    link = page.locator(".folio-copy input").first.input_value()
    stranger = visit(None, language="en")
    stranger.goto(link)
    expect(stranger.get_by_text(WORDS)).to_be_visible()
    expect(stranger.get_by_role("heading", level=1)).to_be_visible()
    expect(stranger.locator("meta[name=robots]")).to_have_attribute(
        "content", re.compile("noindex")
    )

    # A company by name, with consent.
    form = page.locator("#to-company")
    form.get_by_label("I have read this and consent to it for this company").check()
    form.get_by_role("button", name="Show it to this company").click()
    expect(page.get_by_text("can see this page now.")).to_be_visible()
    company = visit("yun@rongguang.example", language="en")
    company.goto("/portfolios")
    company.get_by_role("link", name="For an internship").click()
    expect(company.get_by_text(WORDS)).to_be_visible()

    # Who looked, and back again.
    page.goto("/me/data/looks")
    expect(page.get_by_text("吳芸").first).to_be_visible()
    page.goto(f"{address}/shares")
    for _ in range(2):
        page.get_by_role("button", name="Take back").first.click()
        expect(page.get_by_text("The next request sees nothing.")).to_be_visible()
    expect(page.get_by_text("Only you see this page")).to_be_visible()
    for reader in (stranger, company):
        answer = reader.reload()
        assert answer is not None and answer.status == 404
