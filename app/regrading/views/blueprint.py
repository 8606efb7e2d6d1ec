"""The room's blueprint and what its views share."""

from typing import Any

from flask import Blueprint, flash, request

from app.accounts.session import me
from app.kernel.errors import Refused
from app.learning import queries as learning
from app.learning.policies import Permission
from app.learning.views.desk import tabs_of
from app.web.doors import needs

bp = Blueprint("regrading", __name__, template_folder="../templates")

staff = needs(Permission.TEACH)


def say(error: Refused) -> None:
    """Show a refusal on the next page."""
    flash(str(error.message), "error")


def frame(code: str) -> dict[str, Any]:
    """What the pages of a section's desk share."""
    return tabs_of(learning.section_desk(me(), code))


def asked_page() -> int:
    return max(1, request.args.get("page", 1, int))


def asked_text(name: str) -> str:
    """A text of the query string, fit for a query."""
    return request.args.get(name, "").strip().replace("\0", "")[:120]
