"""The tables of states: every step with everybody who might take it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from app.rounds.rules import (
    OFFER_STEPS,
    STEPS,
    By,
    OfferState,
    State,
    Windows,
    due,
    may_step,
    offer_may,
)

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY = timedelta(days=1)
WINDOWS = Windows(NOW + DAY, NOW + 8 * DAY, NOW + 9 * DAY, 72, NOW + 20 * DAY)

TAKEN = {
    ("draft", "announced"): "keeper",
    ("announced", "open"): "clock",
    ("open", "closed"): "clock",
    ("closed", "drawn"): "clock",
    ("drawn", "published"): "keeper clock",
    ("published", "ended"): "clock",
    ("announced", "cancelled"): "keeper",
    ("open", "cancelled"): "keeper",
    ("closed", "cancelled"): "keeper",
}
ANSWERED = {
    ("open", "accepted"): "applicant",
    ("open", "declined"): "applicant",
    ("open", "expired"): "clock",
    ("open", "replaced"): "clock keeper",
    ("open", "taken-back"): "keeper",
    ("accepted", "declined"): "applicant",
    ("accepted", "taken-back"): "keeper",
    ("accepted", "replaced"): "keeper",
}


@pytest.mark.parametrize(("before", "after", "by"), list(product(State, State, By)))
def test_a_round_takes_these_steps_and_no_other(before, after, by):
    expected = by.value in TAKEN.get((before.value, after.value), "").split()
    assert may_step(before, after, by) is expected


@pytest.mark.parametrize(("before", "after", "by"), list(product(OfferState, OfferState, By)))
def test_an_offer_takes_these_steps_and_no_other(before, after, by):
    expected = by.value in ANSWERED.get((before.value, after.value), "").split()
    assert offer_may(before, after, by) is expected


def test_the_tables_name_nothing_else():
    assert {(a.value, b.value) for a, b in STEPS} == set(TAKEN)
    assert {(a.value, b.value) for a, b in OFFER_STEPS} == set(ANSWERED)


def test_what_is_drawn_is_never_drawn_again_or_thrown_away():
    after = {b for a, b in STEPS if a in (State.DRAWN, State.PUBLISHED)}
    assert after == {State.PUBLISHED, State.ENDED}


@pytest.mark.parametrize(
    ("state", "days", "then"),
    [
        ("announced", 1, "open"),
        ("open", 8, "closed"),
        ("drawn", 9, "published"),
        ("published", 20, "ended"),
    ],
)
def test_the_clock_steps_at_the_date_and_not_before(state, days, then):
    at = NOW + days * DAY
    assert due(State(state), WINDOWS, at) is State(then)
    assert due(State(state), WINDOWS, at - timedelta(microseconds=1)) is None


@pytest.mark.parametrize("state", ["draft", "closed", "ended", "cancelled"])
def test_no_date_moves_what_waits_for_a_person_or_a_job(state):
    assert due(State(state), WINDOWS, NOW + 999 * DAY) is None


@pytest.mark.parametrize(
    "change",
    [
        {"opens_at": NOW - DAY},
        {"closes_at": NOW + DAY + timedelta(minutes=59)},
        {"publishes_at": NOW + 8 * DAY - timedelta(seconds=1)},
        {"answer_hours": 0},
        {"answer_hours": 721},
        {"ends_at": NOW + 11 * DAY},
    ],
)
def test_dates_that_contradict_themselves_are_not_announced(change):
    assert WINDOWS.problem(NOW) is None
    assert replace(WINDOWS, **change).problem(NOW) is not None


def test_an_offer_never_stands_longer_than_the_round():
    assert WINDOWS.answer_by(NOW + 9 * DAY) == NOW + 12 * DAY
    assert WINDOWS.answer_by(NOW + 19 * DAY) == WINDOWS.ends_at
