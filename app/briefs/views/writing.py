"""The guided form: five steps, each saved by itself while it is written."""

import uuid
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for

from app.accounts.session import me
from app.briefs import operations, queries, rules
from app.briefs.forms import FORMS, StepForm
from app.briefs.forms.steps import skill_groups
from app.briefs.models import Brief
from app.briefs.rules import EDITABLE, Kind, Problem, Raw, Step
from app.briefs.views.blueprint import bp, managed
from app.kernel import clock
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.skills import queries as skills
from app.web.doors import signed_in
from app.web.filters import instant

STEP_NAMES = {
    Step.NEED: _l("The need"),
    Step.WORK: _l("The work"),
    Step.PEOPLE: _l("The people"),
    Step.TERMS: _l("Pay and rights"),
    Step.CHECK: _l("Check and hand in"),
}


def _step(name: str) -> Step:
    if name not in set(Step):
        raise NotVisible(name)
    return Step(name)


def form_of(step: Step, raw: Raw, kind: Kind) -> StepForm:
    """The form of a step, with its choices."""
    chosen: dict[str, Any] = {}
    if step is Step.PEOPLE:
        chosen["courses"] = [(str(key), str(title)) for key, title in queries.offered_courses()]
    return FORMS[step].of(raw, kind, **chosen)


def choices_of(step: Step) -> dict[str, Any]:
    """What a step's page offers besides its form's fields."""
    if step is not Step.PEOPLE:
        return {}
    framework = skills.programme()
    return {
        "skill_groups": skill_groups(skills.claimed_skills()),
        "levels": [
            (row["number"], str(LocalizedText(row["title"])))
            for row in (framework.levels if framework else ())
        ],
    }


def _page(brief: Brief, step: Step, form: StepForm | None, raw: Raw, error: str = "") -> Any:
    problems = operations.problems_of(raw, brief.kind)
    asked = request.args.get("look") == "missing" or step is Step.CHECK
    page = render_template(
        f"briefs/edit_{step.value}.html",
        brief=brief,
        organisation=brief.organisation,
        step=step,
        step_names=STEP_NAMES,
        form=form,
        raw=raw,
        error=error,
        problems=problems,
        faults=_faults(problems) if asked else {},
        missing={one: sum(1 for p in problems if p.step is one) for one in Step},
        **(choices_of(step) if form is not None else _check_view(brief, raw)),
    )
    return (page, 422) if error or (form is not None and form.errors) else page


def _faults(problems: list[Problem]) -> dict[str, str]:
    return {problem.field: str(problem.message) for problem in reversed(problems)}


def _check_view(brief: Brief, raw: Raw) -> dict[str, Any]:
    """What the last step shows: the brief as students will read it, and who could do it."""
    day = rules.day_of(raw, "starts_on")
    return {
        "view": queries.view_of_draft(brief, raw),
        "supply": queries.supply_of(raw),
        "can_hand_in": brief.organisation.verified_at is not None,
        "wage": rules.minimum_wage(day) if day and raw["pay"] in ("hourly", "monthly") else None,
        "wage_is_sure": day is None or rules.is_sure_of(day),
    }


@bp.get("/company/<slug>/briefs/<uuid:brief_id>/edit/<step>")
@signed_in
def edit(slug: str, brief_id: uuid.UUID, step: str) -> Any:
    brief, at = managed(slug, brief_id), _step(step)
    if brief.state not in EDITABLE or brief.draft is None:
        return redirect(url_for("briefs.desk", slug=slug, brief_id=brief_id))
    form = form_of(at, brief.draft, brief.kind) if at in FORMS else None
    return _page(brief, at, form, brief.draft)


@bp.post("/company/<slug>/briefs/<uuid:brief_id>/edit/<step>")
@signed_in
def save(slug: str, brief_id: uuid.UUID, step: str) -> Any:
    """Save a step; the button says where to go on. A script saves too, and stays."""
    brief, at = managed(slug, brief_id), _step(step)
    if at not in FORMS:
        raise NotVisible(step)
    before = brief.draft or rules.blank(brief.kind)
    form = form_of(at, before, brief.kind)
    is_valid = form.validate()
    raw = form.merged(before, request.form)
    try:
        saved = operations.save_draft(
            me(), brief, raw, revision=request.form.get("revision", -1, int)
        )
    except Refused as error:
        if _is_script():
            return jsonify(error=str(error.message)), 409
        # What was typed stays in the form; the next save begins from what holds now.
        return _page(queries.brief_managed_by(me(), brief_id), at, form, raw, str(error.message))
    if _is_script():
        return jsonify(
            revision=saved.draft_revision,
            saved=_("Draft saved."),
            at=str(instant(saved.draft_at or clock.now())),
            todo=len(operations.problems_of(raw, saved.kind)),
        )
    if not is_valid:
        return _page(saved, at, form, raw)
    go = request.form.get("go", "")
    if go in set(Step):
        return redirect(url_for("briefs.edit", slug=slug, brief_id=brief_id, step=go))
    flash(_("The draft is saved."), "success")
    return redirect(url_for("briefs.edit", slug=slug, brief_id=brief_id, step=at.value))


def _is_script() -> bool:
    return request.accept_mimetypes.best == "application/json"
