"""One server per person: the next lab needs another one, and she decides."""

from datetime import timedelta

import pytest

from app.kernel import clock
from app.kernel.database import db
from app.learning import queries as learning
from app.operations import operations, queries
from app.operations.rules import Ending
from app.workspaces import hub
from tests.grading.test_cases import text_of
from tests.operations.helpers import open_lab, run_of


@pytest.fixture
def contained(enrolled, monkeypatch):
    """Labs in containers; mei's server runs with another image than the lab's."""
    monkeypatch.setenv("LABS_SPAWNER", "docker")
    monkeypatch.delenv("LABS_PROFILES", raising=False)
    open_lab(enrolled, "mei")
    with enrolled.app.app_context():
        run_of(enrolled, "mei").profile = "deep-learning"
        db.session.commit()
    return enrolled


def address(cast, more=""):
    return f"/learn/{cast.code}/labs/squares/{more or 'server'}"


def page_of(cast, **options):
    return text_of(cast.browser("mei").get(address(cast), **options).text)


def ordered(cast):
    """The arguments with which the job of her restart was deferred."""
    with cast.app.app_context():
        run = run_of(cast, "mei")
        section = learning.section_for(cast.person("mei"), cast.code).section
        return run.id, section.id, "squares"


class TestALabThatNeedsAnotherServer:
    def test_is_not_opened_in_the_wrong_one_unasked(self, contained):
        browser = contained.browser("mei")
        answer = browser.post(address(contained, "workspace"))
        assert (answer.status_code, answer.location) == (303, address(contained))
        page = page_of(contained)
        assert "needs another server" in page
        assert "Your server now Deep learning" in page
        assert contained.hub.servers == {"mei": "ready"}

    def test_opens_in_the_one_that_runs_when_she_says_so(self, contained):
        answer = contained.browser("mei").post(address(contained, "workspace"), data={"as_is": "1"})
        assert "/user/mei/banyan/open" in answer.location

    def test_is_restarted_on_request_after_everything_was_saved(self, contained):
        browser = contained.browser("mei")
        now = clock.now()
        with clock.frozen_at(now):
            assert browser.post(address(contained)).status_code == 303
        assert "being saved" in page_of(contained, headers={"X-Requested-With": "live"})
        with contained.app.app_context():
            (notice,) = queries.notices_for(contained.person("mei"))
            assert notice["save"] and "starts anew" in notice["text"]
        run_id, section_id, slug = ordered(contained)
        how = {"environment": "standard", "locale": "en"}
        with contained.app.app_context(), clock.frozen_at(now + timedelta(seconds=5)):
            operations.restart(run_id, section_id, slug, **how)
            assert run_of(contained, "mei").id == run_id, "her time to save is not over"
        with contained.app.app_context(), clock.frozen_at(now + timedelta(seconds=31)):
            operations.restart(run_id, section_id, slug, **how)
            fresh = run_of(contained, "mei")
            assert fresh.id != run_id and fresh.profile == "standard"
            assert contained.hub.environments["mei"] == "standard"
            contained.hub.environments.clear()
            operations.restart(run_id, section_id, slug, **how)  # a job may run twice
            assert contained.hub.environments == {}
        answer = browser.get(address(contained), headers={"X-Requested-With": "live"})
        assert "data-live-go" in answer.text

    def test_can_be_called_off(self, contained):
        browser = contained.browser("mei")
        browser.post(address(contained))
        browser.post(address(contained, "server/continuation"))
        run_id, section_id, slug = ordered(contained)
        with contained.app.app_context(), clock.frozen_at(clock.now() + timedelta(minutes=1)):
            operations.restart(run_id, section_id, slug, environment="standard", locale="en")
            assert run_of(contained, "mei").id == run_id
            assert contained.hub.servers == {"mei": "ready"}

    def test_tells_the_job_to_try_again_while_the_hub_is_silent(self, contained):
        contained.browser("mei").post(address(contained))
        run_id, section_id, slug = ordered(contained)
        contained.hub.is_down = True
        with contained.app.app_context(), clock.frozen_at(clock.now() + timedelta(minutes=1)):
            with pytest.raises(hub.HubUnavailable):
                operations.restart(run_id, section_id, slug, environment="standard", locale="en")
            assert run_of(contained, "mei").ending is not Ending.STOPPED

    def test_is_nothing_of_an_operators_stop(self, contained):
        with contained.app.app_context():
            operations.order_stop(None, run_of(contained, "mei"), "A new disk.")
        contained.browser("mei").post(address(contained, "server/continuation"))
        with contained.app.app_context():
            assert run_of(contained, "mei").stop_at is not None


def test_on_one_machine_every_server_has_everything(enrolled):
    open_lab(enrolled, "mei")
    open_lab(enrolled, "mei")
    assert enrolled.browser("mei").get(address(enrolled)).status_code == 404


def test_is_nobody_elses_page(contained):
    assert contained.browser("guo").get(address(contained)).status_code == 404
