"""Letting grades out: what is held, what is ready, and who is told."""

from datetime import datetime
from typing import Any

from flask import flash, render_template, request, url_for
from werkzeug.utils import redirect

from app.accounts.session import me
from app.gradebook import operations, queries
from app.gradebook.queries.books import Book
from app.gradebook.queries.releases import Reader, release_table, who_is_told
from app.gradebook.views.blueprint import bp, teachers
from app.kernel import clock
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.learning.operations import releases

ACTS = ("hold", "now", "at")
NAMES_SHOWN = 12


@bp.route("/teaching/<code>/release", methods=["GET", "POST"])
@teachers
def release(code: str) -> Any:
    """Items with how their grades stand. A POST shows what would happen; a second one does it."""
    book = queries.book_taught_by(me(), code)
    operations.bring_up_to_date(book)
    page: dict[str, Any] = {
        "code": code,
        "book": book,
        "rows": release_table(book),
        "beside": queries.sections_beside(me(), book.section),
        "now": clock.now(),
        "chosen": request.form.getlist("key") or request.args.getlist("key"),
        "act": request.form.get("act", "now"),
        "at": request.form.get("at", ""),
        "everywhere": bool(request.form.get("everywhere")),
        "preview": None,
        "problem": "",
    }
    if request.method == "GET":
        return render_template("gradebook/release.html", **page)
    try:
        return _posted(code, book, page)
    except Refused as error:
        page["problem"] = str(error.message)
        return render_template("gradebook/release.html", **page), 422


def _posted(code: str, book: Book, page: dict[str, Any]) -> Any:
    keys = [key for key in page["chosen"] if key in book.by_key]
    if not keys or page["act"] not in ACTS:
        raise releases.NothingChosen
    sections = page["beside"] if page["everywhere"] else [book.section]
    at = _instant(page["at"]) if page["act"] == "at" else None
    if not request.form.get("sure"):
        page["preview"] = _preview(book, page, sections, keys)
        return render_template("gradebook/release.html", **page)
    if page["act"] == "hold":
        count = releases.hold(me(), sections, keys)
        said = ngettext("%(num)s item is held.", "%(num)s items are held.", count)
    elif at is not None:
        count = releases.release_at(me(), sections, keys, at)
        said = ngettext(
            "%(num)s item is held until the time that you set.",
            "%(num)s items are held until the time that you set.",
            count,
        )
    else:
        count = releases.release_now(me(), sections, keys)
        said = ngettext("%(num)s item is released.", "%(num)s items are released.", count)
    flash(said if count else _("Nothing had to be changed."), "success" if count else "info")
    return redirect(url_for("gradebook.release", code=code), code=303)


def _instant(typed: str) -> datetime:
    """A local time as a page sends it. Raises TimeWrong."""
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise releases.TimeWrong from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=clock.TAIPEI)
    if not clock.now() < found <= clock.now() + releases.FURTHEST:
        raise releases.TimeWrong
    return found


def _preview(book: Book, page: dict[str, Any], sections: Any, keys: list[str]) -> dict[str, Any]:
    """What would happen: works that wait, students who are told, what is taken back."""
    rows = {row.column.key: row for row in page["rows"]}
    waiting = 0
    out: list[str] = []
    readers: list[Reader] = []
    for section in sections:
        table = rows
        if section.id != book.section.id:
            other = queries.book_of(section)
            operations.bring_up_to_date(other)
            table = {row.column.key: row for row in release_table(other)}
        waiting += sum(table[key].waiting for key in keys if key in table)
        now = page["now"]
        held = [k for k in keys if k in table and (r := table[k].release) and r.is_held(now)]
        out += [k for k in keys if k in table and k not in held and table[k].graded]
        readers += who_is_told(section.id, held if page["act"] == "now" else keys)
    return {
        "keys": keys,
        "titles": [rows[key].column.title for key in keys],
        "waiting": waiting,
        "taken_back": [rows[key].column.title for key in dict.fromkeys(out) if key in rows],
        "readers": readers[:NAMES_SHOWN],
        "reader_count": len(readers),
        "section_count": len(sections),
    }
