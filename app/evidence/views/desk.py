"""The skills of a section's students: see, confirm, have repeated under supervision, export."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.catalog.rules import ItemKind
from app.evidence import operations, policies, queries
from app.evidence.forms import RepeatForm
from app.evidence.rules import PASS, VOUCHING_NAMES, Vouching
from app.evidence.views.blueprint import bp, teachers
from app.kernel import clock
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.queries import SectionDesk
from app.learning.views.desk import tabs_of
from app.web.csv import csv_response
from app.web.filters import day


def _desk(code: str, *, confirming: bool = False) -> SectionDesk:
    """CONFIRMING: for instructors alone. Raises NotVisible."""
    desk = queries.desk_of(me(), code)
    if confirming and not policies.can_confirm(me(), desk.section):
        raise NotVisible(code)
    return desk


def _asked() -> dict[str, Any]:
    return {
        "search": request.args.get("q", "").strip().replace("\0", "")[:200],
        "skill": request.args.get("skill", "").replace("\0", "")[:200],
        "waiting": request.args.get("state") == "waiting",
    }


@bp.get("/teaching/<code>/skills")
@teachers
def section(code: str) -> str:
    desk = _desk(code)
    asked = _asked()
    return render_template(
        "evidence/section.html",
        listed=queries.section_rows(
            desk.section, page=max(1, request.args.get("page", 1, int)), **asked
        ),
        asked=asked,
        skills=queries.section_skills(desk.section),
        repeats=queries.repeats_of(desk.section),
        vouchings=list(Vouching),
        may_confirm=policies.can_confirm(me(), desk.section),
        now=clock.now(),
        **tabs_of(desk),
    )


@bp.get("/teaching/<code>/skills.csv")
@teachers
def section_csv(code: str) -> Response:
    desk = _desk(code)
    listed = queries.section_rows(desk.section, page=None, **_asked())
    levels = [str(VOUCHING_NAMES[vouching]) for vouching in Vouching]
    return csv_response(
        f"{code}-skills.csv",
        [_("Name"), _("Handle"), _("Skill"), _("Key"), *levels, _("Since")],
        (
            [
                row.person.name,
                row.person.handle,
                str(row.skill.title),
                row.skill.key,
                *(row.standings[v].level if v in row.standings else "" for v in Vouching),
                day(min((s.since for s in row.standings.values()), default=None)),
            ]
            for row in listed.rows
        ),
    )


@bp.get("/teaching/<code>/skills/<uuid:person_id>")
@teachers
def student(code: str, person_id: uuid.UUID) -> Any:
    return _student_page(_desk(code), person_id)


def _student_page(desk: SectionDesk, person_id: uuid.UUID, form: RepeatForm | None = None) -> Any:
    rows = queries.student_evidence(desk.section, person_id)
    form = form or RepeatForm(formdata=None)
    form.lab.choices = _labs(desk)
    page = render_template(
        "evidence/student.html",
        student=learning.student_in(desk.section, person_id).person,
        rows=rows,
        form=form,
        repeats=queries.repeats_of(desk.section, person_id),
        vouchings=list(Vouching),
        passes=PASS,
        may_confirm=policies.can_confirm(me(), desk.section) and person_id != me().id,
        now=clock.now(),
        **tabs_of(desk),
    )
    return (page, 422) if form.errors else page


def _labs(desk: SectionDesk) -> list[tuple[str, str]]:
    version = desk.section.offering.course_version
    return [(item.slug, str(item.title)) for item in version.items if item.kind is ItemKind.LAB]


def _step(
    desk: SectionDesk, person_id: uuid.UUID, step: Callable[[], object], done: str
) -> Response:
    """Take STEP, say that it is DONE or why not, and go back to the page of the student."""
    try:
        step()
    except Refused as error:
        flash(str(error.message), "error")
    else:
        flash(done, "success")
    return redirect(url_for("evidence.student", code=desk.section.code, person_id=person_id))


@bp.post("/teaching/<code>/skills/evidence/<uuid:evidence_id>/confirmation")
@teachers
def create_confirmation(code: str, evidence_id: uuid.UUID) -> Response:
    desk = _desk(code, confirming=True)
    found = queries.evidence_in(desk.section, evidence_id)
    return _step(
        desk,
        found.person_id,
        partial(operations.confirm, me(), found, request.form.get("note", "")),
        _("Confirmed: you vouch for it, and the student is told."),
    )


@bp.post("/teaching/<code>/skills/evidence/<uuid:evidence_id>/withdrawal")
@teachers
def create_withdrawal(code: str, evidence_id: uuid.UUID) -> Response:
    desk = _desk(code, confirming=True)
    found = queries.evidence_in(desk.section, evidence_id)
    return _step(
        desk,
        found.person_id,
        partial(operations.take_back, me(), found),
        _("Taken back. It stays on record that it was there."),
    )


@bp.post("/teaching/<code>/skills/<uuid:person_id>/repeats")
@teachers
def create_repeat(code: str, person_id: uuid.UUID) -> Any:
    desk = _desk(code, confirming=True)
    person = learning.student_in(desk.section, person_id).person
    form = RepeatForm()
    form.lab.choices = _labs(desk)
    start, end = form.starts_at.instant, form.ends_at.instant
    if not form.validate_on_submit() or start is None or end is None:
        return _student_page(desk, person_id, form)
    try:
        operations.order_repeat(
            me(), desk.section, person, form.lab.data, place=form.place.data or "",
            starts_at=start, ends_at=end,
        )  # fmt: skip
    except Refused as error:
        form.form_errors.append(str(error.message))
        return _student_page(desk, person_id, form)
    flash(_("Arranged: the lab is open for her until the end, and she is told."), "success")
    return redirect(url_for("evidence.student", code=code, person_id=person_id))


@bp.post("/teaching/<code>/skills/repeats/<uuid:repeat_id>/attestation")
@teachers
def create_attestation(code: str, repeat_id: uuid.UUID) -> Response:
    desk = _desk(code, confirming=True)
    found = queries.repeat_in(desk.section, repeat_id)
    return _step(
        desk,
        found.person_id,
        partial(operations.attest_repeat, me(), found, request.form.get("note", "")),
        _("Attested. It counts as supervised as soon as its result is released."),
    )


@bp.post("/teaching/<code>/skills/repeats/<uuid:repeat_id>/cancellation")
@teachers
def create_cancellation(code: str, repeat_id: uuid.UUID) -> Response:
    desk = _desk(code, confirming=True)
    found = queries.repeat_in(desk.section, repeat_id)
    return _step(
        desk,
        found.person_id,
        partial(operations.cancel_repeat, me(), found),
        _("Cancelled, and the student is told."),
    )
