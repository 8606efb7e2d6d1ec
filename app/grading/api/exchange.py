"""nbgrader's list, fetch, submit, feedback and collect, over HTTP."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any

from flask import g, request, url_for

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.catalog.rules import ItemKind
from app.grading import operations, queries
from app.grading.api.blueprint import WITH_HUB_TOKEN, Problem, bp, for_person, lab_of, taught_lab
from app.grading.models import Submission
from app.grading.rules import MAX_SUBMISSION_BYTES, AttemptState, Via
from app.grading.views import feedback_page
from app.kernel import blobs
from app.kernel.errors import NotVisible
from app.kernel.i18n import gettext as _
from app.labs import queries as labs
from app.labs.rules import FileRole
from app.learning import queries as learning
from app.learning.queries import SectionView
from app.learning.rules.ai_use import Declared


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
                    _submission(row, is_held=item.key in view.held)
                    for row in mine.get((view.section.id, item.slug), [])
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
    _view, item = lab_of(course_id, assignment_id)
    assert item.lab_version is not None
    version = labs.version(item.lab_version.id)
    return {
        "version": version.number,
        "files": answered_files(labs.files_of(version, FileRole.RELEASE, FileRole.DATA)),
    }


@bp.post("/assignments/<course_id>/<assignment_id>/submissions")
@WITH_HUB_TOKEN
@for_person
def submit(course_id: str, assignment_id: str) -> Any:
    view, item = lab_of(course_id, assignment_id)
    if view.section.closed_at is None and not view.accepts_work(item):
        raise operations.TimeOver
    submission = operations.submit(
        g.person, view.section, item, sent_files(), via=Via.LAB, declared=_sent_declaration()
    )
    return _submission(submission, is_held=item.key in view.held), 201


@bp.get("/assignments/<course_id>/<assignment_id>/submissions/<int:number>/feedback")
@WITH_HUB_TOKEN
@for_person
def feedback(course_id: str, assignment_id: str, number: int) -> Any:
    view, item = lab_of(course_id, assignment_id)
    if item.key in view.held:
        raise Problem(404, "not_released", _("The feedback has not been released yet."))
    submission = queries.submission_of(view.section, g.person.id, item.slug, number)
    pages = {
        f"{notebook.name}.html": feedback_page(submission, notebook)
        for notebook in submission.attempt.notebooks
    }
    if not pages:
        raise Problem(404, "no_feedback", _("There is no feedback yet."))
    return {"files": answered_files(pages)}


@bp.get("/assignments/<course_id>/<assignment_id>/submissions")
@WITH_HUB_TOKEN
@for_person
def collect(course_id: str, assignment_id: str) -> Any:
    """The newest submission of each student, for the section's staff; of a team once."""
    section, item = taught_lab(course_id, assignment_id)
    return {
        "submissions": [
            {
                "student": row.person.handle,
                "team": [each.person.handle for each in row.people],
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
    section, item = taught_lab(course_id, assignment_id)
    student = accounts.person_by_handle(handle)
    if student is None:
        raise NotVisible(handle)
    submission = queries.submission_of(section, student.id, item.slug, number)
    return {"files": answered_files({file.path: blobs.get(file.blob) for file in submission.files})}


@bp.get("/assignments/<course_id>/<assignment_id>/submissions/<int:number>/files")
@WITH_HUB_TOKEN
@for_person
def own_files(course_id: str, assignment_id: str, number: int) -> Any:
    """What she (or her team) handed in, as it was: to be opened again."""
    view, item = lab_of(course_id, assignment_id)
    submission = queries.submission_of(view.section, g.person.id, item.slug, number)
    return {"files": answered_files({file.path: blobs.get(file.blob) for file in submission.files})}


def _submission(row: Submission, *, is_held: bool = False) -> dict[str, Any]:
    """IS_HELD: what it came to is for the student to know later."""
    attempt = row.attempt
    if is_held and attempt.state not in (AttemptState.FAILED, AttemptState.TAMPERED):
        return {
            "number": row.number,
            "submitted_at": row.submitted_at.isoformat(),
            "receipt": row.receipt,
            "state": "held",
            "score": None,
            "max_score": attempt.max_score,
            "feedback": False,
        }
    return {
        "number": row.number,
        "submitted_at": row.submitted_at.isoformat(),
        "receipt": row.receipt,
        "trial": row.is_trial,
        "state": attempt.state.value,
        "score": attempt.score,
        "max_score": attempt.max_score,
        "feedback": not is_held
        and attempt.state in (AttemptState.GRADED, AttemptState.FAILED, AttemptState.TAMPERED)
        and bool(attempt.notebooks),
    }


def answered_files(contents: Mapping[str, bytes]) -> list[dict[str, str]]:
    return [
        {
            "path": path,
            "content": base64.b64encode(content).decode(),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for path, content in sorted(contents.items())
    ]


def _sent_declaration() -> Declared | None:
    """What the request says of AI tools; nbgrader's own programs say nothing. Raises Problem."""
    body = request.get_json(silent=True)
    said = body.get("declaration") if isinstance(body, dict) else None
    if said is None:
        return None
    if (
        not isinstance(said, dict)
        or not isinstance(said.get("used"), bool)
        or not all(isinstance(said.get(key, ""), str) for key in ("tools", "purpose"))
    ):
        raise Problem(422, "unreadable", _("The submission could not be read."))
    return Declared(said["used"], said.get("tools", ""), said.get("purpose", ""))


def sent_files(name: str = "files") -> dict[str, bytes]:
    """The files of the request, or another list of files in it.

    Raises Problem when it is not what the exchange takes.
    """
    if (request.content_length or 0) > MAX_SUBMISSION_BYTES * 4 // 3 + 1_000_000:
        raise operations.TooLarge
    body = request.get_json(silent=True)
    unreadable = Problem(422, "unreadable", _("The submission could not be read."))
    if not isinstance(body, dict) or not isinstance(body.get(name), list):
        raise unreadable
    found: dict[str, bytes] = {}
    for entry in body[name]:
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
