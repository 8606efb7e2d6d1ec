"""Announcements, for who reads them and who makes them."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.accounts.models import Person
from app.accounts.session import me
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.learning import queries as learning
from app.learning.models import Announcement
from app.learning.operations import announcements as operations
from app.learning.policies import Permission
from app.learning.queries import announcements as queries
from app.learning.queries.announcements import Audience
from app.learning.views.announcement_forms import AnnouncementForm
from app.learning.views.blueprint import asked_page, bp, managers, refused, shown
from app.learning.views.desk import tabs_of as desk_tabs
from app.learning.views.offerings import tabs_of as offering_tabs
from app.web.doors import needs, signed_in
from app.web.layout import Todo, TodoSection

ON_HOME = 5


def unread_on_home(person: Person) -> Iterable[TodoSection]:
    """What was announced and she has not read."""
    yield TodoSection(
        _("Announcements"),
        [
            Todo(
                title=str(row.title),
                url=url_for("learning.announcement", announcement_id=row.id),
                detail=_("%(source)s · %(name)s", source=source_of(row), name=row.author.name),
                action=_("Read"),
            )
            for row in queries.unread_announcements(person, ON_HOME)
        ],
    )


def source_of(announcement: Announcement) -> str:
    """Where an announcement comes from: a course, or the programme."""
    if announcement.section is not None:
        return str(announcement.section.offering.course_version.title)
    if announcement.offering is not None:
        return str(announcement.offering.course_version.title)
    return _("Programme office")


@bp.get("/announcements")
@signed_in
def announcements() -> str:
    found, read = queries.my_announcements(me(), asked_page())
    return render_template(
        "learning/announcements.html", listed=found, read=read, source_of=source_of
    )


@bp.get("/announcements/<uuid:announcement_id>")
@signed_in
def announcement(announcement_id: uuid.UUID) -> str:
    found, may_change = queries.announcement_for(me(), announcement_id)
    if found.withdrawn_at is None and found.author_id != me().id:
        operations.note_announcement_read(me(), found)
    return render_template(
        "learning/announcement.html",
        announcement=found,
        may_change=may_change,
        counts=queries.recipients_count(found) if may_change else None,
        source=source_of(found),
    )


@bp.route("/teaching/<code>/announcements", methods=["GET", "POST"])
@managers
def section_announcements(code: str) -> Any:
    """What was announced to a section; a POST announces."""
    desk = learning.section_desk(me(), code)
    return _made_or_shown(
        AnnouncementForm(),
        Audience(section=desk.section),
        "learning/section_announcements.html",
        url_for("learning.section_announcements", code=code),
        **desk_tabs(desk),
    )


@bp.route("/offerings/<uuid:offering_id>/announcements", methods=["GET", "POST"])
@managers
def offering_announcements(offering_id: uuid.UUID) -> Any:
    """What was announced to all sections of an offering; a POST announces."""
    view = learning.offering_managed_by(me(), offering_id)
    return _made_or_shown(
        AnnouncementForm(offering=view.offering),
        Audience(offering=view.offering),
        "learning/offering_announcements.html",
        url_for("learning.offering_announcements", offering_id=offering_id),
        **offering_tabs(view),
    )


@bp.route("/programme/announcements", methods=["GET", "POST"])
@needs(Permission.ANNOUNCE_TO_ALL)
def site_announcements() -> Any:
    """What was announced to people of the site; a POST announces."""
    return _made_or_shown(
        AnnouncementForm(schools=queries.schools()),
        Audience(),
        "learning/site_announcements.html",
        url_for("learning.site_announcements"),
    )


def _made_or_shown(
    form: AnnouncementForm, audience: Audience, template: str, back: str, **page: Any
) -> Any:
    rows, found = queries.made_for(audience, asked_page())
    page |= {"rows": rows, "listed": found}
    if not form.validate_on_submit():
        return shown(form, template, **page)
    try:
        made = operations.announce(me(), audience, form.told, form.once)
    except Refused as error:
        return refused(form, error, template, **page)
    if made.begun_at is not None:
        flash(_("Announced. Everybody whom it is for hears of it."), "success")
    else:
        flash(_("Planned. It is published and told at the time you chose."), "success")
    return redirect(back)


@bp.route("/announcements/<uuid:announcement_id>/edit", methods=["GET", "POST"])
@signed_in
def edit_announcement(announcement_id: uuid.UUID) -> Any:
    found = queries.announcement_managed_by(me(), announcement_id)
    form = AnnouncementForm.of(found)
    if found.begun_at is not None:
        del form.publish_at
    page = {"announcement": found}
    if not form.validate_on_submit():
        return shown(form, "learning/edit_announcement.html", **page)
    try:
        operations.edit_announcement(me(), found, form.told)
    except Refused as error:
        return refused(form, error, "learning/edit_announcement.html", **page)
    flash(_("Saved."), "success")
    return redirect(url_for("learning.announcement", announcement_id=announcement_id))


@bp.post("/announcements/<uuid:announcement_id>/withdrawal")
@signed_in
def withdraw_announcement(announcement_id: uuid.UUID) -> Any:
    """Withdraw it, or with ``wanted=0`` show it again."""
    found = queries.announcement_managed_by(me(), announcement_id)
    if request.form.get("wanted") == "0":
        operations.restore_announcement(me(), found)
        flash(_("Everybody whom it is for can read it again."), "success")
    else:
        operations.withdraw_announcement(me(), found)
        flash(_("Withdrawn: nobody sees it any more. You can show it again."), "success")
    return redirect(url_for("learning.announcement", announcement_id=announcement_id))
