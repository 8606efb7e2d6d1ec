"""The room's blueprint and what its views share."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, flash, request, send_from_directory

from app.applications.rules import MOVE_NAMES, NEXT_STEPS, STATE_NAMES, Actor, State
from app.briefs.models import Brief
from app.briefs.rules import KIND_NAMES
from app.evidence.rules import VOUCHING_NAMES
from app.kernel.errors import Refused
from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.web.doors import public
from app.web.layout import layout

bp = Blueprint("applications", __name__, template_folder="../templates")

STATIC = Path(__file__).parents[1] / "static"
BADGES = {
    State.SAVED: "draft",
    State.APPLIED: "submitted",
    State.SHORTLISTED: "waiting",
    State.INTERVIEW: "current",
    State.OFFERED: "due",
    State.ACCEPTED: "done",
    State.DECLINED: "closed",
    State.EXPIRED: "closed",
    State.REFUSED: "rejected",
    State.WITHDRAWN: "withdrawn",
}
ACTOR_NAMES: dict[Actor, LazyText] = {
    Actor.APPLICANT: _l("Applicant"),
    Actor.COMPANY: _l("Company"),
    Actor.ROUND: _l("Round of matching"),
    Actor.HOUSE: _l("By the system"),
}
HOUSE_REASONS: dict[str, LazyText] = {
    "time": _l("Nobody answered in time."),
    "full": _l("The last place was taken."),
    "consent": _l("The consent to this company was withdrawn."),
    "team": _l("The team is not the one any more that applied."),
}


@bp.get("/static/applications/<path:filename>")
@public
def static(filename: str) -> Response:
    return send_from_directory(STATIC, filename)


def helpers() -> dict[str, Any]:
    return {
        "state_names": STATE_NAMES,
        "move_names": MOVE_NAMES,
        "next_steps": NEXT_STEPS,
        "state_badges": BADGES,
        "actor_names": ACTOR_NAMES,
        "vouching_names": VOUCHING_NAMES,
        "house_reasons": HOUSE_REASONS,
        "kind_names": KIND_NAMES,
        "briefs_address": "/briefs",
        "brief_address": brief_address,
        "parts_of": lambda place, *about: layout().parts(place, *about),
    }


bp.context_processor(helpers)


def brief_address(brief: Brief) -> str:
    """Where everybody reads it."""
    return f"/briefs/{brief.id}"


def say(error: Refused) -> None:
    """Show a refusal on the next page."""
    flash(str(error.message), "error")


def asked_text(name: str) -> str:
    """A text of the query string, fit for a query."""
    return request.args.get(name, "").strip().replace("\0", "")[:200]


def asked_page() -> int:
    return max(1, min(request.args.get("page", 1, int), 1_000_000))


def seen_state(text: str | None, otherwise: State) -> State:
    """Where the page showed an application to stand."""
    return State(text) if text in set(State) else otherwise
