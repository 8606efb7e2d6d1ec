"""The exchange over HTTP: nbgrader's list, fetch, submit, feedback and collect.

Programs in people's labs come here with the token of their server; the Hub says whose it is.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, g, request, url_for

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.accounts.policies import may_use_labs
from app.catalog.models import CourseItem
from app.catalog.rules import ItemKind
from app.grading import operations, queries
from app.grading.models import Submission
from app.grading.rules import MAX_SUBMISSION_BYTES, AttemptState, Via
from app.grading.views import feedback_page
from app.kernel import blobs
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import gettext as _
from app.labs import queries as labs
from app.labs.rules import FileRole
from app.learning import queries as learning
from app.learning.models import Section
from app.learning.queries import SectionView
from app.web.doors import machine
from app.workspaces import hub

bp = Blueprint("exchange", __name__, url_prefix="/api/exchange/v1")

WITH_HUB_TOKEN = machine("the token of a person's server, checked with the Hub")


class Problem(Exception):
    """An answer other than success."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(message)


def init_app(app: Flask) -> None:
    app.extensions["csrf"].exempt(bp)

    @app.before_request
    def only_the_exchange_over_the_socket() -> Any:
        """The socket that labs can reach serves the exchange and nothing else of the site."""
        if request.environ.get("REMOTE_ADDR") in ("", None) and not request.path.startswith(
            bp.url_prefix or "/"
        ):
            return {"error": {"code": "not_here", "message": "Only the exchange is here."}}, 404
        return None


@bp.errorhandler(Problem)
def _problem(error: Problem) -> Any:
    return {"error": {"code": error.code, "message": error.message}}, error.status


@bp.errorhandler(NotVisible)
def _not_visible(error: NotVisible) -> Any:
    return _problem(Problem(404, "not_found", _("This lab is not open to you.")))


@bp.errorhandler(hub.HubUnavailable)
def _no_hub(error: hub.HubUnavailable) -> Any:
    return _problem(Problem(503, "hub_unavailable", str(error.message)))


REFUSALS: dict[type[Refused], tuple[int, str]] = {
    operations.SectionClosed: (409, "closed"),
    operations.TimeOver: (409, "closed"),
    learning.ItemLocked: (409, "locked"),
    operations.TooLarge: (413, "too_large"),
    operations.TooMany: (413, "too_many_files"),
    operations.BadPath: (422, "bad_path"),
    operations.NoNotebook: (422, "no_notebook"),
    operations.NotANotebook: (422, "not_a_notebook"),
}


@bp.errorhandler(Refused)
def _refused(error: Refused) -> Any:
    status, code = REFUSALS.get(type(error), (409, "refused"))
    return _problem(Problem(status, code, str(error.message)))


def for_person(view: Any) -> Any:
    """Load the person whose server this is into ``g.person``."""

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        kind, _space, token = request.headers.get("Authorization", "").partition(" ")
        handle = (
            hub.client().whoami(token) if kind.lower() in ("token", "bearer") and token else None
        )
        person = accounts.person_by_handle(handle) if handle else None
        if person is None or not may_use_labs(person):
            raise Problem(401, "unknown_token", _("Sign in again: your lab is not known here."))
        g.person = person
        return view(*args, **kwargs)

    return run


def _views(person: Person) -> list[SectionView]:
    """Every section that she takes or teaches."""
    found = {view.section.id: view for view in learning.my_enrolments(person)}
    for view in learning.my_teaching(person):
        found.setdefault(view.section.id, view)
    return list(found.values())


@bp.get("/courses")
@WITH_HUB_TOKEN
@for_person
def courses() -> Any:
    return {
        "courses": [
            {
                "course_id": view.section.code,
                "title": str(view.version.title),
                "role": "instructor" if view.is_staff else "student",
            }
            for view in _views(g.person)
        ]
    }


@bp.get("/assignments")
@WITH_HUB_TOKEN
@for_person
def assignments() -> Any:
    wanted = request.args.get("course_id")
    views = [v for v in _views(g.person) if wanted in (None, "", v.section.code)]
    mine: dict[tuple[Any, str], list[Submission]] = {}
    for row in queries.my_submissions_in(g.person, [view.section.id for view in views]):
        mine.setdefault((row.section_id, row.lab_slug), []).append(row)
    return {
        "assignments": [
            {
                "course_id": view.section.code,
                "assignment_id": item.slug,
                "title": str(item.title),
                "notebooks": [name for name in item.lab_version.notebooks]
                if item.lab_version
                else [],
                "due_at": due.isoformat() if (due := view.terms(item).due_at) else None,
                "submissions": [
                    _submission(row) for row in mine.get((view.section.id, item.slug), [])
                ],
            }
            for view in views
            for item in view.version.items
            if item.kind is ItemKind.LAB
        ]
    }


@bp.get("/assignments/<course_id>/<assignment_id>/release")
@WITH_HUB_TOKEN
@for_person
def release(course_id: str, assignment_id: str) -> Any:
    _view, item = _lab(course_id, assignment_id)
    assert item.lab_version is not None
    version = labs.version(item.lab_version.id)
    return {
        "version": version.number,
        "files": _files(labs.files_of(version, FileRole.RELEASE, FileRole.DATA)),
    }


@bp.post("/assignments/<course_id>/<assignment_id>/submissions")
@WITH_HUB_TOKEN
@for_person
def submit(course_id: str, assignment_id: str) -> Any:
    view, item = _lab(course_id, assignment_id)
    if view.section.closed_at is None and not view.accepts_work(item):
        raise operations.TimeOver
    submission = operations.submit(g.person, view.section, item, _sent_files(), via=Via.LAB)
    return _submission(submission), 201


@bp.get("/assignments/<course_id>/<assignment_id>/submissions/<int:number>/feedback")
@WITH_HUB_TOKEN
@for_person
def feedback(course_id: str, assignment_id: str, number: int) -> Any:
    view, item = _lab(course_id, assignment_id)
    submission = queries.submission_of(view.section, g.person.id, item.slug, number)
    pages = {
        f"{notebook.name}.html": feedback_page(submission, notebook)
        for notebook in submission.attempt.notebooks
    }
    if not pages:
        raise Problem(404, "no_feedback", _("There is no feedback yet."))
    return {"files": _files(pages)}


@bp.get("/assignments/<course_id>/<assignment_id>/submissions")
@WITH_HUB_TOKEN
@for_person
def collect(course_id: str, assignment_id: str) -> Any:
    """The newest submission of each student, for the section's staff."""
    section, item = _taught(course_id, assignment_id)
    return {
        "submissions": [
            {
                "student": row.person.handle,
                "number": row.number,
                "submitted_at": row.submitted_at.isoformat(),
                "files_url": url_for(
                    "exchange.collected_files",
                    course_id=course_id,
                    assignment_id=assignment_id,
                    handle=row.person.handle,
                    number=row.number,
                ),
            }
            for row in queries.latest_of_section(section, item.slug)
        ]
    }


@bp.get("/assignments/<course_id>/<assignment_id>/submissions/<handle>/<int:number>/files")
@WITH_HUB_TOKEN
@for_person
def collected_files(course_id: str, assignment_id: str, handle: str, number: int) -> Any:
    section, item = _taught(course_id, assignment_id)
    student = accounts.person_by_handle(handle)
    if student is None:
        raise NotVisible(handle)
    submission = queries.submission_of(section, student.id, item.slug, number)
    return {"files": _files({file.path: blobs.get(file.blob) for file in submission.files})}


def _lab(course_id: str, assignment_id: str) -> tuple[SectionView, CourseItem]:
    view = learning.section_for(g.person, course_id)
    return view, view.item(ItemKind.LAB, assignment_id)


def _taught(course_id: str, assignment_id: str) -> tuple[Section, CourseItem]:
    view = learning.section_taught_by(g.person, course_id)
    return view.section, view.item(ItemKind.LAB, assignment_id)


def _submission(row: Submission) -> dict[str, Any]:
    attempt = row.attempt
    return {
        "number": row.number,
        "submitted_at": row.submitted_at.isoformat(),
        "receipt": row.receipt,
        "state": attempt.state.value,
        "score": attempt.score,
        "max_score": attempt.max_score,
        "feedback": attempt.state
        in (AttemptState.GRADED, AttemptState.FAILED, AttemptState.TAMPERED)
        and bool(attempt.notebooks),
    }


def _files(contents: Mapping[str, bytes]) -> list[dict[str, str]]:
    return [
        {
            "path": path,
            "content": base64.b64encode(content).decode(),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for path, content in sorted(contents.items())
    ]


def _sent_files() -> dict[str, bytes]:
    """The files of the request. Raises Problem when it is not what the exchange takes."""
    if (request.content_length or 0) > MAX_SUBMISSION_BYTES * 4 // 3 + 1_000_000:
        raise operations.TooLarge
    body = request.get_json(silent=True)
    unreadable = Problem(422, "unreadable", _("The submission could not be read."))
    if not isinstance(body, dict) or not isinstance(body.get("files"), list):
        raise unreadable
    found: dict[str, bytes] = {}
    for entry in body["files"]:
        if (
            not isinstance(entry, dict)
            or not isinstance(entry.get("path"), str)
            or not isinstance(entry.get("content"), str)
            or entry["path"] in found
        ):
            raise unreadable
        try:
            found[entry["path"]] = base64.b64decode(entry["content"], validate=True)
        except (binascii.Error, ValueError):
            raise unreadable from None
    return found
