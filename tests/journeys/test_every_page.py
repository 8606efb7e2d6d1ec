"""Every page as each role: nothing inaccessible, nothing cut off, one language at a time."""

import glob
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.conftest import COURSE, DEMO_PASSWORD, LAB, ROOT, House, sign_in

SECTION = "@section"
PAGES = {
    None: ["/", "/clusters", "/clusters/smart-manufacturing", f"/courses/{COURSE}", "/sign-in",
           "/register", "/password/forgotten", "/nowhere"],
    "mei@rongnan.example": [
        "/", "/learn", f"/learn/{SECTION}", f"/learn/{SECTION}/lessons/from-pain-point-to-question",
        f"/learn/{SECTION}/labs/{LAB}", "@submission", "/account", "/account/browsers",
        "/account/password", "/account/student-number", f"/courses/{COURSE}", "/teaching",
        "/assurance",
    ],
    "lin@rongnan.example": [
        "/", "/teaching", f"/teaching/{SECTION}/gradebook", f"/learn/{SECTION}", "@submission",
        "/organisations", "/organisations/rongnan", "/organisations/rongnan/invitations",
    ],
    "jia-office@rongnan.example": ["/", "/organisations/rongnan", "/organisations/rongnan/roster"],
    "yun@rongguang.example": ["/", "/account"],
    "guo@rongguang.example": ["/"],
    "fang@programme.example": ["/", "/people"],
    "ting@programme.example": ["/", "/people", "/organisations", "/grading/queue"],
}  # fmt: skip
LOOKS = [
    pytest.param({"width": 1280, "height": 900}, "light", "zh-Hant-TW", id="wide-light-chinese"),
    pytest.param({"width": 360, "height": 740}, "dark", "en", id="narrow-dark-english"),
]


@pytest.fixture(scope="module")
def handed_in(house: House, browser) -> str:
    """The address of a submission of mei's that has been graded."""
    context = browser.new_context(base_url=house.url)
    context.add_cookies([{"name": "locale", "value": "en", "url": house.url}])
    page = context.new_page()
    sign_in(page, "mei@rongnan.example", DEMO_PASSWORD)
    page.goto(f"/courses/{COURSE}")
    if page.get_by_role("button", name="Enrol").count():
        page.get_by_role("button", name="Enrol").first.click()
        page.wait_for_url("**/learn/*")
    page.goto(f"/learn/{section_of(house)}/labs/{LAB}")
    page.locator("details.disclosure summary", has_text="from this computer").click()
    (source,) = glob.glob(f"{ROOT}/courses/*/*/labs/{LAB}/source/{LAB}.ipynb")
    page.set_input_files("input[type=file]", source)
    page.get_by_role("button", name="Hand in these files").click()
    page.wait_for_selector("#results .result-head .badge.good", timeout=120_000)
    address = page.get_by_role("link", name="See the feedback in your notebook")
    found = address.get_attribute("href")
    context.close()
    assert found
    return found


def section_of(house: House) -> str:
    with house.database() as db:
        row = db.execute(
            "SELECT code FROM sections WHERE code LIKE %s", [f"{COURSE}%-rongnan"]
        ).fetchone()
    assert row
    return str(row[0])


@pytest.mark.parametrize(("viewport", "theme", "language"), LOOKS)
@pytest.mark.parametrize("who", list(PAGES), ids=lambda who: (who or "nobody").split("@")[0])
def test_is_accessible_and_whole(house, visit, handed_in, who, viewport, theme, language):
    page: Page = visit(who, language=language, viewport=viewport, color_scheme=theme)
    problems: list[str] = []
    page.on(
        "console",
        lambda message: (
            problems.append(f"{page.url}: {message.text}")
            if "Content Security Policy" in message.text
            else None
        ),
    )
    for path in PAGES[who]:
        address = path.replace(SECTION, section_of(house)).replace("@submission", handed_in)
        page.goto(address)
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        problems += [
            f"{address}: {v['id']}: {v['nodes'][0]['html'][:160]}"
            for v in found.response["violations"]
        ]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            problems.append(f"{address}: {wide} px wider than the screen")
        if page.locator("html").get_attribute("lang") != language:
            problems.append(f"{address}: not in {language}")
        if language == "en":
            shown = page.locator("h1").first.inner_text()
            if re.search(r"[一-鿿]", shown) and page.locator("h1 [lang]").count():
                problems.append(f"{address}: a Chinese heading on an English page: {shown}")
    assert problems == []
