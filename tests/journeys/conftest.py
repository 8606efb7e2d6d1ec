"""The whole house, started as its README says, and a real Chromium in front of it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from app.hosting.postgres import cluster_of

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 240
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGS = ["--disable-gpu", "--disable-background-networking"]
COURSE = "quality-and-maintenance"
LAB = "quality-inspection"
DEMO_PASSWORD = "banyan-demo"
# A journey asks what appears, not how fast: the benchmarks do that, on a machine of their own.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first journey of all has the start of the house in its time."""
    for item in items:
        if item.path.is_relative_to(ROOT / "tests/journeys"):
            item.add_marker(pytest.mark.timeout(900))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class House:
    """A running installation: its address, its folder and its process."""

    instance: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
        return kept | {
            "BANYAN_INSTANCE": str(self.instance),
            "PORT": str(self.port),
            "BANYAN_DEMO": "1",
            "BANYAN_COURSES": str(ROOT / "courses"),
        }

    def start(self) -> None:
        log = (self.instance.parent / "house.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "up"],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()
        self.wait(f"{self.url}/healthz", "ok")
        self.wait(
            f"http://localhost:{self.port}/hub/health", "", host=f"labs.localhost:{self.port}"
        )

    def wait(self, url: str, word: str, host: str = "") -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process is not None and self.process.poll() is not None:
                break
            request = urllib.request.Request(url, headers={"Host": host} if host else {})
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    if answer.status == 200 and word in answer.read().decode():
                        return
            except urllib.error.HTTPError as error:
                error.close()
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.3)
        raise AssertionError((self.instance.parent / "house.log").read_text()[-4000:])

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    def part(self, word: str) -> psutil.Process:
        """The process of a part, by a word of its command line."""
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children():
            if any(word in argument for argument in child.cmdline()):
                return child
        raise AssertionError(f"no part of the house is called {word}")

    def database(self) -> psycopg.Connection[Any]:
        return psycopg.connect(cluster_of(self.instance).dsn(), autocommit=True)

    def mails_to(self, email: str) -> list[str]:
        """The texts of the mails to an address, oldest first."""
        folder = self.instance / "mail"
        return [
            message_from_bytes(path.read_bytes(), policy=policy.default).get_content()
            for path in sorted(folder.glob(f"*-{email}.eml"))
        ]

    def link_in_mail(self, email: str, contains: str) -> str:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for text in reversed(self.mails_to(email)):
                for link in re.findall(r"http://\S+", text):
                    if contains in link:
                        return str(link)
            time.sleep(0.2)
        raise AssertionError(f"no mail to {email} has a link with {contains}")


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all journeys, whichever processes run tests side by side."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        # Fails when a second process of the same run comes here: journeys are to stay together.
        (tmp_path_factory.getbasetemp().parent / "the-house").touch(exist_ok=False)
    made = House(tmp_path_factory.mktemp("house") / "instance", free_port())
    made.instance.mkdir()
    made.start()
    with made.database() as db:  # journeys fill the demo's sections with people of their own
        db.execute("UPDATE sections SET capacity = 5000")
    try:
        yield made
    finally:
        made.stop()


# For a module, not for all: while Playwright runs, its event loop is in the way of other tests.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    arguments = [*CHROMIUM_ARGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, house: House) -> Iterator[Callable[..., Page]]:
    """``visit()`` opens the site as nobody; ``visit("mei")`` signed in as a demo person."""
    contexts: list[BrowserContext] = []

    def open_page(who: str | None = None, *, language: str = "en", **options: Any) -> Page:
        # Colours are looked at when they have come to rest.
        options.setdefault("reduced_motion", "reduce")
        context = browser.new_context(
            base_url=house.url, locale="zh-TW" if language != "en" else "en-US", **options
        )
        contexts.append(context)
        context.set_default_timeout(60_000)
        chosen = "en" if language == "en" else "zh-Hant-TW"
        context.add_cookies([{"name": "locale", "value": chosen, "url": house.url}])
        page = context.new_page()
        if who is not None:
            sign_in(page, f"{who}", DEMO_PASSWORD)
        return page

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def english(browser: Browser, house: House, email: str) -> Page:
    """A page of its own for a demo person who reads English; for fixtures of a module, which
    cannot ``visit``. Whoever asks closes its context."""
    context = browser.new_context(base_url=house.url)
    context.add_cookies([{"name": "locale", "value": "en", "url": house.url}])
    page = context.new_page()
    sign_in(page, email, DEMO_PASSWORD)
    return page


def enrol(page: Page) -> None:
    """Its person takes the demo's course; she may have taken it in an earlier journey."""
    page.goto(f"/courses/{COURSE}")
    button = page.get_by_role("button", name="Enrol")
    if button.count():
        button.first.click()
        page.wait_for_url("**/learn/*")


def section_of(house: House) -> str:
    """The code of the demo's section at Rongnan, which lin teaches."""
    with house.database() as db:
        found = db.execute(
            "SELECT code FROM sections WHERE code LIKE %s", [f"{COURSE}%-rongnan"]
        ).fetchone()
    assert found
    return str(found[0])
