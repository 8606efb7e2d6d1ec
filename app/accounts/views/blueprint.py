"""The room's blueprint and what its views share."""

from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, render_template, request

from app.accounts import session
from app.accounts.operations import TooManyTries
from app.kernel.errors import Refused

bp = Blueprint("accounts", __name__, template_folder="../templates")


def mail_folder() -> str | None:
    """Where mails lie when no mail server is configured; None when they really leave."""
    config = session.config()
    return None if config.smtp_url else str(config.mail_folder)


def refused(form: Any, error: Refused, template: str, **context: Any) -> tuple[str, int]:
    """FORM once more, with what was typed and why it was refused."""
    form.form_errors.append(str(error.message))
    code = 429 if isinstance(error, TooManyTries) else 422
    return render_template(template, form=form, **context), code


def shown(form: Any, template: str, **context: Any) -> tuple[str, int]:
    """FORM for the first time, or again with the errors that its fields found."""
    return render_template(template, form=form, **context), 422 if form.errors else 200


@dataclass(frozen=True)
class AskedList:
    """What the query string says about a list: search, order, page."""

    search: str
    sort: str
    descending: bool
    page: int | None

    @property
    def query(self) -> dict[str, Any]:
        """As keyword arguments of this room's list queries."""
        return asdict(self)

    @property
    def direction(self) -> str:
        return "desc" if self.descending else "asc"


def asked_list(*, paged: bool = True) -> AskedList:
    """Read the query string of this request, as the data_table macro writes it."""
    return AskedList(
        search=request.args.get("q", "").strip().replace("\0", ""),
        sort=request.args.get("sort", "name"),
        descending=request.args.get("direction") == "desc",
        page=max(1, request.args.get("page", 1, int)) if paged else None,
    )
