"""A change of scope: proposed by one side, answered by the other; and who looks after it."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.briefs import operations, policies, queries, rules
from app.briefs.forms import FORMS, AnswerForm, ProposalForm
from app.briefs.models import Brief, BriefChange
from app.briefs.rules import SECRET, Raw, Side, Step
from app.briefs.views.blueprint import bp, reader
from app.briefs.views.writing import STEP_NAMES, choices_of, form_of
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.web.doors import signed_in


def _in_force(brief_id: uuid.UUID) -> tuple[Brief, Side]:
    """A published brief and the side for which the reader may propose. Raises NotVisible."""
    person = me()
    found = queries.brief_for(person, brief_id)
    sides = policies.sides_of(person, found)
    if Side.COMPANY in sides:
        return found, Side.COMPANY
    if sides and policies.answers_for_programme(person, found):
        return found, next(side for side in (Side.OFFICER, Side.INSTRUCTOR) if side in sides)
    raise NotVisible(str(brief_id))


@bp.route("/briefs/<uuid:brief_id>/changes/new", methods=["GET", "POST"])
@signed_in
def propose(brief_id: uuid.UUID) -> Any:
    """All steps on one page, and why."""
    brief, side = _in_force(brief_id)
    is_company = side is Side.COMPANY
    before = (
        queries.document_of(brief.terms) if is_company else queries.public_document(brief.terms)
    )
    forms = {step: form_of(step, before, brief.kind) for step in FORMS}
    if not is_company:
        for name in (*(f"{secret}_{short}" for secret in SECRET for short in ("zh", "en")), "nda"):
            del forms[Step.TERMS][name]
    why = ProposalForm()
    raw: Raw = dict(before)
    if request.method == "POST":
        are_valid = [form.validate() for form in forms.values()]
        for form in forms.values():
            raw = form.merged(raw, request.form)
        if why.validate() and all(are_valid):
            try:
                made = operations.propose(
                    me(), brief, raw, why.reason.data or "",
                    base=request.form.get("base", -1, int),
                )  # fmt: skip
            except operations.Unfinished as error:
                why.form_errors += [str(problem.message) for problem in error.problems]
            except Refused as error:
                why.form_errors.append(str(error.message))
            else:
                flash(_("Proposed. The other side has been told."), "success")
                return redirect(url_for("briefs.change", brief_id=brief_id, change_id=made.id))
    page = render_template(
        "briefs/propose.html",
        brief=brief,
        forms=forms,
        why=why,
        raw=raw,
        step_names=STEP_NAMES,
        is_company=is_company,
        faults={},
        **choices_of(Step.PEOPLE),
    )
    return (page, 422) if why.errors or any(form.errors for form in forms.values()) else page


@bp.get("/briefs/<uuid:brief_id>/changes/<uuid:change_id>")
@signed_in
def change(brief_id: uuid.UUID, change_id: uuid.UUID) -> Any:
    return _change_page(queries.change_for(me(), brief_id, change_id), AnswerForm(formdata=None))


def _change_page(found: BriefChange, form: AnswerForm) -> Any:
    person, brief = me(), found.brief
    base = queries.version_of(brief, found.base_number)
    is_company = policies.can_manage(person, brief)
    before = queries.document_of(base) if is_company else queries.public_document(base)
    fields = rules.changed_fields(before, found.document)
    if not is_company:
        # The other side hears that what is confidential changes, and never how.
        whole = rules.changed_fields(queries.document_of(base), found.document)
        hidden = [name for name in whole if name in SECRET]
        fields = [name for name in fields if name not in SECRET]
    else:
        hidden = []
    side = policies.answering_side(person, brief, found)
    is_own = found.proposed_by_id == person.id or (is_company and found.side is Side.COMPANY)
    page = render_template(
        "briefs/change.html",
        brief=brief,
        change=found,
        fields=fields,
        hidden=hidden,
        before=before,
        after={k: v for k, v in found.document.items() if is_company or k not in SECRET},
        can_answer=found.decided_at is None and side is not None,
        can_withdraw=found.decided_at is None and is_own,
        form=form,
    )
    return (page, 422) if form.errors else page


@bp.post("/briefs/<uuid:brief_id>/changes/<uuid:change_id>/answer")
@signed_in
def answer_change(brief_id: uuid.UUID, change_id: uuid.UUID) -> Any:
    """``do`` is ``accept`` or ``refuse``; who proposed it takes it back by refusing."""
    found = queries.change_for(me(), brief_id, change_id)
    form = AnswerForm()
    if not form.validate_on_submit():
        return _change_page(found, form)
    is_yes = request.form.get("do") == "accept"
    try:
        operations.answer(me(), found, accept=is_yes, words=form.words.data or "")
    except operations.Unfinished as error:
        form.form_errors += [str(problem.message) for problem in error.problems]
        return _change_page(queries.change_for(me(), brief_id, change_id), form)
    except Refused as error:
        form.form_errors.append(str(error.message))
        return _change_page(queries.change_for(me(), brief_id, change_id), form)
    flash(_("The change holds from now on.") if is_yes else _("The change does not hold."), "info")
    return redirect(url_for("briefs.change", brief_id=brief_id, change_id=change_id))


@bp.post("/briefs/<uuid:brief_id>/supervision")
@signed_in
def change_supervision(brief_id: uuid.UUID) -> Any:
    """An instructor looks after it, or does not any more."""
    person = me()
    brief = queries.brief_for(reader(), brief_id)
    is_on = request.form.get("do") == "begin"
    operations.supervise(person, brief, person if is_on else None)
    flash(_("You look after it now.") if is_on else _("Nobody looks after it now."), "info")
    return redirect(url_for("briefs.brief", brief_id=brief_id))


@bp.post("/briefs/<uuid:brief_id>/challenge")
@signed_in
def change_challenge(brief_id: uuid.UUID) -> Any:
    """Say where entries are scored; without a choice: nowhere any more."""
    person = me()
    brief = queries.brief_for(person, brief_id)
    wanted = request.form.get("challenge", "")
    found = next((c for c in queries.challenges_taught_by(person) if str(c.id) == wanted), None)
    if wanted and found is None:
        raise NotVisible(wanted)
    operations.link_challenge(person, brief, found)
    flash(_("Saved."), "success")
    return redirect(url_for("briefs.brief", brief_id=brief_id))
