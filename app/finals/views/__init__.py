"""Pages of final grades."""

from collections.abc import Iterable

from flask import Flask, render_template, url_for
from markupsafe import Markup

from app.accounts.models import Person
from app.finals import queries
from app.finals.rules import STATE_NAMES, WAY_NAMES, grade_words
from app.finals.views import corrections, desk, students  # noqa: F401 (each adds its routes)
from app.finals.views.blueprint import bp
from app.gradebook.views.mine import add_panel
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext
from app.learning.models import Section
from app.web.layout import Todo, TodoSection, layout

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_home_section(_to_decide, order=13)
    add_panel(_my_final)
    app.jinja_env.filters["final_words"] = grade_words
    app.jinja_env.filters["correction_state"] = STATE_NAMES.__getitem__
    app.jinja_env.filters["correction_way"] = WAY_NAMES.__getitem__


def _my_final(person: Person, section: Section) -> Markup:
    """What stands on top of a student's grades once they are settled."""
    standing = queries.my_final(person, section)
    return Markup(render_template("finals/_mine.html", standing=standing) if standing else "")


def _to_decide(person: Person) -> Iterable[TodoSection]:
    count = queries.waiting_count(person)
    if count:
        yield TodoSection(
            _("Final grades"),
            [
                Todo(
                    title=ngettext(
                        "%(num)d correction waits for a decision",
                        "%(num)d corrections wait for a decision",
                        count,
                    ),
                    url=url_for("finals.corrections", state="proposed"),
                    action=_("Decide"),
                )
            ],
        )
