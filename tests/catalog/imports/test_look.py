"""The pages of an import in a real browser: nothing inaccessible, nothing cut off."""

import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Route, sync_playwright

from tests.catalog.imports.packages import zipped
from tests.catalog.imports.test_cartridges import profile

SITE = "http://site.localhost"
LOOKS = [
    pytest.param({"width": 1280, "height": 900}, "light", "zh-Hant-TW", id="wide-light-chinese"),
    pytest.param({"width": 360, "height": 740}, "dark", "en", id="narrow-dark-english"),
    pytest.param({"width": 360, "height": 740}, "light", "en", id="narrow-light-english"),
]


@pytest.mark.parametrize(("viewport", "scheme", "language"), LOOKS)
def test_are_accessible_at_every_width(cast, viewport, scheme, language):
    client = cast.browser("lin")
    client.set_cookie("locale", language)
    sent = {"zip": (io.BytesIO(zipped(profile())), "course.imscc")}
    report = client.post("/teach/courses/import", data=sent).headers["Location"]

    def answer(route: Route) -> None:
        with client.get(route.request.url.removeprefix(SITE)) as found:
            headers = {k: v for k, v in found.headers.items() if k != "Content-Security-Policy"}
            route.fulfill(status=found.status_code, headers=headers, body=found.data)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport=viewport, color_scheme=scheme)
        page.route("**/*", answer)
        for address in ("/teach/courses/import", report):
            page.goto(SITE + address, wait_until="load")
            assert page.locator("html").get_attribute("lang") == language
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= viewport["width"], address
            found = Axe().run(page).response["violations"]
            assert [(v["id"], v["nodes"][0]["html"]) for v in found] == [], address
        browser.close()
