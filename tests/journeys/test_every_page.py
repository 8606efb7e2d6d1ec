"""Every page as each role: nothing inaccessible, nothing cut off, one language at a time."""

import glob
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import COURSE, LAB, ROOT, House, english, enrol, section_of

SECTION = "@section"
QUIZ = "charts-rates-costs"
PAGES = {
    None: ["/", "/clusters", "/clusters/smart-manufacturing", f"/courses/{COURSE}", "/sign-in",
           "/register", "/privacy/notices/account", "/password/forgotten",
           "/skills", "/skills/control-charts",
           "/search?q=control", "/nowhere", "/verify",
           "/companies", "/companies/rongwei-dining", "/privacy/notices/company",
           "@credential", "/schools/rongnan", "/portfolio/mei", "/portfolio/mei/about-my-work",
           "/briefs", "@brief", "/privacy/notices/talent-search"],
    "mei@rongnan.example": [
        "/", "/learn", f"/learn/{SECTION}", f"/learn/{SECTION}/lessons/from-pain-point-to-question",
        f"/learn/{SECTION}/labs/{LAB}", "@submission", "/account", "/account/browsers",
        "/account/password", "/account/student-number", f"/courses/{COURSE}",
        "/assurance", f"/learn/{SECTION}/quizzes/{QUIZ}", f"/learn/{SECTION}/grades",
        f"/learn/{SECTION}/changes", f"/learn/{SECTION}/withdrawal",
        f"/discussions/in/section:{SECTION}", f"/discussions/in/section:{SECTION}/new",
        f"/learn/{SECTION}/requests",
        f"/learn/{SECTION}/challenges", f"/learn/{SECTION}/challenges/job-run-times",
        f"/learn/{SECTION}/challenges/job-run-times/entries", "/data/job-run-times/1",
        f"/learn/{SECTION}/challenges/job-run-times/leaderboard",
        "/learn/remaining", "/learn/recognition", "/learn/bookmarks", "/announcements", "/calendar",
        "/calendar/feed", "/me/skills", "/skills/anomaly-detection", "/notifications",
        "/notifications/settings", "/search?q=管制圖",
        "/me/credentials", "@credential", "/me/portfolio", "/me/portfolio/profile",
        "/me/portfolio/files", "@portfolio", "@portfolio/preview?to=company", "@portfolio/shares",
        "/me/data", "/me/data/rows/memberships", "/me/data/looks", "/me/data/consents",
        "/me/data/erasing", "/learn/notices",
        "/rounds", "/rounds/winter-projects", "/rounds/winter-projects/mine",
        "/rounds/pilot-round/proof",
        "/me/applications", "/me/applications/comparison", "@application",
        "/teams", "/teams/new", "/teams/open", "/teams/looking", "/bookings",
        "/bookings?view=past", "/me/talent", "/me/talent/contacts", "/me/suits",
        "@application/messages", "@brief/application", "/briefs?mine=1", "@brief",
    ],
    "yian@jiayang.example": ["/rounds/pilot-round/mine"],
    "lin@rongnan.example": [
        "/briefs/reviews", "@to-review", "@change",
        "/", "/teaching", f"/teaching/{SECTION}/gradebook", f"/learn/{SECTION}", "@submission",
        f"/teaching/{SECTION}/gradebook/import", f"/teaching/{SECTION}/release",
        f"/teaching/{SECTION}/grading", f"/teaching/{SECTION}/labs",
        f"/teaching/{SECTION}/labs/{LAB}/rules", f"/teaching/{SECTION}/labs/{LAB}/teams",
        f"/teaching/{SECTION}/labs/{LAB}/declarations", f"/teaching/{SECTION}/labs/{LAB}/bulk",
        f"/teaching/{SECTION}/finals", "/finals/corrections",
        f"/teaching/{SECTION}/grading/versions", f"/teaching/{SECTION}/groups",
        f"/teaching/{SECTION}/announcements", f"/teaching/{SECTION}/quizzes",
        f"/teaching/{SECTION}/insights", f"/teaching/{SECTION}/insights/lab:{LAB}",
        f"/teaching/{SECTION}/attention", f"/teaching/{SECTION}/attention/rules",
        f"/teaching/{SECTION}/similarity/{LAB}",
        f"/teaching/{SECTION}/quizzes/{QUIZ}", f"/teaching/{SECTION}/quizzes/{QUIZ}/statistics",
        f"/teaching/{SECTION}/quizzes/{QUIZ}/rules",
        f"/teaching/{SECTION}/quizzes/{QUIZ}/declarations",
        f"/teaching/{SECTION}/students", f"/teaching/{SECTION}/roster",
        f"/teaching/{SECTION}/settings", f"/teaching/{SECTION}/sessions", "/discussions/reports",
        "/teach/courses", f"/teach/courses/{COURSE}/edit", f"/teach/courses/{COURSE}/questions",
        f"/teach/courses/{COURSE}/versions", f"/teach/courses/{COURSE}/review",
        "/teach/courses/import", "/rubrics", "/rubrics/new", "/rubrics/comments",
        f"/teaching/{SECTION}/requests", f"/teaching/{SECTION}/requests/settings",
        f"/teaching/{SECTION}/regrading", f"/teaching/{SECTION}/regrading/labs/{LAB}",
        f"/teaching/{SECTION}/marking", f"/teaching/{SECTION}/marking/lab/{LAB}",
        f"/teaching/{SECTION}/marking/lab/{LAB}/next?state=all",
        f"/teaching/{SECTION}/marking/lab/{LAB}/plan",
        f"/teaching/{SECTION}/marking/lab/{LAB}/second-look",
        f"/teaching/{SECTION}/challenges", f"/teaching/{SECTION}/challenges/new",
        f"/teaching/{SECTION}/skills", f"/teaching/{SECTION}/skills/mapping",
        f"/teaching/{SECTION}/challenges/job-run-times", "/data", "/data/new",
        f"/teaching/{SECTION}/challenges/job-run-times/edit",
        "/organisations", "/organisations/rongnan", "/organisations/rongnan/invitations",
    ],
    "jia-office@rongnan.example": [
        "/", "/organisations/rongnan", "/organisations/rongnan/roster", "/offerings",
        "/offerings/new", "/recognition", "/reports/enrolment", "/issuers", "/issuers/rongnan",
    ],
    "yun@rongguang.example": [
        "@changing-brief", "@changing-brief/versions/1", "@change", "@proposal",
        "/", "/rounds/winter-projects", "/account", "/portfolios", "/company", "/companies/apply",
        "/companies/rongwei-dining/join", "@board", "@board/comparison?number=1&number=2",
        "@board/refusal?number=1", "@applicant", "@applicant/messages", "@board/interviews",
    ],
    "xiuqin@rongwei.example": [
        "/", "/company/rongwei-dining", "/company/rongwei-dining/people",
        "/company/rongwei-dining/page", "/company/rongwei-dining/briefs",
        "/company/rongwei-dining/briefs/new", "@own-brief", "@own-brief/edit/need?look=missing",
        "@own-brief/edit/work", "@own-brief/edit/people", "@own-brief/edit/terms",
        "@own-brief/edit/check", "/company/rongwei-dining/talent",
        "/company/rongwei-dining/talent/contacts", "/bookings",
        "/needs", "/needs/new", "/needs/interviews", "@need", "@interview",
    ],
    "asheng@jiayuan.example": ["/", "/company/jiayuan-fruit"],
    "guo@rongguang.example": ["/"],
    "fang@programme.example": [
        "/", "/people", "/privacy/requests", "/privacy/requests/new", "/skills/frameworks",
        "/teach/clusters", "/teach/clusters/new",
        "/teach/clusters/smart-manufacturing/edit", "/teach/clusters/smart-manufacturing/rules",
        "/programme/announcements", "/reports/enrolment", "/issuers", "/issuers/rules",
        "/companies/approvals", "/companies/approvals/jiayuan-fruit",
        "/rounds", "/rounds/new", "/rounds/winter-projects/desk",
        "/rounds/winter-projects/projects", "/rounds/winter-projects/dates",
        "/rounds/pilot-round/changes",
        "/needs", "/needs/interviews", "/needs/interviews/new", "/needs/duplicates",
        "/needs/import", "@need", "@need/edit", "@need/merge", "@interview", "@interview/edit",
        "/steering", "@waiting", "/steering/messages", "/steering/messages/new", "/steering/log",
    ],
    "ting@programme.example": [
        "/", "/people", "/organisations", "/grading/queue", "/operations/servers",
        "/operations/failures", "/operations/maintenance", "/operations/quotas",
        "/operations/checks",
    ],
}  # fmt: skip
LOOKS = [
    pytest.param({"width": 1280, "height": 900}, "light", "zh-Hant-TW", id="wide-light-chinese"),
    pytest.param({"width": 360, "height": 740}, "dark", "en", id="narrow-dark-english"),
]


@pytest.fixture(scope="module")
def handed_in(house: House, browser) -> str:
    """The address of a submission of mei's that has been graded."""
    page = english(browser, house, "mei@rongnan.example")
    enrol(page)
    page.goto(f"/learn/{section_of(house)}/labs/{LAB}")
    page.locator("details.disclosure summary", has_text="from this computer").click()
    (source,) = glob.glob(f"{ROOT}/courses/*/*/labs/{LAB}/source/{LAB}.ipynb")
    page.set_input_files("input[type=file]", source)
    page.get_by_role("button", name="Hand in these files").click()
    page.wait_for_selector("#results .result-head .badge.good", timeout=120_000)
    address = page.get_by_role("link", name="See the feedback in your notebook")
    found = address.get_attribute("href")
    page.context.close()
    assert found
    return found


@pytest.fixture(scope="module")
def credential(house: House, browser, handed_in) -> str:
    """The address of a badge that mei got for the skills of that submission."""
    page = english(browser, house, "mei@rongnan.example")
    page.goto("/me/credentials")
    # The page follows the signing by itself.
    badge = page.locator(".badge-card").filter(has_text="Valid").get_by_role("link").first
    expect(badge).to_be_visible(timeout=60_000)
    found = badge.get_attribute("href")
    page.context.close()
    assert found
    return found


@pytest.fixture(scope="module")
def portfolio(house: House, browser, credential) -> str:
    """Where mei writes a page with every kind of part; everybody may read it."""
    page = english(browser, house, "mei@rongnan.example")
    page.goto("/me/portfolio/profile")
    expect(page.locator("form[data-enlivened]").first).to_be_visible()
    page.get_by_label("Name in Chinese").fill("林小梅")
    page.get_by_label("Name in English").fill("Mei Lin")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messages").get_by_text("Saved.")).to_be_visible()
    page.goto("/me/portfolio")
    page.get_by_label("Title in English").fill("About my work")
    page.get_by_label("Title in Chinese").fill("我的作品")
    page.get_by_role("button", name="Make the page").click()
    expect(page.get_by_role("heading", name="Add a part")).to_be_visible()
    found = re.sub(r"[?#].*", "", page.url)
    kinds = page.locator("button[name=kind]")
    for number in range(kinds.count()):
        kinds.nth(number).click()
        part = page.locator("[data-part]").nth(number)
        expect(part.locator("form[data-enlivened]")).to_be_visible()
        for box in part.locator("input[type=checkbox]").all():
            box.check()
        part.get_by_label("Text in English").fill("Words about it")
        part.get_by_label("Text in Chinese").fill("說明")
        part.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".messages").get_by_text("Saved.")).to_be_visible()
    page.goto(f"{found}/shares")
    page.get_by_role("button", name="Show it to everybody").click()
    expect(page.get_by_text("Everybody can see this page now.")).to_be_visible()
    page.context.close()
    return found


@pytest.fixture(scope="module")
def selecting(house: House, browser) -> dict[str, str]:
    """The demo's addresses of applying and of choosing, by how the lists above call them."""
    page = english(browser, house, "yun@rongguang.example")
    page.goto("/company/rongguang")
    board = page.locator("a[href$='/applicants']").first.get_attribute("href")
    assert board
    page.goto(board)
    applicant = page.locator(".board-name a").first.get_attribute("href")
    page.context.close()
    page = english(browser, house, "mei@rongnan.example")
    page.goto("/me/applications?show=live")
    application = page.locator("table th[scope=row] a").first.get_attribute("href")
    page.goto("/me/applications?show=saved")
    page.locator("table th[scope=row] a").first.click()
    page.wait_for_url("**/briefs/*/application")
    brief = page.url.removesuffix("/application")
    page.context.close()
    assert applicant
    assert application
    number = board.split("/")[-2]
    return {
        "@applicant/messages": f"/discussions/in/application:{applicant.split('/')[-1]}",
        "@applicant": applicant,
        "@application/messages": f"/discussions/in/application:{application.split('/')[-1]}",
        "@application": application,
        "@board/interviews": f"/bookings/for/interview/brief:{number}",
        "@board": board,
        "@brief": brief,
    }


@pytest.fixture(scope="module")
def writing(house: House, browser) -> dict[str, str]:
    """Addresses of a draft that is begun here, and of the demo's briefs in review and in change."""
    page = english(browser, house, "xiuqin@rongwei.example")
    page.goto("/company/rongwei-dining/briefs/new")
    page.get_by_label("Begin from").select_option("template:smart-business-services")
    page.get_by_role("button", name="Begin", exact=True).click()
    page.wait_for_url("**/edit/need")
    own = page.url.removesuffix("/edit/need")
    page.context.close()
    page = english(browser, house, "lin@rongnan.example")
    page.goto("/briefs/reviews")
    review = page.locator("table th[scope=row] a").first.get_attribute("href")
    page.context.close()
    page = english(browser, house, "yun@rongguang.example")
    page.goto("/company/rongguang/briefs")
    page.get_by_role("link", name="Hearing a press that will fail").click()
    page.wait_for_url("**/briefs/*-*")
    changing = page.url
    change = page.get_by_role("link", name="A change waits").get_attribute("href")
    page.context.close()
    assert review
    assert change
    page = english(browser, house, "fang@programme.example")
    page.goto("/needs?q=cooked food")
    need = page.locator("table th[scope=row] a").first.get_attribute("href")
    page.goto("/needs/interviews?q=Rongwei")
    interview = page.locator("table th[scope=row] a").first.get_attribute("href")
    page.goto("/steering")
    waiting = page.locator("a[href^='/steering/waiting/']").first.get_attribute("href")
    page.context.close()
    assert need
    assert interview
    assert waiting
    return {
        "@need": need,
        "@interview": interview,
        "@waiting": waiting,
        "@own-brief": own,
        "@to-review": review,
        "@changing-brief": changing,
        "@change": change,
        "@proposal": f"/briefs/{changing.split('/')[-1]}/changes/new",
    }


@pytest.mark.parametrize(("viewport", "theme", "language"), LOOKS)
@pytest.mark.parametrize("who", list(PAGES), ids=lambda who: (who or "nobody").split("@")[0])
def test_is_accessible_and_whole(
    house,
    visit,
    handed_in,
    credential,
    portfolio,
    selecting,
    writing,
    who,
    viewport,
    theme,
    language,
):
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
        address = address.replace("@credential", credential).replace("@portfolio", portfolio)
        for name, found_at in (selecting | writing).items():
            address = address.replace(name, found_at)
        answer = page.goto(address)
        if answer is None or answer.status != (404 if path == "/nowhere" else 200):
            problems.append(f"{address}: answered {answer and answer.status}")
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
