"""The room's blueprint and what its views share."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request, send_from_directory

from app.kernel.errors import Refused
from app.rubrics.policies import Permission
from app.web.doors import needs, public

bp = Blueprint("rubrics", __name__, template_folder="../templates")
STATIC = Path(__file__).parents[1] / "static"

writers = needs(Permission.WRITE_RUBRICS)


@bp.get("/static/rubrics/<path:filename>")
@public
def static(filename: str) -> Response:
    """The style and scripts that pages of every room load for what they show of rubrics."""
    return send_from_directory(STATIC, filename)


def refused(form: Any, error: Refused, template: str, **context: Any) -> tuple[str, int]:
    """FORM once more, with what was typed and why it was refused."""
    form.form_errors.append(str(error.message))
    return render_template(template, form=form, **context), 422


def asked_text(name: str) -> str:
    """A text of the query string, fit for a query."""
    return request.args.get(name, "").strip().replace("\0", "")[:200]


@dataclass(frozen=True)
class Asked:
    """What the query string of a list asks for."""

    search: str
    sort: str
    direction: str
    page: int | None

    @property
    def query(self) -> dict[str, Any]:
        return {
            "search": self.search,
            "sort": self.sort,
            "descending": self.direction == "desc",
            "page": self.page,
        }


def asked_list(sort: str, *, paged: bool = True) -> Asked:
    direction = "asc" if request.args.get("direction", "desc") == "asc" else "desc"
    page = max(1, request.args.get("page", 1, int)) if paged else None
    return Asked(asked_text("q"), asked_text("sort") or sort, direction, page)
