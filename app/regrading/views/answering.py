"""The graders' side: what waits, answering it, how long and how much may be asked."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, url_for

from app.accounts.models import Person
from app.accounts.session import me
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.learning import queries as learning
from app.learning.policies import teaches_somewhere
from app.regrading import operations, policies, queries
from app.regrading.forms import AnswerForm, TermsForm
from app.regrading.rules import STATE_NAMES, Decision, Terms
from app.regrading.views.blueprint import asked_page, asked_text, bp, frame, staff
from app.web.layout import Todo, TodoSection


@bp.get("/teaching/<code>/requests")
@staff
def requests(code: str) -> str:
    """Requests of a section's students."""
    view = learning.section_taught_by(me(), code)
    state = asked_text("state") or "open"
    return render_template(
        "regrading/requests.html",
        listed=queries.requests_in(view, state=state, item=asked_text("item"), page=asked_page()),
        state=state,
        state_names=STATE_NAMES,
        terms=queries.terms_of(view.section),
        may_set_terms=policies.can_set_terms(me(), view.section),
        title_of=operations.title_of_request,
        **frame(code),
    )


@bp.route("/teaching/<code>/requests/<uuid:request_id>", methods=["GET", "POST"])
@staff
def request_page(code: str, request_id: uuid.UUID) -> Any:
    """One request: what is asked, the work, the answer."""
    found = queries.request_to_decide(me(), code, request_id)
    form = AnswerForm()
    page = {
        "found": found,
        "asked": found.request,
        "title": operations.title_of_request(found.request),
        "state_names": STATE_NAMES,
        "may_answer": found.may_decide and policies.is_open(found.request),
    }
    if not form.validate_on_submit():
        shown = render_template("regrading/request.html", form=form, **page, **frame(code))
        return shown, 422 if form.errors else 200
    if not found.may_decide:
        raise NotVisible(str(request_id))
    try:
        operations.decide_request(
            me(),
            found.request,
            Decision(form.decision.data),
            points=form.points.data,
            words=form.words.data or "",
        )
    except Refused as error:
        form.form_errors.append(str(error.message))
        found = queries.request_to_decide(me(), code, request_id)
        page |= {"found": found, "asked": found.request}
        page["may_answer"] = found.may_decide and policies.is_open(found.request)
        return render_template("regrading/request.html", form=form, **page, **frame(code)), 422
    flash(_("Answered: the student is told."), "success")
    return redirect(url_for("regrading.requests", code=code), code=303)


@bp.route("/teaching/<code>/requests/settings", methods=["GET", "POST"])
@staff
def terms(code: str) -> Any:
    """How long and how much students may ask."""
    view = learning.section_taught_by(me(), code)
    if not policies.can_set_terms(me(), view.section):
        raise NotVisible(code)
    form = TermsForm(obj=queries.terms_of(view.section))
    if not form.validate_on_submit():
        shown = render_template("regrading/terms.html", form=form, **frame(code))
        return shown, 422 if form.errors else 200
    chosen = Terms(form.days.data or 0, form.most_open.data or 1, bool(form.is_closed.data))
    operations.set_terms(me(), view.section, chosen)
    flash(_("Saved."), "success")
    return redirect(url_for("regrading.requests", code=code), code=303)


def requests_at_home(person: Person) -> Iterable[TodoSection]:
    """A grader's home: sections whose students wait for an answer."""
    if not teaches_somewhere(person):
        return
    views = {view.section.id: view for view in learning.my_teaching(person)}
    yield TodoSection(
        _("Requests to look again"),
        [
            Todo(
                title=str(views[section_id].version.title),
                url=url_for("regrading.requests", code=views[section_id].section.code),
                detail=ngettext("%(num)d request waits", "%(num)d requests wait", count),
                action=_("Reply"),
                status="waiting",
            )
            for section_id, count in queries.counts_waiting(list(views)).items()
        ],
    )
