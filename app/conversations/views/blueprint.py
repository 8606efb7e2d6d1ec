"""The room's blueprint and what its views share."""

from typing import Any

from flask import Blueprint, flash, render_template, request

from app.accounts.operations.throttling import Limit, take
from app.accounts.session import me
from app.kernel.errors import Refused

bp = Blueprint("conversations", __name__, template_folder="../templates")

POSTS = (Limit("post", 10, 60), Limit("posts", 90, 3600))
REPORTS = (Limit("post-report", 20, 3600),)


def not_too_often(limits: tuple[Limit, ...]) -> None:
    """Raises TooManyTries."""
    take(*((limit, str(me().id)) for limit in limits))


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
    return max(1, min(request.args.get("page", 1, int), 1_000_000))


def asked_text(name: str) -> str:
    """A text of the query string, fit for a query."""
    return request.args.get(name, "").strip().replace("\0", "")[:200]
