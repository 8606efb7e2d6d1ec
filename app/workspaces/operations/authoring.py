"""A lab's sources: asked to be checked at once, checked and published by a worker."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from app import engine
from app.accounts.models import Person
from app.catalog import operations as catalog
from app.catalog import queries as courses
from app.catalog.folder_specs import CourseSpec, LabSpec
from app.catalog.models import Course, CourseVersion
from app.catalog.operations.drafts import locked_draft, touch
from app.catalog.operations.publishing import lab_content
from app.catalog.policies import can_edit
from app.catalog.rules.writing import course_files
from app.kernel import audit, blobs, clock, live
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import current_locale, speaking
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.jobs import defer
from app.kernel.transaction import operation
from app.labs import operations as labs
from app.workspaces import queries, rules
from app.workspaces.models import LabCheck
from app.workspaces.operations import trials
from app.workspaces.queries import LabSources

GRADING = "grading"
FORGOTTEN_AFTER = timedelta(minutes=20)


class BadSources(Refused):
    """What was sent cannot be a lab; the message says why."""


class StillChecking(Refused):
    message = _l("This lab of yours is being checked already. Wait for the result.")


class NewerLabVersion(Refused):
    """Somebody published meanwhile: her sources would undo it."""

    def __init__(self, number: int) -> None:
        super().__init__(
            _l(
                "Version %(number)s of this lab was published since you began. Fetch it beside"
                " your own, take over what you need, and publish then.",
                number=number,
            )
        )


class NotPublishedYet(Refused):
    message = _l(
        "This lab is in no published version yet. Keep it in the draft of its course, and publish"
        " the course in the editor."
    )


class NothingNew(Refused):
    message = _l("These sources say what the newest version says: there is nothing to publish.")


@operation
def ask_for_check(
    person: Person,
    lab: LabSources,
    files: Mapping[str, bytes],
    *,
    publishes: bool,
    base_number: int,
    note: str = "",
    of_draft: bool = False,
) -> LabCheck:
    """Keep FILES and have a worker check them, and publish them when nothing is wrong.

    LAB was loaded through PERSON. Raises BadSources, StillChecking, NotPublishedYet, and
    NewerLabVersion when BASE_NUMBER is not the newest version and they are to be published.
    """
    refuse_bad(files)
    if publishes and lab.version is None:
        raise NotPublishedYet
    if publishes and base_number != lab.number:
        raise NewerLabVersion(lab.number)
    return ask(
        person, lab, files, steps=labs.steps(),
        publishes=publishes, base_number=base_number, note=note.strip()[:500], of_draft=of_draft,
    )  # fmt: skip


def ask(
    person: Person, lab: LabSources, files: Mapping[str, bytes], *, steps: int, **more: Any
) -> LabCheck:
    """Queue one check or trial of LAB, the only one of PERSON's. Raises StillChecking."""
    db.session.scalars(select(Course.id).where(Course.id == lab.course.id).with_for_update()).one()
    before = queries.live_check(person, lab.course, lab.slug)
    if before is not None:
        if clock.now() - before.asked_at < FORGOTTEN_AFTER:
            raise StillChecking
        give_up(before)
    made = LabCheck(
        course_id=lab.course.id,
        lab_slug=lab.slug,
        asked_by_id=person.id,
        files={path: blobs.put(data) for path, data in files.items()},
        total_steps=steps,
        language=current_locale(),
        **more,
    )
    db.session.add(made)
    db.session.flush()
    defer("workspaces.tasks.check_lab", check_id=str(made.id))
    tell(made)
    return made


def give_up(check: LabCheck) -> None:
    """End a check that no worker finished."""
    with speaking(check.language):
        check.refusal = str(_l("The check was not finished. Start it again."))
    check.finished_at = clock.now()
    db.session.flush()


def run_check(check_id: uuid.UUID) -> None:
    """Do what was asked for; safe to run twice. The worker's part, in several transactions."""
    check = queries.check(check_id)
    if check is None or check.finished_at is not None:
        return
    with speaking(check.language):
        try:
            lab = queries.sources_for(
                check.asked_by, check.course.slug, check.lab_slug, of_draft=check.of_draft
            )
            files = {path: blobs.get(blob) for path, blob in check.files.items()}
            course = lab.course_with(files)
            content = lab_content(next(one for one in course.labs if one.slug == lab.slug))
            if check.work is not None:
                _progress(check_id, 0)
                work = {path: blobs.get(blob) for path, blob in check.work.items()}
                return _tried(check_id, trials.as_json(labs.try_out(content, work), content.hints))
            refuse_unreadable(lab, course)
            _progress(check_id, 0)
            found = labs.check(content, lambda done, _total: _progress(check_id, done))
            if check.publishes and not any(one.is_wrong for one in found):
                labs.plan_ahead(content)
            _finish(check_id, course, content, found)
        except (Refused, NotVisible) as refusal:
            words = refusal.message if isinstance(refusal, Refused) else NotYours.message
            _refuse(check_id, str(words))
        except engine.EngineUnavailable as error:
            _refuse(check_id, error.message)


class NotYours(Refused):
    message = _l("You no longer write this course.")


@operation
def _progress(check_id: uuid.UUID, done: int) -> None:
    check = db.session.get_one(LabCheck, check_id, with_for_update=True)
    check.begun_at = check.begun_at or clock.now()
    check.done_steps = min(done, check.total_steps)
    tell(check)


@operation
def _refuse(check_id: uuid.UUID, words: str) -> None:
    check = db.session.get_one(LabCheck, check_id, with_for_update=True)
    check.refusal, check.finished_at = words, clock.now()
    tell(check)


@operation
def _tried(check_id: uuid.UUID, result: list[dict[str, Any]]) -> None:
    check = db.session.get_one(LabCheck, check_id, with_for_update=True)
    if check.finished_at is None:
        check.result, check.done_steps = result, check.total_steps
        check.finished_at = clock.now()
        tell(check)


@operation
def _finish(
    check_id: uuid.UUID, course: CourseSpec, content: labs.LabContent, found: list[labs.Finding]
) -> None:
    check = db.session.get_one(LabCheck, check_id, with_for_update=True)
    if check.finished_at is not None:
        return
    check.findings = [{**one.to_json(), "sentence": one.sentence()} for one in found]
    if check.publishes and not any(one.is_wrong for one in found):
        lab = queries.sources_for(check.asked_by, check.course.slug, check.lab_slug)
        version, check.draft_differs = publish_sources(
            check.asked_by, lab, course, base_number=check.base_number, note=check.note
        )
        check.course_version_id = version.id
        item = next(one for one in version.items if one.key == f"lab:{check.lab_slug}")
        check.lab_number = item.lab_version.number if item.lab_version else None
    check.done_steps, check.finished_at = check.total_steps, clock.now()
    tell(check)


def topic(course_id: uuid.UUID) -> str:
    """What waits for the progress of a course's checks watches."""
    return f"lab-checks:{course_id}"


def tell(check: LabCheck) -> None:
    """Open pages of the check's course fetch their part again after the commit."""
    live.announce(topic(check.course_id))


@operation
def publish_sources(
    person: Person, lab: LabSources, course: CourseSpec, *, base_number: int, note: str
) -> tuple[CourseVersion, bool]:
    """Make COURSE, which has other sources of LAB and nothing else new, the next version.

    Also answers whether the course's draft has a state of this lab of its own, which then stays.
    Raises NotVisible, NotPublishedYet, NewerLabVersion, NothingNew, and labs.LabInvalid.
    """
    if not can_edit(person, lab.course):
        raise NotVisible(lab.course.slug)
    db.session.scalars(select(Course.id).where(Course.id == lab.course.id).with_for_update()).one()
    newest = queries.sources_for(person, lab.course.slug, lab.slug)
    if newest.version is None or lab.version is None:
        raise NotPublishedYet
    if newest.number != base_number:
        raise NewerLabVersion(newest.number)
    if newest.version.id != lab.version.id:  # another part of the course is newer: keep that
        course = newest.course_with(_files_of(course, lab.slug))
    version, is_new = catalog.publish_course(
        lab.course.cluster, course, lab.course.position, by=person, note=note, again=True
    )
    if not is_new:
        raise NothingNew
    audit.record(person.id, "lab.published", "course_version", version.id, lab=lab.slug)
    return version, not _follow(person, newest, course, version)


def _files_of(course: CourseSpec, slug: str) -> dict[str, bytes]:
    lab = next(one for one in course.labs if one.slug == slug)
    return {f"{name}.ipynb": data for name, data in lab.notebooks.items()} | dict(lab.files)


def _follow(person: Person, before: LabSources, course: CourseSpec, version: CourseVersion) -> bool:
    """Let the draft have the new sources too, unless its lab was changed there; whether it has."""
    draft = courses.draft_of(before.course.id)
    if draft is None:
        return True
    draft = locked_draft(before.course)
    node = queries.node_of(draft, before.slug)
    kept = partial(kept_blobs, before.spec)
    if node is None or any(node.content.get(name) != kept(name) for name in ("notebooks", "files")):
        return False
    now = next(one for one in course.labs if one.slug == before.slug)
    node.content = {
        **node.content,
        **{name: kept_blobs(now, name) for name in ("notebooks", "files")},
    }
    if before.version is not None and draft.base_version_id == before.version.id:
        draft.base_version_id = version.id
    touch(draft, person)
    return True


def kept_blobs(lab: LabSpec, name: str) -> dict[str, str]:
    """The ``notebooks`` or ``files`` of LAB as a draft holds them: addresses of blobs."""
    return {key: blobs.put(data) for key, data in getattr(lab, name).items()}


def refuse_bad(files: Mapping[str, bytes]) -> None:
    """Raise BadSources for what no lab can hold."""
    if len(files) > rules.MOST_FILES:
        raise BadSources(_l("A lab may hold %(most)s files.", most=rules.MOST_FILES))
    if sum(map(len, files.values())) > rules.MOST_BYTES:
        most = rules.MOST_BYTES // (1024 * 1024)
        raise BadSources(
            _l("The sources of a lab may hold %(most)s MB. Larger files are data sets.", most=most)
        )
    for path in files:
        if not rules.is_source_path(path):
            raise BadSources(_l("A file cannot be named “%(path)s”.", path=path[:80]))
    if not rules.parted(files)[0]:
        raise BadSources(_l("There is no notebook in this lab."))


def refuse_unreadable(lab: LabSources, course: CourseSpec) -> None:
    """Raise BadSources with what the reader of folders says: one place for each rule."""
    _read, errors = courses.read_files(lab.course.slug, course_files(course))
    mine = [error for error in errors if error.file.parts[:2] == ("labs", lab.slug)]
    if mine:
        lines = "; ".join(f"{one.file.name}: {one.words or one.message}" for one in mine[:5])
        raise BadSources(_l("This cannot be published as it is: %(problems)s", problems=lines))
