"""The company's side: the list of one project."""

import uuid
from typing import Any

from flask import render_template, request, url_for

from app.accounts.session import me
from app.kernel import clock
from app.kernel.errors import NotVisible, Refused
from app.rounds import operations, policies, queries
from app.rounds.models import Round, RoundProject
from app.rounds.rules import State, places
from app.rounds.views.applicant import is_script, refused, saved, typed_places
from app.rounds.views.blueprint import bp
from app.web.doors import signed_in


@bp.get("/rounds/<code>/projects/<uuid:project_id>/ranking")
@signed_in
def ranking(code: str, project_id: uuid.UUID) -> Any:
    found, project = _hers(code, project_id)
    return _page(found, project)


def _hers(code: str, project_id: uuid.UUID) -> tuple[Round, RoundProject]:
    found = queries.round_for(me(), code)
    project = queries.project_in(found, project_id)
    if not policies.can_rank_for(me(), project):
        raise NotVisible(code)
    return found, project


def _page(
    round_: Round, project: RoundProject, typed: dict[str, str] | None = None, problem: str = ""
) -> Any:
    operations.note_looks(me(), project)
    page = render_template(
        "rounds/ranking.html",
        round=round_,
        project=project,
        rows=queries.rankable(me(), project),
        typed=typed or {},
        problem=problem,
        is_open=round_.state is State.OPEN and clock.now() < round_.closes_at,
    )
    return page, 422 if problem else 200


@bp.post("/rounds/<code>/projects/<uuid:project_id>/ranking")
@signed_in
def save_ranks(code: str, project_id: uuid.UUID) -> Any:
    """``place-ID`` for every application; the same number is a tie, empty is not taken."""
    found, project = _hers(code, project_id)
    typed = typed_places()
    try:
        revision = operations.save_ranks(
            me(), found, project, places(typed), revision=request.form.get("revision", None, int)
        )
    except Refused as refusal:
        if is_script():
            return refused(refusal)
        return _page(found, project, {str(k): v for k, v in typed.items()}, str(refusal.message))
    return saved(revision, url_for("rounds.ranking", code=code, project_id=project_id))
