"""The room's blueprint and what its views share."""

from flask import Blueprint

from app.skills.policies import Permission
from app.web.doors import needs

bp = Blueprint("skills", __name__, template_folder="../templates")

officers = needs(Permission.MANAGE_FRAMEWORKS)
