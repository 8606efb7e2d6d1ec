"""One cell on a page of its own: what it is, why, what became of it; set by hand, taken back."""

import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.gradebook import operations, policies, queries
from app.gradebook.forms import CellForm, CourseGradeForm
from app.gradebook.operations import CellEdit
from app.gradebook.rules.entries import COURSE, EMPTY, MANUAL, Entry, Way, plain
from app.gradebook.views.blueprint import bp, teachers
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _


@bp.route("/teaching/<code>/gradebook/students/<uuid:person_id>/<key>", methods=["GET", "POST"])
@teachers
def cell(code: str, person_id: uuid.UUID, key: str) -> Any:
    """One cell (or ``course``). A POST sets it; ``?panel=1`` answers only what it tells."""
    book = queries.book_taught_by(me(), code)
    if key != COURSE and key not in book.by_key:
        raise NotVisible(key)
    trace = queries.trace_for_staff(book, person_id)
    row = trace.entries.get(key)
    was, revision = (row.entry, row.revision) if row else (EMPTY, 0)
    form = _form(key, was, revision)
    page: dict[str, Any] = {
        "code": code,
        "trace": trace,
        "key": key,
        "column": book.by_key.get(key),
        "form": form,
        "conflict": None,
        "may_grade": policies.can_grade(me(), book.section, person_id),
        "events": queries.history_of(book.section, person_id, key),
    }
    if request.method == "GET" and request.args.get("panel"):
        return render_template("gradebook/_cell_panel.html", **page)
    if not form.validate_on_submit():
        return render_template("gradebook/cell.html", **page), 422 if form.errors else 200
    seen = int(form.revision.data) if (form.revision.data or "").isdecimal() else 0
    edit = CellEdit(person_id, key, _entry(key, form, was), seen)
    try:
        done = operations.set_cells(me(), book, [edit], way=Way.PAGE, reason=form.reason.data or "")
    except Refused as error:
        form.form_errors.append(str(error.message))
        return render_template("gradebook/cell.html", **page), 422
    if done.conflicts:
        # What she typed stays in the form; sending it again keeps hers.
        form.revision.process_data(done.conflicts[0].revision)
        page["conflict"] = done.conflicts[0]
        return render_template("gradebook/cell.html", **page), 409
    flash(_("Saved."), "success")
    return redirect(url_for("gradebook.cell", code=code, person_id=person_id, key=key))


def _form(key: str, was: Entry, revision: int) -> Any:
    value = was.points if key.startswith(MANUAL) and was.override is None else was.override
    typed = {
        "value": plain(value) or "",
        "reason": was.reason,
        "note": was.note,
        "revision": str(revision),
    }
    if key == COURSE:
        return CourseGradeForm(**typed, is_incomplete=was.is_incomplete)
    adjustment = plain(was.adjustment) if was.adjustment else ""
    return CellForm(**typed, is_excused=was.is_excused, adjustment=adjustment)


def _entry(key: str, form: Any, was: Entry) -> Entry:
    entry = replace(
        was.typed(key, form.typed, form.reason.data or ""), note=(form.note.data or "").strip()
    )
    if key == COURSE:
        return replace(entry, is_incomplete=bool(form.is_incomplete.data))
    return replace(
        entry,
        is_excused=bool(form.is_excused.data) or form.typed.is_excused,
        adjustment=Decimal(form.change),
    )


@bp.post("/teaching/<code>/gradebook/batches/<uuid:batch_id>/undo")
@teachers
def undo_batch(code: str, batch_id: uuid.UUID) -> Response:
    """Take back what was changed in one go, then back to where that was read."""
    book = queries.book_taught_by(me(), code)
    try:
        done = operations.undo(me(), book, batch_id=batch_id)
    except Refused as error:
        flash(str(error.message), "error")
    else:
        flash(_("Taken back: %(count)s cells.", count=len(done.changes)), "success")
    person, key = request.form.get("person", ""), request.form.get("key", "")
    try:
        person_id = uuid.UUID(person)
    except ValueError:
        return redirect(url_for("gradebook.section", code=code))
    if key and key.isprintable():
        return redirect(url_for("gradebook.cell", code=code, person_id=person_id, key=key))
    return redirect(url_for("gradebook.student", code=code, person_id=person_id))
