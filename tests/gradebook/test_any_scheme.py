"""What holds for any scheme, and a slow reference that agrees with the engine."""

import itertools
import random
from dataclasses import replace
from decimal import Decimal as D
from fractions import Fraction as F

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
    Scheme,
    Totals,
    Work,
    Works,
    WorkState,
    compute,
    problems_of,
)


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    count = draw(st.integers(1, 3))
    parts = [D(100 // count)] * count
    parts[0] += 100 - sum(parts)
    late = st.none() | st.builds(
        LatePolicy,
        st.integers(0, 60).map(D),
        st.sampled_from(list(LateUnit)),
        st.integers(0, 90),
        st.integers(0, 100).map(D),
        st.booleans(),
    )
    curve = st.none() | st.builds(
        Curve, st.sampled_from(list(CurveKind)), st.integers(1, 99).map(D)
    )
    categories = tuple(
        Category(
            f"c{number}", f"C{number}", weight,
            draw(st.sampled_from(list(Counting))),
            drop=0 if (keep := draw(st.none() | st.integers(1, 3))) else draw(st.integers(0, 3)),
            keep=keep,
            late=draw(late),
            most=draw(st.none() | st.integers(50, 120).map(D)),
        )
        for number, weight in enumerate(parts)
    )  # fmt: skip
    if draw(st.booleans()):
        categories += (Category("extra", "Extra", D(draw(st.integers(0, 20))), is_extra=True),)
    items = tuple(
        Item(
            f"i{number}", f"I{number}",
            D(draw(st.integers(1, 30))),
            draw(st.sampled_from([category.key for category in categories])),
            D(draw(st.integers(1, 4))),
            draw(st.booleans()),
            draw(late),
            draw(curve),
        )
        for number in range(draw(st.integers(1, 7)))
    )  # fmt: skip
    return Scheme(
        categories,
        items,
        draw(st.sampled_from(list(Totals))),
        draw(late),
        draw(st.sampled_from(list(Missing))),
        draw(curve),
        D(draw(st.integers(80, 120))),
        SCALES[draw(st.sampled_from(sorted(SCALES)))],
    )


@st.composite
def people(draw: st.DrawFn) -> tuple[Scheme, Works]:
    scheme = draw(schemes())
    return scheme, Works(
        {
            item.key: Work(
                draw(st.sampled_from(list(WorkState))),
                D(draw(st.integers(0, 4 * int(item.points)))) / 4,
                draw(st.sampled_from([0, 0, 1, 5_000, 90_000, 900_000])),
                adjustment=D(draw(st.sampled_from([0, 0, 1, -2]))),
            )
            for item in scheme.items
        }
    )


class TestForAnyScheme:
    @settings(max_examples=200, deadline=None)
    @given(people())
    def test_generated_schemes_are_good(self, case):
        assert problems_of(case[0]) == []

    @settings(max_examples=300, deadline=None)
    @given(people(), st.randoms(use_true_random=False))
    def test_the_order_of_items_and_categories_does_not_matter(self, case, chance: random.Random):
        scheme, done = case
        items, categories = list(scheme.items), list(scheme.categories)
        chance.shuffle(items)
        chance.shuffle(categories)
        turned = replace(scheme, items=tuple(items), categories=tuple(categories))
        one, other = compute(scheme, done), compute(turned, done)
        assert (one.percent, one.rounded, one.mark) == (other.percent, other.rounded, other.mark)

        def dropped(grade):
            return {i.item.key for c in grade.categories for i in c.items if i.is_dropped}

        assert dropped(one) == dropped(other)

    @settings(max_examples=400, deadline=None)
    @given(people(), st.data())
    def test_more_points_never_lower_the_grade(self, case, data):
        scheme, done = case
        key = data.draw(st.sampled_from([item.key for item in scheme.items]))
        work = done.by_item[key]
        more = replace(work, points=work.points + D(data.draw(st.integers(0, 40))) / 4)
        before, after = compute(scheme, done), compute(scheme, Works({**done.by_item, key: more}))
        if before.percent is None:
            assert after.percent is None
        else:
            assert after.percent >= before.percent

    @settings(max_examples=300, deadline=None)
    @given(people())
    def test_the_parts_add_up_to_the_whole(self, case):
        scheme, done = case
        found = compute(replace(scheme, curve=None, most=D(100_000)), done)
        if found.percent is not None:
            assert sum(grade.share for grade in found.categories) == found.percent

    @settings(max_examples=300, deadline=None)
    @given(people())
    def test_agrees_with_a_slow_reference(self, case):
        scheme, done = case
        assert compute(scheme, done).percent == reference(scheme, done)


def reference(scheme: Scheme, done: Works) -> F | None:
    """The same by trying every choice of what to keep, written without regard to speed."""
    won = {
        item.key: reference_points(scheme, item, done.by_item[item.key]) for item in scheme.items
    }
    by_points = scheme.totals is Totals.POINTS
    choices = []
    for category in scheme.categories:
        own = [i for i in scheme.items if i.category == category.key and won[i.key] is not None]
        regular = [i for i in own if not i.is_extra]
        if by_points and category.is_extra:
            choices.append([own])
            continue
        count = category.keep or max(len(regular) - category.drop, 1)
        kept = itertools.combinations(regular, min(count, len(regular)))
        extra = [i for i in own if i.is_extra]
        choices.append([[*some, *extra] for some in kept])
    best: F | None = None
    for choice in itertools.product(*choices):
        found = (points_total if by_points else weights_total)(scheme, choice, won)
        if found is not None and (best is None or found > best):
            best = found
    if best is None:
        return None
    if scheme.curve is not None:
        best = reference_curve(best, scheme.curve)
    return min(best, F(scheme.most))


def points_total(scheme, choice, won):
    asked = sum(
        F(item.points)
        for category, items in zip(scheme.categories, choice, strict=True)
        for item in items
        if not item.is_extra and not category.is_extra
    )
    if not asked:
        return None
    return sum(won[item.key] for items in choice for item in items) * 100 / asked


def weights_total(scheme, choice, won):
    parts, weights = [], F(0)
    for category, items in zip(scheme.categories, choice, strict=True):
        if category.counting is Counting.POINTS:
            shares = [(won[i.key], F(0) if i.is_extra else F(i.points)) for i in items]
        else:
            shares = [
                (won[i.key] / F(i.points) * F(i.weight), F(0) if i.is_extra else F(i.weight))
                for i in items
            ]
        asked = sum(share[1] for share in shares)
        if not asked:
            continue
        percent = sum(share[0] for share in shares) / asked * 100
        if category.most is not None:
            percent = min(percent, F(category.most))
        parts.append((category.is_extra, percent * F(category.weight)))
        weights += 0 if category.is_extra else F(category.weight)
    if not weights:
        return None
    return sum((part / (100 if extra else weights) for extra, part in parts), F(0))


def reference_points(scheme, item, work):
    category = next(c for c in scheme.categories if c.key == item.category)
    if work.state is WorkState.MISSING:
        return F(0) if scheme.missing is Missing.ZERO and not item.is_extra else None
    if work.state is not WorkState.GRADED:
        return None
    points = F(work.points) + F(work.adjustment)
    points = max(points, F(0))
    late = item.late or category.late or scheme.late
    seconds = work.late_seconds - 60 * late.grace_minutes if late else 0
    if seconds > 0:
        unit = 86_400 if late.per is LateUnit.DAY else 3_600
        percent = min(F(-(-seconds // unit)) * F(late.percent), F(late.cap))
        base = F(item.points) if late.of_possible else points
        points = max(F(0), points - base * percent / 100)
    if item.curve:
        points = reference_curve(points * 100 / F(item.points), item.curve) * F(item.points) / 100
    return points


def reference_curve(percent: F, curve: Curve) -> F:
    if curve.kind is CurveKind.ADD:
        raised = percent + F(curve.percent)
    elif curve.kind is CurveKind.SCALE:
        raised = percent * 100 / F(curve.percent)
    else:
        from app.gradebook.rules.computing import ROOTS

        quotient = ROOTS.divide(D(percent.numerator), D(percent.denominator))
        raised = 10 * F(ROOTS.sqrt(quotient))
    return max(percent, min(F(100), raised))
