"""Whether the house is well: for probes, and for operators with sentences."""

import os

from flask import Response, current_app, jsonify, render_template, request

from app.hosting.doctor import examine
from app.operations.queries.checks import is_ready, running_checks
from app.operations.views.blueprint import bp, is_live, operators
from app.web.doors import public


@bp.get("/readyz")
@public
def readiness() -> Response:
    """503 while the site cannot serve people; ``?all`` asks for every part, labs included.

    Says of each part only whether it is well.
    """
    checks = running_checks(current_app.extensions["config"])
    everything = "all" in request.args
    good = all(check.is_well for check in checks) if everything else is_ready(checks)
    answer = jsonify(
        status="ready" if good else "not ready",
        checks={check.name: check.is_well for check in checks},
    )
    answer.status_code = 200 if good else 503
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/operations/checks")
@operators
def checks() -> str:
    config = current_app.extensions["config"]
    found = running_checks(config)
    if is_live():
        return render_template("operations/checks_now.html", checks=found)
    return render_template(
        "operations/checks.html",
        checks=found,
        findings=examine(config, os.environ, only_the_machine=True),
    )
