"""The room's blueprint and what its views share."""

from flask import Blueprint

from app.finals.policies import Permission
from app.web.doors import needs

bp = Blueprint("finals", __name__, template_folder="../templates")

readers = needs(Permission.SEE_FINALS)
