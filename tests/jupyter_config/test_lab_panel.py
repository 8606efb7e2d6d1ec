"""The panel in JupyterLab: what she reads, validates, hands in, and sees of the result."""

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect, sync_playwright

from app import engine
from app.kernel.i18n import catalog_files, read_catalog
from jupyter_config.lab_extension.reading import PLUGIN
from jupyter_config.lab_extension.validating import CannotValidate, validate
from tests.engine import build
from tests.jupyter_config.conftest import wait
from tests.jupyter_config.lone_lab import LoneLab, lone_lab

pytestmark = pytest.mark.journey
FRONT = (
    Path(__file__).resolve().parents[2]
    / "jupyter_config/lab_extension/labextensions/banyan-lab/static"
)
SOURCE = build.notebook(
    build.solution(
        "def squares(n):\n    ### BEGIN SOLUTION\n    return [i * i for i in range(n)]\n"
        "    ### END SOLUTION",
        "squares",
    ),
    build.test("assert squares(3) == [0, 1, 4], 'three squares'", "test-squares", points=4),
    build.test(
        "assert sum(squares(3)) == 5\n### BEGIN HIDDEN TESTS\nassert squares(5)\n"
        "### END HIDDEN TESTS",
        "test-sum",
    ),
    build.answer("Because squares are areas.", "why", points=2),
)
RELEASE = engine.make_release([engine.NotebookSource("squares", SOURCE)]).notebooks
SOLVED = "def squares(n):\n    return [i * i for i in range(n)]"
CELLS = [
    {"grade_id": "test-squares", "outcome": "passed", "score": 4.0, "max_score": 4.0},
    {"grade_id": "test-sum", "outcome": "failed", "score": 0.0, "max_score": 1.0},
    {"grade_id": "why", "outcome": "manual", "score": None, "max_score": 2.0},
]
AXE_RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}


def graded(score: float = 4.0, **changes: object) -> dict[str, object]:
    """What the site says of a submission that is graded."""
    cells = [{"message": "", "hint": "", "comment": "", "by": "", **cell} for cell in CELLS]
    cells[1]["message"] = "A hidden test does not hold."
    cells[1]["hint"] = "Begin at zero."
    result = {"state": "graded", "score": score, "max_score": 7.0, "is_live": False, "place": None}
    result |= {"notebooks": [{"name": "squares", "reason": "", "cells": cells}]}
    return {**result, "pending_count": 1, **changes}


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def lab():
    with lone_lab(locale="en", releases={("smart-a", "squares"): RELEASE}) as made:
        yield made


@pytest.fixture
def fresh(lab):
    lab.site.submissions.clear()
    lab.site.panel.clear()
    lab.site.down = False
    return lab


def visit(chromium, lab: LoneLab, locale: str = "en", **options: object) -> Page:
    wide = {"viewport": {"width": 1400, "height": 900}, "timezone_id": "Asia/Taipei"}
    page = chromium.new_context(**wide | options).new_page()
    page.goto(f"{lab.open()}&locale={locale}")
    expect(page.locator(".banyan-panel h2")).to_have_count(1, timeout=60_000)
    # The kernel's place in the status line comes last of what the notebook needs.
    expect(page.get_by_text(re.compile(r"ipykernel\) \|")).first).to_be_visible(timeout=60_000)
    return page


def type_solution(page: Page) -> None:
    cell = page.locator(".jp-CodeCell", has_text="def squares").locator(".cm-content")
    cell.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(SOLVED)
    expect(cell).to_contain_text("return [i * i for i in range(n)]")


WORDS = {
    "en": {
        "due": "due tomorrow 23:59",
        "left": "5 of 5 submissions left",
        "unanswered": "Not answered yet",
        "passed": "2 of 2 tests passed.",
        "place": "Place 2 in the line of your course",
        "graded": "Graded: 4 of 7 points",
        "failed": "Not passed",
    },
    "zh-Hant-TW": {
        "due": "明天 23:59 截止",
        "left": "可繳交 5 次，還剩 5 次",
        "unanswered": "尚未作答",
        "passed": "2 個測試通過了 2 個。",
        "place": "目前在這門課的佇列中排第 2 位",
        "graded": "評分完成：4／7 分",
        "failed": "未通過",
    },
}


@pytest.mark.parametrize("locale", WORDS)
def test_validate_mend_submit_and_read_the_result_without_a_reload(chromium, fresh, locale):
    lab, words = fresh, WORDS[locale]
    (lab.home / "smart-a/squares/squares.ipynb").unlink(missing_ok=True)
    page = visit(chromium, lab, locale)
    panel = page.locator(".banyan-panel")
    expect(panel.get_by_text(words["due"])).to_be_visible()
    expect(panel.get_by_text(words["left"])).to_be_visible()
    expect(page.locator(".jp-NotebookPanel-toolbar .banyan-line")).to_contain_text(words["due"])

    panel.locator("[data-key=validate]").click()
    cell = panel.locator(".banyan-cell", has_text="test-squares")
    expect(cell).to_contain_text(words["unanswered"], timeout=60_000)
    panel.get_by_role("button", name="test-sum").click()
    expect(page.locator(".jp-Cell.jp-mod-active")).to_contain_text("sum(squares(3))")

    type_solution(page)
    panel.locator("[data-key=validate]").click()
    expect(panel.get_by_role("status").last).to_have_text(words["passed"], timeout=60_000)
    assert Axe().run(page, context=".banyan-panel", options=AXE_RULES).violations_count == 0

    # What was typed after the last save is handed in as well.
    page.locator(".jp-CodeCell", has_text="def squares").locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\n# the last word")
    panel.locator("[data-key=submit]").click()
    expect(panel.get_by_text(words["place"])).to_be_visible()
    handed_in = json.loads(lab.site.submissions[-1]["files"]["squares.ipynb"])
    assert "# the last word" in "".join(handed_in["cells"][0]["source"])

    lab.site.submissions[-1]["result"] = graded()
    expect(panel.get_by_role("status").last).to_have_text(words["graded"], timeout=5_000)
    cell = panel.locator("[aria-label=squares] .banyan-cell", has_text="test-sum")
    expect(cell).to_contain_text(words["failed"])
    expect(cell).to_contain_text("Begin at zero.")
    assert Axe().run(page, context=".banyan-panel", options=AXE_RULES).violations_count == 0
    page.context.close()


def test_it_speaks_of_a_deadline_in_the_time_of_where_she_is(chromium, fresh):
    page = visit(chromium, fresh, timezone_id="Europe/Berlin")
    expect(page.locator(".banyan-due time")).to_have_text("due tomorrow 16:59")
    page.context.close()


def test_a_declaration_is_taken_and_survives_that_the_site_is_away(chromium, fresh):
    fresh.site.panel |= {
        "ai": {"name": "AI tools are allowed and declared", "words": "", "asks_declaration": True},
        "team": {"name": "Blue", "people": ["Mei", "Hao"]},
        "lateness": "10% off for each day begun.",
    }
    page = visit(chromium, fresh, color_scheme="dark")
    panel = page.locator(".banyan-panel")
    expect(panel.get_by_text("Your team: Blue")).to_be_visible()
    expect(panel.get_by_text("10% off for each day begun.")).to_be_visible()
    panel.get_by_role("button", name="Submit").click()
    form = panel.get_by_role("form", name="Submit this lab")
    form.get_by_role("button", name="Submit now").click()
    expect(form.get_by_role("alert")).to_have_text("Choose one of the two.")
    form.get_by_label("Yes").check()
    form.get_by_role("button", name="Submit now").click()
    expect(form.get_by_role("alert")).to_contain_text("Name the AI tools")
    form.get_by_label("Which ones?").fill("A chat bot")
    form.get_by_label("For what?").fill("To find words")
    assert Axe().run(page, context=".banyan-panel", options=AXE_RULES).violations_count == 0

    fresh.site.down = True
    form.get_by_role("button", name="Submit now").click()
    expect(panel.get_by_text("nothing was handed in. Your work is saved here")).to_be_visible()
    assert fresh.site.submissions == []
    # Validating goes on without the site.
    panel.get_by_role("button", name="Validate").click()
    expect(panel.locator(".banyan-cell", has_text="test-sum")).to_be_visible(timeout=60_000)
    expect(form.get_by_label("For what?")).to_have_value("To find words")

    fresh.site.down = False
    form.get_by_role("button", name="Submit now").click()
    expect(panel.get_by_text("Handed in as submission 1.")).to_be_visible()
    said = {"used": True, "tools": "A chat bot", "purpose": "To find words"}
    assert fresh.site.submissions[-1]["declaration"] == said
    page.context.close()


def test_the_last_submission_asks_once_more(chromium, fresh):
    fresh.site.panel |= {"most_submissions": 1, "used": 0}
    page = visit(chromium, fresh)
    panel = page.locator(".banyan-panel")
    panel.get_by_role("button", name="Submit").click()
    expect(panel.get_by_text("This is your last submission to this lab.")).to_be_visible()
    assert fresh.site.submissions == []
    panel.get_by_role("button", name="Cancel").click()
    expect(panel.get_by_role("button", name="Submit")).to_be_focused()
    page.context.close()


def test_nothing_is_shown_of_held_grades_and_a_closed_lab_takes_nothing(chromium, fresh):
    fresh.post("open")
    fresh.site.panel |= {
        "held": "Handed in, is being graded.",
        "closed": "The time for this lab is over: nothing can be handed in any more.",
    }
    held = {"state": "held", "is_live": False, "place": None, "notebooks": []}
    fresh.site.submissions.append(
        {"who": "mei", "number": 1, "submitted_at": "2026-11-22T02:00:00+00:00", "result": held}
    )
    page = visit(chromium, fresh)
    panel = page.locator(".banyan-panel")
    expect(panel.get_by_text("Handed in, is being graded.")).to_be_visible()
    expect(panel.get_by_role("button", name="Submit")).to_be_disabled()
    expect(panel.locator(".banyan-points, .banyan-total")).to_have_count(0)
    page.context.close()


def test_it_comes_by_keyboard_and_fits_a_narrow_window(chromium, fresh):
    page = visit(chromium, fresh, viewport={"width": 360, "height": 740})
    panel = page.locator(".banyan-panel")
    expect(panel).to_be_hidden()  # the notebook needs the width
    page.keyboard.press("Alt+b")
    expect(panel).to_be_visible()
    expect(panel.get_by_role("heading", name="First steps")).to_be_focused()
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Validate")).to_be_focused()
    assert panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth")
    expect(panel.get_by_role("button", name="Submit")).to_be_in_viewport(ratio=1)
    page.context.close()


def test_a_wide_window_after_a_telephone_gives_the_notebook_its_room(chromium, fresh):
    page = visit(chromium, fresh, viewport={"width": 360, "height": 740})
    with page.expect_response(
        lambda saved: saved.request.method == "PUT" and "workspaces" in saved.url
    ):
        page.keyboard.press("Alt+b")  # beside the list of files nothing is left for the notebook
    page.set_viewport_size({"width": 1900, "height": 900})
    page.goto(f"{fresh.open()}&locale=en")
    wide = "() => document.querySelector('.jp-NotebookPanel')?.offsetWidth > 1900 / 3"
    page.wait_for_function(wide, timeout=60_000)
    page.context.close()


def cut_off(page: Page, notice: Locator, file: Path, word: str, *, arrives: bool) -> None:
    """WORD is typed and saved; the connection breaks before the server, or before she, knows."""
    page.wait_for_load_state("networkidle")
    ours = re.compile(r"/api/contents/.*squares\.ipynb\?")
    held: list[Any] = []

    def hold(route: Any) -> None:
        if route.request.method == "PUT" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route(ours, hold)
    page.keyboard.type(word)
    page.keyboard.press("Control+S")
    wait(lambda: page.evaluate("1") and held, "the save")
    if arrives:
        held[0].fetch()
        assert word in file.read_text()
    page.context.set_offline(True)
    held[0].abort("internetdisconnected")
    expect(notice).to_be_visible()
    page.keyboard.type("!")
    page.context.set_offline(False)
    wait(lambda: page.evaluate("1") and f"{word}!" in file.read_text(), "the save afterwards")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.unroute(ours)


def test_without_a_connection_nothing_is_asked_and_what_was_typed_is_saved_afterwards(
    chromium, fresh
):
    file = fresh.home / "smart-a/squares/squares.ipynb"
    page = visit(chromium, fresh)
    # A kernel that could not be started is another matter: JupyterLab says so, and is right.
    rests = page.get_by_text(re.compile(r"ipykernel\) \| Idle")).first
    expect(rests).to_be_visible(timeout=60_000)
    page.wait_for_load_state("networkidle")  # a folder that cannot be read is another matter, too
    page.context.set_offline(True)
    notice = page.get_by_text("There is no connection to your lab.")
    expect(notice).to_be_visible()
    type_solution(page)
    page.context.set_offline(False)
    expect(notice).to_be_hidden()
    wait(lambda: "return [i * i for i in range(n)]" in file.read_text(), "the save")
    expect(page.get_by_role("dialog")).to_have_count(0)

    # The way breaks while a save is on it, before it arrived and afterwards.
    cut_off(page, notice, file, "# more", arrives=False)
    cut_off(page, notice, file, "# and more", arrives=True)

    # A server that was put away: its proxy answers, and says so.
    page.route("**/api/status*", lambda route: route.fulfill(status=503, json={}))
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    expect(page.get_by_text("Your lab was put away.")).to_be_visible()
    expect(page.get_by_role("button", name="Start it again")).to_be_visible()
    page.context.close()


def test_one_save_waits_for_the_other_so_that_nothing_is_asked(chromium, fresh):
    page = visit(chromium, fresh)
    type_solution(page)
    said: list[str] = []
    held: list[Any] = []

    def pass_on(route: Any) -> None:
        said.append(route.request.method)
        if said == ["GET", "PUT"]:
            held.append(route)  # as on a slow disk: the first save does not end by itself
        else:
            route.continue_()

    page.route(re.compile(r"/api/contents/.*squares\.ipynb\?"), pass_on)
    page.keyboard.press("Control+S")
    wait(lambda: page.evaluate("1") and held, "the first save")
    page.keyboard.type(" ")
    page.locator(".banyan-panel").get_by_role("button", name="Validate").click()
    expect(page.locator(".banyan-panel")).to_contain_text("Saving …")
    page.wait_for_timeout(300)
    assert said == ["GET", "PUT"], "the second save waits"
    held[0].continue_()
    wait(lambda: page.evaluate("1") and said.count("PUT") == 2, "the second save")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.context.close()


def test_nbgraders_own_tools_work_beside_it(chromium, fresh):
    page = visit(chromium, fresh, viewport={"width": 1900, "height": 900})
    # nbgrader's validator, by its own button beside ours. While the window takes shape, the toolbar
    # may keep it behind its "…".
    button = page.locator(".validate-button:visible")
    more = page.locator(".jp-NotebookPanel-toolbar .jp-Toolbar-responsive-opener:visible")
    expect(button.or_(more).first).to_be_visible()
    if not button.count():
        more.click()
    button.click()
    expect(page.get_by_role("dialog")).to_contain_text("Validation Results", timeout=60_000)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_role("menuitem", name="Assignment List").click()
    listed = page.locator("#fetched_assignments_list")
    expect(listed.get_by_role("button", name="squares")).to_be_visible(timeout=60_000)
    page.context.close()


def test_jupyterlab_follows_the_language_of_the_site_and_leaves_another_choice_alone(
    chromium, fresh
):
    page = visit(chromium, fresh)
    title = page.locator(".banyan-panel h2")
    expect(title).to_have_text("First steps")
    page.goto(f"{fresh.open()}&locale=zh-Hant-TW")
    expect(title).to_have_text("第一步", timeout=60_000)
    # She picks English inside JupyterLab: the site's language has not changed since.
    chosen = fresh.home / ".jupyter/lab/user-settings" / PLUGIN
    chosen.write_text('{"locale": "en"}')
    page.goto(f"{fresh.open()}&locale=zh-Hant-TW")
    expect(title).to_have_text("First steps", timeout=60_000)
    page.goto(f"{fresh.open()}&locale=en")
    expect(title).to_have_text("First steps", timeout=60_000)
    page.context.close()


def test_a_notebook_of_her_own_has_no_lab_panel(chromium, fresh):
    folder = fresh.home / "smart-a" / "notes"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(), folder / "mine.ipynb")
    page = chromium.new_page()
    with page.expect_response(re.compile("banyan/panel")) as asked:
        page.goto(f"{fresh.url}lab/tree/smart-a/notes/mine.ipynb")
    assert asked.value.status == 404
    expect(page.locator(".banyan-line")).to_be_hidden()
    expect(page.get_by_role("heading", name="notes")).to_have_count(0)
    page.close()


class TestValidating:
    def outcomes(self, tmp_path: Path, *cells: object) -> dict[str, str]:
        path = tmp_path / "work.ipynb"
        path.write_bytes(engine.make_release(
            [engine.NotebookSource("work", build.notebook(*cells))]
        ).notebooks["work.ipynb"])  # fmt: skip
        return {cell["grade_id"]: cell["outcome"] for cell in validate(path)}

    def test_says_of_every_cell_what_nbgrader_would(self, tmp_path):
        found = self.outcomes(
            tmp_path,
            build.test("assert 1 + 1 == 2", "passes"),
            build.test("assert 1 + 1 == 3", "fails"),
            build.test("1", "half", points=2),
            build.test("import sys; print('hm', file=sys.stderr)", "warns"),
            build.answer("words", "answer"),
        )
        assert found == {
            "passes": "passed",
            "fails": "failed",
            "half": "partial",
            "warns": "failed",
            "answer": "unanswered",
        }

    def test_tells_the_error_with_its_line_and_leaves_the_notebook_as_it_was(self, tmp_path):
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("a = 1\nb = a + c")])
        path = tmp_path / "own.ipynb"
        path.write_text(nbformat.writes(book))
        before = path.read_bytes()
        (cell,) = validate(path)
        assert (cell["outcome"], cell["error"]["name"]) == ("error", "NameError")
        assert (cell["error"]["line"], cell["points"]) == (2, None)
        assert path.read_bytes() == before

    def test_finds_a_test_that_was_changed(self, tmp_path):
        path = tmp_path / "squares.ipynb"
        book = nbformat.reads(RELEASE["squares.ipynb"].decode(), as_version=4)
        book.cells[1].source = "assert True"
        nbformat.write(book, path)
        assert validate(path)[0]["outcome"] == "changed"

    def test_refuses_what_is_not_a_notebook(self, tmp_path):
        path = tmp_path / "broken.ipynb"
        path.write_text("{")
        with pytest.raises(CannotValidate, match="unreadable"):
            validate(path)

    def test_runs_nothing_outside_of_the_labs_folder(self, fresh):
        for name in ("../../x.ipynb", "/etc/passwd", ".hidden.ipynb"):
            assert fresh.post("validate", notebook=name).status_code == 404


class TestWords:
    def said(self) -> dict[str, str]:
        text = (FRONT / "words.zh.js").read_text()
        pairs = re.findall(r"^  '((?:[^'\\]|\\.)*)':\s+'((?:[^'\\]|\\.)*)',$", text, re.MULTILINE)
        return dict(pairs)

    def test_every_word_has_its_chinese_and_none_is_left_over(self):
        modules = {path.name: path.read_text() for path in FRONT.glob("*.js")}
        code = "\n".join(
            text for name, text in modules.items()
            if not name.startswith(("author", "words"))
        )  # fmt: skip
        used = set(re.findall(r"say\(\s*'((?:[^'\\]|\\.)*)'", code))
        assert used - set(self.said()) == set()
        unused = {word for word in self.said() if f"'{word}'" not in code}
        assert unused == set()

    def test_a_word_of_the_site_is_the_same_here(self):
        site = {}
        for path in catalog_files():
            site |= {m.id: m.string for m in read_catalog(path) if isinstance(m.id, str) and m.id}
        ours = self.said()
        assert {w: c for w, c in ours.items() if site.get(w, c) != c} == {}
