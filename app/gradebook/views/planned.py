"""What imports and changes for many share: the table of what would change."""

from typing import Any

from flask import flash, redirect, url_for

from app.gradebook.operations import Outcome, Plan
from app.gradebook.queries import Book
from app.gradebook.rules.entries import Entry, plain
from app.kernel.i18n import gettext as _

__all__ = ["after_words", "done", "shown_plan"]

SHOWN = 2_000


def after_words(before: str, entry: Entry, computed: str = "", *, was_set: bool = False) -> str:
    """What a cell holds afterwards, as somebody would say it.

    WAS_SET: BEFORE was set by hand, so that what is COMPUTED comes back when nothing is any more.
    """
    if entry.is_excused:
        return "EX"
    value = entry.points if entry.points is not None else entry.override
    unset = (computed or _("as computed")) if was_set else before
    text = plain(value) if value is not None else unset
    if entry.adjustment:
        sign = "+" if entry.adjustment > 0 else ""
        text = f"{text} ({sign}{plain(entry.adjustment)})"
    return text or ""


def shown_plan(book: Book, plan: Plan) -> dict[str, Any]:
    """PLAN for a template: the first rows, and how many there are."""
    titles = {column.key: str(column.title) for column in book.columns}
    return {
        "rows": [
            {
                "name": row.name,
                "number": row.number,
                "title": titles.get(row.key, row.key),
                "before": row.before or "–",
                "after": after_words(row.before, row.edit.entry, row.computed, was_set=row.was_set),
            }
            for row in plan.planned[:SHOWN]
        ],
        "count": len(plan.planned),
        "people": len({row.edit.person_id for row in plan.planned}),
        "same": plan.same,
        "name": plan.name,
    }


def done(code: str, outcome: Outcome) -> Any:
    """Back to the grid, saying what happened."""
    flash(_("Changed: %(count)s cells.", count=len(outcome.changes)), "success")
    if outcome.conflicts:
        flash(
            _(
                "%(count)s cells were left as they are: somebody changed them meanwhile.",
                count=len(outcome.conflicts),
            ),
            "warning",
        )
    if outcome.changes:
        return redirect(url_for("gradebook.batch", code=code, batch_id=outcome.batch_id))
    return redirect(url_for("gradebook.section", code=code))
