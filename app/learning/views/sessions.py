"""Live sessions and attendance."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.learning import operations, queries
from app.learning.forms import SessionForm
from app.learning.rules import PRESENCE_NAMES, Presence
from app.learning.views.blueprint import bp, managers, say, shown
from app.learning.views.desk import tabs_of
from app.web.csv import csv_response
from app.web.filters import instant


@bp.route("/teaching/<code>/sessions", methods=["GET", "POST"])
@managers
def sessions(code: str) -> Any:
    """The section's live sessions; a POST plans one."""
    desk = queries.section_desk(me(), code)
    form = SessionForm()
    if not form.validate_on_submit():
        found = queries.sessions_of([desk.section.id])
        noted = queries.attendance_of([row.id for row in found])
        present: dict[uuid.UUID, int] = {}
        for (session_id, _person), presence in noted.items():
            present[session_id] = present.get(session_id, 0) + (presence in ("present", "late"))
        return shown(
            form, "learning/sessions.html", sessions=found, present=present, **tabs_of(desk)
        )
    operations.plan_session(
        me(),
        desk.section,
        title=form.title.data or "",
        starts_at=form.starts_at.instant,  # type: ignore[arg-type]
        minutes=form.minutes.data or 5,
        place=form.place.data or "",
    )
    flash(_("Planned. Students see it on the course’s page."), "success")
    return redirect(url_for("learning.sessions", code=code))


@bp.post("/teaching/<code>/sessions/<uuid:session_id>/cancellation")
@managers
def cancel_session(code: str, session_id: uuid.UUID) -> Response:
    desk = queries.section_desk(me(), code)
    operations.cancel_session(me(), queries.session_in(desk.section, session_id))
    flash(_("The session is cancelled."), "success")
    return redirect(url_for("learning.sessions", code=code))


@bp.route("/teaching/<code>/sessions/<uuid:session_id>/attendance", methods=["GET", "POST"])
@managers
def attendance(code: str, session_id: uuid.UUID) -> Any:
    desk = queries.section_desk(me(), code)
    session = queries.session_in(desk.section, session_id)
    if request.method == "POST":
        try:
            noted = operations.note_attendance(me(), session, _typed())
        except Refused as error:
            say(error)
        else:
            flash(_("Noted for %(count)s students.", count=noted), "success")
        return redirect(url_for("learning.sessions", code=code))
    return render_template(
        "learning/attendance.html",
        session=session,
        students=queries.roster(desk.section),
        noted=queries.attendance_of([session.id]),
        number_of=queries.student_number,
        presences=PRESENCE_NAMES,
        **tabs_of(desk),
    )


def _typed() -> dict[uuid.UUID, Presence]:
    """What the form says of each student; what cannot be read is passed over."""
    found = {}
    for name, value in request.form.items():
        kind, _colon, text = name.partition(":")
        if kind == "presence" and value in set(Presence):
            try:
                found[uuid.UUID(text)] = Presence(value)
            except ValueError:
                continue
    return found


@bp.get("/teaching/<code>/attendance.csv")
@managers
def attendance_csv(code: str) -> Response:
    desk = queries.section_desk(me(), code)
    found = [row for row in queries.sessions_of([desk.section.id]) if row.cancelled_at is None]
    noted = queries.attendance_of([row.id for row in found])
    return csv_response(
        f"{code}-attendance.csv",
        [
            _("Student number"),
            _("Name"),
            *(f"{row.title} ({instant(row.starts_at).striptags()})" for row in found),
        ],
        (
            [
                queries.student_number(student, desk.section.school_id),
                student.person.name,
                *(
                    PRESENCE_NAMES[Presence(value)] if value else ""
                    for value in (noted.get((row.id, student.person_id)) for row in found)
                ),
            ]
            for student in queries.roster(desk.section)
        ),
    )
