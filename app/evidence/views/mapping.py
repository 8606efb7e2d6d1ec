"""Which labs and quizzes of a course prove which skills, beside what labs say themselves."""

import uuid
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.session import me
from app.catalog.rules import ItemKind
from app.evidence import operations, policies, queries
from app.evidence.forms import MappingForm
from app.evidence.views.blueprint import bp, teachers
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning.queries import SectionDesk
from app.learning.views.desk import tabs_of
from app.skills import queries as skills

MAPPED = (ItemKind.LAB, ItemKind.QUIZ)


def _desk(code: str, *, writing: bool = True) -> SectionDesk:
    """The staff reads what is mapped; who edits the course writes it. Raises NotVisible."""
    desk = queries.desk_of(me(), code)
    if writing and not policies.can_map(me(), desk.section):
        raise NotVisible(code)
    return desk


def _page(desk: SectionDesk, form: MappingForm) -> Any:
    version = desk.section.offering.course_version
    items = [item for item in version.items if item.kind in MAPPED]
    form.item.choices = [(item.key, str(item.title)) for item in items]
    page = render_template(
        "evidence/mapping.html",
        form=form,
        mappings=queries.mappings_of(version.course_id),
        titles={item.key: item.title for item in items},
        labs=queries.named_by_labs(version),
        may_map=policies.can_map(me(), desk.section),
        known=skills.claimed_skills(),
        **tabs_of(desk),
    )
    return (page, 422) if form.errors else page


@bp.get("/teaching/<code>/skills/mapping")
@teachers
def mapping(code: str) -> Any:
    return _page(_desk(code, writing=False), MappingForm(formdata=None))


@bp.post("/teaching/<code>/skills/mapping")
@teachers
def create_mapping(code: str) -> Any:
    desk = _desk(code)
    version = desk.section.offering.course_version
    form = MappingForm()
    form.item.choices = [(item.key, "") for item in version.items if item.kind in MAPPED]
    if not form.validate_on_submit():
        return _page(desk, form)
    found = skills.resolve([form.skill.data or ""]).get(form.skill.data or "")
    if found is None:
        form.skill.errors = [_("There is no such skill.")]
        return _page(desk, form)
    try:
        operations.map_item(
            me(), version.course, form.item.data, found, form.level.data or 1,
            Decimal(form.weight.data or 1),
        )  # fmt: skip
    except Refused as error:
        form.form_errors.append(str(error.message))
        return _page(desk, form)
    flash(_("Mapped: results that are released from now on prove it."), "success")
    return redirect(url_for("evidence.mapping", code=code))


@bp.post("/teaching/<code>/skills/mappings/<uuid:mapping_id>/end")
@teachers
def end_mapping(code: str, mapping_id: uuid.UUID) -> Response:
    desk = _desk(code)
    course_id = desk.section.offering.course_version.course_id
    operations.end_mapping(me(), queries.mapping_in(course_id, mapping_id))
    flash(_("Ended. What was recorded stays."), "success")
    return redirect(url_for("evidence.mapping", code=code))
