"""The room's blueprint and what its views share."""

from flask import Blueprint
from flask_login import current_user

from app.accounts.models import Person

bp = Blueprint("learning", __name__, template_folder="../templates")


def me() -> Person:
    """The signed-in person herself, not Flask-Login's stand-in."""
    person: Person = current_user._get_current_object()
    return person
