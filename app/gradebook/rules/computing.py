"""From a scheme and a person's work to her grade, with every step on the way.

All numbers inside are exact fractions. A number is rounded twice only in sight: when a step is
shown, and once in earnest, when the course's percent becomes its grade (``scales.round_half_up``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal

from quicktions import Fraction

from app.gradebook.rules.dropping import Group, Share, best_kept
from app.gradebook.rules.lateness import after_lateness
from app.gradebook.rules.scales import Mark, exact, mark, round_half_up
from app.gradebook.rules.scheme import (
    Category,
    Counting,
    Curve,
    CurveKind,
    Item,
    LatePolicy,
    Missing,
    Scheme,
    Totals,
)
from app.gradebook.rules.trace import Step, StepKind
from app.gradebook.rules.work import NOTHING, Work, Works, WorkState

__all__ = ["CategoryGrade", "CourseGrade", "ItemGrade", "compute"]

ZERO, HUNDRED = Fraction(0), Fraction(100)
ROOTS = Context(prec=40, rounding=ROUND_HALF_UP)


@dataclass(slots=True)
class ItemGrade:
    """What one item counts. ``points`` is None while it counts nothing."""

    item: Item
    points: Fraction | None
    steps: tuple[Step, ...]
    is_dropped: bool = False

    @property
    def percent(self) -> Fraction | None:
        """0–100, above when extra points were won; None while it counts nothing."""
        if self.points is None or not self.item.points:
            return None
        return self.points / Fraction(self.item.points) * 100


@dataclass(frozen=True, slots=True)
class CategoryGrade:
    """What a category counts. ``percent`` is None while nothing in it does."""

    category: Category
    percent: Fraction | None
    items: tuple[ItemGrade, ...]
    share: Fraction = ZERO
    """Percent points of the course that came from it."""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class CourseGrade:
    """A person's grade in a course, so far or at the end."""

    percent: Fraction | None
    """Exact; None while nothing counts."""
    rounded: Decimal | None
    """As the scale rounds it."""
    mark: Mark | None
    is_passed: bool | None
    """None while there is no grade, or it is incomplete."""
    is_incomplete: bool
    categories: tuple[CategoryGrade, ...]
    steps: tuple[Step, ...] = field(default=())


def compute(scheme: Scheme, works: Works) -> CourseGrade:
    """Grade WORKS by SCHEME, which has no problems (``scheme.problems_of``).

    The order of items and categories changes nothing but the order of what is said.
    """
    by_category = scheme.by_category
    graded = [
        (category, [_item(scheme, category, i, works.by_item) for i in by_category[category.key]])
        for category in scheme.categories
    ]
    if scheme.totals is Totals.POINTS:
        categories, percent, steps = _by_points(graded)
    else:
        categories, percent, steps = _by_weights(graded)
    incomplete = works.is_incomplete or any(
        step.kind is StepKind.INCOMPLETE for _c, items in graded for i in items for step in i.steps
    )
    if works.is_incomplete:
        steps.append(Step(StepKind.GIVEN_TIME))
    return _course(scheme, works, categories, percent, incomplete, steps)


def _course(
    scheme: Scheme,
    works: Works,
    categories: tuple[CategoryGrade, ...],
    percent: Fraction | None,
    incomplete: bool,
    steps: list[Step],
) -> CourseGrade:
    if percent is not None and scheme.curve is not None:
        curved = _curved(percent, scheme.curve)
        if curved != percent:
            steps.append(Step(StepKind.CURVED, {"from": percent, "to": curved}))
        percent = curved
    if percent is not None and percent > Fraction(scheme.most):
        percent = Fraction(scheme.most)
        steps.append(Step(StepKind.CAPPED, {"most": percent}))
    if works.override is not None:
        percent = Fraction(works.override.value)
        steps.append(Step(StepKind.SET, {"to": percent, "reason": works.override.reason}))
    if percent is None:
        return CourseGrade(None, None, None, None, incomplete, categories, tuple(steps))
    rounded = round_half_up(percent, scheme.scale.digits)
    if Fraction(rounded) != percent:
        steps.append(Step(StepKind.ROUNDED, {"from": percent, "to": Fraction(rounded)}))
    return CourseGrade(
        percent,
        rounded,
        None if incomplete else mark(scheme.scale, rounded),
        None if incomplete else rounded >= scheme.scale.passing,
        incomplete,
        categories,
        tuple(steps),
    )


def _item(scheme: Scheme, category: Category, item: Item, works: Mapping[str, Work]) -> ItemGrade:
    work = works.get(item.key, NOTHING)
    steps: list[Step] = []
    points = _won(scheme, category, item, work, steps)
    if work.override is not None and work.state is not WorkState.HELD:
        points = Fraction(work.override.value)
        steps.append(Step(StepKind.SET, {"to": points, "reason": work.override.reason}))
    return ItemGrade(item, points, tuple(steps))


def _won(
    scheme: Scheme, category: Category, item: Item, work: Work, steps: list[Step]
) -> Fraction | None:
    if work.state is WorkState.MISSING:
        return _missing(scheme.missing, item, steps)
    if work.state is not WorkState.GRADED or work.points is None:
        steps.append(Step(StepKind.LEFT_OUT, {"state": work.state.value}))
        return None
    possible = exact(item.points)
    points = exact(work.points)
    steps.append(Step(StepKind.WON, {"points": points, "possible": possible}))
    if work.adjustment:
        adjusted = max(ZERO, points + Fraction(work.adjustment))
        steps.append(Step(StepKind.ADJUSTED, {"from": points, "to": adjusted}))
        points = adjusted
    late = item.late or category.late or scheme.late
    if late is not None and work.late_seconds > 0:
        points = _after_lateness(late, work, points, possible, steps)
    if item.curve is not None and possible:
        percent = points / possible * 100
        curved = _curved(percent, item.curve) * possible / 100
        if curved != points:
            steps.append(Step(StepKind.CURVED, {"from": points, "to": curved}))
        points = curved
    return points


def _missing(missing: Missing, item: Item, steps: list[Step]) -> Fraction | None:
    if item.is_extra or not item.points:
        steps.append(Step(StepKind.LEFT_OUT, {"state": WorkState.NOT_DUE.value}))
        return None
    if missing is Missing.ZERO:
        steps.append(Step(StepKind.MISSING, {"possible": exact(item.points)}))
        return ZERO
    if missing is Missing.INCOMPLETE:
        steps.append(Step(StepKind.INCOMPLETE))
        return None
    steps.append(Step(StepKind.LEFT_OUT, {"state": WorkState.MISSING.value}))
    return None


def _after_lateness(
    late: LatePolicy, work: Work, points: Fraction, possible: Fraction, steps: list[Step]
) -> Fraction:
    found = after_lateness(late, work.late_seconds, points, possible)
    if found is None:
        steps.append(Step(StepKind.WITHIN_GRACE, {"minutes": late.grace_minutes}))
        return points
    units, percent, left = found
    steps.append(
        Step(
            StepKind.LATE,
            {"units": units, "per": late.per.value, "percent": percent, "from": points, "to": left},
        )
    )
    return left


def _curved(percent: Fraction, curve: Curve) -> Fraction:
    """At least PERCENT, and never lifted above a hundred."""
    if curve.kind is CurveKind.ADD:
        raised = percent + Fraction(curve.percent)
    elif curve.kind is CurveKind.SCALE:
        raised = percent * 100 / Fraction(curve.percent)
    else:
        exact = ROOTS.divide(Decimal(percent.numerator), Decimal(percent.denominator))
        raised = 10 * Fraction(ROOTS.sqrt(exact))
    return max(percent, min(HUNDRED, raised))


def _share(grade: ItemGrade, counting: Counting) -> Share:
    """What the item brings to its category; ``asked`` is 0 when it only adds."""
    item, points = grade.item, grade.points or ZERO
    possible = exact(item.points)
    if counting is Counting.POINTS:
        return Share(item.key, points, ZERO if item.is_extra else possible)
    weight = exact(item.weight)
    won = points / possible * weight if possible else ZERO
    return Share(item.key, won, ZERO if item.is_extra else weight)


def _group(category: Category, shares: Sequence[Share]) -> tuple[Group, Fraction]:
    """What may be chosen from, and what comes on top of it."""
    asking = [share for share in shares if share.asked]
    on_top = sum((share.won for share in shares if not share.asked), ZERO)
    # One item at least stays: dropping all that there is so far would leave no grade.
    count = category.keep if category.keep is not None else max(len(asking) - category.drop, 1)
    return Group(asking, count), on_top


def _shares(items: Sequence[ItemGrade], counting: Counting) -> list[Share]:
    return [_share(grade, counting) for grade in items if grade.points is not None]


def _dropped(items: Sequence[ItemGrade], group: Group, kept: set[str]) -> tuple[ItemGrade, ...]:
    candidates = {share.key for share in group.shares}
    if candidates <= kept:
        return tuple(items)
    counts = {"count": len(candidates - kept), "of": len(candidates)}
    return tuple(
        ItemGrade(grade.item, grade.points, (*grade.steps, Step(StepKind.DROPPED, counts)), True)
        if grade.item.key in candidates - kept
        else grade
        for grade in items
    )


Graded = Sequence[tuple[Category, Sequence[ItemGrade]]]
Computed = tuple[tuple[CategoryGrade, ...], Fraction | None, list[Step]]


def _by_weights(graded: Graded) -> Computed:
    categories = [_category(category, items) for category, items in graded]
    counted = [c for c in categories if c.percent is not None]
    weights = sum((Fraction(c.category.weight) for c in counted if not c.category.is_extra), ZERO)
    if not weights:
        return tuple(categories), None, []
    shared: list[CategoryGrade] = []
    for grade in categories:
        percent = grade.percent
        if percent is None:
            shared.append(grade)
            continue
        whole = HUNDRED if grade.category.is_extra else weights
        share = percent * Fraction(grade.category.weight) / whole
        shared.append(CategoryGrade(grade.category, percent, grade.items, share, grade.steps))
    total = sum((grade.share for grade in shared), ZERO)
    steps = [
        Step(
            StepKind.PART,
            {
                "category": grade.category.title,
                "percent": grade.percent,
                "weight": Fraction(grade.category.weight),
                "share": grade.share,
            },
        )
        for grade in shared
        if grade.percent is not None
    ]
    asked = sum((Fraction(c.category.weight) for c in categories if not c.category.is_extra), ZERO)
    if weights != asked:
        steps.append(Step(StepKind.SO_FAR, {"weights": weights, "of": asked}))
    steps.append(Step(StepKind.TOTAL, {"percent": total}))
    return tuple(shared), total, steps


def _category(category: Category, items: Sequence[ItemGrade]) -> CategoryGrade:
    group, on_top = _group(category, _shares(items, category.counting))
    kept = best_kept([group], on_top)
    items = _dropped(items, group, kept)
    asked = sum((share.asked for share in group.shares if share.key in kept), ZERO)
    if not asked:
        return CategoryGrade(category, None, tuple(items))
    won = on_top + sum((share.won for share in group.shares if share.key in kept), ZERO)
    percent = won / asked * 100
    steps = [Step(StepKind.CATEGORY, {"percent": percent, "won": won, "asked": asked})]
    if category.curve is not None:
        curved = _curved(percent, category.curve)
        if curved != percent:
            steps.append(Step(StepKind.CURVED, {"from": percent, "to": curved}))
        percent = curved
    if category.most is not None and percent > Fraction(category.most):
        percent = Fraction(category.most)
        steps.append(Step(StepKind.CAPPED, {"most": percent}))
    return CategoryGrade(category, percent, tuple(items), steps=tuple(steps))


def _by_points(graded: Graded) -> Computed:
    """All points over all points: what is dropped is chosen for the whole course at once."""
    groups = [_group(category, _course_shares(category, items)) for category, items in graded]
    extra = sum((on_top for _group_, on_top in groups), ZERO)
    kept = best_kept([group for group, _on_top in groups], extra)
    asked = sum((s.asked for group, _t in groups for s in group.shares if s.key in kept), ZERO)
    won = extra + sum((s.won for group, _t in groups for s in group.shares if s.key in kept), ZERO)
    categories: list[CategoryGrade] = []
    for (category, items), (group, on_top) in zip(graded, groups, strict=True):
        own = on_top + sum((s.won for s in group.shares if s.key in kept), ZERO)
        possible = sum((s.asked for s in group.shares if s.key in kept), ZERO)
        steps = (Step(StepKind.POINTS, {"won": own, "asked": possible}),) if own or possible else ()
        categories.append(
            CategoryGrade(
                category,
                own / possible * 100 if possible else None,
                _dropped(items, group, kept),
                own / asked * 100 if asked else ZERO,
                steps,
            )
        )
    if not asked:
        return tuple(categories), None, []
    total = won / asked * 100
    return (
        tuple(categories),
        total,
        [Step(StepKind.ALL_POINTS, {"won": won, "asked": asked, "percent": total})],
    )


def _course_shares(category: Category, items: Sequence[ItemGrade]) -> list[Share]:
    shares = _shares(items, Counting.POINTS)
    return [Share(s.key, s.won, ZERO) for s in shares] if category.is_extra else shares
