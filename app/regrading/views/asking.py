"""A student's side: ask about a cell or a question, see what became of it, take it back."""

import uuid
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.grading.models import Submission
from app.grading.policies import is_of
from app.kernel import clock
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning.policies import is_on_the_staff
from app.quizzes.models import QuizAttempt
from app.regrading import operations, policies, queries
from app.regrading.forms import AskForm
from app.regrading.models import RegradeRequest
from app.regrading.queries import Subject
from app.regrading.rules import STATE_NAMES, closes_at
from app.regrading.views.blueprint import asked_page, asked_text, bp, say
from app.web.doors import signed_in


@bp.route("/submissions/<uuid:submission_id>/requests/new", methods=["GET", "POST"])
@signed_in
def ask_cell(submission_id: uuid.UUID) -> Any:
    """Ask for one cell of her submission to be looked at again."""
    subject = queries.cell_of_mine(me(), submission_id, asked_text("notebook"), asked_text("cell"))
    anchor = f"cell-{subject.notebook}-{subject.part}"
    back = url_for("grading.submission", submission_id=submission_id, _anchor=anchor)
    return _ask(subject, back)


@bp.route(
    "/learn/<code>/quizzes/<slug>/attempts/<int:number>/requests/new", methods=["GET", "POST"]
)
@signed_in
def ask_question(code: str, slug: str, number: int) -> Any:
    """Ask for one answer of hers to be looked at again."""
    subject = queries.question_of_mine(me(), code, slug, number, asked_text("question"))
    back = url_for(
        "quizzes.attempt", code=code, slug=slug, number=number, _anchor=f"question-{subject.part}"
    )
    return _ask(subject, back)


def _ask(subject: Subject, back: str) -> Any:
    form = AskForm()
    page = {
        "subject": subject,
        "back": back,
        "title": operations.title_of(subject.work),
        "closes_at": closes_at(subject.published_at, queries.terms_of(subject.section)),
        "obstacle": queries.obstacle_to(subject, clock.now()),
        "obstacles": operations.OBSTACLES,
    }
    if not form.validate_on_submit():
        template = render_template("regrading/ask.html", form=form, **page)
        return template, 422 if form.errors else 200
    try:
        operations.ask(me(), subject, form.reason.data or "")
    except Refused as error:
        form.form_errors.append(str(error.message))
        return render_template("regrading/ask.html", form=form, **page), 422
    flash(_("Your graders have your request. You are told what they answer."), "success")
    return redirect(url_for("regrading.my_requests", code=subject.section.code), code=303)


@bp.get("/learn/<code>/requests")
@signed_in
def my_requests(code: str) -> str:
    """What she asked about in a course, and what became of it."""
    view, listed = queries.my_requests(me(), code, asked_page())
    return render_template(
        "regrading/mine.html",
        view=view,
        listed=listed,
        title_of=operations.title_of_request,
        state_names=STATE_NAMES,
        is_open=policies.is_open,
    )


@bp.post("/learn/<code>/requests/<uuid:request_id>/withdrawal")
@signed_in
def create_withdrawal(code: str, request_id: uuid.UUID) -> Response:
    request = queries.request_of(me(), request_id)
    if request.section.code != code:
        raise NotVisible(str(request_id))
    try:
        operations.withdraw(me(), request)
    except Refused as error:
        say(error)
    else:
        flash(_("Your request is taken back."), "success")
    return redirect(url_for("regrading.my_requests", code=code), code=303)


def look_again(work: Submission | QuizAttempt, notebook: str, part: str) -> Markup:
    """What stands beside one cell or question: a way to ask, or what became of the last request.

    For its student and for staff; WORK was loaded through the reader. Asks the database once a
    page.
    """
    kept: dict[uuid.UUID, dict[tuple[str, str], RegradeRequest]] = g.setdefault("requests", {})
    if work.id not in kept:
        newest_last = reversed(queries.requests_about([work.id]))
        kept[work.id] = {(row.notebook, row.part): row for row in newest_last}
    found = kept[work.id].get((notebook, part))
    is_hers = is_of(me(), work) if isinstance(work, Submission) else work.person_id == me().id
    if found is None and not is_hers:
        return Markup("")
    if found is not None and (is_hers or is_on_the_staff(me(), work.section)):
        url = (
            url_for("regrading.my_requests", code=work.section.code, _anchor=f"request-{found.id}")
            if is_hers
            else url_for("regrading.request_page", code=work.section.code, request_id=found.id)
        )
        link = _link(url, _("Request to look again"), part, str(STATE_NAMES[found.state]))
        return (
            link
            if not is_hers or policies.is_open(found)
            else link + _way_to_ask(work, notebook, part)
        )
    return _way_to_ask(work, notebook, part) if is_hers else Markup("")


def _way_to_ask(work: Submission | QuizAttempt, notebook: str, part: str) -> Markup:
    if isinstance(work, Submission):
        url = url_for("regrading.ask_cell", submission_id=work.id, notebook=notebook, cell=part)
    else:
        url = url_for(
            "regrading.ask_question",
            code=work.section.code,
            slug=work.slug,
            number=work.number,
            question=part,
        )
    return _link(url, _("Ask to look at this again"), part)


def _link(url: str, text: str, part: str, state: str = "") -> Markup:
    ending = Markup(" · {}").format(state) if state else Markup("")
    return Markup(
        '<p class="small"><a href="{}">{}<span class="visually-hidden"> ({})</span></a>{}</p>'
    ).format(url, text, part, ending)
