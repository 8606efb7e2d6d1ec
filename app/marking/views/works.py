"""One work beside what is given for it, and on to the next."""

import uuid
from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for

from app.accounts.session import me
from app.grading import operations as grading
from app.kernel import blobs
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.marking import forms, operations, queries
from app.marking.forms import Typed
from app.marking.queries import Asked, Work
from app.marking.views.blueprint import ITEM, Desk, asked, bp, opened, query_of, teachers
from app.marking.views.desk import titles_of
from app.marking.views.showing import books_of, file_name, shown_files
from app.quizzes.views.blueprint import parts_of
from app.rubrics import queries as rubrics
from app.rubrics.forms import assessed

FRAGMENT = "X-Desk"
"""The header with which the desk's own script asks."""
WORK = f"{ITEM}/<uuid:work_id>"


@bp.get(WORK)
@teachers
def work(code: str, kind: str, slug: str, work_id: uuid.UUID) -> str:
    """A work with its rubric, points, comments and notes."""
    desk = opened(code, kind, slug)
    return _page(desk, queries.work_of(desk.scope, desk.view, work_id), asked())


def _page(desk: Desk, found: Work, given: Asked, typed: dict[str, Typed] | None = None) -> str:
    following = queries.next_work(desk.scope, given, found.place)
    counts = queries.counts(desk.scope, given.part)
    shown = [
        (number, part)
        for number, part in enumerate(found.parts)
        if not given.part or part.key == given.part
    ]
    is_part = request.headers.get(FRAGMENT) is not None
    return render_template(
        "marking/_work.html" if is_part else "marking/work.html",
        place=desk,
        work=found,
        asked=given,
        query=query_of(given),
        counts=counts,
        total=counts.of(given.state),
        shown=shown,
        typed=typed or {},
        prefix_of=forms.prefix_of,
        shown_points=forms.shown_points,
        comments=rubrics.comments_for(me()),
        books=books_of(found, given.part),
        questions=_questions(found, given.part),
        files=shown_files(found, desk.is_blind, given.part),
        titles=titles_of(desk.item),
        following=_address(desk, following, given),
        before=_address(desk, queries.previous_work(desk.scope, found.place), given),
        name=desk.name_of(found.person_id, found.name),
    )


def _questions(found: Work, part: str) -> list[Any]:
    """The questions of an attempt as they were answered; of one PART alone, when it is asked."""
    if found.attempt is None:
        return []
    keys = {one.key for one in found.parts}
    return [one for one in parts_of(found.attempt) if (one.id == part if part else one.id in keys)]


def _address(desk: Desk, work_id: uuid.UUID | None, given: Asked) -> str:
    if work_id is None:
        return ""
    return url_for(
        "marking.work",
        code=desk.code,
        kind=desk.ref.kind.value,
        slug=desk.ref.slug,
        work_id=work_id,
        **query_of(given),
    )


@bp.post(WORK)
@teachers
def mark(code: str, kind: str, slug: str, work_id: uuid.UUID) -> Any:
    """Save what was given, part by part, and go on to the next work.

    What cannot be saved is shown again as it was typed; what could be saved is.
    """
    desk = opened(code, kind, slug)
    found = queries.work_of(desk.scope, desk.view, work_id)
    given = asked()
    here = _address(desk, found.id, given)
    typed = forms.read_work(request.form, found, rubrics.comments_for(me()))
    refused, saved = _save(found, typed, here)
    if refused:
        again = queries.work_of(desk.scope, desk.view, work_id)
        conflict = any(one.is_conflict for one in refused.values())
        return _page(desk, again, given, refused), 409 if conflict else 422
    following = _address(desk, queries.next_work(desk.scope, given, found.place), given)
    words = _("Saved: the student sees it now.") if saved else ""
    if saved and any(part.is_double for part in found.parts):
        words = _("Kept. It counts once both graders have given points and agree.")
    if request.headers.get(FRAGMENT) is not None:
        rest = queries.counts(desk.scope, given.part).waiting
        waiting = ngettext("%(num)s waits", "%(num)s wait", rest)
        return jsonify(next=following, saved=words, waiting=waiting)
    if words:
        flash(words, "success")
    if not following:
        following = url_for("marking.item", code=code, kind=kind, slug=slug, **query_of(given))
    return redirect(following, code=303)


def _save(found: Work, typed: list[Typed], here: str) -> tuple[dict[str, Typed], int]:
    """What was refused, by part, and how many parts were saved."""
    refused: dict[str, Typed] = {}
    saved = 0
    for one in typed:
        if one.error:
            refused[one.part.key] = one
            continue
        if one.is_same or one.is_empty:
            continue
        try:
            operations.mark_part(me(), found, one.part, one.given, path=here)
            saved += 1
        except operations.GivenMeanwhile as error:
            refused[one.part.key] = _again(one, error, is_conflict=True)
        except Refused as error:
            refused[one.part.key] = _again(one, error)
    return refused, saved


def _again(one: Typed, error: Refused, *, is_conflict: bool = False) -> Typed:
    judgement = one.judgement
    if judgement is not None and one.part.rubric is not None:
        judgement = judgement.with_faults(
            assessed(one.part.rubric, judgement), is_final=not is_conflict
        )
    return Typed(
        one.part, one.prefix, one.points, one.comment, one.given, judgement, error.message,
        is_conflict,
    )  # fmt: skip


@bp.post(f"{WORK}/notes")
@teachers
def create_note(code: str, kind: str, slug: str, work_id: uuid.UUID) -> Any:
    """A note at a cell of the notebook."""
    desk = opened(code, kind, slug)
    found = queries.work_of(desk.scope, desk.view, work_id)
    if found.submission is None:
        raise NotVisible(work_id)
    notebook = request.form.get("notebook", "")
    position = request.form.get("position", -1, int)
    try:
        grading.annotate(
            me(),
            found.submission,
            notebook,
            position,
            request.form.get("text", ""),
            grade_id=request.form.get("grade_id") or None,
        )
    except Refused as error:
        if request.headers.get(FRAGMENT) is not None:
            return jsonify(error=str(error.message)), 422
        flash(str(error.message), "error")
    return _to_cell(desk, found, notebook, position)


@bp.post(f"{WORK}/notes/<uuid:note_id>/removal")
@teachers
def remove_note(code: str, kind: str, slug: str, work_id: uuid.UUID, note_id: uuid.UUID) -> Any:
    desk = opened(code, kind, slug)
    found = queries.work_of(desk.scope, desk.view, work_id)
    if found.submission is None:
        raise NotVisible(work_id)
    gone = grading.remove_annotation(me(), found.submission, note_id)
    return _to_cell(desk, found, gone.notebook, gone.position)


def _to_cell(desk: Desk, found: Work, notebook: str, position: int) -> Any:
    """The notes of a cell, for the script; else back to the page at that cell."""
    given = asked()
    if request.headers.get(FRAGMENT) is not None:
        assert found.submission is not None
        book = next((b for b in books_of(found, "") if b.name == notebook), None)
        cell = next((c for c in book.cells if c.position == position), None) if book else None
        return render_template(
            "marking/_notes.html", place=desk, work=found, cell=cell, query=query_of(given)
        )
    return redirect(f"{_address(desk, found.id, given)}#note-{notebook}-{position}", code=303)


@bp.get(f"{WORK}/files/<int:number>")
@teachers
def file(code: str, kind: str, slug: str, work_id: uuid.UUID, number: int) -> Response:
    """A file that was handed in, always as a download; without its name where it could tell."""
    desk = opened(code, kind, slug)
    found = queries.work_of(desk.scope, desk.view, work_id)
    if not 1 <= number <= len(found.files):
        raise NotVisible(number)
    chosen = found.files[number - 1]
    response = Response(blobs.get(chosen.blob), mimetype="application/octet-stream")
    name = file_name(chosen, number, desk.is_blind).rsplit("/", 1)[-1]
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
