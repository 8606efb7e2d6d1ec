"""Offerings: the list, opening one, its settings, copies and versions."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for

from app.accounts.session import me
from app.catalog import queries as catalog
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.learning import operations, policies, queries
from app.learning.forms import (
    CopyForm,
    OfferingForm,
    OfferingSettingsForm,
    SectionForm,
    UpgradeForm,
)
from app.learning.operations import OfferingPlan, SectionSettings
from app.learning.queries import OfferingView
from app.learning.rules import Authorisation, OfferingKind, Way
from app.learning.views.blueprint import bp, managers, refused, shown
from app.web.filters import academic_term


@bp.get("/offerings")
@managers
def offerings() -> str:
    return render_template(
        "learning/offerings.html",
        rows=queries.my_offerings(me()),
        may_open=bool(queries.schools_to_offer_at(me())),
    )


@bp.route("/offerings/new", methods=["GET", "POST"])
@managers
def new_offering() -> Any:
    schools = {str(school.id): school for school in queries.schools_to_offer_at(me())}
    if not schools:
        raise NotVisible
    courses = {v.course.slug: v for v in queries.courses_to_offer()}
    leads = {str(lead.id): lead for lead in queries.lead_offerings()}
    form = OfferingForm(
        sorted(((slug, str(v.title)) for slug, v in courses.items()), key=lambda pair: pair[1]),
        [(key, str(school.name)) for key, school in schools.items()],
        [
            (
                key,
                f"{lead.course_version.title} · {lead.school.name} · "
                f"{academic_term(lead.academic_year, lead.semester)}",
            )
            for key, lead in leads.items()
        ],
    )
    if not form.validate_on_submit():
        return shown(form, "learning/new_offering.html")
    kind = OfferingKind(form.kind.data)
    try:
        made = operations.create_offering(
            me(),
            OfferingPlan(
                course_version=courses[form.course.data],
                school=schools[form.school.data],
                academic_year=form.academic_year.data or 0,
                semester=int(form.semester.data),
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                credits=form.credits.data or 0,
                kind=kind,
                authorisation=Authorisation(form.authorisation.data),
                lead=leads.get(form.lead.data),
            ),
        )
    except Refused as error:
        return refused(form, error, "learning/new_offering.html")
    flash(_("The offering is open. Add a section, so that students can enrol."), "success")
    return redirect(url_for("learning.offering", offering_id=made.id))


def tabs_of(view: OfferingView) -> dict[str, Any]:
    """What the pages of an offering share."""
    return {"view": view, "offering": view.offering}


@bp.get("/offerings/<uuid:offering_id>")
@managers
def offering(offering_id: uuid.UUID) -> str:
    view = queries.offering_for(me(), offering_id)
    counts = queries.taken_counts([section.id for section in view.offering.sections])
    return render_template(
        "learning/offering.html",
        counts=counts,
        sections=[s for s in view.offering.sections if policies.can_see_people(me(), s)],
        upgrades=queries.upgrades_of(offering_id),
        form=SectionForm(),
        **tabs_of(view),
    )


@bp.post("/offerings/<uuid:offering_id>/sections")
@managers
def create_section(offering_id: uuid.UUID) -> Any:
    view = queries.offering_managed_by(me(), offering_id)
    form = SectionForm()
    if not form.validate_on_submit():
        return shown(form, "learning/new_section.html", **tabs_of(view))
    made = operations.add_section(
        me(),
        view.offering,
        SectionSettings(
            capacity=form.capacity.data or 1,
            way=Way(form.way.data),
            enrolment_closes_at=form.enrolment_closes_at.instant,
        ),
    )
    flash(_("The section %(code)s is open.", code=made.code), "success")
    return redirect(url_for("learning.offering", offering_id=offering_id))


@bp.route("/offerings/<uuid:offering_id>/settings", methods=["GET", "POST"])
@managers
def offering_settings(offering_id: uuid.UUID) -> Any:
    view = queries.offering_managed_by(me(), offering_id)
    form = OfferingSettingsForm(obj=view.offering)
    if view.offering.kind is not OfferingKind.LEAD:
        del form.authorisation
    if not form.validate_on_submit():
        return shown(form, "learning/offering_settings.html", **tabs_of(view))
    lead = view.offering.kind is OfferingKind.LEAD
    try:
        operations.edit_offering(
            me(),
            view.offering,
            starts_on=form.starts_on.data,
            ends_on=form.ends_on.data,
            credits=form.credits.data or 0,
            authorisation=Authorisation(form.authorisation.data) if lead else None,
        )
    except Refused as error:
        return refused(form, error, "learning/offering_settings.html", **tabs_of(view))
    flash(_("Saved."), "success")
    return redirect(url_for("learning.offering", offering_id=offering_id))


@bp.route("/offerings/<uuid:offering_id>/copy", methods=["GET", "POST"])
@managers
def copy_offering(offering_id: uuid.UUID) -> Any:
    view = queries.offering_managed_by(me(), offering_id)
    form = CopyForm()
    if not form.validate_on_submit():
        return shown(form, "learning/copy_offering.html", **tabs_of(view))
    try:
        made = operations.copy_offering(
            me(),
            view.offering,
            academic_year=form.academic_year.data or 0,
            semester=int(form.semester.data),
            starts_on=form.starts_on.data,
        )
    except Refused as error:
        return refused(form, error, "learning/copy_offering.html", **tabs_of(view))
    flash(_("Copied, with every date moved. Look them over below."), "success")
    return redirect(url_for("learning.dates", offering_id=made.id))


@bp.route("/offerings/<uuid:offering_id>/version", methods=["GET", "POST"])
@managers
def upgrade(offering_id: uuid.UUID) -> Any:
    """Teach another version from now on; what would change is shown before."""
    view = queries.offering_managed_by(me(), offering_id)
    versions = queries.newer_versions(view.offering)
    form = UpgradeForm()
    form.version.choices = {str(v.id): _("Version %(number)s", number=v.number) for v in versions}
    page: dict[str, Any] = {
        "versions": [
            (v, queries.changes_between(view.offering.course_version_id, v.id))
            for v in versions[:5]
        ],
        **tabs_of(view),
    }
    if not form.validate_on_submit():
        return shown(form, "learning/upgrade.html", **page)
    version = catalog.course_version(uuid.UUID(form.version.data))
    if version is None or not view.offering.sections:
        raise NotVisible
    try:
        operations.upgrade_offering(
            view.offering.sections[0], version, actor=me(), note=form.note.data or ""
        )
    except Refused as error:
        return refused(form, error, "learning/upgrade.html", **page)
    flash(
        _(
            "The offering teaches version %(number)s now. Learners see what changed.",
            number=version.number,
        ),
        "success",
    )
    return redirect(url_for("learning.offering", offering_id=offering_id))
