"""Students find a course through its cluster and come into a section, wait, and leave it."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import COURSE, House

CLUSTER = "/clusters/smart-manufacturing"
PEOPLE = {"lin": "lin@rongnan.example", "mei": "mei@rongnan.example", "hao": "hao@rongnan.example"}
WORDS = {
    "en": {
        "turn": "You are number 1 on the waitlist", "place": "You have a place in",
        "wrong": "does not open this section", "rules": "Complete all of these courses:",
        "open": "Open for enrolment", "nothing": "Nothing has been changed yet",
        "already": "Takes the section or waits for it already", "invited": "Invited by mail",
        "loaded": "Roster loaded", "remains": "What remains for you",
    },
    "zh-Hant-TW": {
        "turn": "第 1", "place": "名額", "wrong": "邀請碼", "rules": "完成以下所有課程：",
        "open": "開放選課", "nothing": "尚未", "already": "已", "invited": "邀請",
        "loaded": "名單", "remains": "您還差什麼",
    },
}  # fmt: skip


class Mouse:
    """Somebody who points and clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, selector: str) -> None:
        self.page.locator(selector).first.click()

    def write(self, selector: str, text: str) -> None:
        self.page.fill(selector, text)

    def choose(self, name: str, value: str) -> None:
        """One of some radio buttons."""
        self.page.check(f"main [name={name}][value={value}]")

    def bring(self, selector: str, file: Path) -> None:
        with self.page.expect_file_chooser() as chooser:
            self.page.locator(selector).click()
        chooser.value.set_files(file)


class Keyboard(Mouse):
    """Somebody who has keys alone: Tab leads everywhere."""

    def to(self, selector: str) -> None:
        for _step in range(200):
            if self.page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {selector} on {self.page.url}")

    def press(self, selector: str) -> None:
        self.to(selector)
        self.page.keyboard.press("Enter")

    def write(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def choose(self, name: str, value: str) -> None:
        self.to(f"main [name={name}]")
        wanted = self.page.locator(f"main [name={name}][value={value}]")
        for _step in range(8):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrow keys do not reach {value}")

    def bring(self, selector: str, file: Path) -> None:
        self.to(selector)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files(file)


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    file = tmp_path / "roster.csv"
    new = f"new-{uuid.uuid4().hex[:8]}@rongnan.example"
    file.write_text(
        f"學號,姓名,電子郵件\nC11401001,林小梅,{PEOPLE['mei']}\nC11499999,新同學,{new}\n",
        encoding="utf-8",
    )
    return file


def open_section(house: House, lin: Mouse) -> str:
    """The instructor adds a section with one place; its code."""
    page = lin.page
    with house.database() as db:
        row = db.execute(
            "SELECT s.offering_id FROM sections s WHERE s.code LIKE %s", [f"{COURSE}%-rongnan"]
        ).fetchone()
        assert row
        before = {code for (code,) in db.execute("SELECT code FROM sections").fetchall()}
    page.goto(f"/offerings/{row[0]}")
    lin.write("input[name=capacity]", "1")
    lin.choose("way", "self")
    lin.press("form[action$='/sections'] button")
    expect(page.locator(".messages")).to_be_visible()
    with house.database() as db:
        after = {code for (code,) in db.execute("SELECT code FROM sections").fetchall()}
    (code,) = after - before
    return str(code)


def find_course(page: Page, person: Mouse, words: dict[str, str]) -> None:
    """From the list of clusters to the course."""
    page.goto("/clusters")
    person.press(f"main a[href='{CLUSTER}']")
    page.wait_for_url(f"**{CLUSTER}")
    expect(page.locator("main")).to_contain_text(words["rules"])
    expect(page.locator("main")).to_contain_text(words["open"])
    person.press(f"main .card a[href='/courses/{COURSE}']")
    page.wait_for_url(f"**/courses/{COURSE}")


@pytest.mark.parametrize(
    ("language", "way"),
    [
        pytest.param("en", Mouse, id="by-mouse-in-english"),
        pytest.param("zh-Hant-TW", Keyboard, id="by-keyboard-alone-in-chinese"),
    ],
)
def test_from_the_cluster_into_a_section_and_out_again(
    house: House, visit: Callable[..., Page], roster: Path, language: str, way: type[Mouse]
):
    words = WORDS[language]
    lin, mei, hao = (
        way(visit(email, language=language, viewport={"width": 1280, "height": 900}))
        for email in PEOPLE.values()
    )
    code = open_section(house, lin)
    enrol = f"form[action='/learn/{code}/enrolment']"

    # The one place goes to who comes first, the next one waits.
    find_course(mei.page, mei, words)
    mei.press(f"{enrol} button")
    mei.page.wait_for_url(f"**/learn/{code}")
    mei.page.goto(CLUSTER)
    expect(mei.page.locator("#mine")).to_contain_text(words["remains"])
    find_course(hao.page, hao, words)
    hao.press(f"{enrol} button")
    expect(hao.page.locator("main")).to_contain_text(words["turn"])

    # She leaves with a reason, and he has the place without doing anything.
    mei.page.goto(f"/learn/{code}")
    mei.press(f"main a[href='/learn/{code}/withdrawal']")
    mei.page.wait_for_url("**/withdrawal")
    mei.write("main [name=reason]", "Too many labs at once")
    mei.press("main form button:not([type=button])")
    mei.page.wait_for_url(lambda url: not url.endswith("/withdrawal"))
    hao.page.goto("/learn")
    expect(hao.page.locator("main")).to_contain_text(words["place"])
    hao.press(f"main a[href='/learn/{code}']")
    hao.page.wait_for_url(f"**/learn/{code}")
    lin.page.goto(f"/teaching/{code}/students?state=withdrawn")
    expect(lin.page.locator("main")).to_contain_text("Too many labs at once")

    # From now on a code opens the section: a wrong one is refused, the right one lets her in.
    lin.page.goto(f"/teaching/{code}/settings")
    lin.write("main input[name=capacity]", "30")
    lin.choose("way", "code")
    lin.press("main .submit-bar button")
    expect(lin.page.locator(".messages")).to_be_visible()
    with house.database() as db:
        found = db.execute(
            "SELECT invitation_code FROM sections WHERE code = %s", [code]
        ).fetchone()
    assert found and found[0]
    expect(lin.page.locator("main")).to_contain_text(found[0])
    mei.page.goto(f"/courses/{COURSE}")
    mei.write(f"{enrol} [name=code]", "WRONGONE")
    mei.press(f"{enrol} button")
    expect(mei.page.locator(".messages")).to_contain_text(words["wrong"])
    mei.write(f"{enrol} [name=code]", found[0])
    mei.press(f"{enrol} button")
    mei.page.wait_for_url(f"**/learn/{code}")

    # A roster is looked at before it does anything.
    lin.page.goto(f"/teaching/{code}/roster")
    lin.bring("main input[type=file]", roster)
    lin.press("main .submit-bar button")
    preview = lin.page.locator("main")
    expect(preview).to_contain_text(words["nothing"])
    expect(preview).to_contain_text(words["already"])
    expect(preview).to_contain_text(words["invited"])
    with house.database() as db:
        expected = db.execute(
            "SELECT count(*) FROM roster_invitations i JOIN sections s ON s.id = i.section_id"
            " WHERE s.code = %s",
            [code],
        ).fetchone()
        assert expected == (0,)
    lin.press("main .submit-bar button")
    expect(lin.page.locator(".messages")).to_contain_text(words["loaded"])
    with house.database() as db:
        counts = db.execute(
            "SELECT (SELECT count(*) FROM roster_invitations i WHERE i.section_id = s.id),"
            " (SELECT count(*) FROM enrolments e WHERE e.section_id = s.id"
            " AND e.withdrawn_at IS NULL) FROM sections s WHERE s.code = %s",
            [code],
        ).fetchone()
    assert counts == (1, 2)
