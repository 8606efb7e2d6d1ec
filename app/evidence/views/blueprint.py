"""The room's blueprint and what its views share."""

from flask import Blueprint

from app.learning.policies import Permission
from app.web.doors import needs

bp = Blueprint("evidence", __name__, template_folder="../templates")

teachers = needs(Permission.TEACH)
