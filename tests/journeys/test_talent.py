"""A shop owner's trouble, a brief, a skill that is missing, a round: how a team wins a project."""

import re
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, expect

from app.accounts.rules import is_tax_id
from app.cli import main
from tests.journeys.conftest import enrol, sign_in
from tests.journeys.test_credentials import pass_the_lab
from tests.journeys.test_main_job import register
from tests.journeys.test_my_data import PASSWORD, until

OFFICER = "fang@programme.example"
INSTRUCTOR = "lin@rongnan.example"
TAIPEI = ZoneInfo("Asia/Taipei")


@pytest.fixture
def mark() -> str:
    """What tells this journey's people from those of another run."""
    return uuid.uuid4().hex[:6]


def newcomer(visit, house, name: str, email: str) -> Page:
    """A page of somebody who has just registered and confirmed the address."""
    page: Page = visit()
    register(page, house, name, email, PASSWORD)
    if "/sign-in" in page.url or page.get_by_role("link", name="Sign in").count():
        sign_in(page, email, PASSWORD)
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"main [name={name}]").first.fill(value)


def choose(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"main select[name={name}]").first.select_option(value)


def tick(page: Page, name: str, value: str) -> None:
    page.locator(f"main [name={name}][value='{value}']").check()


def in_days(count: int) -> str:
    return (datetime.now(TAIPEI) + timedelta(days=count)).date().isoformat()


def company_of_hers(visit, house, mark: str) -> tuple[Page, str]:
    """A shop owner signs her company up and an officer approves it: her page, its address."""
    owner = newcomer(visit, house, f"Plum Owner {mark}", f"owner@plum-{mark}.example")
    owner.goto("/companies/apply")
    seed = int(mark, 16) % 90_000_000 + 10_000_000
    number = next(str(n) for n in range(seed, seed + 100) if is_tax_id(str(n)))
    fill(owner, chinese=f"梅香小館{mark}", english=f"Plum Kitchen {mark}", tax_id=number)
    choose(owner, county="高雄市", industry="smart-business-services")
    fill(owner, website=f"https://plum-{mark}.example", email=f"owner@plum-{mark}.example")
    owner.locator("main form [type=submit]").last.click()
    owner.wait_for_url(re.compile(r"/company/[^/]+$"))
    slug = owner.url.rsplit("/", 1)[1]

    officer = visit(OFFICER)
    officer.goto("/companies/approvals")
    officer.get_by_role("link", name=f"Plum Kitchen {mark}").first.click()
    expect(officer.get_by_text(f"owner@plum-{mark}.example").first).to_be_visible()
    tick(officer, "step", "approved")
    fill(officer, reason="The register has it; its domain is proven.")
    press(officer, "Decide")
    owner.goto(f"/company/{slug}")
    expect(owner.get_by_text("Approved").first).to_be_visible()
    return owner, slug


def a_brief_of_a_need(owner: Page, slug: str, title: str) -> str:
    """She writes down what hurts and makes a brief of it, for teams of two: its number."""
    owner.goto("/needs/new")
    fill(owner, title_en=title, title_zh=f"{title}（中文）")
    tick(owner, "measure", "waste")
    fill(owner, now_value="120", target_value="60", unit="kg a week")
    choose(owner, industry="smart-business-services", county="高雄市")
    press(owner, "Keep the need")
    expect(owner.get_by_role("heading", name=title)).to_be_visible()
    need = owner.url.rsplit("/", 1)[1]

    owner.goto(f"/briefs/new?pain_point={need}")
    press(owner, "Begin")
    expect(owner.locator("[name=title_en]")).to_have_value(title)  # nothing is typed twice
    fill(owner, outcome_en="Half as much is thrown away.")
    fill(owner, context_en="The cook orders by feeling; what is left at night is thrown away.")
    press(owner, "Save and go on")
    fill(owner, deliverables_en="A trial program\nA report")
    fill(owner, milestone_week="4", milestone_en="A first forecast")
    tick(owner, "data_class", "company")
    fill(owner, data_words_en="Three years of sales", data_rights_en="For this project only")
    press(owner, "Save and go on")
    owner.locator("main [name=skill_key]").first.select_option("control-charts")
    owner.locator("main [name=skill_level]").first.select_option("2")
    tick(owner, "takes", "teams")
    fill(owner, team_min="2", team_max="3", quota="1", minimum="0", hours_per_week="6")
    fill(owner, apply_on=in_days(20), starts_on=in_days(30), ends_on=in_days(120))
    press(owner, "Save and go on")
    press(owner, "Save and go on")
    press(owner, "Hand in for review")
    expect(owner.get_by_text("Handed in. An instructor and a programme officer")).to_be_visible()
    number = owner.url.rsplit("/", 1)[1]
    assert f"/company/{slug}/briefs/" in owner.url
    return number


def approved(visit, brief: str) -> None:
    for who, email in (("instructor", INSTRUCTOR), ("officer", OFFICER)):
        page = visit(email)
        page.goto(f"/briefs/reviews/{brief}")
        if page.locator("main [name=side][type=radio]").count():
            tick(page, "side", who)
        press(page, "Approve")
        expect(
            page.get_by_role("status").or_(page.locator(".toast, .notice")).first
        ).to_be_visible()


def a_team(first: Page, second: Page, brief: str, name: str) -> str:
    """FIRST forms a team for the brief and SECOND joins by its link: the team's address."""
    first.goto(f"/briefs/{brief}")
    first.get_by_role("link", name="Form a team").first.click()
    fill(first, name=name)
    first.locator("main [type=checkbox]").first.check()
    press(first, "Form the team")
    expect(first.get_by_text("The team is formed.")).to_be_visible()
    address = first.url
    press(first, "Make a link")
    link = first.locator("#team-link").input_value()
    second.goto(link)
    second.locator("main [type=checkbox]").first.check()
    press(second, "Join")
    first.goto(address)
    row = first.get_by_role("row").filter(has_text="Statistical process control").first
    expect(row).to_contain_text("Missing")
    return address


def applied(page: Page, brief: str, team: str) -> None:
    """The lead applies with the team, and agrees that this company sees it."""
    page.goto(f"/briefs/{brief}/application")
    expect(page.get_by_text("Everything that is required is shown.")).to_be_visible()
    page.locator("main select[name=team]").select_option(label=team)
    fill(page, statement="We begin with a forecast for each dish.")
    consent = page.locator("main [name=consents]")
    if consent.count():  # asked once for each company
        consent.check()
    press(page, "Send the application")
    expect(page.get_by_role("main")).to_contain_text("Application sent")


def at_once(house, code: str, **dates: str) -> None:
    """The days pass: dates of the round have come, which nobody else could bring about. The
    worker looks once a minute."""
    sets = ", ".join(f"{name} = now() + interval '{value}'" for name, value in dates.items())
    with house.database() as database, database.transaction():
        database.execute("ALTER TABLE rounds DISABLE TRIGGER USER")
        database.execute(f"UPDATE rounds SET {sets} WHERE code = %s", [code])
        database.execute("ALTER TABLE rounds ENABLE TRIGGER USER")


def becomes(page: Page, address: str, words: str) -> None:
    page.goto(address)
    until(page.get_by_role("main").get_by_text(words).first.count, page.reload)
    expect(page.get_by_role("main").get_by_text(words).first).to_be_visible()


def ranked(page: Page, name: str, place: int) -> None:
    """Move what is called NAME up until it has this place, and wait until that is saved."""
    expect(page.locator("form[data-enlivened]")).to_be_visible()
    row = page.locator(f"[data-row][data-title='{name}']")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        while row.locator("input").input_value() != str(place):
            row.locator("[data-step='-1']").click()
    expect(page.locator("[data-state]")).to_contain_text("Saved")


def local(minutes: int) -> str:
    return (datetime.now(TAIPEI) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M")


def another(owner: Page, slug: str, brief: str, title: str) -> str:
    """A brief that begins the same as BRIEF, handed in under another title: its number."""
    owner.goto(f"/company/{slug}/briefs/{brief}")
    press(owner, "Begin another from this")
    fill(owner, apply_on=in_days(20), starts_on=in_days(30), ends_on=in_days(120))
    press(owner, "Save")
    address = owner.url.split("/edit", 1)[0]
    owner.goto(f"{address}/edit/need")
    fill(owner, title_en=title)
    press(owner, "Save")
    owner.goto(f"{address}/edit/check")
    press(owner, "Hand in for review")
    expect(owner.get_by_text("Handed in. An instructor and a programme officer")).to_be_visible()
    return owner.url.rsplit("/", 1)[1]


def a_round(visit, code: str, briefs: tuple[str, ...]) -> Page:
    """An officer announces a round with BRIEFS: its page, and the hash of the seed is public."""
    officer = visit(OFFICER)
    officer.goto("/rounds/new")
    fill(officer, title_en=f"Round {code}", code=code)
    fill(officer, opens_at=local(60), closes_at=local(120), publishes_at=local(180))
    fill(officer, ends_at=local(10_000))
    officer.locator("main form [type=submit]").last.click()
    officer.wait_for_url(f"**/rounds/{code}/projects")
    for brief in briefs:
        officer.locator(f"[name=brief][value='{brief}']").check()
    press(officer, "Put into the round")
    officer.goto(f"/rounds/{code}")
    officer.get_by_role("button", name="Announce").click()
    confirm = officer.get_by_role("dialog").get_by_role("button", name="Announce")
    confirm.click()
    expect(officer.get_by_text("Announced. Rules, dates and the hash")).to_be_visible()
    return officer


@pytest.mark.timeout(1200)
def test_a_need_becomes_a_brief_and_a_team_wins_it_on_facts(visit, house, mark, tmp_path):
    owner, slug = company_of_hers(visit, house, mark)
    title = f"Less thrown away {mark}"
    first = a_brief_of_a_need(owner, slug, title)
    second = another(owner, slug, first, f"Shorter queues {mark}")
    for brief in (first, second):
        approved(visit, brief)

    # Two students find it, form a team, and read what the team cannot show yet.
    ann = newcomer(visit, house, f"Ann Able {mark}", f"ann-{mark}@rongnan.example")
    ben = newcomer(visit, house, f"Ben Brave {mark}", f"ben-{mark}@rongnan.example")
    ann.goto(f"/briefs?q={mark}")
    expect(ann.get_by_role("link", name=title).first).to_be_visible()
    team = f"Ladle {mark}"
    address = a_team(ann, ben, first, team)
    ann.goto(f"/briefs/{first}/application")
    expect(ann.get_by_text("One required skill is missing.")).to_be_visible()
    gap = ann.locator(".gap").filter(has_text="Statistical process control")
    expect(gap.get_by_role("link").first).to_be_visible()  # the lab that would show it

    # One of them does the lab: now they are eligible, and apply for both.
    enrol(ben)
    pass_the_lab(ben, house)
    ann.goto(address)
    row = ann.get_by_role("row").filter(has_text="Statistical process control").first
    expect(row).to_contain_text("In the team")
    for brief in (first, second):
        applied(ann, brief, team)

    ben.goto("/me/applications")  # each member agrees for herself
    ben.get_by_role("main").get_by_role("link", name=title).first.click()
    press(ben, "I agree that this company sees my application, as the notice says")
    expect(ben.get_by_text("the company sees her")).to_have_count(2)

    # Both sides rank. The team wants the second most; the company takes it for the first only.
    code = f"round-{mark}"
    officer = a_round(visit, code, (first, second))
    at_once(house, code, opens_at="-1 minute")
    becomes(ann, f"/rounds/{code}", "My ranking")
    ann.goto(f"/rounds/{code}/mine")
    press(ann, "Take part")
    for place, name in enumerate((f"Shorter queues {mark}", title), 1):
        ranked(ann, name, place)
    owner.goto(f"/rounds/{code}")
    owner.get_by_role("link", name=title).first.click()
    expect(owner.locator("[data-row]").filter(has_text=team)).to_contain_text("1 of 1 skills")
    ranked(owner, team, 1)

    # It closes, is drawn by the worker, and an officer publishes it.
    at_once(house, code, opens_at="-2 hours", closes_at="-1 minute")
    becomes(officer, f"/rounds/{code}/desk", "proven by the independent checker")
    press(officer, "Publish")
    officer.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(officer.get_by_text("Published.").first).to_be_visible()
    becomes(ann, f"/rounds/{code}/mine", "Waits for an answer")
    expect(ann.get_by_role("heading", name=title)).to_be_visible()
    expect(ann.get_by_role("heading", name="Why not a choice above")).to_be_visible()
    why = ann.locator(".round-reasons li").filter(has_text=f"Shorter queues {mark}")
    expect(why).to_contain_text(re.compile("not .*list|did not rank", re.I))
    press(ann, "Accept")
    expect(ann.get_by_text("The place is yours.")).to_be_visible()

    # In Chinese too, and whoever takes part can compute it again.
    chinese = visit(language="zh-TW")
    sign_in(chinese, f"ben-{mark}@rongnan.example", PASSWORD)
    chinese.goto(f"/rounds/{code}/mine")
    expect(chinese.get_by_role("heading", name="為什麼")).to_be_visible()
    chinese.goto(f"/rounds/{code}/proof")
    with chinese.expect_download() as got:
        chinese.locator("a[href$='proof.json']").first.click()
    proof = tmp_path / "proof.json"
    got.value.save_as(proof)
    done = CliRunner().invoke(main, ["matching", "verify", str(proof)])
    assert done.exit_code == 0, done.output
    owner.goto(f"/company/{slug}")
    expect(owner.get_by_role("main")).to_contain_text(title)
