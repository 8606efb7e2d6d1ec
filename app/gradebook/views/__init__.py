"""The gradebook's pages."""

from flask import Flask, render_template
from flask_login import current_user
from quicktions import Fraction

from app.accounts.models import Person
from app.gradebook.rules import number, words
from app.gradebook.rules.entries import WAY_NAMES
from app.gradebook.views import (  # noqa: F401 (each adds its routes)
    bulk,
    cells,
    exports,
    grid,
    imports,
    mine,
    releases,
    scheme,
    students,
)
from app.gradebook.views.blueprint import bp, teachers
from app.gradebook.views.lateness import lateness_words
from app.grading.api.panel import explain_lateness
from app.kernel.i18n import lazy_gettext as _l
from app.learning import queries as learning
from app.learning.policies import teaches_somewhere
from app.web.layout import layout

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    with app.app_context():
        frame = layout()
        frame.add_navigation(_l("Teaching"), "gradebook.index", visible=_teaches, order=12)
        frame.add_home_section(mine.my_grades_at_home, order=15)
    explain_lateness(lateness_words)
    app.jinja_env.globals["step_words"] = words
    app.jinja_env.filters["grade_number"] = number
    app.jinja_env.filters["grade_signed"] = _signed
    app.jinja_env.filters["way_words"] = WAY_NAMES.__getitem__


def _signed(value: Fraction) -> str:
    """A difference with its sign."""
    return f"+{number(value)}" if value > 0 else number(value).replace("-", "−")


def _teaches(user: Person) -> bool:
    return bool(user.is_authenticated and teaches_somewhere(user))


@bp.get("/teaching")
@teachers
def index() -> str:
    return render_template("gradebook/index.html", views=learning.my_teaching(current_user))
