"""Beside a course's editor: its labs opened in JupyterLab, checked and tried before they are
published, and how far that is."""

from typing import Any

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from app.accounts.policies import may_use_labs
from app.accounts.session import me
from app.catalog import queries as courses
from app.catalog.models import Course, DraftNode
from app.catalog.policies import Permission
from app.kernel.config import Config
from app.kernel.errors import Refused
from app.kernel.i18n import current_locale
from app.kernel.i18n import gettext as _
from app.web.doors import needs
from app.web.errors import page
from app.web.streams import stream
from app.workspaces import gates, hub, operations, queries
from app.workspaces.rules import CheckState
from app.workspaces.views.blueprint import bp, server_events, state_of_server, steps
from app.workspaces.views.opening import author_url

PURPOSES = ("author", "trial")
MOST_UPLOADED = 20

HERE = "/teach/courses/<slug>/labs/<lab>"


def lab_tools(course: Course, node: DraftNode) -> str:
    """What an author does with a lab of the draft, as a part of its page in the editor."""
    lab = str(node.content.get("slug") or "")
    if not lab or not node.content.get("notebooks"):
        return ""
    return Markup(render_template("workspaces/_lab_tools.html", **_standing(course, lab)))


def lab_checks_of(course: Course) -> str:
    """What is checked and published of a course's labs, as a part of its page of versions."""
    checks = queries.checks_of_course(course)
    if not checks:
        return ""
    return Markup(
        render_template("workspaces/_course_checks.html", course=course, **_of_course(course))
    )


def _standing(course: Course, lab: str) -> dict[str, Any]:
    return {"course": course, "lab": lab, "check": queries.last_check(me(), course, lab)}


def _of_course(course: Course) -> dict[str, Any]:
    checks = queries.checks_of_course(course)
    live = (CheckState.WAITING, CheckState.RUNNING)
    return {"checks": checks, "is_live": any(check.state in live for check in checks)}


@bp.post(f"{HERE}/workspace")
@needs(Permission.WRITE_COURSES)
def create_author_workspace(slug: str, lab: str) -> Any:
    """Start her server; go to the lab's source, or to the trial of it, when it runs."""
    found = queries.sources_for(me(), slug, lab, of_draft=True)
    purpose = _purpose(request.form.get("purpose", ""))
    if not may_use_labs(current_user):
        return page(403, _("Labs open once your mail address is confirmed and you have a school."))
    environment = found.spec.environment
    try:
        gates.keeper().admit(me(), None, lab, environment=environment, as_is=True)
        hub.client().start(current_user.handle, locale=current_locale(), environment=environment)
    except gates.NotNow as refusal:
        return redirect(refusal.path, code=303) if refusal.path else page(503, refusal.message)
    except hub.HubUnavailable as refusal:
        return page(503, refusal.message)
    if state_of_server() == "ready":
        gates.keeper().note(me(), "ready")
        config: Config = current_app.extensions["config"]
        return redirect(author_url(config, current_user.handle, slug, lab, purpose), code=303)
    return redirect(
        url_for("workspaces.author_opening", slug=slug, lab=lab, purpose=purpose), code=303
    )


@bp.get(f"{HERE}/workspace")
@needs(Permission.WRITE_COURSES)
def author_opening(slug: str, lab: str) -> str:
    found = queries.sources_for(me(), slug, lab, of_draft=True)
    return render_template("workspaces/author_opening.html", found=found, **_progress(slug, lab))


@bp.get(f"{HERE}/workspace/progress")
@needs(Permission.WRITE_COURSES)
def author_progress(slug: str, lab: str) -> str:
    courses.course_edited_by(me(), slug)
    return render_template("workspaces/progress.html", **_progress(slug, lab))


@bp.get(f"{HERE}/workspace/events")
@needs(Permission.WRITE_COURSES)
def author_events(slug: str, lab: str) -> Response:
    courses.course_edited_by(me(), slug)
    return server_events()


def _purpose(said: str) -> str:
    return said if said in PURPOSES else PURPOSES[0]


def _progress(slug: str, lab: str) -> dict[str, object]:
    purpose, state = _purpose(request.args.get("purpose", "")), state_of_server()
    config: Config = current_app.extensions["config"]
    return {
        "state": state,
        "explanation": gates.keeper().note(me(), state),
        "steps": steps(state),
        "lab_url": author_url(config, current_user.handle, slug, lab, purpose),
        "retry_url": url_for("workspaces.create_author_workspace", slug=slug, lab=lab),
        "wanted": {"purpose": purpose},
        "slug": slug,
        "lab": lab,
    }


@bp.post(f"{HERE}/checks")
@needs(Permission.WRITE_COURSES)
def create_check(slug: str, lab: str) -> Response:
    """Have the draft's lab checked; the page that she comes back to shows how far it is."""
    found = queries.sources_for(me(), slug, lab, of_draft=True)
    try:
        operations.ask_for_check(
            me(), found, found.files, publishes=False, base_number=found.number, of_draft=True
        )
    except Refused as refusal:
        flash(str(refusal.message), "error")
    return _back(slug, lab)


@bp.post(f"{HERE}/trials")
@needs(Permission.WRITE_COURSES)
def create_trial(slug: str, lab: str) -> Response:
    """Have an uploaded notebook graded by the draft's lab, as a student's would be."""
    found = queries.sources_for(me(), slug, lab, of_draft=True)
    sent = request.files.getlist("file")[:MOST_UPLOADED]
    work = {file.filename or "": file.read() for file in sent if file.filename}
    names = list(found.spec.notebooks)
    if len(names) == 1 and len(work) == 1 and next(iter(work)).endswith(".ipynb"):
        work = {f"{names[0]}.ipynb": next(iter(work.values()))}  # whatever it is called
    try:
        operations.ask_for_trial(me(), found, found.files, work, of_draft=True)
    except Refused as refusal:
        flash(str(refusal.message), "error")
    return _back(slug, lab)


def _back(slug: str, lab: str) -> Response:
    course = courses.course_edited_by(me(), slug)
    draft = courses.draft_of(course.id)
    node = queries.node_of(draft, lab) if draft is not None else None
    if node is None:
        return _found(url_for("catalog.versions", slug=slug))
    return _found(url_for("catalog.edit_part", slug=slug, node_id=node.id, _anchor="try"))


def _found(address: str) -> Response:
    answer = redirect(address, code=303)
    assert isinstance(answer, Response)
    return answer


@bp.get(f"{HERE}/check")
@needs(Permission.WRITE_COURSES)
def lab_check_now(slug: str, lab: str) -> str:
    """Her last check of a lab, as the part of a page."""
    course = courses.course_edited_by(me(), slug)
    return render_template("workspaces/check_now.html", **_standing(course, lab))


@bp.get("/teach/courses/<slug>/checks")
@needs(Permission.WRITE_COURSES)
def course_checks_now(slug: str) -> str:
    """What is checked and published of a course's labs, as the part of a page."""
    course = courses.course_edited_by(me(), slug)
    return render_template("workspaces/course_checks_now.html", **_of_course(course))


@bp.get("/teach/courses/<slug>/checks/events")
@needs(Permission.WRITE_COURSES)
def check_events(slug: str) -> Response:
    return stream(operations.topic(courses.course_edited_by(me(), slug).id))
