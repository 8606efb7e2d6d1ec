"""Quizzes of a section for its staff: who is how far, marks, statistics."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import questions
from app.accounts.session import me
from app.kernel import clock
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.views.desk import tabs_of
from app.quizzes import operations, policies, queries
from app.quizzes.forms import MarkForm, ReopenForm
from app.quizzes.queries import QuizDesk
from app.quizzes.rules import ENDING_NAMES, MARKER_NAMES, STATE_NAMES
from app.quizzes.rules.statistics import ENOUGH
from app.quizzes.rules.words import difficulty_name, discrimination_name
from app.quizzes.views.blueprint import bp, parts_of, say, staff
from app.quizzes.views.taking import download
from app.web.csv import csv_response


def frame(code: str) -> dict[str, Any]:
    """What the pages of a section's desk share."""
    return tabs_of(learning.section_desk(me(), code))


def _asked() -> dict[str, str]:
    return {
        "standing": request.args.get("state", ""),
        "search": request.args.get("q", "").strip().replace("\0", ""),
    }


@bp.get("/teaching/<code>/quizzes")
@staff
def quizzes(code: str) -> str:
    view = learning.section_taught_by(me(), code)
    return render_template("quizzes/quizzes.html", rows=queries.quizzes_of(view), **frame(code))


@bp.get("/teaching/<code>/quizzes/<slug>")
@staff
def desk(code: str, slug: str) -> str:
    """Every student of the section and her attempts at one quiz."""
    found = queries.quiz_desk(me(), code, slug)
    page = max(1, request.args.get("page", 1, int))
    return render_template(
        "quizzes/desk.html",
        quiz=found,
        listed=queries.people_of(found, page=page, **_asked()),
        state_names=STATE_NAMES,
        number_of=learning.student_number,
        older=queries.has_older_attempts(found),
        now=clock.now(),
        **frame(code),
    )


@bp.get("/teaching/<code>/quizzes/<slug>/attempts.csv")
@staff
def attempts_csv(code: str, slug: str) -> Response:
    """One line for each attempt, and one for each student without any."""
    found = queries.quiz_desk(me(), code, slug)
    listed = queries.people_of(found, page=None, **_asked())
    return csv_response(
        f"{code}-{slug}.csv",
        [
            _("Student number"),
            _("Name"),
            _("Mail address"),
            _("State"),
            _("Attempt"),
            _("Attempt begun"),
            _("Ended"),
            _("How it ended"),
            _("Points"),
            _("Out of"),
            _("Waits for marks"),
            _("Counts"),
        ],
        (
            [
                learning.student_number(row.enrolment, found.section.school_id),
                row.enrolment.person.name,
                row.enrolment.person.email,
                STATE_NAMES[row.standing],
                *(
                    (
                        one.number,
                        one.started_at.astimezone(clock.TAIPEI).isoformat(timespec="seconds"),
                        one.submitted_at
                        and one.submitted_at.astimezone(clock.TAIPEI).isoformat(timespec="seconds"),
                        one.ending and ENDING_NAMES[one.ending],
                        "" if one.score is None else float(one.score),
                        float(one.max_score),
                        one.waiting_count,
                    )
                    if one is not None
                    else ("",) * 7
                ),
                "" if row.kept is None else float(row.kept.score),
            ]
            for row in listed.rows
            for one in row.attempts or (None,)
        ),
    )


@bp.get("/teaching/<code>/quizzes/<slug>/statistics")
@staff
def statistics(code: str, slug: str) -> str:
    """How each question works."""
    found = queries.quiz_desk(me(), code, slug)
    first_only = request.args.get("attempts") != "all"
    return render_template(
        "quizzes/statistics.html",
        quiz=found,
        report=queries.quiz_report(found.section, slug, first_only=first_only),
        first_only=first_only,
        enough=ENOUGH,
        types=questions.TYPES,
        difficulty=difficulty_name,
        discrimination=discrimination_name,
        **frame(code),
    )


@bp.get("/teaching/<code>/quizzes/<slug>/attempts/<uuid:attempt_id>")
@staff
def attempt_desk(code: str, slug: str, attempt_id: uuid.UUID) -> str:
    """One attempt with answers, keys and marks, and what staff can do with it."""
    found = queries.quiz_desk(me(), code, slug)
    return _attempt_page(found, attempt_id, ReopenForm(formdata=None))


def _attempt_page(found: QuizDesk, attempt_id: uuid.UUID, reopen_form: ReopenForm) -> str:
    loaded = queries.attempt_to_mark(found, attempt_id)
    return render_template(
        "quizzes/attempt_desk.html",
        quiz=found,
        attempt=loaded,
        parts=parts_of(loaded),
        history=queries.earlier_marks(loaded),
        may_mark=policies.can_mark(me(), loaded) and policies.is_finished(loaded),
        ending_names=ENDING_NAMES,
        marker_names=MARKER_NAMES,
        reopen_form=reopen_form,
        following=queries.next_waiting(found, loaded),
        **frame(found.section.code),
    )


@bp.post("/teaching/<code>/quizzes/<slug>/attempts/<uuid:attempt_id>/marks")
@staff
def create_mark(code: str, slug: str, attempt_id: uuid.UUID) -> Response:
    """Points and words for one answer."""
    found = queries.quiz_desk(me(), code, slug)
    loaded = queries.attempt_to_mark(found, attempt_id)
    if not policies.can_mark(me(), loaded):
        raise NotVisible(str(attempt_id))
    form = MarkForm()
    here = url_for("quizzes.attempt_desk", code=code, slug=slug, attempt_id=attempt_id)
    if not form.validate_on_submit() or form.points.data is None:
        flash(_("The points must be a number."), "error")
        return redirect(here, code=303)
    question = form.question.data or ""
    try:
        operations.give_mark(me(), loaded, question, form.points.data, form.comment.data or "")
    except Refused as error:
        say(error)
    else:
        flash(_("The mark is saved."), "success")
    return redirect(f"{here}#question-{question}", code=303)


@bp.post("/teaching/<code>/quizzes/<slug>/attempts/<uuid:attempt_id>/end")
@staff
def end_attempt(code: str, slug: str, attempt_id: uuid.UUID) -> Response:
    found = queries.quiz_desk(me(), code, slug)
    loaded = queries.attempt_to_mark(found, attempt_id)
    if not found.may_manage:
        raise NotVisible(str(attempt_id))
    operations.end_by_staff(me(), loaded)
    flash(_("The attempt is ended: what was saved is handed in."), "success")
    return redirect(
        url_for("quizzes.attempt_desk", code=code, slug=slug, attempt_id=attempt_id), code=303
    )


@bp.post("/teaching/<code>/quizzes/<slug>/attempts/<uuid:attempt_id>/continuation")
@staff
def create_continuation(code: str, slug: str, attempt_id: uuid.UUID) -> Any:
    """Open an attempt again."""
    found = queries.quiz_desk(me(), code, slug)
    loaded = queries.attempt_to_mark(found, attempt_id)
    if not found.may_manage:
        raise NotVisible(str(attempt_id))
    form = ReopenForm()
    if not form.validate_on_submit():
        return _attempt_page(found, attempt_id, form), 422
    try:
        made = operations.reopen(
            me(), loaded, reason=form.reason.data or "", closes_at=form.closes_at.instant
        )
    except Refused as error:
        form.form_errors.append(str(error.message))
        return _attempt_page(found, attempt_id, form), 422
    flash(
        _("%(name)s can go on: attempt %(number)s.", name=made.person.name, number=made.number),
        "success",
    )
    return redirect(
        url_for("quizzes.attempt_desk", code=code, slug=slug, attempt_id=made.id), code=303
    )


@bp.get("/teaching/<code>/quizzes/<slug>/attempts/<uuid:attempt_id>/files/<uuid:file_id>")
@staff
def answered_file(code: str, slug: str, attempt_id: uuid.UUID, file_id: uuid.UUID) -> Response:
    found = queries.quiz_desk(me(), code, slug)
    return download(queries.file_of(queries.attempt_to_mark(found, attempt_id), file_id))


@bp.get("/teaching/<code>/quizzes/<slug>/remarking")
@staff
def remarking(code: str, slug: str) -> str:
    """What the corrected keys would change."""
    found = _managed(code, slug)
    return render_template(
        "quizzes/remarking.html",
        quiz=found,
        plan=operations.preview_remarking(found),
        **frame(code),
    )


@bp.post("/teaching/<code>/quizzes/<slug>/remarking")
@staff
def create_remarking(code: str, slug: str) -> Response:
    found = _managed(code, slug)
    done = operations.remark(me(), found)
    flash(
        _("Marked again: the score of %(count)s attempts changed.", count=len(done.changes)),
        "success",
    )
    return redirect(url_for("quizzes.desk", code=code, slug=slug), code=303)


def _managed(code: str, slug: str) -> QuizDesk:
    found = queries.quiz_desk(me(), code, slug)
    if not found.may_manage:
        raise NotVisible(slug)
    return found
