"""Refusing several applicants at once, with the reason that each of them reads."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts.session import me
from app.applications import operations, queries
from app.applications.forms import ReasonForm
from app.applications.queries import Seen
from app.applications.rules import Actor, Move, moves_of
from app.applications.views.blueprint import bp, seen_state
from app.applications.views.desk import look_at_list
from app.kernel.i18n import ngettext
from app.web.doors import signed_in


@bp.route("/company/<slug>/briefs/<uuid:brief_id>/applicants/refusal", methods=["GET", "POST"])
@signed_in
def refuse(slug: str, brief_id: uuid.UUID) -> Any:
    """Who would be refused (``number``, several), the reason, and then it is done."""
    look_at_list(slug, brief_id)
    board = queries.board_of(me(), brief_id)
    wanted = set(request.values.getlist("number", type=int))
    chosen = [
        row
        for row in board.rows
        if row.number in wanted and Move.REFUSE in moves_of(row.state, Actor.COMPANY)
    ]
    form = ReasonForm()
    if request.method == "POST" and chosen and form.validate_on_submit():
        try:
            stayed = operations.refuse_all(
                me(), [(row.application, _seen(row)) for row in chosen], form.reason.data or ""
            )
        except operations.WordsNeeded as refusal:
            form.form_errors.append(str(refusal.message))
        else:
            _tell(len(chosen) - len(stayed), len(stayed))
            return redirect(url_for("applications.board", slug=slug, brief_id=brief_id), code=303)
    status = 422 if request.method == "POST" else 200
    return render_template(
        "applications/refusal.html", board=board, rows=chosen, slug=slug, form=form
    ), status


def _seen(row: Seen) -> Any:
    """Where the page showed ROW."""
    return seen_state(request.form.get(f"seen-{row.number}"), row.state)


def _tell(done: int, stayed: int) -> None:
    if done:
        flash(
            ngettext("%(num)s applicant was told.", "%(num)s applicants were told.", done),
            "success",
        )
    if stayed:
        flash(
            ngettext(
                "%(num)s was moved by somebody meanwhile and stayed.",
                "%(num)s were moved by somebody meanwhile and stayed.",
                stayed,
            ),
            "warning",
        )
