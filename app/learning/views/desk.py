"""A section at work: its students, requests, settings and staff."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning import operations, queries
from app.learning.forms import ExtensionForm, RemovalForm, SectionForm, StaffForm
from app.learning.models import Extension, Section
from app.learning.operations import SectionSettings
from app.learning.queries import SectionDesk
from app.learning.rules import VIA_NAMES, Way
from app.learning.views.blueprint import asked_page, asked_text, bp, managers, refused, say, shown
from app.web.csv import csv_response
from app.web.filters import day

STATES = ("enrolled", "completed", "withdrawn")


def tabs_of(desk: SectionDesk) -> dict[str, Any]:
    """What the pages of a section's desk share."""
    return {
        "desk": desk,
        "section": desk.section,
        "counts": queries.section_counts(desk.section),
        "newer": queries.newer_version(desk.section.offering) if desk.may_manage else None,
    }


def _asked() -> dict[str, Any]:
    state = request.args.get("state", "enrolled")
    return {
        "state": state if state in STATES else "enrolled",
        "search": asked_text("q"),
        "sort": request.args.get("sort", "name"),
        "descending": request.args.get("direction") == "desc",
    }


@bp.get("/teaching/<code>/students")
@managers
def students(code: str) -> str:
    desk = queries.section_desk(me(), code)
    asked = _asked()
    return render_template(
        "learning/students.html",
        listed=queries.students_of(desk.section, page=asked_page(), **asked),
        asked=asked,
        requests=queries.requests_of(desk.section),
        via_names=VIA_NAMES,
        **tabs_of(desk),
    )


@bp.get("/teaching/<code>/students.csv")
@managers
def students_csv(code: str) -> Response:
    desk = queries.section_desk(me(), code)
    listed = queries.students_of(desk.section, page=None, **_asked())
    return csv_response(
        f"{code}-students.csv",
        [
            _("Student number"),
            _("Name"),
            _("Mail address"),
            _("Group"),
            _("How"),
            _("Since"),
            _("Completed"),
            _("Withdrawn on"),
            _("Reason"),
        ],
        (
            [
                row.student_number or "",
                row.person.name,
                row.person.email,
                row.group_names,
                VIA_NAMES[row.via],
                day(row.enrolled_at),
                day(row.completed_at),
                day(row.withdrawn_at),
                row.withdrawal_reason,
            ]
            for row in listed.rows
        ),
    )


@bp.post("/teaching/<code>/requests/<uuid:request_id>/decision")
@managers
def decide_request(code: str, request_id: uuid.UUID) -> Response:
    desk = queries.section_managed_by(me(), code)
    wanted = queries.request_in(desk.section, request_id)
    try:
        operations.decide_request(
            me(),
            wanted,
            grant=request.form.get("decision") == "grant",
            reason=request.form.get("reason", ""),
        )
    except Refused as error:
        say(error)
    else:
        flash(_("Decided. %(name)s gets a mail.", name=wanted.person.name), "success")
    return redirect(url_for("learning.students", code=code))


@bp.route("/teaching/<code>/students/<uuid:person_id>", methods=["GET", "POST"])
@managers
def student(code: str, person_id: uuid.UUID) -> Any:
    """One student of a section: progress, more time, group. A POST grants more time."""
    desk = queries.section_desk(me(), code)
    enrolment = queries.student_in(desk.section, person_id)
    view = queries.section_for(enrolment.person, code)
    form = ExtensionForm([(item.key, str(item.title)) for item in view.version.items])
    page: dict[str, Any] = {
        "view": view,
        "enrolment": enrolment,
        "number": queries.student_number(enrolment, desk.section.school_id),
        "extensions": [
            row for row in queries.extensions_in(desk.section) if row.person_id == person_id
        ],
        "titles": {item.key: item.title for item in view.version.items},
        "removal_form": RemovalForm(formdata=None),
        **tabs_of(desk),
    }
    if request.method == "POST" and not desk.may_manage:
        raise NotVisible(code)
    if not form.validate_on_submit():
        return shown(form, "learning/student.html", **page)
    try:
        operations.grant_extension(
            me(),
            desk.section,
            enrolment.person,
            item_key=form.item.data or None,
            due_at=form.due_at.instant,
            extra_days=form.extra_days.data or 0,
            time_factor=form.time_factor.data or 1,
            reason=form.reason.data or "",
        )
    except Refused as error:
        return refused(form, error, "learning/student.html", **page)
    flash(_("%(name)s has more time now.", name=enrolment.person.name), "success")
    return redirect(url_for("learning.student", code=code, person_id=person_id))


@bp.post("/teaching/<code>/extensions/<uuid:extension_id>/end")
@managers
def end_extension(code: str, extension_id: uuid.UUID) -> Response:
    desk = queries.section_managed_by(me(), code)
    extension = db.session.get(Extension, extension_id)
    if extension is None or extension.section_id != desk.section.id:
        raise NotVisible(code)
    operations.end_extension(me(), extension)
    flash(_("The usual dates hold again for %(name)s.", name=extension.person.name), "success")
    return redirect(url_for("learning.student", code=code, person_id=extension.person_id))


@bp.post("/teaching/<code>/students/<uuid:person_id>/withdrawal")
@managers
def remove_student(code: str, person_id: uuid.UUID) -> Response:
    desk = queries.section_managed_by(me(), code)
    enrolment = queries.student_in(desk.section, person_id)
    form = RemovalForm()
    if not form.validate_on_submit():
        flash(_("Please give a reason."), "error")
        return redirect(url_for("learning.student", code=code, person_id=person_id))
    operations.withdraw(enrolment.person, desk.section, reason=form.reason.data or "", by=me())
    flash(
        _("%(name)s no longer takes this section. The work is kept.", name=enrolment.person.name),
        "success",
    )
    return redirect(url_for("learning.students", code=code))


@bp.route("/teaching/<code>/settings", methods=["GET", "POST"])
@managers
def section_settings(code: str) -> Any:
    desk = queries.section_managed_by(me(), code)
    form = SectionForm(obj=desk.section)
    page = {"staff_form": StaffForm(formdata=None), "staff": _live(desk.section), **tabs_of(desk)}
    if not form.validate_on_submit():
        if request.method == "GET":
            form.way.data = desk.section.way.value
        return shown(form, "learning/section_settings.html", **page)
    try:
        operations.edit_section(
            me(),
            desk.section,
            SectionSettings(
                capacity=form.capacity.data or 1,
                way=Way(form.way.data),
                enrolment_closes_at=form.enrolment_closes_at.instant,
            ),
        )
    except Refused as error:
        return refused(form, error, "learning/section_settings.html", **page)
    flash(_("Saved."), "success")
    return redirect(url_for("learning.section_settings", code=code))


def _live(section: Section) -> list[Any]:
    return sorted(
        (place for place in section.staff if place.ended_at is None),
        key=lambda place: (place.role.value, place.person.name),
    )


@bp.post("/teaching/<code>/invitation-code")
@managers
def renew_code(code: str) -> Response:
    desk = queries.section_managed_by(me(), code)
    made = operations.renew_code(me(), desk.section)
    flash(_("The invitation code is %(code)s now.", code=made), "success")
    return redirect(url_for("learning.section_settings", code=code))


@bp.post("/teaching/<code>/closing")
@managers
def close_section(code: str) -> Response:
    desk = queries.section_managed_by(me(), code)
    if request.form.get("open"):
        operations.reopen_section(me(), desk.section)
        flash(_("The section is open again."), "success")
    else:
        operations.close_section(me(), desk.section)
        flash(_("The section is closed: nothing is handed in any more."), "success")
    return redirect(url_for("learning.section_settings", code=code))


@bp.post("/teaching/<code>/staff")
@managers
def appoint(code: str) -> Any:
    desk = queries.section_managed_by(me(), code)
    form = StaffForm()
    page: dict[str, Any] = {"staff": _live(desk.section), **tabs_of(desk)}
    template = "learning/appoint.html"
    if not form.validate_on_submit():
        return shown(form, template, **page)
    try:
        place = operations.appoint_by_mail(
            me(), desk.section, form.email.data or "", form.staff_role
        )
    except Refused as error:
        return refused(form, error, template, **page)
    flash(_("%(name)s teaches this section now.", name=place.person.name), "success")
    return redirect(url_for("learning.section_settings", code=code))


@bp.post("/teaching/<code>/staff/<uuid:place_id>/end")
@managers
def dismiss(code: str, place_id: uuid.UUID) -> Response:
    desk = queries.section_managed_by(me(), code)
    place = next((row for row in _live(desk.section) if row.id == place_id), None)
    if place is None:
        raise NotVisible(code)
    try:
        operations.dismiss(me(), desk.section, place)
    except Refused as error:
        say(error)
    else:
        flash(_("%(name)s no longer teaches this section.", name=place.person.name), "success")
    if place.person_id == me().id:
        return redirect(url_for("learning.offerings"))
    return redirect(url_for("learning.section_settings", code=code))
