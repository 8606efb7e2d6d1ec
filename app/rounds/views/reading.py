"""What everybody reads: which rounds there are, the rules of one, and the proof of its result."""

from typing import Any

from flask import Response, abort, render_template, request

from app.accounts.session import me
from app.kernel import blobs
from app.rounds import policies, queries
from app.rounds.rules import STATE_NAMES, Kind, State
from app.rounds.views.blueprint import bp
from app.web.doors import signed_in

SHOWN = (State.PUBLISHED, State.ENDED)


@bp.get("/rounds")
@signed_in
def index() -> Any:
    q, state = request.args.get("q", "").strip(), request.args.get("state", "")
    found = queries.rounds_for(me(), q=q, state=state, page=request.args.get("page", 1, int))
    return render_template(
        "rounds/index.html",
        found=found,
        states=[("", ""), *((s.value, n) for s, n in STATE_NAMES.items())],
        keeps=policies.keeps_rounds(me()),
    )


@bp.get("/rounds/<code>")
@signed_in
def round_page(code: str) -> Any:
    found = queries.round_for(me(), code)
    return render_template(
        "rounds/round.html",
        round=found,
        counts=queries.counts_of(found),
        closing=queries.closing_of(found),
        entry=queries.entry_of(me(), found),
        ranks=queries.projects_ranked_by(me(), found),
        keeps=policies.can_keep(me(), found),
        is_shown=found.state in SHOWN,
    )


@bp.get("/rounds/<code>/proof")
@signed_in
def proof(code: str) -> Any:
    """The seed, its hash, what was counted, and how to check it oneself."""
    found = queries.round_for(me(), code)
    result = queries.result_of(found)
    if result is None or found.state not in SHOWN:
        abort(404)
    return render_template(
        "rounds/proof.html" if found.kind is Kind.PROJECTS else "rounds/optimum.html",
        round=found,
        result=result,
        closing=queries.closing_of(found),
        changes=queries.public_changes(found),
        entry=queries.entry_of(me(), found),
    )


@bp.get("/rounds/<code>/proof.json")
@signed_in
def proof_file(code: str) -> Any:
    found = queries.round_for(me(), code)
    result = queries.result_of(found)
    if result is None or result.proof is None or found.state not in SHOWN:
        abort(404)
    return Response(
        blobs.get(result.proof),
        mimetype="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{found.code}-proof.json"',
            "Cache-Control": "private, no-transform",
        },
    )
