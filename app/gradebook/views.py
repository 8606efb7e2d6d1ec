"""The gradebook's pages."""

from flask import Blueprint, Flask, Response, render_template
from flask_login import current_user

from app.accounts.models import Person
from app.gradebook import queries
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.learning import queries as learning
from app.learning.policies import Permission, teaches_somewhere
from app.web.csv import csv_response
from app.web.doors import needs
from app.web.layout import layout

bp = Blueprint("gradebook", __name__, template_folder="templates")


def init_app(app: Flask) -> None:
    with app.app_context():
        layout().add_navigation(_l("Teaching"), "gradebook.index", visible=_teaches, order=12)


def _teaches(user: Person) -> bool:
    return bool(user.is_authenticated and teaches_somewhere(user))


@bp.get("/teaching")
@needs(Permission.TEACH)
def index() -> str:
    return render_template("gradebook/index.html", views=learning.my_teaching(current_user))


@bp.get("/teaching/<code>/gradebook")
@needs(Permission.TEACH)
def section(code: str) -> str:
    return render_template("gradebook/section.html", book=queries.gradebook(current_user, code))


@bp.get("/teaching/<code>/gradebook.csv")
@needs(Permission.TEACH)
def export(code: str) -> Response:
    book = queries.gradebook(current_user, code)
    return csv_response(
        f"{code}-gradebook.csv",
        [
            _("Student number"),
            _("Name"),
            _("Mail"),
            *(f"{item.title} ({points:g})" for item, points in book.columns),
            _("Total (%(max)s)", max=f"{book.max_total:g}"),
        ],
        (
            [
                row.student_number,
                row.enrolment.person.name,
                row.enrolment.person.email,
                *("" if s is None else s.score for s in row.standings),
                row.total,
            ]
            for row in book.rows
        ),
    )
