"""Reasons in the reader's language. Pure."""

from collections.abc import Mapping

from app.insights.rules.risk import Kind, Reason
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext

__all__ = ["MOST_TITLES", "number", "reason_words"]

MOST_TITLES = 3


def number(value: float) -> str:
    """VALUE without zeros at its end, at most one digit behind the point."""
    return f"{value:.1f}".removesuffix(".0")


def reason_words(reason: Reason, titles: Mapping[str, str]) -> str:
    """REASON as a sentence; TITLES of items by key."""
    names = [titles.get(key, key) for key in reason.items]
    if reason.kind is Kind.MISSING:
        shown = _(", ").join(names[:MOST_TITLES])
        more = len(names) - MOST_TITLES
        if more > 0:
            shown = ngettext("%(items)s and %(num)d more", "%(items)s and %(num)d more", more,
                             items=shown)  # fmt: skip
        return _("Due and nothing handed in: %(items)s", items=shown)
    if reason.kind is Kind.FALLING:
        percents = " → ".join(f"{number(value)}%" for value in reason.values)
        return _("Each of the last three results is lower: %(percents)s", percents=percents)
    count = int(reason.values[0])
    if reason.kind is Kind.STUCK:
        return ngettext(
            "“%(item)s”: the test %(cell)s was not passed in the last submission",
            "“%(item)s”: the test %(cell)s was not passed in the last %(num)d submissions",
            count,
            item=names[0],
            cell=reason.cell,
        )
    if reason.kind is Kind.ABSENT:
        return ngettext(
            "Has not opened anything here for %(num)d day",
            "Has not opened anything here for %(num)d days",
            count,
        )
    return _("The grade so far is below the pass mark: %(percent)s%%",
             percent=number(reason.values[0]))  # fmt: skip
