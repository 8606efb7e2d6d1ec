"""The room's blueprint and what its views share."""

import uuid
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request, send_from_directory
from flask_login import current_user

from app.accounts import queries as accounts
from app.accounts.models import Organisation, Person
from app.accounts.session import me
from app.briefs import queries
from app.briefs.models import Brief
from app.briefs.policies import Permission
from app.kernel.errors import NotVisible, Refused
from app.web.doors import needs, public

bp = Blueprint("briefs", __name__, template_folder="../templates")
STATIC = Path(__file__).parents[1] / "static"

reviewers = needs(Permission.REVIEW_BRIEFS)


@bp.get("/static/briefs/<path:filename>")
@public
def static(filename: str) -> Response:
    """The style and scripts of this room, also for what it shows on other rooms' pages."""
    return send_from_directory(STATIC, filename)


def reader() -> Person | None:
    """Who is reading, if anybody signed in."""
    return me() if current_user.is_authenticated else None


def company(slug: str) -> Organisation:
    """An organisation that the reader acts for. Raises NotVisible."""
    return accounts.company_of(me(), slug)


def managed(slug: str, brief_id: uuid.UUID) -> Brief:
    """A brief of that organisation, with its draft. Raises NotVisible."""
    found = queries.brief_managed_by(me(), brief_id)
    if found.organisation.slug != slug:
        raise NotVisible(slug)
    return found


def refused(form: Any, error: Refused, template: str, **context: Any) -> tuple[str, int]:
    """FORM once more, with what was typed and why it was refused."""
    form.form_errors.append(str(error.message))
    return render_template(template, form=form, **context), 422


def asked_text(name: str, most: int = 200) -> str:
    """A text of the query string, fit for a query."""
    return request.args.get(name, "").strip().replace("\0", "")[:most]


def asked_page() -> int:
    return max(1, request.args.get("page", 1, int))
