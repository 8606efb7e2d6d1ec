"""The room's blueprint and what its views share."""

from typing import Any

from flask import Blueprint, flash, render_template, request

from app.kernel.errors import Refused
from app.learning.policies import Permission
from app.web.doors import needs

bp = Blueprint("learning", __name__, template_folder="../templates")

managers = needs(Permission.MANAGE_OFFERINGS)


def shown(form: Any, template: str, **context: Any) -> tuple[str, int]:
    """FORM for the first time, or again with the errors that its fields found."""
    return render_template(template, form=form, **context), 422 if form.errors else 200


def refused(form: Any, error: Refused, template: str, **context: Any) -> tuple[str, int]:
    """FORM once more, with what was typed and why it was refused."""
    form.form_errors.append(str(error.message))
    return render_template(template, form=form, **context), 422


def say(error: Refused) -> None:
    """Show a refusal on the next page."""
    flash(str(error.message), "error")


def asked_page() -> int:
    return max(1, request.args.get("page", 1, int))


def asked_text(name: str) -> str:
    """A text of the query string, fit for a query."""
    return request.args.get(name, "").strip().replace("\0", "")
