"""Rows of the grid as HTML, built here because there are thousands of cells in a window."""

from collections.abc import Iterable, Sequence
from functools import partial

from flask import url_for
from markupsafe import Markup, escape

from app.gradebook.queries import Column, GridRow, Scope
from app.gradebook.rules.entries import plain
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext

__all__ = ["attention", "render_rows", "total_text"]


def total_text(row: GridRow) -> str:
    """What a row's total shows: the mark where the scale has marks, and the percent."""
    if row.is_incomplete:
        return _("incomplete")
    if row.rounded is None:
        return "–"
    percent = plain(row.rounded) or "0"
    return f"{row.mark} · {percent}" if row.mark else percent


def attention(row: GridRow) -> str:
    """Why somebody should look at this student, in words; empty when nobody has to."""
    found = []
    if row.missing:
        found.append(ngettext("%(num)d missing", "%(num)d missing", row.missing))
    if row.waiting:
        found.append(ngettext("%(num)d waits for points", "%(num)d wait for points", row.waiting))
    if row.is_passed is False:
        found.append(_("below the pass mark"))
    if row.is_falling:
        found.append(_("falling"))
    if row.has_conflict:
        found.append(_("scored anew since it was set by hand"))
    return " · ".join(found)


def render_rows(
    scope: Scope, rows: Iterable[GridRow], columns: Sequence[Column], first: int = 0
) -> Markup:
    """ROWS as ``<tr>`` elements; FIRST is the 0-based place of the first of them."""
    words = {
        "missing": str(escape(_("missing"))),
        "excused": str(escape(_("excused"))),
        "waiting": str(escape(_("unmarked"))),
        "late": str(escape(_("late"))),
        "dropped": str(escape(_("left out"))),
        "set": str(escape(_("set by hand"))),
    }
    keys = [column.key for column in columns]
    own = [{column.key for column in book.columns} for book in scope.books]
    present = {book.section.id: keys_ for book, keys_ in zip(scope.books, own, strict=True)}
    cell = partial(_cell, words)
    parts = []
    for place, row in enumerate(rows, first):
        code = scope.codes[row.section_id]
        address = url_for("gradebook.student", code=code, person_id=row.person_id)
        number = f' <span class="muted small">{escape(row.number)}</span>' if row.number else ""
        failed = " failed" if row.is_passed is False else ""
        cells = "".join(
            cell(n, row.cells.get(key), key in present[row.section_id])
            for n, key in enumerate(keys, 3)
        )
        parts.append(
            f'<tr role="row" aria-rowindex="{place + 2}" data-person="{row.person_id}"'
            f' data-section="{escape(code)}"><th scope="row" role="rowheader" tabindex="-1"'
            f' aria-colindex="1"><a href="{escape(address)}">{escape(row.name)}</a>{number}</th>'
            f'<td role="gridcell" tabindex="-1" aria-colindex="2" aria-readonly="true"'
            f' class="total{failed}">{escape(total_text(row))}</td>'
            f'<td role="gridcell" tabindex="-1" aria-colindex="3" aria-readonly="true"'
            f' class="attention">{escape(attention(row))}</td>{cells}</tr>'
        )
    return Markup("".join(parts))


def _cell(words: dict[str, str], n: int, cell: dict[str, object] | None, is_there: bool) -> str:
    start = f'<td role="gridcell" tabindex="-1" aria-colindex="{n + 1}"'
    if not is_there:
        return f'{start} aria-readonly="true" class="elsewhere"></td>'
    if cell is None:
        return f"{start}></td>"
    state, shown = cell["s"], str(escape(cell.get("p", "")))
    typed = shown
    marks = []
    classes = []
    if state == "excused":
        shown, typed = words["excused"], "EX"
        classes.append("excused")
    elif state == "waiting" and not cell.get("o"):
        marks.append(words["waiting"])
        typed = ""
        classes.append("waiting")
    elif state == "missing" and not cell.get("o"):
        shown, typed = words["missing"], ""
        classes.append("missing")
    if cell.get("d"):
        shown = f"<s>{shown}</s>"
        marks.append(words["dropped"])
    if cell.get("l") and state != "excused":
        marks.append(words["late"])
    if cell.get("o"):
        marks.append(words["set"])
        classes.append("set")
    small = "".join(f" <small>{mark}</small>" for mark in marks)
    revision = f' data-v="{cell["v"]}"' if cell.get("v") else ""
    look = f' class="{" ".join(classes)}"' if classes else ""
    return f'{start}{revision} data-t="{typed}"{look}>{shown}{small}</td>'
