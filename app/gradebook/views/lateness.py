"""What late work loses, in a sentence for who is about to hand in."""

from app.catalog.models import CourseItem
from app.gradebook import queries
from app.gradebook.rules import LatePolicy, LateUnit, number
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.learning.models import Section

__all__ = ["lateness_words"]


def lateness_words(section: Section, item: CourseItem) -> str:
    """What being late with ITEM costs; nothing when it costs nothing."""
    policy = queries.late_policies(queries.book_of(section)).get(item.key)
    if policy is None or not policy.percent:
        return ""
    words = [_cost(policy)]
    if policy.grace_minutes:
        words.append(
            ngettext(
                "The first %(num)d minute is free.",
                "The first %(num)d minutes are free.",
                policy.grace_minutes,
            )
        )
    if policy.cap < 100:
        words.append(_("It loses at most %(cap)s.", cap=f"{number(policy.cap)}%"))
    return " ".join(words)


def _cost(policy: LatePolicy) -> str:
    percent = f"{number(policy.percent)}%"
    if policy.per is LateUnit.HOUR:
        if policy.of_possible:
            return _(
                "Late work loses %(percent)s of what it is worth for each hour begun.",
                percent=percent,
            )
        return _("Late work loses %(percent)s of its points for each hour begun.", percent=percent)
    if policy.of_possible:
        return _(
            "Late work loses %(percent)s of what it is worth for each day begun.", percent=percent
        )
    return _("Late work loses %(percent)s of its points for each day begun.", percent=percent)
