"""Pages of the editor: her courses, a new one, the course itself and each part of it."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.models import Person
from app.accounts.queries import person_by_email
from app.accounts.rules import Role
from app.accounts.session import me
from app.catalog import operations, queries
from app.catalog.forms import EditorForm, NewCourseForm
from app.catalog.models import Course, CourseDraft, DraftNode
from app.catalog.policies import Permission, instructs_somewhere
from app.catalog.rules import LEVELS, NodeKind
from app.catalog.rules.drafting import hinted
from app.catalog.rules.fields import ENVIRONMENTS, LIMITS
from app.catalog.views.blueprint import bp, editor_context, my_course, title_of
from app.catalog.views.quiz_pages import Quiz
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import LOCALES
from app.kernel.i18n import gettext as _
from app.web.doors import needs


@bp.get("/teach/courses")
@needs(Permission.WRITE_COURSES)
def written() -> str:
    return render_template(
        "catalog/editor/index.html", rows=queries.courses_edited_by(current_user)
    )


@bp.get("/teach/courses/new")
@needs(Permission.WRITE_COURSES)
def new_course() -> str:
    return _new_course_page(_new_form(me()))


@bp.post("/teach/courses/new")
@needs(Permission.WRITE_COURSES)
def create_course() -> tuple[str, int] | Response:
    form = _new_form(me())
    if form.validate_on_submit():
        try:
            course = operations.create_course(me(), form.plan())
        except operations.SlugTaken as refusal:
            form.slug.errors = [str(refusal.message)]
        else:
            flash(_("The course is there. Add its first lesson."), "success")
            return redirect(url_for("catalog.edit_course", slug=course.slug))
    return _new_course_page(form), 422


def _new_form(person: Person) -> NewCourseForm:
    form = NewCourseForm()
    form.cluster.choices = [(str(c.id), str(c.title)) for c in queries.all_clusters()]
    schools = {
        str(m.organisation_id): str(m.organisation.name)
        for m in person.live_memberships
        if m.role is Role.INSTRUCTOR
    }
    form.school.choices = list(schools.items())
    return form


def _new_course_page(form: NewCourseForm) -> str:
    return render_template("catalog/editor/new.html", form=form)


@bp.get("/teach/courses/<slug>/edit")
@needs(Permission.WRITE_COURSES)
def edit_course(slug: str) -> str:
    course = my_course(slug)
    draft = operations.open_draft(me(), course)
    head = next(node for node in draft.nodes if node.kind is NodeKind.COURSE)
    return part_page(course, draft, head)


@bp.get("/teach/courses/<slug>/edit/<uuid:node_id>")
@needs(Permission.WRITE_COURSES)
def edit_part(slug: str, node_id: uuid.UUID) -> str:
    course = my_course(slug)
    draft = operations.open_draft(me(), course)
    node = next((n for n in draft.nodes if n.id == node_id), None)
    if node is None or node.removed_at is not None:
        raise NotVisible(str(node_id))
    return part_page(course, draft, node)


def part_page(
    course: Course,
    draft: CourseDraft,
    node: DraftNode,
    saved: operations.Saved | None = None,
    typed: dict[str, object] | None = None,
) -> str:
    """The page of one part. After a save that did not go through whole, TYPED is what she wrote."""
    context = editor_context(course, draft)
    fields = {**node.content, **(typed or {})}
    quiz = None
    if node.kind in (NodeKind.QUIZ, NodeKind.POOL):
        quiz = Quiz(course, draft, node, fields, context["wanted"])
    return render_template(
        f"catalog/editor/{node.kind.value}.html",
        **context,
        node=node,
        quiz=quiz,
        fields=fields,
        saved=saved,
        levels=LEVELS,
        environments=ENVIRONMENTS,
        limits=LIMITS,
        languages=LOCALES,
        lab=queries.lab_sources(node) if node.kind is NodeKind.LAB else None,
        hinted=hinted(node.content),
        comments=[c for c in queries.review_comments(course.id) if c.node_id == node.id],
        imports=queries.imports_into(course.id) if node.kind is NodeKind.COURSE else [],
        heading=title_of(node) or _("Untitled"),
        clusters=queries.all_clusters() if node.kind is NodeKind.COURSE else (),
    )


@bp.post("/teach/courses/<slug>/draft/discard")
@needs(Permission.WRITE_COURSES)
def discard_draft(slug: str) -> Response:
    course = my_course(slug)
    operations.begin_anew(me(), course)
    flash(_("The draft begins anew from the newest version."), "success")
    return redirect(url_for("catalog.edit_course", slug=slug))


@bp.get("/teach/courses/<slug>/editors")
@needs(Permission.WRITE_COURSES)
def editors(slug: str) -> str:
    return _editors_page(my_course(slug), EditorForm())


def _editors_page(course: Course, form: EditorForm) -> str:
    live = [place for place in course.editors if place.ended_at is None]
    return render_template(
        "catalog/editor/editors.html", **editor_context(course), form=form, live=live
    )


@bp.post("/teach/courses/<slug>/editors")
@needs(Permission.WRITE_COURSES)
def create_editor(slug: str) -> tuple[str, int] | Response:
    course, form = my_course(slug), EditorForm()
    if form.validate_on_submit():
        person = person_by_email(form.email.data or "")
        if person is not None and instructs_somewhere(person):
            operations.add_editor(course, person, by=me())
            flash(_("%(name)s can write this course now.", name=person.name), "success")
            return redirect(url_for("catalog.editors", slug=slug))
        form.email.errors = [_("No instructor has this mail address.")]
    return _editors_page(course, form), 422


@bp.post("/teach/courses/<slug>/editors/<uuid:person_id>/removal")
@needs(Permission.WRITE_COURSES)
def remove_editor(slug: str, person_id: uuid.UUID) -> Response:
    course = my_course(slug)
    try:
        operations.remove_editor(course, person_id, by=me())
    except Refused as refusal:
        flash(str(refusal.message), "error")
    if person_id == current_user.id and not _still_mine(slug):
        return redirect(url_for("catalog.written"))
    return redirect(url_for("catalog.editors", slug=slug))


def _still_mine(slug: str) -> bool:
    return any(row.course.slug == slug for row in queries.courses_edited_by(current_user))
