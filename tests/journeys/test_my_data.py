"""Somebody looks at her data, takes it along and has it erased; nothing but the receipt is left."""

import re
import time
import zipfile
from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import create_engine, pool

from app.hosting.postgres import cluster_of
from app.privacy.operations import traces, traces_in_files
from tests.journeys.conftest import sign_in
from tests.journeys.test_main_job import register

NAME = "Qzjvid Leaving"
EMAIL = "qzjvid@leaving.example"
PASSWORD = "a long pass phrase of hers"


def registered(visit, house, name, email):
    """A page of somebody new, whose address is confirmed."""
    page = visit()
    page.goto("/register")
    page.get_by_text("What happens with your data").click()
    expect(page.get_by_text("Who collects your data")).to_be_visible()
    register(page, house, name, email, PASSWORD)
    if "/sign-in" in page.url or page.get_by_role("link", name="Sign in").count():
        sign_in(page, email, PASSWORD)
    return page


def erased(page, house, stranger):
    """She asks, the days of cooling off pass, and STRANGER reads the receipt; her handle."""
    page.goto("/me/data/erasing")
    handle = re.search(r"It is (\S+)\.", page.inner_text("main")).group(1)
    page.get_by_label("Your handle").fill(handle)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Erase my data").click()
    receipt = page.locator("a[href*='/privacy/receipts/']").get_attribute("href")
    with house.database() as database:
        database.execute(
            "UPDATE data_requests SET begins_at = now() WHERE kind = 'erase' AND done_at IS NULL"
        )
        database.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now()"
            " WHERE task_name = 'privacy.tasks.erase'"
        )
    stranger.goto(receipt)
    until(stranger.get_by_text("What went").count, stranger.reload)
    expect(stranger.get_by_role("heading", name="What stays, and why")).to_be_visible()
    return handle


def nothing_is_left(house, marks):
    """No column of a database and no file has one of MARKS."""
    for name in ("banyan", "hub"):
        assert traces_of(cluster_of(house.instance).url(name), marks) == [], name
    assert traces_in_files(house.instance, marks, but=["postgres", "logs", "run"]) == []


def test_she_takes_her_data_and_leaves(visit, house, tmp_path):
    page = registered(visit, house, NAME, EMAIL)
    page.goto("/me/data")
    expect(page.get_by_role("heading", name="What is kept")).to_be_visible()
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()

    page.get_by_role("button", name="Make the file").click()
    fetch = page.get_by_role("link", name="Fetch your file")
    until(fetch.count, lambda: page.get_by_role("link", name="Look again").click())
    with page.expect_download() as download:
        fetch.click()
    download.value.save_as(tmp_path / "mine.zip")
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        assert EMAIL in archive.read("accounts/people.json").decode()

    handle = erased(page, house, visit())
    page.goto("/me/data")
    page.wait_for_url(re.compile("/sign-in"))
    nothing_is_left(house, [NAME, EMAIL, handle])


def until(is_there: Callable[[], int], look_again: Callable[[], object]) -> None:
    """Look again, as somebody does who waits for a job, until it IS_THERE."""
    deadline = time.monotonic() + 90
    while not is_there() and time.monotonic() < deadline:
        time.sleep(0.3)
        look_again()


def traces_of(url, marks):
    """What is left of MARKS in the database at URL."""
    engine = create_engine(url, poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            return traces(marks, connection=connection)
    finally:
        engine.dispose()
