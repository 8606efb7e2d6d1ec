"""A student asks on a lesson, hears the answer, an announcement and her dates, wherever she is."""

import re
import urllib.error
import urllib.request
import uuid

import icalendar
import pytest
import vobject
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import House, enrol, section_of

STUDENT, INSTRUCTOR = "mei@rongnan.example", "lin@rongnan.example"
LESSON = "from-pain-point-to-question"
WORDS = {
    "en": {
        "ask": "Ask or discuss", "publish": "Publish", "reply": "Reply",
        "mark": "Mark as the answer",
        "answered": "Has an answer", "announce": "Announce", "announced": "Announced.",
        "session": "Live session", "make": "Make an address", "end": "End the address",
    },
    "zh-Hant-TW": {
        "ask": "提問或討論", "publish": "發布", "reply": "回覆", "mark": "選為解答",
        "answered": "已有解答", "announce": "發布公告", "announced": "已公告",
        "session": "同步課程", "make": "建立網址", "end": "停用網址",
    },
}  # fmt: skip


@pytest.fixture
def code(house: House, visit) -> str:
    """The section that lin teaches, taken by mei."""
    page: Page = visit(STUDENT)
    enrol(page)
    return section_of(house)


def news_with(page: Page, text: str) -> None:
    """Open the bell until the worker has told her of TEXT, and follow it."""
    for _try in range(60):
        page.goto("/notifications")
        found = page.locator(".todo-title a", has_text=text)
        if found.count():
            found.first.click()
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"nobody told her of {text}")


@pytest.mark.parametrize("language", ["en", "zh-Hant-TW"])
def test_a_question_is_answered_and_an_announcement_read(house: House, visit, code, language):
    words, title = WORDS[language], f"Why {uuid.uuid4().hex[:6]}?"
    student: Page = visit(STUDENT, language=language, viewport={"width": 360, "height": 740})
    student.goto(f"/learn/{code}/lessons/{LESSON}")
    student.locator(".item-foot a").click()
    student.get_by_role("link", name=words["ask"]).click()
    student.wait_for_url("**/new?*")
    student.fill("[name=title]", title)
    student.fill("[name=body]", "Is it **this**? <script>document.title = 'owned'</script>")
    # What she writes is kept on the device, through a reload.
    expect(student.locator(".draft-note")).to_have_count(1)
    student.reload()
    expect(student.locator("[name=body]")).to_have_value(re.compile("Is it"))
    student.fill("[name=title]", title)
    student.get_by_role("button", name=words["publish"]).click()
    expect(student.locator(".post-body strong")).to_have_text("this")
    assert "owned" not in student.title()
    thread = student.url

    instructor: Page = visit(INSTRUCTOR, language=language, viewport={"width": 1280, "height": 900})
    news_with(instructor, title)
    instructor.fill("[name=body]", "Yes, because $a^2$.")
    instructor.get_by_role("button", name=words["reply"], exact=True).click()
    expect(instructor.locator(".post")).to_have_count(2)

    news_with(student, title)
    expect(student).to_have_url(re.compile(re.escape(thread.split("?")[0])))
    expect(student.locator("#p1 math")).to_have_count(1)
    student.get_by_role("button", name=words["mark"]).click()
    expect(student.locator("#p1.post-answer")).to_have_count(1)
    student.goto(f"/discussions/in/section:{code}?about=lesson:{LESSON}")
    row = student.locator(".todo", has_text=title)
    expect(row).to_contain_text(words["answered"])

    news = f"News {uuid.uuid4().hex[:6]}"
    instructor.goto(f"/teaching/{code}/announcements")
    for field in ("title_zh", "title_en", "body_zh", "body_en"):
        instructor.fill(f"[name={field}]", news)
    instructor.get_by_role("button", name=words["announce"], exact=True).click()
    expect(instructor.locator(".messages")).to_contain_text(words["announced"])
    news_with(student, news)
    expect(student.locator("h1")).to_have_text(news)
    student.goto("/announcements")
    expect(student.locator(".todo", has_text=news).locator(".badge")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "zh-Hant-TW"])
def test_dates_stand_in_the_calendar_and_in_a_feed_that_ends(house: House, visit, code, language):
    words, title = WORDS[language], f"Session {uuid.uuid4().hex[:6]}, 課"
    instructor: Page = visit(INSTRUCTOR, language=language)
    instructor.goto(f"/teaching/{code}/sessions")
    day = instructor.evaluate("new Date(Date.now() + 864e5).toISOString().slice(0, 10)")
    instructor.fill("[name=title]", title)
    instructor.fill("[name=starts_at]", f"{day}T10:00")
    instructor.fill("[name=minutes]", "90")
    instructor.locator("main form.form button[type=submit]").click()
    student: Page = visit(STUDENT, language=language, viewport={"width": 360, "height": 740})
    for view in ("", "&view=agenda"):
        student.goto(f"/calendar?month={day[:7]}{view}")
        event = student.locator(".event", has_text=title)
        expect(event.first).to_be_visible()
        expect(event.first).to_contain_text(words["session"])
    student.goto("/calendar/feed")
    if student.get_by_role("button", name=words["make"]).count():
        student.get_by_role("button", name=words["make"]).click()
    else:
        student.locator("main form button.secondary").click()
        student.locator("dialog button[value=yes]").click()
    address = student.locator("#address").input_value()
    assert address.startswith(house.url)
    with urllib.request.urlopen(address, timeout=20) as answer:
        body = answer.read()
    (found,) = [e for e in icalendar.Calendar.from_ical(body).events if e["SUMMARY"] == title]
    assert str(found.start) == f"{day} 10:00:00+08:00"
    other = vobject.readOne(body.decode())
    (same,) = [e for e in other.vevent_list if e.summary.value == title]
    assert same.dtstart.value.isoformat() == f"{day}T10:00:00+08:00"
    student.goto("/calendar/feed")
    student.get_by_role("button", name=words["end"]).click()
    student.locator("dialog button[value=yes]").click()
    expect(student.locator(".messages .notice")).to_be_visible()
    with pytest.raises(urllib.error.HTTPError) as gone:
        urllib.request.urlopen(address, timeout=20)
    assert gone.value.code == 404
    gone.value.close()


def test_by_keyboard_alone(visit, code):
    page: Page = visit(STUDENT, viewport={"width": 1280, "height": 900})
    title, press = f"Keys {uuid.uuid4().hex[:6]}", page.keyboard.press

    def to(selector: str) -> None:
        """Walk with Tab, as somebody without a mouse does, until SELECTOR has the focus."""
        for _step in range(150):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            press("Tab")
        raise AssertionError(f"Tab does not reach {selector} on {page.url}")

    page.goto(f"/learn/{code}/lessons/{LESSON}")
    to(".item-foot a")
    press("Enter")
    page.wait_for_url("**/discussions/in/*")
    to(".page-header .actions a")
    press("Enter")
    page.wait_for_url("**/new?*")
    to("[name=title]")
    page.keyboard.insert_text(title)
    to("[name=body]")
    page.keyboard.insert_text("Typed, *not* clicked.")
    to("main form button[type=submit]")
    press("Enter")
    page.wait_for_url(re.compile(r"/discussions/[0-9a-f-]{36}"))
    to("textarea[name=body]")
    page.keyboard.insert_text("And more.")
    to("form.wide button[type=submit]")
    press("Enter")
    expect(page.locator(".post")).to_have_count(2)
    page.goto("/calendar")
    before = page.locator("#month").inner_text()
    to("a[rel=next]")
    press("Enter")
    page.wait_for_url("**month=*")
    assert page.locator("#month").inner_text() != before


@pytest.mark.parametrize(
    ("width", "theme", "language"), [(1280, "light", "zh-Hant-TW"), (360, "dark", "en")]
)
def test_its_pages_are_accessible_and_whole(visit, code, width, theme, language):
    look = {"viewport": {"width": width, "height": 800}, "color_scheme": theme}
    student: Page = visit(STUDENT, language=language, **look)
    student.goto(f"/discussions/in/section:{code}/new")
    student.fill("[name=title]", f"Looks {uuid.uuid4().hex[:6]}")
    student.fill(
        "[name=body]", "# Title\n\n- `code`\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n" + "x" * 300
    )
    student.locator("main form button[type=submit]").click()
    student.wait_for_url(re.compile(r"/discussions/[0-9a-f-]{36}"))
    thread = student.url.split("?")[0]
    instructor: Page = visit(INSTRUCTOR, language=language, **look)
    pages = [
        (student, path)
        for path in (
            thread, f"{thread}/following", f"/discussions/in/section:{code}",
            f"/discussions/in/section:{code}/new", "/announcements", "/calendar",
            "/calendar?view=agenda", "/calendar/feed", f"/learn/{code}",
        )
    ] + [
        (instructor, path)
        for path in (thread, "/discussions/reports", f"/teaching/{code}/announcements", "/")
    ]  # fmt: skip
    problems = []
    for page, address in pages:
        page.goto(address)
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        problems += [
            f"{address}: {v['id']}: {v['nodes'][0]['html'][:160]}"
            for v in found.response["violations"]
        ]
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            problems.append(f"{address}: {wide} px wider than the screen")
    assert problems == []
