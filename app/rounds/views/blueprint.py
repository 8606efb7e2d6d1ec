"""The room's blueprint."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from app.web.doors import public

bp = Blueprint("rounds", __name__, template_folder="../templates")

STATIC = Path(__file__).parents[1] / "static"


@bp.get("/static/rounds/<path:filename>")
@public
def static(filename: str) -> Response:
    return send_from_directory(STATIC, filename)
