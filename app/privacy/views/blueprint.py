"""The room's blueprint and what its views share."""

from flask import Blueprint, request

bp = Blueprint("privacy", __name__, template_folder="../templates")


def asked_page() -> int:
    """Which page of a list the query string asks for."""
    return max(1, request.args.get("page", 1, int))
