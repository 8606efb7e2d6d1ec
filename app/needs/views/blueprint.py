"""The room's blueprint and what its views share."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from markupsafe import Markup

from app.accounts.models import Person
from app.accounts.session import me
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.kernel.ids import new_id
from app.needs import policies
from app.needs.models import PainPoint
from app.needs.policies import Permission
from app.needs.queries import Asked
from app.web.doors import needs

bp = Blueprint("needs", __name__, template_folder="../templates")

recorders = needs(Permission.RECORD_NEEDS)
officers = needs(Permission.RANK_NEEDS)

Panel = Callable[[Person, PainPoint], Markup]
panels: list[Panel] = []


def add_panel(panel: Panel) -> None:
    """Let a room above say on a pain point's page what became of it; empty when nothing did."""
    if panel not in panels:
        panels.append(panel)


def asked(*, paged: bool = True, sort: str = "reach") -> Asked:
    """What the query string says about a list, as the data_table macro writes it."""

    def text(name: str) -> str:
        return request.args.get(name, "").strip().replace("\0", "")[:200]

    return Asked(
        search=text("q"),
        industry=text("industry"),
        technology=text("technology"),
        county=text("county"),
        measure=text("measure"),
        state=text("state"),
        sort=text("sort") or sort,
        direction="asc" if text("direction") == "asc" else "desc",
        page=max(1, request.args.get("page", 1, int)) if paged else None,
    )


def kept_query() -> dict[str, str]:
    """What a list was narrowed to, for the address of its export."""
    names = ("q", "industry", "technology", "county", "measure", "state", "sort", "direction")
    return {name: request.args[name] for name in names if request.args.get(name)}


def key_of(form: Any) -> uuid.UUID:
    """The key that came with the form; another one when it is none."""
    try:
        return uuid.UUID(form.key.data or "")
    except ValueError:
        return new_id()


def number_of(field: Any) -> int:
    """The revision in a hidden field; -1, which is none, when it is no number."""
    text = field.data if isinstance(field.data, str) else str(field.data or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def refused(form: Any, error: Refused, template: str, **context: Any) -> tuple[str, int]:
    """FORM once more, with what was typed and why it was refused."""
    form.form_errors.append(str(error.message))
    return render_template(template, form=form, **context), 422


def shown(form: Any, template: str, **context: Any) -> tuple[str, int]:
    """FORM for the first time, or again with the errors that its fields found."""
    return render_template(template, form=form, **context), 422 if form.errors else 200


def tabs() -> list[tuple[str, str, bool]]:
    """(label, address, is the reader there) of the room's lists."""
    pages = [
        (_("Pain points"), "needs.index"),
        (_("Interviews"), "needs.interviews"),
    ]
    if policies.steers(me()):
        pages.append((_("Possible duplicates"), "needs.duplicates"))
    return [(label, url_for(name), name == request.endpoint) for label, name in pages]


bp.app_template_global("needs_tabs")(tabs)
