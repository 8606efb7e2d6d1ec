"""The engine of grades: what it computes, and that it agrees with a slow reference."""

import itertools
from dataclasses import replace
from decimal import Decimal as D
from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.gradebook.rules import (
    SCALES,
    Category,
    Counting,
    Curve,
    CurveKind,
    Item,
    LatePolicy,
    LateUnit,
    Missing,
    Override,
    Scheme,
    StepKind,
    Totals,
    Work,
    Works,
    WorkState,
    compute,
    words,
)
from app.gradebook.rules.dropping import Group, Share, best_kept
from app.gradebook.rules.scales import round_half_up
from app.kernel.i18n import speaking
from tests.gradebook.schemes import graded, labs, percent_of, works


class TestCounting:
    def test_percents_count_alike_whatever_items_are_worth(self):
        assert percent_of(labs(10, 100), graded(10), graded(50)) == 75

    def test_points_count_by_what_items_are_worth(self):
        scheme = labs(10, 100, counting=Counting.POINTS)
        assert percent_of(scheme, graded(10), graded(50)) == F(60 * 100, 110)

    def test_a_category_has_a_curve_of_its_own(self):
        scheme = labs(10, 10, curve=Curve(CurveKind.ADD, D(30)), most=D(90))
        assert percent_of(scheme, graded(5), graded(5)) == 80
        assert percent_of(scheme, graded(9), graded(9)) == 90
        assert percent_of(replace(scheme, totals=Totals.POINTS), graded(5), graded(5)) == 50

    def test_weights_within_a_category_are_kept(self):
        scheme = labs(10, 10)
        items = (replace(scheme.items[0], weight=D(3)), scheme.items[1])
        assert percent_of(replace(scheme, items=items), graded(10), graded(0)) == 75

    def test_thirds_do_not_lose_a_point_to_rounding(self):
        """A mean that is 59.5 exactly rounds to 60; with binary or cut decimals it would not."""
        scheme = labs(3, 3, 3, 200)
        found = compute(scheme, works(graded(1), graded(1), graded(1), graded(276)))
        assert found.percent == F(119, 2)
        assert found.rounded == 60

    def test_nothing_yet_is_no_grade(self):
        found = compute(labs(10), works())
        assert (found.percent, found.rounded, found.is_passed) == (None, None, None)

    @pytest.mark.parametrize("state", [WorkState.WAITING, WorkState.EXCUSED, WorkState.HELD])
    def test_what_has_no_points_does_not_lower_the_grade(self, state):
        assert percent_of(labs(10, 10), graded(8), Work(state, D(1))) == 80


class TestWeights:
    SCHEME = Scheme(
        (Category("labs", "Labs", D(60)), Category("quiz", "Quizzes", D(40))),
        (Item("1", "Lab 1", D(10), "labs"), Item("2", "Quiz 1", D(10), "quiz")),
    )

    def test_categories_count_by_their_weight(self):
        assert percent_of(self.SCHEME, graded(10), graded(5)) == 80

    def test_a_category_with_nothing_in_it_leaves_its_weight_to_the_others(self):
        found = compute(self.SCHEME, works(graded(9)))
        assert found.percent == 90
        assert StepKind.SO_FAR in [step.kind for step in found.steps]

    def test_extra_categories_come_on_top_of_the_hundred(self):
        bonus = Category("bonus", "Bonus", D(5), is_extra=True)
        scheme = replace(
            self.SCHEME,
            categories=(*self.SCHEME.categories, bonus),
            items=(*self.SCHEME.items, Item("3", "Bonus", D(10), "bonus")),
        )
        assert percent_of(scheme, graded(8), graded(8), graded(10)) == 85
        assert percent_of(scheme, graded(8), graded(8)) == 80
        points = replace(
            scheme,
            categories=tuple(replace(c, counting=Counting.POINTS) for c in scheme.categories),
        )
        assert percent_of(points, graded(8), graded(8), graded(10)) == 85

    def test_the_course_has_a_ceiling(self):
        extra = Item("3", "Extra", D(10), "labs", is_extra=True)
        scheme = replace(self.SCHEME, items=(*self.SCHEME.items, extra))
        found = compute(scheme, works(graded(10), graded(10), graded(10)))
        assert found.percent == 100
        assert StepKind.CAPPED in [step.kind for step in found.steps]
        higher = replace(scheme, most=D(150))
        assert percent_of(higher, graded(10), graded(10), graded(10)) == 150

    def test_points_of_the_whole_course_can_count_instead(self):
        scheme = replace(self.SCHEME, totals=Totals.POINTS)
        scheme = replace(scheme, items=(scheme.items[0], replace(scheme.items[1], points=D(90))))
        assert percent_of(scheme, graded(10), graded(45)) == 55


class TestExtraCredit:
    def test_an_extra_item_adds_and_is_not_asked_for(self):
        scheme = labs(10, 5, counting=Counting.POINTS)
        scheme = replace(scheme, items=(scheme.items[0], replace(scheme.items[1], is_extra=True)))
        assert percent_of(scheme, graded(6), graded(3)) == 90
        assert percent_of(scheme, graded(6)) == 60

    def test_an_extra_item_that_never_came_takes_nothing(self):
        scheme = labs(10, 5)
        scheme = replace(scheme, items=(scheme.items[0], replace(scheme.items[1], is_extra=True)))
        assert percent_of(scheme, graded(6), Work(WorkState.MISSING)) == 60

    def test_a_category_can_have_a_ceiling(self):
        scheme = labs(10, 10, most=D(100))
        scheme = replace(
            scheme,
            items=(scheme.items[0], replace(scheme.items[1], is_extra=True)),
            most=D(200),
        )
        assert percent_of(scheme, graded(9), graded(9)) == 100


class TestDropping:
    def test_the_lowest_of_equals_is_left_out(self):
        found = compute(labs(10, 10, 10, drop=1), works(graded(9), graded(2), graded(6)))
        assert found.percent == 75
        assert [grade.is_dropped for grade in found.categories[0].items] == [False, True, False]

    def test_it_is_the_choice_that_leaves_most_not_the_lowest_percent(self):
        scheme = labs(100, 10, 50, counting=Counting.POINTS, drop=1)
        points = graded(80), graded(1), graded(10)
        # Without Lab 2, the lowest with 10 %: 90 of 150. Without Lab 3 with 20 %: 81 of 110.
        assert percent_of(scheme, *points) == F(81 * 100, 110)

    def test_keep_best_takes_so_many(self):
        assert percent_of(labs(10, 10, 10, 10, keep=2), *map(graded, (1, 9, 3, 7))) == 80

    def test_the_only_item_is_never_left_out(self):
        assert percent_of(labs(10, 10, drop=2), graded(4)) == 40

    def test_what_does_not_count_yet_is_not_what_is_dropped(self):
        scheme = labs(10, 10, 10, drop=1)
        assert percent_of(scheme, graded(4), graded(8), Work(WorkState.EXCUSED)) == 80

    @settings(max_examples=300, deadline=None)
    @given(
        st.lists(
            st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=5), max_size=3
        ),
        st.lists(st.integers(1, 4), min_size=3, max_size=3),
        st.integers(0, 10),
    )
    def test_agrees_with_trying_every_choice(self, rows, counts, extra):
        groups = [
            Group([Share(f"{g}.{i}", F(won), F(asked)) for i, (won, asked) in enumerate(row)], n)
            for g, (row, n) in enumerate(zip(rows, counts, strict=False))
        ]
        kept = best_kept(groups, F(extra))
        shares = [share for group in groups for share in group.shares]
        choices = itertools.product(
            *(
                itertools.combinations(group.shares, min(group.count, len(group.shares)))
                for group in groups
            )
        )
        ratios = []
        for choice in choices:
            flat = [share for part in choice for share in part]
            if flat:
                ratios.append((extra + sum(s.won for s in flat)) / sum(s.asked for s in flat))
        if not ratios:
            assert kept == set()
            return
        mine = [share for share in shares if share.key in kept]
        assert (extra + sum(s.won for s in mine)) / sum(s.asked for s in mine) == max(ratios)


class TestLateness:
    POLICY = LatePolicy(D(10), grace_minutes=30, cap=D(40))

    def scheme(self, **changes: object) -> Scheme:
        return replace(labs(100), late=replace(self.POLICY, **changes))

    @pytest.mark.parametrize(
        ("seconds", "left"),
        [
            (0, 84), (1, 84), (30 * 60, 84), (30 * 60 + 1, D("75.6")),
            (86_400 + 30 * 60, D("75.6")), (86_400 + 30 * 60 + 1, D("67.2")),
            (40 * 86_400, D("50.4")),
        ],
    )  # fmt: skip
    def test_takes_off_for_each_day_begun_after_the_grace_up_to_the_cap(self, seconds, left):
        assert percent_of(self.scheme(), graded(84, late_seconds=seconds)) == F(left)

    def test_can_count_hours(self):
        scheme = self.scheme(per=LateUnit.HOUR, grace_minutes=0, percent=D(1))
        assert percent_of(scheme, graded(100, late_seconds=7201)) == 97

    def test_can_take_percents_of_what_the_item_is_worth(self):
        scheme = self.scheme(of_possible=True)
        assert percent_of(scheme, graded(84, late_seconds=86_400)) == 74
        assert percent_of(scheme, graded(5, late_seconds=86_400)) == 0

    def test_an_item_s_own_policy_stands_before_the_category_s_and_the_course_s(self):
        scheme = self.scheme()
        own = replace(scheme.items[0], late=LatePolicy(D(50)))
        assert percent_of(replace(scheme, items=(own,)), graded(80, late_seconds=1)) == 40
        category = replace(scheme.categories[0], late=LatePolicy(D(0)))
        assert percent_of(replace(scheme, categories=(category,)), graded(80, late_seconds=9)) == 80

    def test_nothing_is_taken_off_without_a_policy(self):
        assert percent_of(labs(100), graded(80, late_seconds=10**7)) == 80


class TestCurves:
    def curved(self, curve: Curve, points: object) -> F | None:
        return percent_of(replace(labs(100), curve=curve), graded(points))

    def test_add_and_scale_and_root(self):
        assert self.curved(Curve(CurveKind.ADD, D(5)), 60) == 65
        assert self.curved(Curve(CurveKind.SCALE, D(80)), 60) == 75
        assert self.curved(Curve(CurveKind.ROOT), 64) == 80

    def test_nobody_is_lifted_above_a_hundred(self):
        assert self.curved(Curve(CurveKind.ADD, D(50)), 60) == 100
        assert self.curved(Curve(CurveKind.SCALE, D(50)), 60) == 100

    def test_items_can_be_curved(self):
        scheme = labs(50)
        item = replace(scheme.items[0], curve=Curve(CurveKind.SCALE, D(80)))
        assert percent_of(replace(scheme, items=(item,)), graded(20)) == 50


class TestMissing:
    def test_counts_as_the_scheme_says(self):
        scheme = labs(10, 10)
        assert percent_of(scheme, graded(8), Work(WorkState.MISSING)) == 40
        out = replace(scheme, missing=Missing.LEFT_OUT)
        assert percent_of(out, graded(8), Work(WorkState.MISSING)) == 80

    def test_can_leave_the_course_incomplete(self):
        scheme = replace(labs(10, 10), missing=Missing.INCOMPLETE)
        found = compute(scheme, works(graded(8), Work(WorkState.MISSING)))
        assert found.is_incomplete
        assert (found.mark, found.is_passed, found.rounded) == (None, None, 80)

    def test_an_override_settles_it(self):
        work = Work(WorkState.MISSING, override=Override(D(7), "done on paper"))
        assert percent_of(labs(10), work) == 70


class TestOverrides:
    def test_stand_instead_of_what_was_computed_and_say_why(self):
        work = graded(3, late_seconds=99_999_999, override=Override(D(9), "the server was down"))
        scheme = replace(labs(10), late=LatePolicy(D(10)))
        found = compute(scheme, works(work))
        assert found.percent == 90
        with speaking("en"):
            said = [words(step) for step in found.categories[0].items[0].steps]
        assert said[-1] == "set to 9 by hand: the server was down"

    def test_the_course_s_own_is_the_last_word_before_rounding(self):
        found = compute(labs(10), Works({"1": graded(1)}, override=Override(D("59.5"), "board")))
        assert (found.rounded, found.is_passed) == (60, True)

    def test_what_is_held_stays_held(self):
        work = Work(WorkState.HELD, D(3), override=Override(D(9), "secret"))
        assert percent_of(labs(10), work) is None

    def test_team_members_get_more_or_less_never_below_nothing(self):
        assert percent_of(labs(10), graded(6, adjustment=D(2))) == 80
        assert percent_of(labs(10), graded(1, adjustment=D(-5))) == 0


class TestScales:
    @pytest.mark.parametrize(
        ("percent", "letter", "passes"),
        [
            ("89.5", "A+", True), ("89.49", "A", True), ("80", "A-", True), ("77", "B+", True),
            ("73", "B", True), ("70", "B-", True), ("67", "C+", True), ("63", "C", True),
            ("60", "C-", True), ("59.5", "C-", True), ("59.49", "F", False), ("0", "F", False),
        ],
    )  # fmt: skip
    def test_letters_follow_the_rounded_percent(self, percent, letter, passes):
        found = compute(replace(labs(100), scale=SCALES["letters"]), works(graded(percent)))
        assert found.mark is not None
        assert (found.mark.name, found.is_passed) == (letter, passes)

    def test_graduates_pass_at_seventy(self):
        scheme = replace(labs(100), scale=SCALES["percent-graduate"])
        assert compute(scheme, works(graded("69.4"))).is_passed is False
        assert compute(scheme, works(graded("69.5"))).is_passed is True

    @given(st.fractions(0, 200), st.integers(0, 3))
    def test_rounding_is_half_up(self, value, digits):
        rounded = F(round_half_up(value, digits))
        unit = F(1, 10**digits)
        assert rounded - unit / 2 <= value < rounded + unit / 2


class TestTrace:
    def test_says_each_step_with_its_numbers(self):
        scheme = Scheme(
            (Category("labs", "Labs", D(100), drop=1),),
            tuple(Item(str(n), f"Lab {n}", D(100), "labs") for n in (1, 2, 3)),
            late=LatePolicy(D(5)),
        )
        found = compute(
            scheme, works(graded(20), graded("84.0", late_seconds=2 * 86_400), graded(90))
        )
        with speaking("en"):
            items = [[words(step) for step in grade.steps] for grade in found.categories[0].items]
            course = [words(step) for step in found.steps]
        assert items[1] == ["84 of 100", "2 days late −10 %: 84 → 75.6"]
        assert items[0][-1] == "left out: it would lower the grade (1 of 3 is left out)"
        assert course == [
            "Labs: 82.8 % at weight 100 → 82.8", "together 82.8 %", "rounded: 82.8 → 83",
        ]  # fmt: skip

    def test_is_said_in_chinese(self):
        scheme = replace(labs(100), late=LatePolicy(D(10)))
        found = compute(scheme, works(graded(84, late_seconds=1)))
        with speaking("zh-Hant-TW"):
            said = [words(step) for step in found.categories[0].items[0].steps]
        assert said == ["100 分中得 84 分", "遲交 1 天 −10 %：84 → 75.6"]

    @pytest.mark.parametrize("kind", list(StepKind))
    def test_has_words_for_every_kind_of_step(self, kind):
        from app.gradebook.rules import trace

        assert kind in trace._WORDS or kind in (StepKind.LEFT_OUT, StepKind.LATE, StepKind.DROPPED)
