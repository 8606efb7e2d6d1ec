"""Regrading a lab: choose, see what would change, let it count."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.regrading import operations, policies, queries
from app.regrading.forms import RegradeForm
from app.regrading.models import Regrade, RegradeWork
from app.regrading.queries import LabToRegrade
from app.regrading.rules import (
    AT_WORK,
    EFFECT_NAMES,
    RUN_STATE_NAMES,
    WHICH_NAMES,
    Points,
    RunState,
    Which,
    cell_key,
)
from app.regrading.views.blueprint import asked_page, asked_text, bp, frame, say, staff
from app.web.csv import csv_response
from app.web.filters import day
from app.web.streams import stream


@bp.get("/teaching/<code>/regrading")
@staff
def regrading(code: str) -> str:
    """What can be graded again in a section, and what was."""
    view = learning.section_taught_by(me(), code)
    may_regrade = policies.can_regrade(me(), view.section)
    return render_template(
        "regrading/regrading.html",
        labs=[item for item in view.version.items if item.kind == "lab"] if may_regrade else [],
        quizzes=queries.quizzes_to_mark_again(me(), view) if may_regrade else [],
        listed=queries.regrades_in(view, asked_page()),
        state_names=RUN_STATE_NAMES,
        **frame(code),
    )


@bp.route("/teaching/<code>/regrading/labs/<slug>", methods=["GET", "POST"])
@staff
def new_regrade(code: str, slug: str) -> Any:
    """Say what shall be graded again; a POST begins to look at what would change."""
    lab = queries.lab_to_regrade(me(), code, slug)
    form = _form(lab)
    page = {"lab": lab, "item": lab.item}
    if not form.validate_on_submit():
        shown = render_template("regrading/new.html", form=form, **page, **frame(code))
        return shown, 422 if form.errors else 200
    plan = operations.Plan(
        version=next(v for v in lab.versions if str(v.id) == form.version.data),
        reason=form.reason.data or "",
        which=Which(form.which.data),
        failed_cell=form.failed_cell.data or None,
        cells=tuple(form.cells.data) if form.cells.data else None,
        never_lower=bool(form.never_lower.data),
    )
    try:
        made = operations.try_out(me(), lab, plan)
    except Refused as error:
        form.form_errors.append(str(error.message))
        lab = queries.lab_to_regrade(me(), code, slug)
        page = {"lab": lab, "item": lab.item}
        return render_template("regrading/new.html", form=form, **page, **frame(code)), 422
    return redirect(url_for("regrading.regrade", code=code, number=made.number), code=303)


def _form(lab: LabToRegrade) -> RegradeForm:
    here = lab.item.lab_version_id
    versions = [
        (
            str(version.id),
            _(
                "Version %(number)s of %(date)s",
                number=version.number,
                date=day(version.published_at),
            )
            + (" · " + _("taught now") if version.id == here else ""),
        )
        for version in lab.versions
    ]
    return RegradeForm(versions, [cell_key(*cell) for cell in queries.cells_of(lab.versions)])


@bp.get("/teaching/<code>/regrading/<int:number>")
@staff
def regrade(code: str, number: int) -> str:
    """One regrade: how far it is, what changes or changed for whom."""
    found = queries.regrade_in(me(), code, number)
    return render_template("regrading/regrade.html", **_shown(found), **frame(code))


@bp.get("/teaching/<code>/regrading/<int:number>/now")
@staff
def regrade_now(code: str, number: int) -> str:
    """The part of the page that is fetched again whenever something happened."""
    found = queries.regrade_in(me(), code, number)
    return render_template("regrading/regrade_now.html", section=found.section, **_shown(found))


@bp.get("/teaching/<code>/regrading/<int:number>/events")
@staff
def regrade_events(code: str, number: int) -> Response:
    return stream(queries.regrade_in(me(), code, number).topic)


def _shown(found: Regrade) -> dict[str, Any]:
    effect = asked_text("effect")
    return {
        "found": found,
        "summary": queries.summary_of(found),
        "listed": queries.works_in(found, effect=effect, page=asked_page()),
        "effect": effect,
        "is_at_work": found.state in AT_WORK,
        "may_regrade": policies.can_regrade(me(), found.section),
        "state_names": RUN_STATE_NAMES,
        "effect_names": EFFECT_NAMES,
        "which_names": WHICH_NAMES,
        "names_of": names_of,
        "cells_changed": cells_changed,
    }


def names_of(work: RegradeWork) -> str:
    """Whose work it is."""
    names = _(", ").join(row.person.name for row in work.submission.people)
    team = work.submission.team_name
    return f"{team} ({names})" if team else names


def cells_changed(work: RegradeWork) -> list[tuple[str, float | None, float | None]]:
    """(cell, points before, points after) of the cells that change; one that is not there has
    None."""
    if work.before is None or work.after is None:
        return []
    before, after = Points.from_json(work.before).cells, Points.from_json(work.after).cells
    keys = [*before, *(key for key in after if key not in before)]
    pairs = [(key, before.get(key, (None, 0))[0], after.get(key, (None, 0))[0]) for key in keys]
    return [row for row in pairs if row[1] != row[2]]


@bp.get("/teaching/<code>/regrading/<int:number>.csv")
@staff
def regrade_csv(code: str, number: int) -> Response:
    """One line for each submission, with every cell that changes."""
    found = queries.regrade_in(me(), code, number)

    def score(plain: dict[str, Any] | None) -> Any:
        return "" if plain is None or plain["score"] is None else plain["score"]

    def percents(work: RegradeWork, place: int) -> str:
        return ", ".join(pair[place] or "–" for pair in work.course.values())

    def changed(work: RegradeWork) -> str:
        shown = (
            f"{cell}: {_number(was)} → {_number(now)}" for cell, was, now in cells_changed(work)
        )
        return "; ".join(shown)

    return csv_response(
        f"{code}-{found.lab_slug}-regrade-{number}.csv",
        [
            _("Person"), _("Mail address"), _("Submission"), _("State"), _("Before"), _("Out of"),
            _("After"), _("Out of"), _("Course before"), _("Course after"), _("Cells"), _("Reason"),
        ],
        (
            [
                names_of(work), work.submission.person.email, work.submission.number,
                work.state.value, score(work.before), work.before["max"] if work.before else "",
                score(work.after), work.after["max"] if work.after else "", percents(work, 0),
                percents(work, 1), changed(work), work.reason or "",
            ]
            for work in queries.works_in(found, effect=asked_text("effect"), page=None).rows
        ),
    )  # fmt: skip


def _number(points: float | None) -> str:
    return "–" if points is None else f"{points:g}"


@bp.post("/teaching/<code>/regrading/<int:number>/application")
@staff
def create_application(code: str, number: int) -> Response:
    """Let it count."""
    found = _managed(code, number)
    try:
        operations.apply(me(), found)
    except Refused as error:
        say(error)
    else:
        flash(_("It is being graded again. Students are told when all of it is done."), "success")
    return redirect(url_for("regrading.regrade", code=code, number=number), code=303)


@bp.post("/teaching/<code>/regrading/<int:number>/cancellation")
@staff
def create_cancellation(code: str, number: int) -> Response:
    found = _managed(code, number)
    was_tried = found.state in (RunState.TRYING, RunState.TRIED)
    try:
        operations.cancel(me(), found)
    except Refused as error:
        say(error)
    else:
        flash(
            _("Cancelled: nothing was changed.")
            if was_tried
            else _("Cancelled: what was graded again already goes on counting."),
            "success",
        )
    return redirect(url_for("regrading.regrade", code=code, number=number), code=303)


def _managed(code: str, number: int) -> Regrade:
    found = queries.regrade_in(me(), code, number)
    if not policies.can_regrade(me(), found.section):
        raise NotVisible(str(number))
    return found
