"""What AI tools may do in a quiz, and what was declared, for the section's staff."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning.forms.ai_use import AiRuleForm
from app.quizzes import operations, queries
from app.quizzes.models import QuizAttempt
from app.quizzes.views.blueprint import bp, staff
from app.quizzes.views.desk import frame

STATES = ("missing", "used", "unused")


@bp.route("/teaching/<code>/quizzes/<slug>/rules", methods=["GET", "POST"])
@staff
def rules(code: str, slug: str) -> Any:
    """What AI tools may do. A POST sets it, for attempts that are begun from now on."""
    found = queries.quiz_desk(me(), code, slug)
    form = AiRuleForm(queries.rule_of(found.section.id, slug))
    page = {
        "quiz": found,
        "form": form,
        "versions": queries.rule_versions(found.section, slug),
        **frame(code),
    }
    if form.is_submitted() and not found.may_manage:
        raise NotVisible(code)
    if not form.validate_on_submit():
        return render_template("quizzes/rules.html", **page), 422 if form.errors else 200
    try:
        operations.set_ai_rule(me(), found.section, slug, form.ai_rule())
    except Refused as error:
        form.form_errors.append(str(error.message))
        return render_template("quizzes/rules.html", **page), 422
    flash(_("Saved: it holds for attempts that are begun from now on."), "success")
    return redirect(url_for("quizzes.rules", code=code, slug=slug), code=303)


@bp.get("/teaching/<code>/quizzes/<slug>/declarations")
@staff
def declarations(code: str, slug: str) -> str:
    """What was declared with finished attempts; ``?state=`` chooses."""
    found = queries.quiz_desk(me(), code, slug)
    state = request.args.get("state", "")
    attempts = queries.attempts_with_declarations(found.section, slug)
    kinds = {attempt.id: _state_of(attempt) for attempt in attempts}
    return render_template(
        "quizzes/declarations.html",
        quiz=found,
        rule=queries.rule_of(found.section.id, slug),
        attempts=[a for a in attempts if state not in STATES or kinds[a.id] == state],
        state=state if state in STATES else "",
        how_many={one: list(kinds.values()).count(one) for one in STATES} | {"": len(attempts)},
        **frame(code),
    )


def _state_of(attempt: QuizAttempt) -> str:
    said = attempt.declaration
    if said is None:
        return "missing" if attempt.lacks_declaration else "none"
    return "used" if said.used else "unused"
