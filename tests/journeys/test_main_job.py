"""Find a course, open its lab, solve it, hand it in, see it graded; the instructor sees it too."""

import re
import uuid

from playwright.sync_api import Page, expect

from tests.journeys.conftest import COURSE, LAB, House, sign_in

INSTRUCTOR = "lin@rongnan.example"
OTHER_INSTRUCTOR = "wang@jiayang.example"

SOLUTION = '''def individuals_limits(values):
    """Centre line, lower and upper limit of an individuals chart."""
    values = np.asarray(values, dtype=float)
    sigma = np.abs(np.diff(values)).mean() / 1.128
    centre = values.mean()
    return float(centre), float(centre - 3 * sigma), float(centre + 3 * sigma)
'''


def register(page: Page, house: House, name: str, email: str, password: str) -> None:
    page.goto("/register")
    page.fill("[name=name]", name)
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    page.goto(house.link_in_mail(email, "/verif"))
    # A link from a mail may be opened by a scanner: the person confirms with a button.
    confirm = page.locator("main form button[type=submit]")
    if confirm.count():
        confirm.first.click()
        page.wait_for_load_state()


def open_lab(page: Page, address: str) -> Page:
    page.goto(address)
    # Who teaches opens it to test it.
    page.get_by_role("button", name=re.compile("^(Open lab|Test as a student)$")).click()
    page.wait_for_url("**/lab/**", timeout=120_000)
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell", timeout=120_000)
    return page


def type_solution(lab: Page, function: str, code: str) -> None:
    """Replace the cell that defines FUNCTION, by keyboard, and save."""
    cell = lab.locator(".jp-CodeCell", has_text=f"def {function}").first
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    lab.keyboard.press("Control+A")
    lab.keyboard.insert_text(code)
    lab.keyboard.press("Control+S")
    lab.wait_for_function(
        "() => !document.querySelector('.jp-mod-dirty, .jp-mod-current .jp-DirtyIndicator')"
    )
    lab.wait_for_timeout(1500)


def test_a_student_goes_the_whole_road(house, visit):
    email = f"an-{uuid.uuid4().hex[:6]}@rongnan.example"
    page = visit()
    register(page, house, "陳安", email, "mountain-river-42")
    if "/sign-in" in page.url or page.get_by_role("link", name="Sign in").count():
        sign_in(page, email, "mountain-river-42")

    # Find the course and enrol.
    page.goto("/clusters")
    page.get_by_role("link", name="Smart manufacturing").first.click()
    page.locator(".cards a").first.click()
    page.wait_for_url(f"**/courses/{COURSE}")
    page.get_by_role("button", name="Enrol").first.click()
    page.wait_for_url("**/learn/*")
    section = page.url.rsplit("/", 1)[-1]
    assert section.endswith("-rongnan")

    # Open the lab and solve the first question.
    lab = open_lab(page, f"/learn/{section}/labs/{LAB}")
    assert lab.url.partition("?")[0].endswith(f"{section}/{LAB}/{LAB}.ipynb")
    assert re.match(rf"http://[a-z0-9-]+\.labs\.localhost:{house.port}/", lab.url)
    type_solution(lab, "individuals_limits", SOLUTION)

    # Hand it in from the lesson's side, and watch the result appear without a reload.
    watcher = page.context.new_page()
    watcher.goto(f"/learn/{section}/labs/{LAB}")
    watcher.evaluate("window.notReloaded = true")
    page.goto(f"/learn/{section}/labs/{LAB}")
    page.get_by_role("button", name="Hand in what is saved in my lab").click()
    first = watcher.locator(".cell-result", has_text="test-individuals-limits")
    expect(first).to_contain_text("Passed", timeout=120_000)
    expect(first).to_contain_text("6 / 6")
    expect(watcher.locator(".cell-result", has_text="test-residuals")).to_contain_text("Not passed")
    assert watcher.evaluate("window.notReloaded") is True
    expect(watcher.locator(".result-head").first).to_contain_text("6 / 52")

    # Her progress moves; the instructor of her section sees the score, another school's does not.
    page.goto(f"/learn/{section}")
    expect(page.locator(".module-item", has_text="6 / 52")).to_have_count(1)
    teacher = visit(INSTRUCTOR)
    teacher.goto(f"/teaching/{section}/gradebook?q=陳安")
    row = teacher.locator("tr", has_text="陳安")
    expect(row).to_contain_text("6")
    stranger = visit(OTHER_INSTRUCTOR)
    assert stranger.goto(f"/teaching/{section}/gradebook").status == 404

    # A second submission keeps both; the best one counts.
    page.goto(f"/learn/{section}/labs/{LAB}")
    page.get_by_role("button", name="Hand in what is saved in my lab").click()
    page.wait_for_load_state()
    expect(page.locator(".result-head").first).to_contain_text("Submission 2")
    expect(page.locator(".result-head").first).to_contain_text("6 / 52", timeout=120_000)
    expect(page.locator(".attempts li")).to_have_count(2)
    submission = page.locator(".attempts a").last.get_attribute("href")

    # Another student of the same section sees none of it.
    classmate = visit()
    other = f"ming-{uuid.uuid4().hex[:6]}@rongnan.example"
    register(classmate, house, "李明", other, "mountain-river-43")
    if classmate.get_by_role("link", name="Sign in").count():
        sign_in(classmate, other, "mountain-river-43")
    classmate.goto(f"/courses/{COURSE}")
    classmate.get_by_role("button", name="Enrol").first.click()
    classmate.wait_for_url("**/learn/*")
    assert classmate.goto(submission).status == 404
    classmate.goto(f"/learn/{section}/labs/{LAB}")
    expect(classmate.locator(".cell-result")).to_have_count(0)
    assert "陳安" not in classmate.content()
