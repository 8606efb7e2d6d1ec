"""Who may need attention: each rule, and the words for it."""

from datetime import UTC, datetime, timedelta

import pytest

from app.insights.rules.risk import (
    DEFAULT,
    Facts,
    Kind,
    Reason,
    Stuck,
    Thresholds,
    is_new,
    matters_of,
    reasons,
)
from app.insights.rules.words import reason_words
from app.kernel import i18n

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
OFF = Thresholds(0, False, 0, 0, False)


def kinds(facts, thresholds=DEFAULT):
    return [reason.kind for reason in reasons(facts, thresholds, NOW)]


TITLES = {f"lab:{n}": f"Lab {n}" for n in "abcde"}


class TestRules:
    def test_nobody_is_listed_without_a_reason(self):
        assert kinds(Facts()) == []

    def test_every_rule_can_be_turned_off(self):
        facts = Facts(
            ["lab:a"],
            [("lab:a", 9), ("lab:b", 8), ("lab:c", 7)],
            [Stuck("lab:a", "t", 9)],
            NOW - timedelta(days=99),
            10.0,
            False,
        )
        assert kinds(facts) == [Kind.MISSING, Kind.BELOW, Kind.STUCK, Kind.FALLING, Kind.ABSENT]
        assert kinds(facts, OFF) == []

    @pytest.mark.parametrize(
        ("percents", "falls"),
        [
            ((90, 80, 70), True),
            ((20, 90, 80, 70), True),
            ((90, 80, 80), False),
            ((90, 70, 80), False),
            ((80, 70), False),
            ((90, 80, 70, 75), False),
        ],
    )
    def test_falling_is_two_steps_down_at_the_end(self, percents, falls):
        facts = Facts(percents=[(f"lab:{n}", p) for n, p in enumerate(percents)])
        assert (Kind.FALLING in kinds(facts)) is falls

    @pytest.mark.parametrize(("count", "stuck"), [(2, False), (3, True)])
    def test_stuck_is_from_three_submissions_on(self, count, stuck):
        assert (kinds(Facts(stuck=[Stuck("lab:a", "t", count)])) == [Kind.STUCK]) is stuck

    @pytest.mark.parametrize(("days", "absent"), [(13.99, False), (14, True)])
    def test_absence_is_whole_days(self, days, absent):
        found = kinds(Facts(last_here=NOW - timedelta(days=days)))
        assert (found == [Kind.ABSENT]) is absent

    def test_below_needs_a_grade(self):
        assert kinds(Facts(percent=None, is_passed=None)) == []
        assert kinds(Facts(percent=80.0, is_passed=True)) == []


class TestMatters:
    def test_another_missing_item_is_new_and_more_days_are_not(self):
        before = [Reason(Kind.MISSING, ("lab:a",), (1,)), Reason(Kind.ABSENT, (), (14,))]
        settled = matters_of(before)
        assert not is_new([Reason(Kind.ABSENT, (), (20,))], settled)
        assert not is_new([Reason(Kind.MISSING, ("lab:a",), (1,))], settled)
        assert is_new([Reason(Kind.MISSING, ("lab:a", "lab:b"), (2,))], settled)

    def test_falling_further_is_new(self):
        settled = matters_of([Reason(Kind.FALLING, ("a", "b", "c"), (9, 8, 7))])
        assert is_new([Reason(Kind.FALLING, ("b", "c", "d"), (8, 7, 6))], settled)

    def test_come_back_from_the_database_as_they_were(self):
        reason = Reason(Kind.STUCK, ("lab:a",), (3,), "test-a")
        assert Reason.from_json(reason.as_json()) == reason


class TestWords:
    @pytest.mark.parametrize(
        ("reason", "words"),
        [
            (Reason(Kind.MISSING, ("lab:a",), (1,)), "Due and nothing handed in: Lab a"),
            (
                Reason(Kind.MISSING, tuple(TITLES), (5,)),
                "Due and nothing handed in: Lab a, Lab b, Lab c and 2 more",
            ),
            (
                Reason(Kind.FALLING, ("lab:a", "lab:b", "lab:c"), (90, 80.5, 7)),
                "Each of the last three results is lower: 90% → 80.5% → 7%",
            ),
            (
                Reason(Kind.STUCK, ("lab:a",), (3,), "t1"),
                "“Lab a”: the test t1 was not passed in the last 3 submissions",
            ),
            (Reason(Kind.ABSENT, (), (14,)), "Has not opened anything here for 14 days"),
            (Reason(Kind.BELOW, (), (48.5,)), "The grade so far is below the pass mark: 48.5%"),
        ],
    )
    def test_say_why(self, reason, words):
        with i18n.speaking("en"):
            assert reason_words(reason, TITLES) == words
