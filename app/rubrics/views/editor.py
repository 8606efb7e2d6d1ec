"""The editor: one form, whose every button saves all of it."""

import uuid
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for

from app.accounts.session import me
from app.kernel.errors import Refused
from app.kernel.i18n import LOCALES
from app.kernel.i18n import gettext as _
from app.rubrics import operations, queries
from app.rubrics.forms import read_raw
from app.rubrics.models import Rubric
from app.rubrics.operations import EditedMeanwhile, NothingToPublish, Unfinished
from app.rubrics.rules import SCORING_NAMES, Edit, Problem, Raw, check, scale_of
from app.rubrics.views.blueprint import bp, writers
from app.web.filters import instant

WRITE = ("both", *LOCALES)


def _page(
    rubric: Rubric, raw: Raw, *, problems: list[Problem] | None = None, error: str = ""
) -> Any:
    """The editor with RAW in it. PROBLEMS are shown at their fields."""
    todo = check(raw)
    write = request.values.get("write", "both")
    page = render_template(
        "rubrics/edit.html",
        rubric=rubric,
        raw=raw,
        faults={problem.path: problem.message for problem in reversed(problems or [])},
        todo=todo,
        maximum=None if todo else scale_of(raw).maximum,
        error=error,
        scorings=SCORING_NAMES,
        languages=LOCALES,
        write=write if write in WRITE else "both",
        note=request.form.get("note", ""),
    )
    return (page, 422) if problems or error else page


@bp.get("/rubrics/<uuid:rubric_id>/edit")
@writers
def edit(rubric_id: uuid.UUID) -> Any:
    found = queries.rubric_edited_by(me(), rubric_id)
    return _page(found, _current(found))


def _current(rubric: Rubric) -> Raw:
    if rubric.draft is not None:
        return rubric.draft
    newest = queries.version_of(rubric)
    assert newest is not None  # a rubric without a version has a draft
    return newest.document


@bp.post("/rubrics/<uuid:rubric_id>/edit")
@writers
def save(rubric_id: uuid.UUID) -> Any:
    found = queries.rubric_edited_by(me(), rubric_id)
    raw = read_raw(request.form)
    revision = request.form.get("revision", -1, int)
    verb = request.form.get("do", "save")
    try:
        saved, part = operations.save_draft(found, raw, revision=revision, edit=Edit.read(verb))
        if verb == "publish":
            return _publish(saved, raw)
        if verb == "undo":
            saved = operations.take_back(saved, revision=saved.draft_revision)
        elif verb == "discard":
            operations.discard_draft(saved)
            flash(_("The draft is put aside. The newest version stands."), "success")
            return redirect(url_for("rubrics.rubric", rubric_id=rubric_id))
    except Refused as error:
        if _is_script():
            return jsonify(error=str(error.message)), 409
        return _page(queries.rubric_edited_by(me(), rubric_id), raw, error=str(error.message))
    if _is_script():
        return jsonify(_state(saved, raw))
    if verb == "save":
        flash(_("The draft is saved."), "success")
    write = request.form.get("write", "both")
    return redirect(
        url_for(
            "rubrics.edit",
            rubric_id=rubric_id,
            write=write,
            _anchor=f"part-{part}" if part else None,
        )
    )


def _publish(rubric: Rubric, raw: Raw) -> Any:
    try:
        version = operations.publish(
            me(),
            rubric,
            raw,
            revision=rubric.draft_revision,
            note=request.form.get("note", ""),
        )
    except Unfinished as error:
        return _page(rubric, raw, problems=error.problems)
    except (NothingToPublish, EditedMeanwhile) as error:
        return _page(rubric, raw, error=str(error.message))
    flash(
        _("Version %(number)s is published. It will not change.", number=version.number), "success"
    )
    return redirect(url_for("rubrics.rubric", rubric_id=rubric.id))


def _is_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _state(rubric: Rubric, raw: Raw) -> dict[str, Any]:
    """What the page's script shows after it saved."""
    return {
        "revision": rubric.draft_revision,
        "saved": _("Draft saved."),
        "at": str(instant(rubric.draft_at)),
        "todo": len(check(raw)),
    }
