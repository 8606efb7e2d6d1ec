"""Rules of time, attempts and scores, against plain reckoning."""

import statistics as slow
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quizzes.rules import (
    GRACE,
    Result,
    Settings,
    allowance_for,
    deadline_of,
    fingerprint,
    is_over,
    keep,
    may_show_keys,
)
from app.quizzes.rules.files import limits_of, plain_name
from app.quizzes.rules.statistics import ENOUGH, Sheet, correlation, cronbach, statistics

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Grant:
    slug: str | None = None
    extra_percent: int = 0
    extra_minutes: int = 0
    extra_attempts: int = 0
    closes_at: datetime | None = None


class TestAllowance:
    def test_without_grants_is_what_the_quiz_says(self):
        found = allowance_for("a", Settings(attempts=2, minutes=60), NOON, [])
        assert (found.time, found.attempts, found.closes_at) == (HOUR, 2, NOON)

    def test_the_kindest_time_counts_and_attempts_add_up(self):
        grants = [Grant(extra_percent=50), Grant("a", extra_minutes=20, extra_attempts=1),
                  Grant(extra_attempts=2)]  # fmt: skip
        found = allowance_for("a", Settings(attempts=1, minutes=60), None, grants, time_factor=1.25)
        assert found.time == timedelta(minutes=90)
        assert found.attempts == 4

    def test_a_grant_for_another_quiz_does_not_count(self):
        grants = [Grant("b", extra_percent=100, extra_attempts=5, closes_at=NOON + HOUR)]
        found = allowance_for("a", Settings(attempts=1, minutes=60), NOON, grants)
        assert (found.time, found.attempts, found.closes_at) == (HOUR, 1, NOON)

    def test_an_earlier_close_takes_nothing_away(self):
        found = allowance_for("a", Settings(), NOON, [Grant(closes_at=NOON - HOUR)])
        assert found.closes_at == NOON

    def test_without_a_limit_more_time_stays_no_limit(self):
        assert allowance_for("a", Settings(), None, [Grant(extra_percent=50)]).time is None

    @given(st.integers(0, 400), st.integers(0, 1440), st.floats(1, 5))
    def test_never_gives_less_than_the_usual_time(self, percent, minutes, factor):
        grants = [Grant(extra_percent=percent, extra_minutes=minutes)]
        found = allowance_for("a", Settings(minutes=30), None, grants, time_factor=factor)
        assert found.time >= timedelta(minutes=30)


class TestDeadline:
    def test_is_the_earlier_of_time_and_close(self):
        short = allowance_for("a", Settings(minutes=60), NOON + timedelta(minutes=20), [])
        assert deadline_of(NOON, short) == NOON + timedelta(minutes=20)
        long = allowance_for("a", Settings(minutes=60), NOON + 3 * HOUR, [])
        assert deadline_of(NOON, long) == NOON + HOUR

    def test_is_never_without_time_and_close(self):
        assert deadline_of(NOON, allowance_for("a", Settings(), None, [])) is None

    def test_leaves_grace_for_what_is_on_its_way(self):
        assert not is_over(NOON, NOON + GRACE - timedelta(seconds=1))
        assert is_over(NOON, NOON + GRACE)


def results(*scores: float, out_of: int = 10, waiting: int = 0) -> list[Result]:
    return [Result(n, Decimal(str(s)), Decimal(out_of), waiting) for n, s in enumerate(scores, 1)]


class TestKeeping:
    @pytest.mark.parametrize(("how", "kept"), [("best", "9"), ("last", "5"), ("average", "6.667")])
    def test_best_last_and_average(self, how, kept):
        found = keep(how, results(6, 9, 5))
        assert found is not None and found.score == Decimal(kept)

    def test_compares_shares_where_versions_are_out_of_different_points(self):
        rows = [Result(1, Decimal(8), Decimal(10)), Result(2, Decimal(9), Decimal(20))]
        found = keep("best", rows)
        assert found is not None and (found.score, found.max_score) == (8, 10)

    def test_nothing_counts_before_an_attempt_has_ended(self):
        assert keep("best", []) is None

    @pytest.mark.parametrize(("percent", "passes"), [(None, True), (90, True), (91, False)])
    def test_passing_is_at_the_mark_itself(self, percent, passes):
        found = keep("best", results(9))
        assert found is not None and found.passes(percent) is passes


class TestKeys:
    @pytest.mark.parametrize(
        ("show", "closed", "someone", "shown"),
        [
            ("after-attempt", None, False, True), ("after-attempt", None, True, False),
            ("after-closing", None, False, False), ("after-closing", NOON + HOUR, False, False),
            ("after-closing", NOON, False, True), ("after-closing", NOON, True, False),
            ("never", NOON - HOUR, False, False), ("what", NOON + HOUR, False, False),
        ],
    )  # fmt: skip
    def test_are_shown_when_the_quiz_says_so_and_nobody_can_use_them(
        self, show, closed, someone, shown
    ):
        assert (
            may_show_keys(show, now=NOON, closed_for_all_at=closed, someone_at_work=someone)
            is shown
        )


def test_a_fingerprint_is_the_same_for_the_same_answer_only():
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1})
    assert fingerprint(["x"]) != fingerprint("x")


class TestFiles:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("../../etc/passwd", "passwd"), ("C:\\work\\報告.pdf", "報告.pdf"), ("", "file"),
            ("a\u202egpj.exe", "agpj.exe"), ("...", "file"),
            ("x" * 300 + ".pdf", "x" * 107 + ".pdf"),
        ],
    )  # fmt: skip
    def test_names_lose_folders_and_tricks(self, typed, kept):
        assert plain_name(typed) == kept

    def test_programs_are_refused_where_any_file_is_welcome(self):
        limits = limits_of({"ask": {}})
        assert limits.allows("a.csv") and not limits.allows("a.pdf.exe")

    def test_only_the_endings_that_are_asked_for(self):
        limits = limits_of({"ask": {"endings": [".pdf"], "most": 3}})
        assert limits.count == 3
        assert limits.allows("A.PDF") and not limits.allows("a.docx")


points = st.lists(
    st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=4, max_size=4),
    min_size=ENOUGH, max_size=40,
)  # fmt: skip


class TestStatistics:
    @given(points)
    def test_agree_with_a_slow_reference(self, rows):
        names = ["a", "b", "c", "d"]
        sheets = [Sheet(dict(zip(names, row, strict=True))) for row in rows]
        found = statistics(sheets, dict.fromkeys(names, 2.0))
        for column, question in enumerate(found.questions):
            own = [row[column] for row in rows]
            rest = [sum(row) - row[column] for row in rows]
            assert question.mean == pytest.approx(slow.fmean(own) / 2)
            if len(set(own)) == 1 or len(set(rest)) == 1:
                assert question.discrimination is None
            else:
                assert question.discrimination == pytest.approx(slow.correlation(own, rest))
        totals = [sum(row) for row in rows]
        if len(set(totals)) == 1:
            assert found.alpha is None
        else:
            parts = sum(slow.variance([row[c] for row in rows]) for c in range(4))
            assert found.alpha == pytest.approx(4 / 3 * (1 - parts / slow.variance(totals)))
        assert found.mean == pytest.approx(slow.fmean(totals) / 8)

    def test_say_nothing_of_relations_with_few_attempts(self):
        sheets = [Sheet({"a": float(n % 2), "b": float(n % 3)}) for n in range(ENOUGH - 1)]
        found = statistics(sheets, {"a": 1.0, "b": 2.0})
        assert [q.discrimination for q in found.questions] == [None, None]
        assert found.alpha is None and found.mean is not None

    def test_a_question_that_was_not_drawn_for_somebody_counts_for_the_others(self):
        sheets = [Sheet({"a": 1.0, **({"b": 1.0} if n < 4 else {"c": 0.0})}) for n in range(12)]
        found = statistics(sheets, {"a": 1.0, "b": 1.0, "c": 1.0})
        assert [q.count for q in found.questions] == [12, 4, 8]
        assert found.alpha_questions == 1 and found.alpha is None

    def test_a_known_alpha(self):
        # Two questions that always agree measure the same thing: alpha is 1.
        assert cronbach([[n % 2, n % 2] for n in range(10)]) == pytest.approx(1.0)

    def test_perfect_disagreement_is_minus_one(self):
        assert correlation([0, 1, 0, 1], [1, 0, 1, 0]) == pytest.approx(-1.0)

    def test_an_empty_quiz_has_no_figures(self):
        found = statistics([], {})
        assert (found.count, found.mean, found.alpha) == (0, None, None)
