"""Instructors and officers read what was handed in, and say yes or what has to change."""

import uuid
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for

from app.accounts.session import me
from app.briefs import operations, policies, queries
from app.briefs.forms import PromiseForm, VerdictForm
from app.briefs.models import Brief
from app.briefs.rules import KIND_NAMES, REVIEWS, SIDE_NAMES, Act, Side
from app.briefs.views.blueprint import asked_page, asked_text, bp, reviewers
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _


@bp.get("/briefs/reviews")
@reviewers
def reviews() -> str:
    """What waits for review, the longest waiting first."""
    kind = asked_text("kind")
    return render_template(
        "briefs/reviews.html",
        listed=queries.reviews_waiting(
            me(), search=asked_text("q"), kind=kind if kind in KIND_NAMES else "",
            page=asked_page(),
        ),
        kinds=[("", _("All")), *((k.value, str(v)) for k, v in KIND_NAMES.items())],
        sides=REVIEWS,
    )  # fmt: skip


@bp.get("/briefs/reviews/<uuid:brief_id>")
@reviewers
def review(brief_id: uuid.UUID) -> Any:
    return _page(queries.brief_in_review(me(), brief_id), VerdictForm(formdata=None))


def _page(brief: Brief, form: VerdictForm) -> Any:
    person = me()
    raw = brief.draft or {}
    verdicts = queries.verdicts_of(brief)
    approved = {row.side: row for row in verdicts if row.act is Act.APPROVED}
    sides = _open_sides(person, brief, approved)
    form.offer([(side, str(SIDE_NAMES[side])) for side in sides])
    confidential = queries.confidential_for(person, brief)
    promise = queries.promise_of(brief)
    page = make_response(
        render_template(
            "briefs/review.html",
            brief=brief,
            view=queries.view_of_draft(brief, raw),
            supply=queries.supply_of(raw),
            steps=queries.steps_of(brief),
            approved=approved,
            sides=sides,
            form=form,
            promise=promise,
            confidential=confidential,
            has_confidential=queries.has_confidential(brief),
            can_promise=policies.can_promise(person, brief),
            promise_form=PromiseForm(formdata=None),
        )
    )
    if confidential is not None:
        page.headers["Cache-Control"] = "private, no-store"
    return (page, 422) if form.errors else page


def _open_sides(person: Any, brief: Brief, approved: dict[Side, Any]) -> list[Side]:
    """The sides for which PERSON can still say something."""
    if any(row.by_id == person.id for row in approved.values()):
        return []
    hers = policies.sides_of(person, brief)
    return [side for side in REVIEWS if side in hers and side not in approved]


@bp.post("/briefs/reviews/<uuid:brief_id>/approvals")
@reviewers
def create_approval(brief_id: uuid.UUID) -> Any:
    return _verdict(brief_id, is_yes=True)


@bp.post("/briefs/reviews/<uuid:brief_id>/returns")
@reviewers
def create_return(brief_id: uuid.UUID) -> Any:
    return _verdict(brief_id, is_yes=False)


def _verdict(brief_id: uuid.UUID, *, is_yes: bool) -> Any:
    person = me()
    brief = queries.brief_in_review(person, brief_id)
    form = VerdictForm()
    form.offer([(s, str(SIDE_NAMES[s])) for s in REVIEWS if s in policies.sides_of(person, brief)])
    if not form.validate_on_submit():
        return _page(brief, form)
    side, reason = Side(form.side.data), form.reason.data or ""
    submission = request.form.get("submission", -1, int)
    try:
        if not is_yes:
            operations.return_(person, brief, side, submission=submission, reason=reason)
            flash(_("Returned to the company with your words."), "success")
        elif operations.approve(
            person, brief, side, submission=submission, reason=reason,
            supervises=bool(form.supervises.data) and side is Side.INSTRUCTOR,
        ):  # fmt: skip
            flash(_("Published: both sides have approved it."), "success")
            return redirect(url_for("briefs.brief", brief_id=brief_id))
        else:
            flash(_("Approved. It is published when the other side approves it too."), "success")
    except operations.Unfinished as error:
        form.form_errors.append(str(error.message))
        form.form_errors += [str(problem.message) for problem in error.problems]
        return _page(queries.brief_in_review(person, brief_id), form)
    except Refused as error:
        form.form_errors.append(str(error.message))
        return _page(queries.brief_in_review(person, brief_id), form)
    return redirect(url_for("briefs.reviews"))
