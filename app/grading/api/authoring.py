"""What authors' JupyterLab asks: a lab's sources, a check or a trial of them, their publication."""

import uuid
from typing import Any

from flask import g, request

from app import engine
from app.grading.api.blueprint import WITH_HUB_TOKEN, Problem, bp, for_person
from app.grading.api.exchange import answered_files, sent_files
from app.kernel.i18n import gettext as _
from app.labs.operations import LabInvalid
from app.workspaces import operations, queries, rules
from app.workspaces.models import LabCheck

MOST_REQUEST_BYTES = rules.MOST_BYTES * 4 // 3 + 1_000_000


@bp.errorhandler(operations.NewerLabVersion)
def _newer(error: operations.NewerLabVersion) -> Any:
    return {"error": {"code": "newer_version", "message": str(error.message)}}, 409


@bp.errorhandler(operations.DraftChanged)
def _changed(error: operations.DraftChanged) -> Any:
    return {"error": {"code": "draft_changed", "message": str(error.message)}}, 409


@bp.errorhandler(operations.BadSources)
def _bad(error: operations.BadSources) -> Any:
    return {"error": {"code": "bad_sources", "message": str(error.message)}}, 422


@bp.get("/authoring/labs")
@WITH_HUB_TOKEN
@for_person
def authored_labs() -> Any:
    """The labs that she may publish."""
    return {
        "labs": [
            {
                "course": lab.course.slug,
                "course_title": lab.course_title,
                "lab": lab.slug,
                "title": str(lab.title),
                "version": lab.number,
            }
            for lab in queries.labs_written_by(g.person)
        ]
    }


@bp.get("/authoring/<course>/<lab>/source")
@WITH_HUB_TOKEN
@for_person
def lab_sources(course: str, lab: str) -> Any:
    """Solutions and hidden tests: for those who may publish the lab, and nobody else."""
    found = queries.sources_for(g.person, course, lab, of_draft="draft" in request.args)
    return {
        "course": course,
        "lab": lab,
        "title": str(found.title),
        "version": found.number,
        "draft": found.version is None,
        "files": answered_files(found.files),
    }


@bp.post("/authoring/<course>/<lab>/checks")
@WITH_HUB_TOKEN
@for_person
def create_lab_check(course: str, lab: str) -> Any:
    """Have what she sends checked, and published too when she says so."""
    found = queries.sources_for(g.person, course, lab)
    said = request.get_json(silent=True)
    said = said if isinstance(said, dict) else {}
    base, note = said.get("base"), said.get("note", "")
    if not isinstance(base, int) or not isinstance(note, str) or "\0" in note:
        raise Problem(422, "unreadable", _("The submission could not be read."))
    made = operations.ask_for_check(
        g.person,
        found,
        sent_files(),
        publishes=said.get("publish") is True,
        base_number=base,
        note=note,
    )
    return _shown(made), 202


@bp.post("/authoring/<course>/<lab>/trials")
@WITH_HUB_TOKEN
@for_person
def create_lab_trial(course: str, lab: str) -> Any:
    """Have what she did as a student graded by the sources that she sends with it."""
    said = request.get_json(silent=True)
    of_draft = isinstance(said, dict) and said.get("draft") is True
    found = queries.sources_for(g.person, course, lab, of_draft=of_draft)
    made = operations.ask_for_trial(
        g.person, found, sent_files(), sent_files("work"), of_draft=of_draft
    )
    return _shown(made), 202


@bp.post("/authoring/<course>/<lab>/draft")
@WITH_HUB_TOKEN
@for_person
def keep_in_draft(course: str, lab: str) -> Any:
    """Let the course's draft have the sources that she sends, begun from ``fetched``."""
    found = queries.sources_for(g.person, course, lab, of_draft=True)
    said = request.get_json(silent=True)
    fetched = said.get("fetched") if isinstance(said, dict) else None
    if not isinstance(fetched, dict) or not all(isinstance(v, str) for v in fetched.values()):
        raise Problem(422, "unreadable", _("The submission could not be read."))
    operations.keep_in_draft(g.person, found, sent_files(), fetched=fetched)
    return {"course": course, "lab": lab, "state": "kept"}


@bp.get("/authoring/checks/<uuid:check_id>")
@WITH_HUB_TOKEN
@for_person
def lab_check(check_id: uuid.UUID) -> Any:
    return _shown(queries.check_of(g.person, check_id))


@bp.post("/authoring/<course>/<lab>/release")
@WITH_HUB_TOKEN
@for_person
def release_of_sources(course: str, lab: str) -> Any:
    """What students would get of the sources that she sends; nothing is kept."""
    queries.sources_for(g.person, course, lab)
    files = sent_files()
    operations.refuse_bad(files)
    notebooks, others = rules.parted(files)
    release = engine.make_release(
        [engine.NotebookSource(name, data) for name, data in notebooks.items()]
    )
    if release.problems:
        raise LabInvalid(release.problems)
    return {"files": answered_files({**release.notebooks, **others})}


def _shown(check: LabCheck) -> dict[str, Any]:
    return {
        "id": str(check.id),
        "course": check.course.slug,
        "lab": check.lab_slug,
        "state": check.state.value,
        "publishes": check.publishes,
        "done": check.done_steps,
        "total": check.total_steps,
        "refusal": check.refusal,
        "findings": [
            {name: one[name] for name in ("rule", "notebook", "cell", "is_wrong", "sentence")}
            for one in check.findings
        ],
        "result": check.result,
        "version": check.lab_number,
        "course_version": check.course_version.number if check.course_version else None,
        "draft_differs": check.draft_differs,
    }
