"""From a passed lab to a badge that strangers believe, and back: consent withdrawn, data erased."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import enrol
from tests.journeys.test_credentials import pass_the_lab
from tests.journeys.test_my_data import erased, nothing_is_left, registered, until

NAME = "Wqzhen Skilled"
EMAIL = "wqzhen@rongnan.example"
PAGE = "What I can do"


def test_a_skill_goes_out_into_the_world_and_comes_back(house, visit, tmp_path):
    page = registered(visit, house, NAME, EMAIL)
    enrol(page)
    pass_the_lab(page, house)

    # The skill is there, and its badge soon after.
    page.goto("/me/skills")
    skill = page.get_by_role("main").locator("a[href*='/skills/']").first
    expect(skill).to_be_visible()
    expect(page.get_by_text("Graded automatically").first).to_be_visible()
    title = skill.inner_text()
    page.goto("/me/credentials")
    cards = page.locator(".badge-card").filter(has_text="Valid")
    until(cards.filter(has_text=title).count, page.reload)
    badge = cards.filter(has_text=title).first.get_by_role("heading").get_by_role("link")
    address = badge.get_attribute("href")

    link = show(page, title)
    company = visit("yun@rongguang.example")
    company.goto("/portfolios")
    company.get_by_role("link", name=PAGE).first.click()
    expect(company.get_by_text(title).first).to_be_visible()
    shown = company.url

    # A stranger believes it without an account: on its page, and by a picture that she was sent.
    stranger = visit()
    stranger.goto(link)
    stranger.get_by_role("link", name="Verify the signature").first.click()
    expect(stranger.locator(".verdict")).to_contain_text("Valid")
    assert stranger.url.endswith(address)
    kept = tmp_path / "badge.png"
    with stranger.expect_download() as got:
        stranger.get_by_role("link", name="PNG", exact=True).click()
    got.value.save_as(kept)
    verify(stranger, kept)
    expect(stranger.locator(".verdict")).to_contain_text("Valid")
    expect(stranger.locator(".verdict")).not_to_contain_text("Not valid")
    chinese = visit(language="zh-TW")
    chinese.goto(address)
    expect(chinese.locator(".verdict")).to_contain_text("有效")
    expect(chinese.get_by_role("heading", name="剛剛驗證")).to_be_visible()

    # Consent withdrawn: the company's next request sees nothing; the link is another matter.
    page.goto("/me/data/consents")
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name="Withdraw"))
    row.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("cell", name="Withdrawn").first).to_be_visible()
    answer = company.goto(shown)
    assert answer is not None and answer.status == 404
    company.goto("/portfolios")
    expect(company.get_by_role("link", name=PAGE)).to_have_count(0)
    answer = stranger.goto(link)
    assert answer is not None and answer.status == 200

    # Erased: what the receipt says, and nothing else.
    number = one(house, "SELECT id FROM people WHERE email = %s", EMAIL)
    receipt = visit()
    handle = erased(page, house, receipt)
    expect(receipt.get_by_text("Your credentials").first).to_be_visible()
    nothing_is_left(house, [NAME, EMAIL, handle])
    said = one(
        house,
        "SELECT array_agg(line->>'table') FROM data_requests,"
        " jsonb_array_elements(receipt::jsonb->'kept') line WHERE person_id = %s",
        number,
    )
    assert tables_with(house, number) <= {*said, "people", "data_requests"}
    for gone in (link, shown):
        answer = stranger.goto(gone)
        assert answer is not None and answer.status == 404
    answer = stranger.goto(address)
    assert answer is not None and answer.status == 410
    expect(stranger.get_by_role("heading", name="No longer available")).to_be_visible()
    verify(stranger, kept)
    expect(stranger.locator(".verdict")).to_contain_text("Valid")
    expect(stranger.locator(".verdict")).not_to_contain_text("Not valid")


def show(page, title):
    """A page of the portfolio with the badge, for whoever has its link and for one company."""
    page.goto("/me/portfolio")
    page.get_by_label("Title in English").fill(PAGE)
    page.get_by_label("Title in Chinese").fill("我會的事")
    page.get_by_role("button", name="Make the page").click()
    page.get_by_role("button", name="Credentials", exact=True).click()
    part = page.locator("[data-part]").first
    expect(part.locator("form[data-enlivened]")).to_be_visible()
    part.locator(".folio-choice").filter(has_text=title).locator("input[name=chosen]").check()
    expect(part.get_by_text("Saved at")).to_be_visible()
    page.get_by_role("link", name="Who sees it").click()
    page.get_by_role("button", name="Make a link").click()
    expect(page.locator(".folio-copy input")).to_have_count(1)
    link = page.locator(".folio-copy input").input_value()
    form = page.locator("#to-company")
    form.get_by_label("I have read this and consent to it for this company").check()
    form.get_by_role("button", name="Show it to this company").click()
    expect(page.get_by_text("can see this page now.")).to_be_visible()
    return link


def verify(page, path):
    page.goto("/verify")
    page.get_by_label("A file", exact=True).set_input_files(path)
    page.get_by_role("button", name="Verify", exact=True).click()


def one(house, statement, *values):
    with house.database() as database:
        return database.execute(statement, values).fetchone()[0]


def tables_with(house, number):
    """The tables in which a column that points to people holds NUMBER."""
    with house.database() as database:
        columns = database.execute(
            "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
            " WHERE c.contype = 'f' AND c.confrelid = 'people'::regclass"
        ).fetchall()
        return {
            table
            for table, column in columns
            if re.fullmatch(r"[a-z_]+", column)
            and database.execute(
                f"SELECT 1 FROM {table} WHERE {column} = %s LIMIT 1",
                [number],
            ).fetchone()
        }
