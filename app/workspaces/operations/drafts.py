"""Labs of drafts: tried as a student, kept there from JupyterLab, checked once published."""

import hashlib
import uuid
from collections.abc import Mapping

from app.accounts.models import Person
from app.catalog import queries as courses
from app.catalog.operations.drafts import locked_draft, touch
from app.catalog.policies import can_edit
from app.kernel import audit, blobs
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.workspaces import queries
from app.workspaces.models import LabCheck
from app.workspaces.operations.authoring import (
    BadSources,
    StillChecking,
    ask,
    ask_for_check,
    kept_blobs,
    refuse_bad,
)
from app.workspaces.queries import LabSources

__all__ = ["DraftChanged", "ask_for_trial", "check_published", "keep_in_draft"]

TRIAL_STEPS = 1


class DraftChanged(Refused):
    message = _l(
        "Somebody changed this lab in the draft since you fetched it. Fetch it beside your own,"
        " take over what you need, and keep it then."
    )


@operation
def ask_for_trial(
    person: Person,
    lab: LabSources,
    files: Mapping[str, bytes],
    work: Mapping[str, bytes],
    *,
    of_draft: bool,
) -> LabCheck:
    """Have a worker grade WORK by the sources FILES, as a student's would be. It counts nowhere.

    LAB was loaded through PERSON. Raises BadSources, StillChecking.
    """
    refuse_bad(files)
    refuse_bad(work)
    names = set(files) & set(work)
    if not any(name.endswith(".ipynb") for name in names):
        raise BadSources(_l("There is no notebook of this lab in what you hand in."))
    return ask(
        person, lab, files, steps=TRIAL_STEPS, base_number=lab.number, of_draft=of_draft,
        work={path: blobs.put(data) for path, data in work.items()},
    )  # fmt: skip


@operation
def keep_in_draft(
    person: Person, lab: LabSources, files: Mapping[str, bytes], *, fetched: Mapping[str, str]
) -> None:
    """Let the course's draft have FILES as this lab.

    FETCHED are the SHA-256 of what she began from, by path. Raises NotVisible when the draft has no
    such lab, BadSources, and DraftChanged when it holds neither that nor FILES.
    """
    refuse_bad(files)
    if not can_edit(person, lab.course) or courses.draft_of(lab.course.id) is None:
        raise NotVisible(lab.slug)
    draft = locked_draft(lab.course)
    node = queries.node_of(draft, lab.slug)
    if node is None:
        raise NotVisible(lab.slug)
    here = queries.sources_for(person, lab.course.slug, lab.slug, of_draft=True)
    held = {path: hashlib.sha256(data).hexdigest() for path, data in here.files.items()}
    sent = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    if held == sent:
        return
    if held != dict(fetched):
        raise DraftChanged
    written = here.course_with(files)
    now = next(one for one in written.labs if one.slug == lab.slug)
    node.content = {
        **node.content,
        **{name: kept_blobs(now, name) for name in ("notebooks", "files")},
    }
    touch(draft, person)
    audit.record(person.id, "lab.draft_kept", "course", lab.course.id, lab=lab.slug)


@operation
def check_published(person: Person, course_version_id: uuid.UUID) -> list[LabCheck]:
    """Have those labs checked that are new in a version which PERSON published in the editor.

    What it finds is for her to read on the page of versions; the version stays as it is.
    """
    version = courses.course_version(course_version_id)
    if version is None:
        return []
    older = [one.id for one in courses.versions_of(version.course_id) if one.id != version.id]
    before = courses.course_version(older[0]) if older else None
    known = {item.lab_version_id for item in before.items} if before is not None else set()
    asked = []
    for item in version.items:
        if item.lab_version is None or item.lab_version_id in known:
            continue
        lab = queries.sources_for(person, version.course.slug, item.slug)
        try:
            asked.append(
                ask_for_check(person, lab, lab.files, publishes=False, base_number=lab.number)
            )
        except StillChecking:
            continue  # she looks at one already
    return asked
