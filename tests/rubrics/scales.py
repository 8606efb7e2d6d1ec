"""Small rubrics for tests, and random ones."""

from decimal import Decimal

from hypothesis import strategies as st

from app.rubrics import rules
from app.rubrics.rules import Scale, Scoring


def raw(scoring: str = "levels", *criteria, **changes):
    """A raw rubric; by default of two criteria, worth 10 and 5 points."""
    given = {
        "scoring": scoring,
        "title": {"en": "Report", "zh-Hant-TW": "報告"},
        "description": {},
        "criteria": list(criteria) or [criterion("idea", 10, 6, 0), criterion("style", 5, 2)],
    }
    return rules.tidy(given | changes)


def criterion(name: str, *points, **changes):
    """A criterion with a level for each of POINTS."""
    return {
        "id": name,
        "title": {"en": name.title()},
        "points": str(points[0]) if points else "4",
        "levels": [
            {"id": f"l{at}", "title": {"en": f"Level {at}"}, "points": str(value)}
            for at, value in enumerate(points)
        ],
    } | changes


def scale(scoring: str = "levels", *criteria, **changes) -> Scale:
    given = raw(scoring, *criteria, **changes)
    assert rules.check(given) == []
    return rules.scale_of(given)


points = st.decimals(0, 50, places=2, allow_nan=False, allow_infinity=False)


@st.composite
def scales(draw, scorings=tuple(Scoring), critical=True):
    """Any valid scale of one to five criteria."""
    rows = []
    for number in range(draw(st.integers(1, 5))):
        levels = sorted(draw(st.lists(points, min_size=2, max_size=5)), reverse=True)
        levels[0] = max(levels[0], Decimal("0.01"))
        row = criterion(f"c{number}", *levels)
        if draw(st.booleans()):
            row |= {"levels": [], "points": str(draw(points.filter(bool)))}
        elif critical and draw(st.booleans()):
            row["critical"] = True
        rows.append(row)
    return scale(draw(st.sampled_from(scorings)).value, *rows)


@st.composite
def marks_for(draw, of: Scale):
    """Marks that OF allows, some perhaps missing."""
    found = {}
    for row in of.criteria:
        if draw(st.integers(0, 4)) == 0:
            continue
        level, given = None, None
        if of.has_choice(row):
            chosen = draw(st.sampled_from(row.levels))
            level = chosen.id
            if of.scoring is Scoring.RANGES and draw(st.booleans()):
                given = draw(st.decimals(*row.range_of(chosen), places=2))
        elif of.has_points:
            given = draw(st.decimals(0, row.points, places=2))
        found[row.id] = rules.Mark(level, given, draw(st.sampled_from(["", "Good"])))
    return found
