"""What the page's script asks for: one answer saved, the state of the attempt, a question anew."""

from datetime import timedelta
from typing import Any

from flask import render_template, request
from flask_wtf.csrf import generate_csrf

from app import questions
from app.accounts.session import me
from app.kernel import clock
from app.kernel.i18n import gettext as _
from app.quizzes import operations, queries
from app.quizzes.models import QuizAttempt
from app.quizzes.operations import AttemptOver, NewerAnswer
from app.quizzes.operations.answers import question_of
from app.quizzes.views.blueprint import Part, bp, parts_of, prefix_of
from app.web.doors import signed_in

LONGEST_AGE = timedelta(days=30)


@bp.post("/learn/<code>/quizzes/<slug>/attempts/<int:number>/answers/<question_id>")
@signed_in
def save_answer(code: str, slug: str, number: int, question_id: str) -> Any:
    """One answer in its form fields, with ``base`` (the revision the window knew) and ``age``
    (milliseconds since it was typed)."""
    found = queries.quiz_for(me(), code, slug)
    loaded = queries.attempt_of(found, number)
    question = question_of(loaded, question_id)
    try:
        saved = operations.save_answer(
            loaded.id,
            question_id,
            questions.read_form(question, prefix_of(question_id), request.form),
            base=request.form.get("base", type=int),
            age=min(timedelta(milliseconds=_age()), LONGEST_AGE),
        )
    except AttemptOver as error:
        operations.finish_if_over(loaded.id)
        return _error("over", error.message), 409
    except NewerAnswer as error:
        return _error("newer", error.message) | {"revision": error.answer.revision}, 409
    except questions.BadResponse as error:
        return _error("bad", error.message), 422
    return {
        "revision": saved.revision,
        "replaced": saved.replaced,
        "answered": questions.is_answered(question, saved.answer.response),
        "saved_at": saved.answer.saved_at.isoformat(),
    }


def _age() -> int:
    age = request.form.get("age", 0, int)
    return age if 0 <= age < 10**12 else 0


def _error(code: str, message: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": str(message)}}


@bp.get("/learn/<code>/quizzes/<slug>/attempts/<int:number>/answers/<question_id>")
@signed_in
def answer(code: str, slug: str, number: int, question_id: str) -> Any:
    """A question with its answer as it is saved now, when another window has changed it."""
    loaded = _live(code, slug, number)
    part = next((p for p in parts_of(loaded) if p.id == question_id), None)
    if part is None or loaded.submitted_at is not None:
        return _error("over", _("This attempt is over.")), 409
    return {"revision": part.revision, "answered": part.is_answered, "html": _fields(part)}


def _fields(part: Part) -> str:
    return render_template("quizzes/fields.html", part=part)


@bp.get("/learn/<code>/quizzes/<slug>/attempts/<int:number>/state")
@signed_in
def state(code: str, slug: str, number: int) -> Any:
    """The server's clock, the deadline as it is now, what is saved, and a fresh form token."""
    loaded = _live(code, slug, number)
    return {
        "now": clock.now().isoformat(),
        "deadline": loaded.deadline_at and loaded.deadline_at.isoformat(),
        "over": loaded.submitted_at is not None,
        "revisions": {a.question_id: a.revision for a in loaded.answers},
        "token": generate_csrf(),
    }


def _live(code: str, slug: str, number: int) -> QuizAttempt:
    """Her attempt, handed in by now if its time is over."""
    found = queries.quiz_for(me(), code, slug)
    wanted = found.attempt(number)
    if wanted.submitted_at is None:
        operations.finish_if_over(wanted.id)
    return queries.attempt_of(found, number)
