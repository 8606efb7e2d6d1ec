"""The room's blueprint."""

from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory

from app.web.doors import public

bp = Blueprint("bookings", __name__, template_folder="../templates")

STATIC = Path(__file__).parents[1] / "static"


@bp.get("/static/bookings/<path:filename>")
@public
def static(filename: str) -> Response:
    return send_from_directory(STATIC, filename)


def asked_page() -> int:
    """The page of a list that is asked for."""
    wanted = request.args.get("page", "1")
    return int(wanted) if wanted.isdecimal() and len(wanted) < 9 else 1
