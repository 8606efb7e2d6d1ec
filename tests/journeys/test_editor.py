"""An instructor makes a course with a lesson and a PDF from nothing and publishes it."""

import re
import uuid
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import House

INSTRUCTOR = "lin@rongnan.example"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
WORDS = {
    "en": {
        "new": "New course", "begin": "Begin the course", "title": "Title", "saved": "Saved at",
        "review": "Review and publish", "publish": "Publish version 1", "done": "is published",
        "up": "up", "offline": "No connection", "moved": "is number 1 now",
    },
    "zh-Hant-TW": {
        "new": "新課程", "begin": "建立課程", "title": "標題", "saved": "儲存", "up": "上移",
        "review": "檢視與發布", "publish": "發布版本 1", "done": "已發布", "offline": "沒有連線",
        "moved": "現在是第 1 個",
    },
}  # fmt: skip


@pytest.fixture
def handout(tmp_path: Path) -> Path:
    file = tmp_path / "week-1.pdf"
    file.write_bytes(PDF)
    return file


def is_saved(page: Page, words: dict[str, str]) -> None:
    expect(page.locator("[data-state='saved']")).to_contain_text(words["saved"])


def write_both(page: Page, field: str, text: str) -> None:
    for code in ("zh-Hant-TW", "en"):
        page.fill(f"[name='{field}.{code}']", f"{text} ({code})")


def finish_course(page: Page, words: dict[str, str]) -> None:
    """What a course says about itself, before it can be published."""
    page.locator(".outline-head a").click()
    for field in ("summary", "description"):
        write_both(page, field, field)
    for code in ("zh-Hant-TW", "en"):
        page.fill(f"[name='outcomes.0.{code}']", "Sees more")
    is_saved(page, words)


def publish(page: Page, words: dict[str, str]) -> None:
    page.get_by_role("link", name=words["review"]).click()
    page.get_by_role("button", name=words["publish"]).click()
    expect(page.locator(".messages")).to_contain_text(words["done"])


@pytest.mark.parametrize("language", ["en", "zh-Hant-TW"])
def test_by_mouse_with_a_lost_connection_on_the_way(house: House, visit, handout, language):
    words, slug = WORDS[language], f"seeing-{uuid.uuid4().hex[:6]}"
    page: Page = visit(INSTRUCTOR, language=language, viewport={"width": 1280, "height": 900})
    page.goto("/teach/courses")
    page.get_by_role("link", name=words["new"]).first.click()
    page.fill("[name=title_zh]", "看見")
    page.fill("[name=title_en]", "Seeing")
    page.fill("[name=slug]", slug)
    page.get_by_role("button", name=words["begin"]).click()
    page.wait_for_url(f"**/{slug}/edit")

    # A lesson, with a preview while it is written; the connection breaks and comes back.
    page.locator("[id^=add-lesson-]").click()
    page.wait_for_url("**/edit/*")
    write_both(page, "title", "First look")
    page.fill("[name='body.zh-Hant-TW']", "## 看\n\n面積是 $a^2$。")
    is_saved(page, words)
    page.context.set_offline(True)
    page.fill("[name='body.en']", "## Look\n\nThe area is $a^2$ and **large**.")
    expect(page.locator("[data-state='lost']")).to_contain_text(words["offline"])
    page.context.set_offline(False)
    is_saved(page, words)
    preview = page.locator("[data-preview-of='f-body.en']")
    expect(preview.locator("strong")).to_have_text("large")
    expect(preview.locator("math")).to_have_count(1)
    page.reload()
    expect(page.locator("[name='body.en']")).to_have_value(re.compile("large"))

    # A PDF in two actions: press, choose, though meanwhile a save has drawn the outline anew.
    with page.expect_file_chooser() as chooser:
        page.locator(".file-button").click()
    lesson = page.url
    write_both(page, "title", "Second look")
    expect(page.locator(".outline-item")).to_contain_text("Second look")
    chooser.value.set_files(handout)
    # Then, on the page of the PDF, it is dragged before the lesson.
    page.wait_for_url(lambda url: url != lesson)
    expect(page.locator(".outline-item")).to_have_count(2)
    grip = page.locator(".outline-item [data-grip]").nth(1).bounding_box()
    goal = page.locator(".outline-item").first.bounding_box()
    assert grip and goal
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(goal["x"] + 40, goal["y"] + 2, steps=6)
    page.mouse.up()
    expect(page.locator(".outline-item").first).to_contain_text("week-1")

    finish_course(page, words)
    publish(page, words)
    page.goto(f"/courses/{slug}")
    expect(page.locator(".module-item")).to_have_count(2)
    with house.database() as db:
        count = db.execute(
            "SELECT count(*) FROM course_versions v JOIN courses c ON c.id = v.course_id"
            " WHERE c.slug = %s",
            [slug],
        ).fetchone()
    assert count == (1,)


@pytest.mark.parametrize("language", ["en", "zh-Hant-TW"])
def test_by_keyboard_alone(house: House, visit, handout, language):
    words, slug = WORDS[language], f"keys-{uuid.uuid4().hex[:6]}"
    page: Page = visit(INSTRUCTOR, language=language, viewport={"width": 1280, "height": 900})
    # From the beginning: a chooser that opens just as it is begun to wait for one is missed.
    page.on("filechooser", lambda chooser: chooser.set_files(handout))
    page.goto("/teach/courses/new")
    press = page.keyboard.press

    def to(selector: str) -> None:
        """Walk with Tab, as somebody without a mouse does, until SELECTOR has the focus."""
        for _step in range(150):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            press("Tab")
        raise AssertionError(f"Tab does not reach {selector} on {page.url}")

    def write(selector: str, text: str) -> None:
        to(selector)
        press("Control+A")
        page.keyboard.insert_text(text)

    write("[name=title_zh]", "按鍵")
    write("[name=title_en]", "Keys")
    write("[name=slug]", slug)
    press("Enter")
    page.wait_for_url(f"**/{slug}/edit")
    to("[id^=add-lesson-]")
    press("Enter")
    page.wait_for_url("**/edit/*")
    for code in ("zh-Hant-TW", "en"):
        write(f"[name='title.{code}']", "Keys only")
    for code in ("zh-Hant-TW", "en"):
        write(f"[name='body.{code}']", "Some *text*.")
    is_saved(page, words)
    page.goto(page.url)
    to("[id^=place-]")
    press("Enter")
    expect(page.locator("h1")).to_contain_text("week-1")
    page.wait_for_load_state()  # the outline hears keys from then on

    # Alt with an arrow moves the part in focus; what happened is announced.
    to(".outline-item:last-child .outline-title")
    press("Alt+ArrowUp")
    expect(page.locator("#outline-said")).to_contain_text(words["moved"])
    expect(page.locator(".outline-item").first).to_contain_text("week-1")
    assert page.evaluate("document.activeElement.textContent") == "week-1"

    page.goto(f"/teach/courses/{slug}/edit")
    for field in ("summary", "description"):
        for code in ("zh-Hant-TW", "en"):
            write(f"[name='{field}.{code}']", field)
    for code in ("zh-Hant-TW", "en"):
        write(f"[name='outcomes.0.{code}']", "Types")
    is_saved(page, words)
    page.goto(f"/teach/courses/{slug}/review")
    to("form[action$='/versions'] button")
    press("Enter")
    expect(page.locator(".messages")).to_contain_text(words["done"])


def write_question(page: Page, kind: str, text: str) -> str:
    """Add a question of KIND to the quiz on PAGE; answers where its fields begin."""
    page.select_option("[name='kind-0']", kind)
    page.get_by_role("button", name="Add a question").click()
    card = page.locator(f"[data-written^='questions.{kind}']")
    expect(card).to_be_visible()
    fields = str(card.get_attribute("data-written"))
    write_both(page, f"{fields}.text", text)
    return fields


def test_a_quiz_is_written_tried_and_published(visit):
    words, slug = WORDS["en"], f"asking-{uuid.uuid4().hex[:6]}"
    page: Page = visit(INSTRUCTOR, viewport={"width": 1280, "height": 900})
    page.goto("/teach/courses/new")
    for field, text in (("title_zh", "問"), ("title_en", "Asking"), ("slug", slug)):
        page.fill(f"[name={field}]", text)
    page.get_by_role("button", name=words["begin"]).click()
    page.wait_for_url(f"**/{slug}/edit")
    page.locator("[id^=add-quiz-]").click()
    page.wait_for_url("**/edit/*")
    write_both(page, "title", "Check yourself")
    is_saved(page, words)

    choice = write_question(page, "single", "Which one is a tree?")
    for number, text in enumerate(("Banyan", "Stone")):
        write_both(page, f"{choice}.options.{number}.text", text)
    page.check(f"[name='{choice}.right'][value='0']")
    page.fill(f"[name='{choice}.points']", "2")
    is_saved(page, words)
    number = write_question(page, "numeric", "Six times {{n}}?")
    page.fill(f"[name='{number}.answer']", "6*n")
    page.locator(f"[data-written='{number}']").get_by_text("Variants with other numbers").click()
    for field, text in (("name", "n"), ("min", "2"), ("max", "9"), ("step", "1")):
        page.fill(f"[name='{number}.variables.0.{field}']", text)

    # Not a second is waited for the saving: the page that tries it does.
    page.get_by_role("link", name="Try this quiz").click()
    expect(page.get_by_role("heading", name="Try this quiz")).to_be_visible()
    page.get_by_role("radio", name="Banyan (en)").check()
    asked = page.locator(".question-text", has_text="Six times").inner_text()
    drawn = int(re.search(r"times (\d)", asked)[1])
    page.locator("input[name^=q-numeric]").fill(str(6 * drawn))
    page.get_by_role("button", name="Check the answers").click()
    expect(page.locator(".result-head")).to_contain_text(re.compile(r"3\s*/\s*3"))
    assert Axe().run(page).violations_count == 0
    page.get_by_role("link", name="Check yourself", exact=False).first.click()
    expect(page.locator("[data-todo]:visible")).to_have_count(0)

    finish_course(page, words)
    publish(page, words)
    page.goto(f"/courses/{slug}")
    expect(page.locator(".module-item")).to_contain_text("Check yourself")


def test_two_editors_see_each_other_and_choose(visit):
    slug = f"both-{uuid.uuid4().hex[:6]}"
    first: Page = visit(INSTRUCTOR)
    first.goto("/teach/courses/new")
    first.fill("[name=title_en]", "Both")
    first.fill("[name=slug]", slug)
    first.get_by_role("button", name="Begin the course").click()
    first.wait_for_url("**/edit")
    second = first.context.new_page()
    second.goto(first.url)
    first.fill("[name='summary.en']", "From the first tab")
    is_saved(first, WORDS["en"])
    second.fill("[name='summary.en']", "From the second tab")
    panel = second.locator(".conflict")
    expect(panel).to_contain_text("From the first tab")
    panel.get_by_role("button", name="Keep mine").click()
    is_saved(second, WORDS["en"])
    first.fill("[name='summary.en']", "Once more from the first")
    first.locator(".conflict").get_by_role("button", name="Take theirs").click()
    expect(first.locator("[name='summary.en']")).to_have_value("From the second tab")


@pytest.mark.parametrize(
    ("width", "theme", "language"), [(1280, "light", "zh-Hant-TW"), (360, "dark", "en")]
)
def test_its_pages_are_accessible_and_whole(visit, handout, width, theme, language):
    slug = f"looks-{uuid.uuid4().hex[:6]}"
    page: Page = visit(
        INSTRUCTOR, language=language, viewport={"width": width, "height": 800}, color_scheme=theme
    )
    page.goto("/teach/courses/new")
    page.fill("[name=title_zh]", "外觀")
    page.fill("[name=slug]", slug)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/edit")
    addresses = ["/teach/courses", "/teach/courses/new", "/teach/courses/import", page.url]
    for kind in ("lesson", "lab", "link"):
        page.goto(f"/teach/courses/{slug}/edit")
        page.locator(f"[id^=add-{kind}-]").click()
        page.wait_for_url("**/edit/*")
        addresses.append(page.url)
    page.locator(".file-input").set_input_files(handout)
    expect(page.locator("h1")).to_contain_text("week-1")
    addresses += [
        page.url,
        *(f"/teach/courses/{slug}/{p}" for p in ("review", "versions", "editors")),
    ]
    problems = []
    for address in addresses:
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
