"""One student's final grade for staff: as it was settled, what changed, and proposing a change."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for

from app.accounts.session import me
from app.finals import operations, queries
from app.finals.forms import ChangeForm
from app.finals.queries import Desk, Standing
from app.finals.rules import Grade
from app.finals.views.blueprint import bp, readers
from app.gradebook import operations as gradebook
from app.gradebook import queries as books
from app.gradebook.queries import Scope
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _


@bp.get("/teaching/<code>/finals/students/<uuid:person_id>")
@readers
def student(code: str, person_id: uuid.UUID) -> Any:
    desk = queries.desk_for(me(), code)
    standing = queries.student_for(desk.section, person_id)
    return _page(desk, standing, ChangeForm(formdata=None))


def _page(desk: Desk, standing: Standing, form: ChangeForm) -> str:
    gradebook.bring_up_to_date(desk.book)
    person_id = standing.final.person_id
    rows = books.row_of(Scope((desk.book,)), [person_id])
    now = queries.Row(rows[0], standing) if rows else None
    return render_template(
        "finals/student.html",
        code=desk.section.code,
        desk=desk,
        standing=standing,
        now=now,
        may_change=desk.may_settle and person_id != me().id and standing.open is None,
        form=form,
        nothing=Grade(None, None, None, True),
    )


@bp.post("/teaching/<code>/finals/students/<uuid:person_id>/corrections")
@readers
def propose(code: str, person_id: uuid.UUID) -> Any:
    return _change(code, person_id, completes=False)


@bp.post("/teaching/<code>/finals/students/<uuid:person_id>/completion")
@readers
def complete(code: str, person_id: uuid.UUID) -> Any:
    return _change(code, person_id, completes=True)


def _change(code: str, person_id: uuid.UUID, *, completes: bool) -> Any:
    desk = queries.desk_for(me(), code)
    if not desk.may_settle:
        raise NotVisible(code)
    standing = queries.student_for(desk.section, person_id)
    form = ChangeForm()
    if not form.validate_on_submit():
        return _page(desk, standing, form), 422
    reason = (form.reason.data or "").replace("\0", "")
    attachment = (form.attachment.data or "").replace("\0", "")
    try:
        if completes:
            operations.complete(me(), standing.final, percent=form.value, reason=reason)
            flash(_("Completed. The student is told."), "success")
        else:
            operations.propose(
                me(), standing.final, percent=form.value, reason=reason, attachment=attachment
            )
            flash(_("Proposed. Whoever may decide is told."), "success")
    except Refused as error:
        form.form_errors.append(str(error.message))
        return _page(desk, queries.student_for(desk.section, person_id), form), 422
    return redirect(url_for("finals.student", code=code, person_id=person_id))
