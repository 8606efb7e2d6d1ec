"""A scarce profile: a quota, a line, one's place in it."""

from datetime import timedelta

import pytest

from app.kernel import clock
from app.operations import operations
from app.operations.queries import lines as queries
from tests.grading.test_cases import text_of
from tests.operations.helpers import look, open_lab, run_of


@pytest.fixture
def one_card(enrolled, monkeypatch, tmp_path):
    """Labs in containers; one graphics card for everybody."""
    own = tmp_path / "profiles.yaml"
    own.write_text("profiles: {gpu: {quota: {servers: 1, minutes: 60}}}\n")
    monkeypatch.setenv("LABS_SPAWNER", "docker")
    monkeypatch.setenv("LABS_PROFILES", str(own))
    return enrolled


def address(cast) -> str:
    return f"/learn/{cast.code}/labs/squares/line/gpu"


def stand(cast, *handles: str) -> None:
    for handle in handles:
        answer = cast.browser(handle).post(address(cast))
        assert answer.status_code == 303, answer.text


def place(cast, handle: str) -> str:
    page = cast.browser(handle).get(address(cast), headers={"X-Requested-With": "live"}).text
    assert "<html" not in page
    return text_of(page)


def serve(cast) -> int:
    with cast.app.app_context():
        return operations.serve_lines(queries.queued_profiles())


class TestTheLine:
    def test_starts_the_first_and_tells_the_others_their_place_without_a_reload(self, one_card):
        stand(one_card, "mei", "hao", "lin")
        assert serve(one_card) == 1
        assert one_card.hub.profiles == {"mei": "gpu"}
        assert "1 your place in the line 2 people wait" in place(one_card, "hao")
        assert "2 your place in the line" in place(one_card, "lin")
        answer = one_card.browser("mei").get(
            address(one_card), headers={"X-Requested-With": "live"}
        )
        assert "data-live-go" in answer.text and "It is your turn." in answer.text

    def test_moves_on_when_a_card_is_free(self, one_card, tmp_path):
        stand(one_card, "mei", "hao")
        serve(one_card)
        assert serve(one_card) == 0
        one_card.hub.servers.pop("mei")
        with one_card.app.app_context():
            run = run_of(one_card, "mei")
            run.ready_at = run.asked_at
            look(one_card, tmp_path)
        place(one_card, "hao")
        assert serve(one_card) == 1
        assert one_card.hub.profiles["hao"] == "gpu"

    def test_passes_over_who_is_not_there_and_keeps_her_place(self, one_card):
        with clock.frozen_at(clock.now() - timedelta(minutes=5)):
            stand(one_card, "mei")
        stand(one_card, "hao")
        assert serve(one_card) == 1
        assert "mei" not in one_card.hub.servers and "hao" in one_card.hub.servers
        assert "1 your place in the line" in place(one_card, "mei")

    def test_forgets_who_has_been_away_for_half_an_hour(self, one_card):
        with clock.frozen_at(clock.now() - timedelta(minutes=31)):
            stand(one_card, "mei")
        assert serve(one_card) == 0
        assert "Stand in line" in place(one_card, "mei")

    def test_asks_twice_and_keeps_one_place(self, one_card):
        stand(one_card, "mei", "hao", "mei")
        assert "1 your place in the line 2 people wait" in place(one_card, "mei")

    def test_can_be_left(self, one_card):
        stand(one_card, "mei", "hao")
        one_card.browser("mei").post(f"{address(one_card)}/leaving")
        assert "1 your place in the line 1 person waits" in place(one_card, "hao")

    def test_is_not_for_who_has_a_lab_open(self, one_card):
        open_lab(one_card, "mei")
        answer = one_card.browser("mei").post(address(one_card))
        assert answer.status_code == 409 and "Close it first" in answer.text

    def test_waits_while_labs_are_closed(self, one_card):
        stand(one_card, "mei")
        with one_card.app.app_context():
            operations.announce_drain(
                None, until=clock.now() + timedelta(hours=1), message={"en": "x"}
            )
        assert serve(one_card) == 0
        assert "1 your place in the line" in place(one_card, "mei")

    def test_ends_a_server_that_has_used_its_time_with_a_word(self, one_card):
        with clock.frozen_at(clock.now() - timedelta(minutes=61)):
            stand(one_card, "mei")
            serve(one_card)
        serve(one_card)
        with one_card.app.app_context():
            assert "60" in run_of(one_card, "mei").stop_note

    def test_leaves_places_to_other_courses_where_the_profile_says_so(self, one_card, monkeypatch):
        own = one_card.app.extensions["config"].instance / "profiles.yaml"
        own.write_text("profiles: {gpu: {quota: {servers: 4, per_course: 1, minutes: 60}}}\n")
        monkeypatch.setenv("LABS_PROFILES", str(own))
        stand(one_card, "mei", "hao")
        assert serve(one_card) == 1


class TestWhoSeesIt:
    def test_the_labs_page_leads_there_where_there_are_such_profiles(self, one_card):
        page = one_card.browser("mei").get(f"/learn/{one_card.code}/labs/squares").text
        assert address(one_card) in page and "Deep learning on a GPU" in page

    def test_there_is_none_on_one_machine(self, enrolled):
        assert enrolled.browser("mei").get(address(enrolled)).status_code == 404
        page = enrolled.browser("mei").get(f"/learn/{enrolled.code}/labs/squares").text
        assert "Open it with more" not in page

    def test_only_people_of_the_section_stand_in_its_line(self, one_card):
        for handle in ("wang", "yun", "guo"):
            assert one_card.browser(handle).post(address(one_card)).status_code in (403, 404), (
                handle
            )
        unknown = address(one_card).replace("/gpu", "/standard")
        assert one_card.browser("mei").post(unknown).status_code == 404
