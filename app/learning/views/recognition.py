"""Credit recognition: the student asks, the receiving school decides."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.learning import operations, queries
from app.learning.forms import RecognitionDecisionForm, RecognitionForm
from app.learning.policies import Permission
from app.learning.rules import RECOGNITION_NAMES
from app.learning.views.blueprint import asked_page, bp, refused, say, shown
from app.web.csv import csv_response
from app.web.doors import needs, signed_in
from app.web.filters import day

offices = needs(Permission.DECIDE_RECOGNITION)


@bp.route("/learn/recognition", methods=["GET", "POST"])
@signed_in
def my_recognition() -> Any:
    """What I have asked for; a POST asks."""
    enrolments = {str(row.id): row for row in queries.recognisable(me())}
    schools = {str(row.id): row for row in queries.schools_to_recognise(me())}
    form = RecognitionForm(
        [
            (
                key,
                f"{row.section.offering.course_version.title} · {row.section.school.name}",
            )
            for key, row in enrolments.items()
        ],
        [(key, str(school.name)) for key, school in schools.items()],
    )
    page = {
        "requests": queries.my_recognitions(me()),
        "may_ask": bool(enrolments and schools),
        "names": RECOGNITION_NAMES,
    }
    if not form.validate_on_submit():
        return shown(form, "learning/my_recognition.html", **page)
    try:
        operations.request_recognition(
            me(),
            enrolments[form.enrolment.data],
            schools[form.school.data],
            own_course=form.own_course.data or "",
            message=form.message.data or "",
        )
    except Refused as error:
        return refused(form, error, "learning/my_recognition.html", **page)
    flash(_("Your request is on its way to the department office."), "success")
    return redirect(url_for("learning.my_recognition"))


@bp.post("/learn/recognition/<uuid:request_id>/withdrawal")
@signed_in
def withdraw_recognition(request_id: uuid.UUID) -> Response:
    try:
        operations.withdraw_recognition(me(), queries.recognition_of(me(), request_id))
    except Refused as error:
        say(error)
    else:
        flash(_("The request is withdrawn."), "success")
    return redirect(url_for("learning.my_recognition"))


@bp.get("/recognition")
@offices
def recognitions() -> str:
    state = request.args.get("state", "")
    return render_template(
        "learning/recognitions.html",
        listed=queries.recognitions_for(me(), state=state, page=asked_page()),
        names=RECOGNITION_NAMES,
        states=[("", _("All")), *((s.value, name) for s, name in RECOGNITION_NAMES.items())],
    )


@bp.get("/recognition.csv")
@offices
def recognitions_csv() -> Response:
    listed = queries.recognitions_for(me(), state=request.args.get("state", ""), page=None)
    return csv_response(
        "recognition.csv",
        [
            _("Name"),
            _("Course"),
            _("Taken at"),
            _("Stands for"),
            _("Credits"),
            _("State"),
            _("Requested on"),
            _("Decided on"),
            _("Reason"),
        ],
        (
            [
                row.person.name,
                str(row.enrolment.section.offering.course_version.title),
                str(row.enrolment.section.school.name),
                row.own_course,
                row.credits,
                RECOGNITION_NAMES[row.state],
                day(row.requested_at),
                day(row.decided_at),
                row.reason,
            ]
            for row in listed.rows
        ),
    )


@bp.get("/recognition/<uuid:request_id>")
@offices
def recognition(request_id: uuid.UUID) -> Any:
    return _recognition(request_id, RecognitionDecisionForm(formdata=None))


def _recognition(request_id: uuid.UUID, form: Any, error: Refused | None = None) -> Any:
    found = queries.recognition_for_office(me(), request_id)
    page = {"request_": found, "names": RECOGNITION_NAMES}
    if error is not None:
        return refused(form, error, "learning/recognition.html", **page)
    return shown(form, "learning/recognition.html", **page)


@bp.post("/recognition/<uuid:request_id>/review")
@offices
def review_recognition(request_id: uuid.UUID) -> Response:
    try:
        operations.review_recognition(me(), queries.recognition_for_office(me(), request_id))
    except Refused as error:
        say(error)
    return redirect(url_for("learning.recognition", request_id=request_id))


@bp.post("/recognition/<uuid:request_id>/decision")
@offices
def decide_recognition(request_id: uuid.UUID) -> Any:
    found = queries.recognition_for_office(me(), request_id)
    form = RecognitionDecisionForm()
    if not form.validate_on_submit():
        return _recognition(request_id, form)
    try:
        operations.decide_recognition(
            me(),
            found,
            recognise=request.form.get("decision") == "recognise",
            reason=form.reason.data or "",
        )
    except operations.ReasonNeeded as error:
        return _recognition(request_id, form, error)
    except Refused as error:
        say(error)
        return redirect(url_for("learning.recognition", request_id=request_id))
    flash(_("Decided. The student gets a mail."), "success")
    return redirect(url_for("learning.recognitions"))
