"""What the Hub asks before it starts a server, and what open labs ask for while they are open."""

import hmac
from typing import Any

from flask import Blueprint, Flask, abort, current_app, g, request

from app.accounts import queries as accounts
from app.accounts.policies import may_use_labs
from app.grading.api.blueprint import WITH_HUB_TOKEN, Problem, for_person
from app.grading.api.blueprint import bp as exchange
from app.kernel.i18n import LOCALES, speaking
from app.operations import operations, queries
from app.web.doors import machine
from app.workspaces.gates import NotNow
from app.workspaces.hub import HubUnavailable

bp = Blueprint("operations_api", __name__)


def init_app(app: Flask) -> None:
    app.extensions["csrf"].exempt(bp)


@bp.errorhandler(Problem)
def _problem(error: Problem) -> Any:
    return {"error": {"code": error.code, "message": error.message}}, error.status


@bp.errorhandler(HubUnavailable)
def _no_hub(error: HubUnavailable) -> Any:
    return {"error": {"code": "hub_unavailable", "message": str(error.message)}}, 503


@bp.post("/api/hub/people/<handle>/admission")
@machine("the Hub's client secret")
def admission(handle: str) -> Any:
    """Whether her server may start now, and what it may use; 409 says why not, in both languages.

    Whoever presses a button of the site was asked there already and is let through; this holds
    for servers that start at the Hub itself.
    """
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    secret = current_app.extensions["config"].hub_client_secret
    if not hmac.compare_digest(given.encode(), secret.encode()):
        abort(401)
    person = accounts.person_by_handle(handle)
    if person is None or not may_use_labs(person):
        abort(404)
    said = {}
    for locale in LOCALES:
        with speaking(locale):
            try:
                limits = operations.admit_at_the_hub(person)
            except NotNow as refusal:
                said[locale] = str(refusal.message)
            else:
                return {"memory_mb": limits.memory_mb, "idle_minutes": limits.idle_minutes}
    return {"error": {"code": "not_now", "messages": said}}, 409


@bp.get(f"{exchange.url_prefix}/notices")
@WITH_HUB_TOKEN
@for_person
def notices() -> Any:
    """What somebody who works in her lab has to know now; ``save`` asks to save what is open."""
    return {"notices": queries.notices_for(g.person)}
