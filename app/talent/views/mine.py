"""A student's side: her profile, whether she is found, who asks, what suits her."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts.queries import organisation_by_slug
from app.accounts.session import me
from app.briefs.rules.purposes import TALENT_SEARCH
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.portfolio import queries as portfolio
from app.privacy.queries import has_consented
from app.talent import operations, queries
from app.talent.forms import AnswerForm, ProfileForm
from app.talent.policies import has_a_profile
from app.talent.views.blueprint import bp
from app.web.doors import signed_in


def students_only() -> None:
    if not has_a_profile(me()):
        raise NotVisible


@bp.route("/me/talent", methods=["GET", "POST"])
@signed_in
def profile() -> Any:
    """What companies see of her, whether they find her, and which never do."""
    students_only()
    kept = queries.profile_of(me())
    form = ProfileForm(data=ProfileForm.data_of(kept))
    if form.validate_on_submit():
        try:
            operations.change_profile(me(), form.said(request.form))
        except Refused as refusal:
            form.form_errors.append(str(refusal.message))
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("talent.profile"), code=303)
    html = render_template(
        "talent/profile.html",
        form=form,
        profile=kept,
        standings=queries.shown_by(me()),
        files=portfolio.my_files(me()),
        chosen={row.file_id for row in kept.files} if kept else set(),
        is_found=has_consented(me().id, TALENT_SEARCH.name),
        blocks=queries.blocks_of(me()),
        purpose=TALENT_SEARCH.name,
    )
    return html, 422 if form.errors else 200


@bp.post("/me/talent/found")
@signed_in
def be_found() -> Any:
    students_only()
    if not request.form.get("consent"):
        flash(_("Read the notice and tick the box first."), "error")
    else:
        operations.be_found(me())
        flash(_("Approved companies find you from now on."), "success")
    return redirect(url_for("talent.profile"), code=303)


@bp.post("/me/talent/hidden")
@signed_in
def hide() -> Any:
    students_only()
    operations.hide(me())
    flash(_("No company finds you any more."), "success")
    return redirect(url_for("talent.profile"), code=303)


@bp.post("/me/talent/blocks")
@signed_in
def block() -> Any:
    """A company that never finds her, named by its address as on its public page."""
    students_only()
    slug = request.form.get("company", "").strip().rstrip("/").rpartition("/")[2].lower()[:60]
    organisation = organisation_by_slug(slug)
    if organisation is None or organisation.kind == "school":
        flash(_("There is no company of this name here."), "error")
    else:
        name = str(organisation.name)
        operations.block(me(), organisation)
        flash(_("%(name)s does not find you.", name=name), "success")
    return redirect(url_for("talent.profile"), code=303)


@bp.post("/me/talent/blocks/<uuid:organisation_id>/end")
@signed_in
def unblock(organisation_id: uuid.UUID) -> Any:
    students_only()
    operations.unblock(me(), organisation_id)
    flash(_("Saved."), "success")
    return redirect(url_for("talent.profile"), code=303)


@bp.get("/me/talent/contacts")
@signed_in
def contacts() -> str:
    students_only()
    return render_template(
        "talent/contacts.html",
        questions=queries.questions_to(me()),
        form=AnswerForm(formdata=None),
    )


@bp.post("/me/talent/contacts/<uuid:request_id>/<any(yes, no):answer>")
@signed_in
def answer(request_id: uuid.UUID, answer: str) -> Any:
    students_only()
    question = queries.question_to(me(), request_id)
    form = AnswerForm()
    said = (form.answer.data or "")[:1000]
    try:
        if answer == "yes":
            operations.accept(me(), question, consents_now=form.consent.data, answer=said)
        else:
            operations.decline(me(), question, answer=said)
    except Refused as refusal:
        flash(str(refusal.message), "error")
    else:
        flash(_("Answered."), "success")
    return redirect(url_for("talent.contacts"), code=303)


@bp.get("/me/suits")
@signed_in
def recommended() -> str:
    """Open briefs with the facts that speak for them, and what is missing."""
    students_only()
    return render_template(
        "talent/recommended.html",
        rows=queries.recommended(me()),
        has_profile=queries.profile_of(me()) is not None,
    )
