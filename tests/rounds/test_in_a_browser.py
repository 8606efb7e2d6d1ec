"""A list put in order with a keyboard, with a mouse, and without script, in a real browser."""

import threading
from datetime import timedelta

import pytest
from playwright.sync_api import expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from app.accounts import operations as accounts
from app.kernel import clock
from app.kernel.database import db
from app.rounds.models import RoundChoice, RoundRank
from app.rounds.rules import State
from tests.grading.conftest import site_of_its_own
from tests.rounds.conftest import CODE, prepare

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def served(cluster, config):
    """The site behind a real socket, with a round that is open at this moment."""
    with site_of_its_own(cluster, config, "rounds_browser") as cast:
        with cast.app.app_context():
            with clock.frozen_at(clock.now() - timedelta(hours=2)):
                stage = prepare(cast)
            stage.go_to(State.OPEN)
            db.session.remove()
        server = make_server("127.0.0.1", 0, cast.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        stage.address = f"http://localhost:{server.server_port}"
        try:
            yield stage
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def visit(served, chromium, handle, page, **options):
    """HANDLE opens PAGE of the round."""
    with served.cast.app.app_context():
        token = accounts.open_sign_in(
            served.cast.app.extensions["config"], served.cast.person(handle)
        )
        db.session.remove()
    client = served.cast.app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
    context = chromium.new_context(base_url=served.address, **options)
    cookie = client.get_cookie("banyan")
    values = {"banyan": cookie.value, "locale": "en"}
    context.add_cookies(
        [{"name": name, "value": value, "url": served.address} for name, value in values.items()]
    )
    opened = context.new_page()
    opened.goto(f"/rounds/{CODE}{page}")
    return opened


def choices(served, handle):
    with served.cast.app.app_context():
        try:
            entry = served.entry(handle)
            return list(
                db.session.scalars(
                    select(RoundChoice.project_id)
                    .where(RoundChoice.entry_id == entry.id)
                    .order_by(RoundChoice.place)
                )
            )
        finally:
            db.session.remove()


def project_ids(served):
    with served.cast.app.app_context():
        try:
            return [project.id for project in served.projects]
        finally:
            db.session.remove()


def test_an_applicant_ranks_by_keyboard_and_by_mouse(served, chromium):
    first, second = project_ids(served)
    page = visit(served, chromium, "mei", "/mine")
    page.get_by_role("button", name="Take part").click()
    form = page.locator("form[data-enlivened]")
    expect(form).to_be_visible()
    page.locator(f"#row-{second} input").focus()
    while page.locator(f"#row-{second} input").input_value() != "1":
        page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[data-said]")).to_contain_text("place 1 of 1")
    expect(page.locator("[data-state=saved]")).to_contain_text("Saved at")
    assert choices(served, "mei") == [second]

    grip = page.locator(f"#row-{first} [data-grip]").bounding_box()
    target = page.locator(f"#row-{second}").bounding_box()
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(target["x"] + 20, target["y"] + 2, steps=4)
    with page.expect_response(lambda answer: answer.url.endswith("/choices") and answer.ok):
        page.mouse.up()
    expect(page.locator(f"#row-{first} input")).to_have_value("1")
    expect(page.locator(f"#row-{second} input")).to_have_value("2")
    assert choices(served, "mei") == [first, second]
    page.reload()
    expect(page.locator("[data-row]").first).to_have_attribute("id", f"row-{first}")
    page.context.close()


def test_an_applicant_ranks_without_script(served, chromium):
    first, second = project_ids(served)
    page = visit(served, chromium, "hao", "/mine", java_script_enabled=False)
    page.get_by_role("button", name="Take part").click()
    page.locator(f"#row-{second} input").fill("1")
    page.locator(f"#row-{first} input").fill("2")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert choices(served, "hao") == [second, first]
    page.context.close()


def test_a_company_ties_two(served, chromium):
    first, _second = project_ids(served)
    page = visit(served, chromium, "yun", f"/projects/{first}/ranking")
    expect(page.locator("form[data-enlivened]")).to_be_visible()
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(3)
    rows.nth(0).locator("[data-step='-1']").click()
    rows.nth(1).locator("[data-step='-1']").click()
    rows.nth(1).locator("[data-tie]").click()
    expect(rows.nth(1).locator("input")).to_have_value("1")
    expect(rows.nth(2).locator("input")).to_have_value("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    with served.cast.app.app_context():
        places = db.session.scalars(
            select(RoundRank.place).where(RoundRank.project_id == first)
        ).all()
        db.session.remove()
    assert list(places) == [1, 1]
    page.context.close()
