"""A company chooses on its board, by keyboard and by hand; a student has her place."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import House, english

BRIEF = "Learning quality inspection"
NAME = "陳柏豪"


def test_from_the_board_to_a_place(house: House, browser) -> None:
    page = english(browser, house, "yun@rongguang.example")
    page.goto("/company/rongguang")
    page.locator("#applicants ~ ul").get_by_role("link", name=BRIEF).click()
    expect(page.locator(".board.enlivened")).to_be_visible()
    card = page.locator("[data-card]").filter(has_text=NAME)

    def stands_in(column: str, said: str) -> None:
        expect(
            page.locator(f"[data-column={column}] [data-card]").filter(has_text=NAME)
        ).to_be_visible()
        expect(page.locator("[data-said]")).to_have_text(f"{NAME}: {said}")

    card.locator("[data-handle]").focus()
    page.keyboard.press("ArrowLeft")
    stands_in("applied", "Application sent")
    expect(card.locator("[data-handle]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    stands_in("shortlisted", "Shortlisted")
    card.drag_to(page.locator("[data-column=interview]"))
    stands_in("interview", "Interview")
    page.reload()
    expect(page.locator("[data-column=interview]").get_by_role("link", name=NAME)).to_be_visible()

    page.get_by_role("link", name=NAME).click()
    page.locator("summary", has_text="Offer a place").click()
    page.get_by_label("Words to the applicant").fill("We begin in February.")
    page.get_by_role("button", name="Offer a place").click()
    expect(page.get_by_text("The offer is made. You hear of the answer.")).to_be_visible()

    hers = english(browser, house, "hao@rongnan.example")
    hers.goto("/")
    hers.get_by_role("link", name=re.compile(BRIEF)).first.click()
    expect(hers.get_by_text("We begin in February.")).to_be_visible()
    hers.get_by_role("button", name="Accept the offer").click()
    expect(hers.locator(".messages").get_by_text("The place is yours.")).to_be_visible()
    hers.context.close()

    page.goto("/notifications")
    expect(page.get_by_text("Accepted: Learning quality inspection").first).to_be_visible()
    page.context.close()
