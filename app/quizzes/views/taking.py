"""The student's road: what the quiz is, the attempt, handing in, what it came to."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app import questions
from app.accounts.session import me
from app.kernel import blobs, clock
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.kernel.localized import LocalizedText
from app.learning.forms.ai_use import DeclarationForm
from app.quizzes import operations, queries
from app.quizzes.models import QuizAttempt
from app.quizzes.operations import AttemptOver, FileRefused, Given, Upload
from app.quizzes.queries import QuizView
from app.quizzes.rules import ENDING_NAMES
from app.quizzes.views.blueprint import Part, bp, parts_of, prefix_of, say
from app.web.doors import signed_in


@bp.get("/learn/<code>/quizzes/<slug>")
@signed_in
def quiz(code: str, slug: str) -> str:
    """What the quiz is, what counts for her, and her attempts."""
    found = _current(code, slug)
    before, after = found.view.neighbours(found.item)
    return render_template(
        "quizzes/quiz.html",
        before=before,
        after=after,
        quiz=found,
        view=found.view,
        item=found.item,
        instructions=_instructions(found),
        total=questions.total(found.document),
        count=_question_count(found.document),
        terms=found.view.terms(found.item),
        lock=found.view.lock(found.item),
        rule=found.rule,
        ending_names=ENDING_NAMES,
        now=clock.now(),
    )


def _current(code: str, slug: str) -> QuizView:
    """The quiz for her, after an attempt of hers whose time is over was handed in."""
    found = queries.quiz_for(me(), code, slug)
    if found.live is not None and operations.finish_if_over(found.live.id):
        return queries.quiz_for(me(), code, slug)
    return found


def _instructions(found: QuizView) -> tuple[str, str]:
    """Safe HTML and its language."""
    text = LocalizedText(found.document.get("instructions") or {})
    language = text.language()
    return questions.html_of(text.in_language(), language), language


def _question_count(document: dict[str, Any]) -> int:
    return sum(
        len(section["questions"]) if section.get("draw") is None else section["draw"]
        for section in document["sections"]
    )


@bp.post("/learn/<code>/quizzes/<slug>/attempts")
@signed_in
def create_attempt(code: str, slug: str) -> Response:
    """Begin, or go on with what is begun."""
    found = _current(code, slug)
    try:
        attempt = operations.begin(found)
    except Refused as error:
        say(error)
        return redirect(url_for("quizzes.quiz", code=code, slug=slug), code=303)
    return redirect(_to("attempt", code, attempt), code=303)


def _to(endpoint: str, code: str, attempt: QuizAttempt, **more: Any) -> str:
    return url_for(
        f"quizzes.{endpoint}", code=code, slug=attempt.slug, number=attempt.number, **more
    )


@bp.get("/learn/<code>/quizzes/<slug>/attempts/<int:number>")
@signed_in
def attempt(code: str, slug: str, number: int) -> str:
    """All questions on one page while she works; what it came to afterwards."""
    found = _current(code, slug)
    loaded = queries.attempt_of(found, number)
    if loaded.submitted_at is not None:
        return _result(found, loaded)
    return _working(found, loaded)


def _working(found: QuizView, loaded: QuizAttempt, **more: Any) -> str:
    return render_template(
        "quizzes/attempt.html",
        quiz=found,
        view=found.view,
        item=found.item,
        attempt=loaded,
        parts=parts_of(loaded),
        instructions=_instructions(found),
        now=clock.now(),
        refused=more.get("refused", {}),
    )


def _result(
    found: QuizView, loaded: QuizAttempt, declaration: DeclarationForm | None = None
) -> str:
    return render_template(
        "quizzes/result.html",
        quiz=found,
        view=found.view,
        item=found.item,
        attempt=loaded,
        parts=parts_of(loaded),
        ending_names=ENDING_NAMES,
        shows_keys=found.shows_keys,
        shows_score=found.shows_score,
        declaration=declaration or DeclarationForm(formdata=None),
    )


@bp.post("/learn/<code>/quizzes/<slug>/attempts/<int:number>")
@signed_in
def save_attempt(code: str, slug: str, number: int) -> Any:
    """The whole form, as it is sent without script and before handing in."""
    found = queries.quiz_for(me(), code, slug)
    loaded = queries.attempt_of(found, number)
    try:
        refused = _save_form(loaded)
    except AttemptOver as error:
        operations.finish_if_over(loaded.id)
        say(error)
        return redirect(_to("attempt", code, loaded), code=303)
    if refused:
        return _working(found, queries.attempt_of(found, number), refused=refused), 422
    if request.form.get("do") == "review":
        return redirect(_to("review", code, loaded), code=303)
    flash(_("Saved."), "success")
    anchor = None
    if request.form.get("remove"):
        anchor = f"question-{_remove_file(loaded, request.form['remove'])}"
    return redirect(_to("attempt", code, loaded, _anchor=anchor), code=303)


def _remove_file(loaded: QuizAttempt, wanted: str) -> str:
    """Take away the file WANTED; answers the question that it belonged to."""
    file = next((row for row in queries.files_of(loaded) if str(row.id) == wanted), None)
    if file is None:
        raise NotVisible(wanted)
    question_id = file.question_id
    operations.remove_file(loaded, file)
    return question_id


def _save_form(loaded: QuizAttempt) -> dict[str, str]:
    """Save every question of the form; answers what could not be taken, by question."""
    given, refused = [], {}
    for question in loaded.questions:
        name, prefix = question["id"], prefix_of(question["id"])
        if question["type"] == "file":
            try:
                _save_files(loaded, name, request.files.getlist(prefix))
            except FileRefused as error:
                refused[name] = str(error.message)
            continue
        if f"base-{name}" not in request.form:
            continue  # the form did not ask this
        try:
            response = questions.read_form(question, prefix, request.form)
        except questions.BadResponse as error:
            refused[name] = str(error.message)
            continue
        base = request.form.get(f"base-{name}", 0, int)
        given.append(Given(name, response, base, request.form.get(f"seen-{name}", "")))
    saved = operations.save_form(loaded.id, given)
    if saved.kept_newer:
        flash(
            ngettext(
                "%(num)s answer was changed in another window meanwhile: that one is kept.",
                "%(num)s answers were changed in another window meanwhile: those are kept.",
                len(saved.kept_newer),
            ),
            "info",
        )
    return refused | saved.refused


def _save_files(loaded: QuizAttempt, question_id: str, files: list[FileStorage]) -> None:
    uploads = [Upload(file.filename or "", file.read()) for file in files if file.filename]
    if uploads:
        operations.add_files(loaded, question_id, uploads)


@bp.get("/learn/<code>/quizzes/<slug>/attempts/<int:number>/review")
@signed_in
def review(code: str, slug: str, number: int) -> Any:
    """What is answered and what is not, before it is handed in for good."""
    found = _current(code, slug)
    loaded = queries.attempt_of(found, number)
    if loaded.submitted_at is not None:
        return redirect(_to("attempt", code, loaded))
    return _review(found, loaded, DeclarationForm(formdata=None))


def _review(found: QuizView, loaded: QuizAttempt, declaration: DeclarationForm) -> str:
    parts: list[Part] = parts_of(loaded)
    return render_template(
        "quizzes/review.html",
        quiz=found,
        view=found.view,
        item=found.item,
        attempt=loaded,
        parts=parts,
        open_count=sum(1 for part in parts if not part.is_answered),
        declaration=declaration,
        now=clock.now(),
    )


@bp.post("/learn/<code>/quizzes/<slug>/attempts/<int:number>/submission")
@signed_in
def create_submission(code: str, slug: str, number: int) -> Any:
    """Hand in. A second time, from another window, changes nothing."""
    found = queries.quiz_for(me(), code, slug)
    loaded = queries.attempt_of(found, number)
    by_clock = request.form.get("by") == "clock"
    declared = None
    if loaded.rule is not None and loaded.rule.asks_declaration and not by_clock:
        form = DeclarationForm()
        declared = form.said()
        if declared is None and not operations.finish_if_over(loaded.id):
            return _review(found, loaded, form), 422
    done = operations.hand_in(me(), loaded, by_clock=by_clock, declared=declared)
    if by_clock:
        return redirect(_to("state", code, loaded), code=303)
    flash(_("Handed in: attempt %(number)s.", number=done.number), "success")
    return redirect(_to("attempt", code, loaded), code=303)


@bp.post("/learn/<code>/quizzes/<slug>/attempts/<int:number>/declaration")
@signed_in
def create_declaration(code: str, slug: str, number: int) -> Any:
    """Say afterwards what AI tools were used for, or say it again."""
    found = _current(code, slug)
    loaded = queries.attempt_of(found, number)
    form = DeclarationForm()
    declared = form.said()
    if loaded.submitted_at is None:
        return redirect(_to("review", code, loaded), code=303)
    if declared is None:
        return _result(found, loaded, form), 422
    try:
        operations.declare(me(), loaded, declared)
    except Refused as error:
        say(error)
    else:
        flash(_("Declared: your instructor sees it beside the attempt."), "success")
    return redirect(_to("attempt", code, loaded, _anchor="declaration"), code=303)


@bp.get("/learn/<code>/quizzes/<slug>/attempts/<int:number>/files/<uuid:file_id>")
@signed_in
def own_file(code: str, slug: str, number: int, file_id: Any) -> Response:
    """A file of her own answer, always as a download."""
    found = queries.quiz_for(me(), code, slug)
    return download(queries.file_of(found.attempt(number), file_id))


def download(file: Any) -> Response:
    """A file that somebody uploaded: never shown by the browser within the site."""
    answer = Response(blobs.get(file.blob), mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=file.name)
    answer.headers.set("Content-Security-Policy", "default-src 'none'; sandbox")
    answer.headers.set("X-Content-Type-Options", "nosniff")
    return answer
