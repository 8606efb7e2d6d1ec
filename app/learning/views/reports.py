"""Reports by school and department."""

from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel.i18n import gettext as _
from app.learning import queries
from app.learning.policies import Permission
from app.learning.queries import ReportRow
from app.learning.views.blueprint import bp
from app.web.csv import csv_response
from app.web.doors import needs
from app.web.filters import academic_term

readers = needs(Permission.SEE_REPORTS)


def _asked() -> tuple[list[ReportRow], tuple[int, int] | None, list[Any]]:
    """The rows, the semester that was asked for, and the schools that this person may see."""
    schools = list(queries.schools_to_report(me()))
    year, _dash, semester = request.args.get("term", "").partition("-")
    term = None
    if year.isascii() and year.isdigit() and len(year) == 3 and semester in ("1", "2"):
        term = (int(year), int(semester))
    wanted = request.args.get("school", "")
    chosen = [school for school in schools if wanted in ("", school.slug)]
    return queries.report([school.id for school in chosen], term=term), term, schools


@bp.get("/reports/enrolment")
@readers
def report() -> str:
    rows, term, schools = _asked()
    return render_template(
        "learning/report.html",
        rows=rows,
        term=term,
        totals={
            name: sum(getattr(row, name) for row in rows)
            for name in ("enrolled", "completed", "withdrawn", "credits", "recognised")
        },
        terms=[
            ("", _("All semesters")),
            *(
                (f"{year}-{semester}", academic_term(year, semester))
                for year, semester in queries.terms_with_offerings()
            ),
        ],
        schools=[("", _("All schools")), *((s.slug, s.name.in_language()) for s in schools)],
    )


@bp.get("/reports/enrolment.csv")
@readers
def report_csv() -> Response:
    rows, _term, _schools = _asked()
    return csv_response(
        "enrolment-report.csv",
        [
            _("School"),
            _("Department"),
            _("Enrolments"),
            _("Completed"),
            _("Withdrawn"),
            _("Credits earned"),
            _("Credits recognised"),
        ],
        (
            [
                str(row.school),
                row.department,
                row.enrolled,
                row.completed,
                row.withdrawn,
                row.credits,
                row.recognised,
            ]
            for row in rows
        ),
    )
