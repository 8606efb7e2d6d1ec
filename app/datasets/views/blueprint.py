"""The room's blueprint."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from app.datasets.policies import Permission
from app.web.doors import needs, public

bp = Blueprint("datasets", __name__, template_folder="../templates")

keepers = needs(Permission.KEEP_DATA)
STATIC = Path(__file__).parents[1] / "static"


@bp.get("/static/datasets/<path:filename>")
@public
def static(filename: str) -> Response:
    return send_from_directory(STATIC, filename)
