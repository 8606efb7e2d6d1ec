"""The steps from points to a grade, in words that a student reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from quicktions import Fraction

from app.gradebook.rules.scales import round_half_up
from app.gradebook.rules.work import WorkState
from app.kernel.i18n import LazyText, gettext, ngettext
from app.kernel.i18n import lazy_gettext as _l

__all__ = ["Step", "StepKind", "number", "words"]


class StepKind(StrEnum):
    WON = "won"
    ADJUSTED = "adjusted"
    WITHIN_GRACE = "within-grace"
    LATE = "late"
    CURVED = "curved"
    SET = "set"
    MISSING = "missing"
    INCOMPLETE = "incomplete"
    LEFT_OUT = "left-out"
    DROPPED = "dropped"
    CATEGORY = "category"
    POINTS = "points"
    CAPPED = "capped"
    PART = "part"
    SO_FAR = "so-far"
    TOTAL = "total"
    ALL_POINTS = "all-points"
    GIVEN_TIME = "given-time"
    ROUNDED = "rounded"


# Not frozen, as all that is made a hundred thousand times for one section: it takes three times as
# long to make a frozen one. Nobody changes them.
@dataclass(slots=True)
class Step:
    """One step with its numbers: fractions, counts and what people wrote."""

    kind: StepKind
    params: Mapping[str, Any] = field(default_factory=dict)


_WORDS: dict[StepKind, LazyText] = {
    StepKind.WON: _l("%(points)s of %(possible)s"),
    StepKind.ADJUSTED: _l("adjusted within the team: %(from)s → %(to)s"),
    StepKind.WITHIN_GRACE: _l("late, but within the %(minutes)s minutes of grace"),
    StepKind.CURVED: _l("curved: %(from)s → %(to)s"),
    StepKind.SET: _l("set to %(to)s by hand: %(reason)s"),
    StepKind.MISSING: _l("nothing was handed in: 0 of %(possible)s"),
    StepKind.INCOMPLETE: _l("nothing was handed in; the course stays incomplete until it comes"),
    StepKind.CATEGORY: _l("%(percent)s %%"),
    StepKind.POINTS: _l("%(won)s of %(asked)s"),
    StepKind.CAPPED: _l("not more than %(most)s %%"),
    StepKind.PART: _l("%(category)s: %(percent)s %% at weight %(weight)s → %(share)s"),
    StepKind.SO_FAR: _l("so far: parts with a weight of %(weights)s out of %(of)s"),
    StepKind.TOTAL: _l("together %(percent)s %%"),
    StepKind.ALL_POINTS: _l("%(won)s of %(asked)s points are %(percent)s %%"),
    StepKind.GIVEN_TIME: _l("more time was given: the course is incomplete until then"),
    StepKind.ROUNDED: _l("rounded: %(from)s → %(to)s"),
}
_LEFT_OUT: dict[str, LazyText] = {
    WorkState.NOT_DUE: _l("nothing yet; does not count so far"),
    WorkState.WAITING: _l("waits for its points; does not count so far"),
    WorkState.EXCUSED: _l("excused; does not count"),
    WorkState.HELD: _l("not released yet; does not count so far"),
    WorkState.MISSING: _l("nothing was handed in; does not count"),
}


def words(step: Step) -> str:
    """STEP in the reader's language, numbers with at most two decimals."""
    params: dict[str, Any] = {
        name: number(value) if isinstance(value, Fraction) else value
        for name, value in step.params.items()
    }
    if step.kind is StepKind.LEFT_OUT:
        return str(_LEFT_OUT[params["state"]])
    if step.kind is StepKind.LATE:
        return _late(params)
    if step.kind is StepKind.DROPPED:
        return ngettext(
            "left out: it would lower the grade (%(num)d of %(of)d is left out)",
            "left out: it would lower the grade (%(num)d of %(of)d are left out)",
            params["count"],
            of=params["of"],
        )
    return str(_WORDS[step.kind]) % params


def _late(params: Mapping[str, Any]) -> str:
    count = params["units"]
    how_late = (
        ngettext("%(num)d day late", "%(num)d days late", count)
        if params["per"] == "day"
        else ngettext("%(num)d hour late", "%(num)d hours late", count)
    )
    return gettext(
        "%(how_late)s −%(percent)s %%: %(from)s → %(to)s",
        how_late=how_late,
        **{name: params[name] for name in ("percent", "from", "to")},
    )


def number(value: Fraction | Decimal) -> str:
    """VALUE with at most two decimals, halves up, without zeros at the end."""
    text = f"{round_half_up(Fraction(value), 2):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
