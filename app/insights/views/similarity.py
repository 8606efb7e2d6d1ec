"""Similar parts in the works of a lab."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.insights import operations, queries
from app.insights.forms import NoteForm
from app.insights.rules.marking import stretches
from app.insights.views.blueprint import bp, desk_of, frame, teachers
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _


@bp.get("/teaching/<code>/similarity/<lab>")
@teachers
def similarity(code: str, lab: str) -> str:
    desk = desk_of(code)
    _book, column = queries.lab_seen_by(me(), code, lab)
    finished, live = queries.runs_of(desk.section, lab)
    listed = None
    notes: dict[uuid.UUID, int] = {}
    if finished is not None:
        page = max(1, request.args.get("page", 1, int))
        listed, notes = queries.pairs_of(me(), desk.section, finished, page)
    return render_template(
        "insights/similarity.html",
        column=column,
        finished=finished,
        live=live,
        listed=listed,
        notes=notes,
        compared=queries.sections_compared(me(), desk.section),
        **frame(desk),
    )


@bp.get("/teaching/<code>/similarity/<lab>/progress")
@teachers
def similarity_progress(code: str, lab: str) -> str:
    """The part of the page that is fetched again while works are compared."""
    desk = desk_of(code)
    queries.lab_seen_by(me(), code, lab)
    _finished, live = queries.runs_of(desk.section, lab)
    return render_template(
        "insights/_progress.html", live=live, section=desk.section, lab=lab, fragment=True
    )


@bp.post("/teaching/<code>/similarity/<lab>")
@teachers
def create_comparison(code: str, lab: str) -> Response:
    desk = desk_of(code)
    queries.lab_seen_by(me(), code, lab)
    operations.ask_to_compare(me(), desk.section, lab)
    return redirect(url_for("insights.similarity", code=code, lab=lab), code=303)


@bp.get("/teaching/<code>/similarity/<lab>/<uuid:pair_id>")
@teachers
def pair(code: str, lab: str, pair_id: uuid.UUID) -> Any:
    return _pair(code, lab, pair_id, NoteForm(formdata=None))


def _pair(code: str, lab: str, pair_id: uuid.UUID, form: NoteForm) -> Any:
    desk = desk_of(code)
    _book, column = queries.lab_seen_by(me(), code, lab)
    found = queries.pair_seen_by(me(), desk.section, lab, pair_id)
    first, second = queries.sides_of(found)
    parts = found.parts
    page = render_template(
        "insights/pair.html",
        column=column,
        pair=found,
        sides=(
            ("a", "b", first, found.share_of_first,
             stretches(first.pieces, parts["first"], parts["common_first"])),
            ("b", "a", second, found.share_of_second,
             stretches(second.pieces, parts["second"], parts["common_second"])),
        ),
        notes=queries.notes_of(found),
        note_form=form,
        **frame(desk),
    )  # fmt: skip
    return page, 422 if form.is_submitted() and form.errors else 200


@bp.post("/teaching/<code>/similarity/<lab>/<uuid:pair_id>/notes")
@teachers
def create_pair_note(code: str, lab: str, pair_id: uuid.UUID) -> Any:
    desk = desk_of(code)
    found = queries.pair_seen_by(me(), desk.section, lab, pair_id)
    form = NoteForm()
    if form.validate_on_submit():
        try:
            operations.note_about(me(), found, form.note.data or "", key=form.deed)
        except Refused as error:
            form.form_errors.append(str(error.message))
        else:
            flash(_("The note is kept."), "success")
            return redirect(url_for("insights.pair", code=code, lab=lab, pair_id=pair_id), code=303)
    return _pair(code, lab, pair_id, form)
