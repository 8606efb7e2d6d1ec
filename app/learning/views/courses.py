"""Course pages, sections, lessons, my courses."""

from collections.abc import Iterable

from flask import Flask, abort, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.models import Person
from app.accounts.rules import Role
from app.catalog import queries as catalog
from app.catalog.models import CourseItem
from app.catalog.rules import LEVELS, ItemKind
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.learning import operations, policies, queries
from app.learning.models import Section
from app.learning.views.blueprint import bp
from app.web.doors import public, signed_in
from app.web.layout import Todo, TodoSection, layout


def init_app(app: Flask) -> None:
    with app.app_context():
        frame = layout()
        frame.add_navigation(
            _l("My courses"),
            "learning.index",
            visible=lambda user: user.is_authenticated and user.has_role(Role.STUDENT),
            order=10,
        )
        frame.add_home_section(continue_where_you_stopped, order=10)
    app.jinja_env.globals["item_url"] = item_url


def item_url(section: Section, item: CourseItem) -> str:
    """Where an item of a section is met."""
    if item.kind is ItemKind.LAB:
        return url_for("grading.lab", code=section.code, slug=item.slug)
    return url_for("learning.lesson", code=section.code, slug=item.slug)


@bp.get("/courses/<slug>")
@public
def course(slug: str) -> str:
    version = catalog.latest_version(slug) or abort(404)
    person = current_user if current_user.is_authenticated else None
    return render_template(
        "learning/course.html",
        version=version,
        cluster=version.course.cluster,
        level=LEVELS.get(version.level, version.level),
        outcomes=[LocalizedText(text) for text in version.outcomes],
        prerequisites=[LocalizedText(text) for text in version.prerequisites],
        sections=queries.sections_of_course(person, version.course_id),
    )


@bp.get("/learn")
@signed_in
def index() -> str:
    return render_template("learning/index.html", views=queries.my_enrolments(current_user))


@bp.get("/learn/<code>")
@signed_in
def section(code: str) -> str:
    view = queries.section_for(current_user, code)
    return render_template("learning/section.html", view=view)


@bp.post("/learn/<code>/enrolment")
@signed_in
def create_enrolment(code: str) -> Response:
    section = _section_open_to_see(code)
    try:
        operations.enrol(current_user, section)
    except operations.AlreadyEnrolled:
        pass  # pressed twice: she is where she wants to be
    except Refused as refusal:
        flash(str(refusal.message), "error")
        return redirect(
            url_for("learning.course", slug=section.offering.course_version.course.slug)
        )
    else:
        flash(_("Welcome! You take this course now."), "success")
    return redirect(url_for("learning.section", code=code))


@bp.post("/learn/<code>/withdrawal")
@signed_in
def create_withdrawal(code: str) -> Response:
    view = queries.section_for(current_user, code)
    try:
        operations.withdraw(current_user, view.section)
    except Refused as refusal:
        flash(str(refusal.message), "error")
    else:
        flash(_("You no longer take this course. Your work is kept if you come back."), "success")
    return redirect(url_for("learning.course", slug=view.version.course.slug))


@bp.get("/learn/<code>/lessons/<slug>")
@signed_in
def lesson(code: str, slug: str) -> str:
    view = queries.section_for(current_user, code)
    item = queries.lesson_body(view.item(ItemKind.LESSON, slug))
    before, after = view.neighbours(item)
    return render_template("learning/lesson.html", view=view, item=item, before=before, after=after)


@bp.post("/learn/<code>/lessons/<slug>/completion")
@signed_in
def create_completion(code: str, slug: str) -> Response:
    view = queries.section_for(current_user, code)
    item = view.item(ItemKind.LESSON, slug)
    if view.enrolment is not None:
        operations.complete_lesson(current_user, view.section, slug)
    _before, after = view.neighbours(item)
    if after is None:
        return redirect(url_for("learning.section", code=code))
    return redirect(item_url(view.section, after))


def _section_open_to_see(code: str) -> Section:
    """Every section is listed on its course's page, so anybody signed in may ask to enrol."""
    section = queries.section_by_code(code)
    if section is None:
        raise NotVisible(code)
    return section


def continue_where_you_stopped(person: Person) -> Iterable[TodoSection]:
    """A student's home: the next thing of each of her courses."""
    if not person.has_role(Role.STUDENT):
        return
    items = []
    for view in queries.my_enrolments(person):
        following = view.next_item
        if following is None:
            continue
        items.append(
            Todo(
                title=str(following.title),
                url=item_url(view.section, following),
                detail=_(
                    "%(course)s: %(done)s of %(all)s done",
                    course=view.version.title,
                    done=view.done_count,
                    all=len(view.version.items),
                ),
                action=_("Start") if view.done_count == 0 else _("Continue"),
            )
        )
    yield TodoSection(
        _("Continue where you stopped"),
        items,
        empty=_("Nothing is open. Find a course under “Courses” and enrol."),
    )


def teaching(person: Person) -> bool:
    return bool(person.is_authenticated and policies.teaches_somewhere(person))
