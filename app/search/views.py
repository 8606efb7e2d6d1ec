"""The field in the header of every page, and what it finds."""

from typing import Any

from flask import Blueprint, Flask, current_app, render_template, request
from flask_login import current_user
from markupsafe import Markup

from app.search import queries, rules
from app.search.policies import keys_of
from app.web.doors import public
from app.web.layout import layout

bp = Blueprint("search", __name__, template_folder="templates")


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_header_slot(_field, for_everybody=True)


def _field(_user: Any) -> Markup:
    template = current_app.jinja_env.get_template("search/_field.html")
    asked = _asked("q") if request.endpoint == "search.index" else ""
    return Markup(template.render(asked=rules.read(asked).text))  # autoescaped there


def _asked(name: str) -> str:
    return request.args.get(name, "").replace("\0", "")


@bp.get("/search")
@public
def index() -> str:
    person = current_user._get_current_object() if current_user.is_authenticated else None
    kind, course = _asked("kind")[:40], _asked("course")[:80]
    found = queries.find(
        keys_of(person),
        rules.read(_asked("q")),
        kind=kind,
        course=course,
        page=max(1, min(request.args.get("page", 1, int), 10_000)),
    )
    return render_template("search/index.html", found=found, kind=kind, course=course)
