"""Working days, urgency, languages of a message."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.kernel.clock import TAIPEI
from app.steering import rules
from app.steering.rules import Urgency, Words


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TAIPEI)


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("since", "days", "due"),
        [
            ("2026-03-02T09:00", 1, date(2026, 3, 3)),  # Monday to Tuesday
            ("2026-03-06T23:59", 1, date(2026, 3, 9)),  # Friday to Monday
            ("2026-03-07T10:00", 1, date(2026, 3, 9)),  # Saturday counts from Monday
            ("2026-02-13T10:00", 1, date(2026, 2, 23)),  # over the lunar new year
            ("2026-04-02T10:00", 1, date(2026, 4, 7)),  # children's day and tomb sweeping day
            ("2026-12-31T10:00", 1, date(2027, 1, 4)),  # over the year's end
            ("2026-03-02T09:00", 0, date(2026, 3, 2)),
            ("2040-05-01T09:00", 1, date(2040, 5, 2)),  # beyond the table
        ],
    )
    def test_end_where_the_offices_open(self, since, days, due):
        found = rules.due_after(at(since), days)
        assert found.astimezone(TAIPEI).date() == due
        assert found.astimezone(TAIPEI).hour == 23

    def test_of_taipei_are_meant_whatever_the_zone(self):
        evening = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # Tuesday 01:00 in Taipei
        assert rules.due_after(evening, 1).astimezone(TAIPEI).date() == date(2026, 3, 4)

    def test_a_holiday_on_a_weekend_is_taken_beside_it(self):
        assert date(2026, 2, 27) in rules.holidays(2026)  # 28 February 2026 is a Saturday
        assert date(2026, 10, 26) in rules.holidays(2026)  # 25 October 2026 is a Sunday
        assert not rules.is_working_day(date(2026, 9, 25)) and rules.is_working_day(
            date(2026, 9, 24)
        )

    def test_the_lunar_new_year_gives_back_its_weekend(self):
        assert {date(2026, 2, day) for day in (16, 17, 18, 19, 20)} <= rules.holidays(2026)
        assert rules.is_working_day(date(2026, 2, 23))


def test_urgency_changes_at_the_instants_themselves():
    now = at("2026-03-02T09:00")
    assert rules.urgency(now - timedelta(seconds=1), now) is Urgency.OVERDUE
    assert rules.urgency(now, now) is Urgency.SOON
    assert rules.urgency(now + rules.SOON, now) is Urgency.SOON
    assert rules.urgency(now + rules.SOON + timedelta(seconds=1), now) is Urgency.LATER


def test_age_is_counted_in_days_of_taipei():
    assert rules.age_days(at("2026-03-01T23:59"), at("2026-03-02T00:01")) == 1
    assert rules.age_days(at("2026-03-02T00:01"), at("2026-03-02T23:59")) == 0


class TestWords:
    def test_go_to_each_in_her_language_or_in_what_there_is(self):
        both = Words("主旨", "Subject", "內文", "Body")
        assert both.in_language("en") == ("Subject", "Body")
        assert both.in_language("zh-Hant-TW") == ("主旨", "內文")
        assert Words("主旨", "", "內文", "").in_language("en") == ("主旨", "內文")

    @pytest.mark.parametrize(
        ("words", "whole"),
        [
            (Words("a", "", "b", ""), True),
            (Words("", "a", "", "b"), True),
            (Words("a", "a", "b", "b"), True),
            (Words("", "", "", ""), False),
            (Words("a", "", "", ""), False),
            (Words("a", "b", "c", ""), False),
            (Words("a", "", "", "b"), False),
        ],
    )
    def test_are_whole_when_no_language_is_half(self, words, whole):
        assert words.is_whole is whole
