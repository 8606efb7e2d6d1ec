"""The page of what is kept of a lab, as people see it: both languages, light, dark, narrow."""

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from jupyter_config.exchange.versions import CellChange
from jupyter_config.lab_extension.history import Kept
from jupyter_config.lab_extension.work_page import Offer, page
from tests.jupyter_config.test_lab_panel import AXE_RULES

NOW = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)
LONG = (
    "source/quality-and-maintenance/a-lab-with-a-very-long-name-indeed/data/measurements_2026.csv"
)


def shown(locale, obstacle):
    hours = [(n, NOW - dt.timedelta(hours=n)) for n in range(3)]
    kept = [Kept("lab/first.ipynb", at, f"{n:016x}", 900, f"n{n}") for n, at in hours]
    return page(
        locale,
        lab="品質檢驗 Quality inspection",
        names={"course_id": "quality", "assignment_id": "inspection"},
        xsrf='<input type="hidden" name="_xsrf" value="x">',
        back="/user/mei/lab",
        offer=Offer(1, 2, [CellChange("changed", "first.ipynb", "test-residuals", True)], obstacle),
        submissions=[{"number": 1, "submitted_at": NOW.isoformat(), "score": 3, "max_score": 5}],
        history={"lab/first.ipynb": kept, LONG: kept},
        missing={LONG},
        done="lab (2026-11-23 12.00)",
    )


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.mark.journey
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("locale", "obstacle"), [("zh-Hant-TW", None), ("en", "test-residuals")])
def test_is_for_everybody(chromium, locale, obstacle, scheme, width):
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    tab = context.new_page()
    tab.set_content(shown(locale, obstacle))
    found = Axe().run(tab, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    heights = tab.evaluate(
        "[...document.querySelectorAll('button')].map(b => b.getBoundingClientRect().height)"
    )
    assert heights and min(heights) >= 24
    context.close()
