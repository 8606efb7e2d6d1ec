"""The company's list and the page of one brief, for those who act for it."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts import queries as accounts
from app.accounts.session import me
from app.briefs import operations, queries, rules
from app.briefs.forms import CloseForm, NewBriefForm
from app.briefs.models import Brief
from app.briefs.rules import KIND_NAMES, STATE_NAMES, Kind, Step
from app.briefs.views.blueprint import asked_page, asked_text, bp, company, managed, refused
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.needs import queries as needs
from app.web.csv import csv_response
from app.web.doors import signed_in


@bp.get("/company/<slug>/briefs")
@signed_in
def of_company(slug: str) -> str:
    organisation = company(slug)
    listed = queries.company_briefs(
        organisation.id,
        search=asked_text("q"),
        kind=asked_text("kind"),
        state=asked_text("state"),
        page=asked_page(),
    )
    return render_template(
        "briefs/of_company.html",
        organisation=organisation,
        listed=listed,
        kinds=[("", _("All")), *((k.value, str(v)) for k, v in KIND_NAMES.items())],
        states=[
            ("", _("All but the archive")), *((s.value, str(v)) for s, v in STATE_NAMES.items())
        ],
    )  # fmt: skip


@bp.get("/company/<slug>/briefs.csv")
@signed_in
def of_company_csv(slug: str) -> Any:
    organisation = company(slug)
    listed = queries.company_briefs(
        organisation.id,
        search=asked_text("q"),
        kind=asked_text("kind"),
        state=asked_text("state"),
        page=None,
    )
    head = [
        _("Title"), _("Kind"), _("State"), _("Version"), _("Published"), _("Last day to apply"),
        _("Quota"),
    ]  # fmt: skip
    rows = [
        [
            str(brief.title), str(KIND_NAMES[brief.kind]), str(STATE_NAMES[brief.state]),
            brief.version_number or "", brief.published_at or "",
            brief.current.apply_until if brief.current else "",
            brief.current.quota if brief.current else "",
        ]
        for brief in listed.rows
    ]  # fmt: skip
    return csv_response(f"briefs-{organisation.slug}", head, rows)


@bp.get("/briefs/new")
@signed_in
def begin() -> Any:
    """A new brief for whom the reader acts, perhaps of ``?pain_point=UUID``. Raises NotVisible."""
    mine = accounts.companies_of(me())
    begun = f"pain_point:{asked_text('pain_point')}" if asked_text("pain_point") else None
    if not mine:
        raise NotVisible("companies")
    if begun:
        point = needs.pain_point(me(), _id(asked_text("pain_point")))
        owners = [row for row in mine if row.id == point.interview.organisation_id]
        mine = owners or mine
    if len(mine) == 1:
        return redirect(url_for("briefs.new", slug=mine[0].slug, begin=begun))
    return render_template("briefs/begin.html", organisations=mine, begun=begun)


@bp.route("/company/<slug>/briefs/new", methods=["GET", "POST"])
@signed_in
def new(slug: str) -> Any:
    """Choose what it is and what to begin from; ``?begin=pain_point:UUID`` has chosen already."""
    organisation = company(slug)
    points = [
        point for point in needs.pain_points_open_to(me())
        if point.interview.organisation_id in (None, organisation.id)
    ]  # fmt: skip
    form = NewBriefForm()
    form.offer(
        [(f"template:{row.industry}", str(row.title)) for row in rules.templates()],
        [(f"pain_point:{row.id}", str(row.title)) for row in points],
    )
    if request.method == "GET":
        form.begin.data = asked_text("begin")
    if form.validate_on_submit():
        what, _colon, key = (form.begin.data or "").partition(":")
        point = next((p for p in points if what == "pain_point" and str(p.id) == key), None)
        template = rules.template_of(key) if what == "template" else None
        try:
            made = operations.create_brief(
                me(), organisation, Kind(form.kind.data), template=template, pain_point=point
            )
        except Refused as error:
            return refused(form, error, "briefs/new.html", organisation=organisation)
        return redirect(url_for("briefs.edit", slug=slug, brief_id=made.id, step=Step.NEED.value))
    return render_template("briefs/new.html", organisation=organisation, form=form)


@bp.get("/company/<slug>/briefs/<uuid:brief_id>")
@signed_in
def desk(slug: str, brief_id: uuid.UUID) -> Any:
    return desk_page(managed(slug, brief_id), CloseForm(formdata=None))


def desk_page(brief: Brief, close_form: CloseForm) -> Any:
    """Where a brief stands and what can be done with it."""
    raw = brief.draft
    page = render_template(
        "briefs/desk.html",
        brief=brief,
        organisation=brief.organisation,
        steps=queries.steps_of(brief),
        versions=queries.versions_of(brief),
        change=queries.open_change(brief),
        promises=queries.promise_count(brief.id),
        people=queries.people_of(brief.organisation_id),
        mentors={row.person_id for row in brief.mentors},
        problems=operations.problems_of(raw, brief.kind) if raw else [],
        close_form=close_form,
    )
    return (page, 422) if close_form.errors else page


def _back(brief: Brief) -> Any:
    return redirect(url_for("briefs.desk", slug=brief.organisation.slug, brief_id=brief.id))


@bp.post("/company/<slug>/briefs/<uuid:brief_id>/submission")
@signed_in
def create_submission(slug: str, brief_id: uuid.UUID) -> Any:
    brief = managed(slug, brief_id)
    try:
        operations.submit(me(), brief, revision=request.form.get("revision", -1, int))
    except operations.Unfinished:
        flash(_("Something is still missing: look at the marked fields."), "error")
        return redirect(url_for("briefs.edit", slug=slug, brief_id=brief_id, step="check"))
    except Refused as error:
        flash(str(error.message), "error")
        return redirect(url_for("briefs.edit", slug=slug, brief_id=brief_id, step="check"))
    flash(_("Handed in. An instructor and a programme officer read it now."), "success")
    return _back(brief)


@bp.post("/company/<slug>/briefs/<uuid:brief_id>/submission/withdrawal")
@signed_in
def withdraw_submission(slug: str, brief_id: uuid.UUID) -> Any:
    return _done(slug, brief_id, operations.take_back, _("Taken back: you can write again."))


@bp.post("/company/<slug>/briefs/<uuid:brief_id>/closing")
@signed_in
def create_closing(slug: str, brief_id: uuid.UUID) -> Any:
    brief = managed(slug, brief_id)
    form = CloseForm()
    if not form.validate_on_submit():
        return desk_page(brief, form)
    try:
        operations.close(me(), brief, form.reason.data or "")
    except Refused as error:
        flash(str(error.message), "error")
    else:
        flash(_("Closed: nobody can apply any more."), "success")
    return _back(brief)


@bp.post("/company/<slug>/briefs/<uuid:brief_id>/reopening")
@signed_in
def create_reopening(slug: str, brief_id: uuid.UUID) -> Any:
    return _done(slug, brief_id, operations.reopen, _("Open again until its last day to apply."))


@bp.post("/company/<slug>/briefs/<uuid:brief_id>/archiving")
@signed_in
def create_archiving(slug: str, brief_id: uuid.UUID) -> Any:
    return _done(slug, brief_id, operations.archive, _("Put away into the archive."))


@bp.post("/company/<slug>/briefs/<uuid:brief_id>/copies")
@signed_in
def create_copy(slug: str, brief_id: uuid.UUID) -> Any:
    brief = managed(slug, brief_id)
    try:
        made = operations.copy_brief(me(), brief)
    except Refused as error:
        flash(str(error.message), "error")
        return _back(brief)
    flash(_("A draft that begins the same. Choose its days anew."), "success")
    return redirect(url_for("briefs.edit", slug=slug, brief_id=made.id, step="people"))


@bp.post("/company/<slug>/briefs/<uuid:brief_id>/mentors")
@signed_in
def choose_mentors(slug: str, brief_id: uuid.UUID) -> Any:
    brief = managed(slug, brief_id)
    ids = [_id(text) for text in request.form.getlist("mentor")[:50]]
    try:
        operations.choose_mentors(me(), brief, ids)
    except Refused as error:
        flash(str(error.message), "error")
    else:
        flash(_("Saved."), "success")
    return _back(brief)


@bp.get("/company/<slug>/briefs/<uuid:brief_id>/versions/<int:number>")
@signed_in
def version(slug: str, brief_id: uuid.UUID, number: int) -> str:
    brief = managed(slug, brief_id)
    found = queries.version_of(brief, number)
    return render_template(
        "briefs/version.html",
        brief=brief,
        organisation=brief.organisation,
        version=found,
        view=queries.view_of_version(found),
    )


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotVisible(text) from None


def _done(slug: str, brief_id: uuid.UUID, verb: Any, words: str) -> Any:
    brief = managed(slug, brief_id)
    try:
        verb(me(), brief)
    except Refused as error:
        flash(str(error.message), "error")
    else:
        flash(words, "success")
    return _back(brief)
