"""For officers: what is awarded for what, and issuing for many at one go."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for

from app.accounts.session import me
from app.credentials import operations, queries
from app.credentials.forms import VOUCHING_NAMES, RuleForm, RunForm
from app.credentials.rules import KIND_NAMES, AchievementKind, condition_of, default_conditions
from app.credentials.views.blueprint import bp, rules_of_awards
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _


def words_of(kind: AchievementKind, condition: Any) -> str:
    """A condition in a sentence."""
    if kind is AchievementKind.COURSE:
        grade = (
            _("a passing final grade")
            if condition.least_percent is None
            else _("a final grade of at least %(percent)s %%", percent=condition.least_percent)
        )
        return _("every item done, %(grade)s", grade=grade) if condition.needs_every_item else grade
    if kind is AchievementKind.SKILL:
        return _(
            "level %(level)s, %(vouching)s",
            level=condition.least_level, vouching=VOUCHING_NAMES[condition.vouching],
        )  # fmt: skip
    return _("what its rules ask for")


def _rows() -> list[dict[str, Any]]:
    found = []
    general = set()
    for row in queries.rules_in_force():
        if not row.subject:
            general.add(row.kind)
        found.append(
            {
                "rule": row,
                "kind": KIND_NAMES[row.kind],
                "subject": row.subject,
                "words": words_of(row.kind, condition_of(row.kind, row.condition)),
                "is_on": row.is_on,
            }
        )
    for kind, condition in default_conditions().items():
        if kind not in general:
            found.insert(
                0,
                {
                    "rule": None, "kind": KIND_NAMES[kind], "subject": "",
                    "words": words_of(kind, condition), "is_on": True,
                },
            )  # fmt: skip
    return found


def _page(form: RuleForm, run_form: RunForm) -> str:
    return render_template(
        "credentials/rules.html", rows=_rows(), form=form, run_form=run_form, runs=queries.runs(),
        kind_names=KIND_NAMES,
    )  # fmt: skip


@bp.get("/issuers/rules")
@rules_of_awards
def rules() -> str:
    return _page(RuleForm(formdata=None), RunForm(formdata=None))


@bp.post("/issuers/rules")
@rules_of_awards
def set_rule() -> Any:
    form = RuleForm()
    if not form.validate_on_submit():
        return _page(form, RunForm(formdata=None)), 422
    operations.set_rule(me(), form.condition, form.subject.data or "", is_on=bool(form.is_on.data))
    flash(_("This holds from now on. What was awarded stays."), "success")
    return redirect(url_for("credentials.rules"), code=303)


@bp.post("/issuers/rules/<uuid:rule_id>/end")
@rules_of_awards
def end_rule(rule_id: uuid.UUID) -> Any:
    found = next((row for row in queries.rules_in_force() if row.id == rule_id), None)
    if found is None:
        raise NotVisible(str(rule_id))
    operations.end_rule(me(), found)
    flash(_("The rule has ended."), "success")
    return redirect(url_for("credentials.rules"), code=303)


@bp.post("/issuers/runs")
@rules_of_awards
def begin_run() -> Any:
    form = RunForm()
    if form.validate_on_submit():
        try:
            run = operations.begin_run(
                me(), AchievementKind(form.kind.data), form.subject.data or ""
            )
            return redirect(url_for("credentials.run", run_id=run.id), code=303)
        except Refused as error:
            form.form_errors.append(str(error.message))
    return _page(RuleForm(formdata=None), form), 422


@bp.get("/issuers/runs/<uuid:run_id>")
@rules_of_awards
def run(run_id: uuid.UUID) -> Any:
    """How far it is."""
    progress = queries.run_progress(run_id)
    return render_template("credentials/run.html", progress=progress, kind_names=KIND_NAMES)


@bp.get("/issuers/runs/<uuid:run_id>/now")
@rules_of_awards
def run_now(run_id: uuid.UUID) -> str:
    return render_template("credentials/_run.html", progress=queries.run_progress(run_id))
