"""Rubrics: drafts that save themselves, versions that stay."""

import uuid

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.rubrics import policies, queries
from app.rubrics.models import Rubric, RubricVersion
from app.rubrics.rules import (
    Edit,
    Problem,
    Raw,
    Visibility,
    check,
    edited,
    raw_of,
    scale_of,
)


class EditedMeanwhile(Refused):
    message = _l(
        "This draft was changed in another window or by another tab since you opened it. "
        "What you typed is still here: save again to keep yours."
    )


class Unfinished(Refused):
    """What is still wrong is in ``problems``."""

    message = _l("This cannot be published yet: look at the marked fields.")

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__()


class NothingToPublish(Refused):
    message = _l("Nothing has changed since the newest version.")


class NotPublished(Refused):
    message = _l("Publish it first: others find a version, not a draft.")


@operation
def create_rubric(person: Person, raw: Raw, *, copied_from_id: uuid.UUID | None = None) -> Rubric:
    """A rubric of PERSON whose draft is RAW (tidied before)."""
    organisations = queries.organisations_to_share_with(person)
    now = clock.now()
    made = Rubric(
        owner_id=person.id,
        organisation_id=organisations[0].id if organisations else None,
        visibility=Visibility.MINE,
        title=LocalizedText(raw["title"]),
        copied_from_id=copied_from_id,
        created_at=now,
        changed_at=now,
        draft=raw,
        draft_revision=1,
        draft_at=now,
    )
    db.session.add(made)
    db.session.flush()
    return made


@operation
def copy_rubric(person: Person, version: RubricVersion) -> Rubric:
    """A rubric of PERSON's own that begins as VERSION."""
    raw: Raw = {**version.document, "title": dict(version.title)}
    return create_rubric(person, raw, copied_from_id=version.rubric_id)


@operation
def save_draft(
    rubric: Rubric, raw: Raw, *, revision: int, edit: Edit | None = None
) -> tuple[Rubric, str]:
    """Keep RAW as the draft, changed by EDIT; the id of the part to look at comes along.

    REVISION is the one that the writer began from. Raises EditedMeanwhile.
    """
    locked = _locked(rubric, revision)
    part = ""
    if edit is not None:
        locked.draft_before = raw
        raw, part = edited(raw, edit)
    _keep(locked, raw)
    return locked, part


@operation
def take_back(rubric: Rubric, *, revision: int) -> Rubric:
    """Undo the last change of the outline; done twice it is done again. Raises EditedMeanwhile."""
    locked = _locked(rubric, revision)
    if locked.draft_before is not None:
        before, locked.draft_before = locked.draft_before, locked.draft
        _keep(locked, before)
    return locked


@operation
def discard_draft(rubric: Rubric) -> None:
    """Go back to the newest version. Raises NotPublished when there is none."""
    locked = _locked(rubric)
    newest = queries.version_of(locked)
    if newest is None:
        raise NotPublished
    locked.draft_before = locked.draft
    locked.draft = None
    locked.draft_revision += 1


@operation
def publish(
    person: Person, rubric: Rubric, raw: Raw, *, revision: int, note: str = ""
) -> RubricVersion:
    """Make RAW the next version. Work judged by earlier ones keeps them.

    Raises EditedMeanwhile, Unfinished, NothingToPublish.
    """
    locked = _locked(rubric, revision)
    problems = check(raw)
    if problems:
        raise Unfinished(problems)
    scale = scale_of(raw)
    document = raw_of(scale)
    newest = queries.version_of(locked)
    if newest is not None and newest.document == document:
        raise NothingToPublish
    now = clock.now()
    version = RubricVersion(
        rubric_id=locked.id,
        number=locked.version_number + 1,
        document=document,
        title=scale.title,
        maximum=scale.maximum,
        criteria_count=len(scale.criteria),
        note=note.strip()[:500],
        by_id=person.id,
        at=now,
    )
    db.session.add(version)
    locked.version_number = version.number
    locked.title = scale.title
    locked.changed_at = now
    locked.draft = locked.draft_before = None
    locked.draft_revision += 1
    db.session.flush()
    audit.record(person.id, "rubrics.publish", "rubric", locked.id, number=version.number)
    return version


@operation
def share(
    person: Person, rubric: Rubric, visibility: Visibility, organisation_id: uuid.UUID | None
) -> None:
    """Let others find RUBRIC. Raises NotPublished, and NotVisible for an organisation not hers."""
    locked = _locked(rubric)
    if visibility is not Visibility.MINE and locked.version_number == 0:
        raise NotPublished
    if visibility is Visibility.ORGANISATION:
        if organisation_id not in policies.organisations_of(person):
            raise NotVisible(str(organisation_id))
        locked.organisation_id = organisation_id
    locked.visibility = visibility
    audit.record(person.id, "rubrics.share", "rubric", locked.id, visibility=visibility.value)


@operation
def archive(person: Person, rubric: Rubric) -> None:
    """Put RUBRIC away: nobody finds it any more, what it is attached to keeps it."""
    locked = _locked(rubric)
    if locked.archived_at is None:
        locked.archived_at = clock.now()
        audit.record(person.id, "rubrics.archive", "rubric", locked.id)


@operation
def restore(person: Person, rubric: Rubric) -> None:
    locked = _locked(rubric)
    if locked.archived_at is not None:
        locked.archived_at = None
        audit.record(person.id, "rubrics.restore", "rubric", locked.id)


def _locked(rubric: Rubric, revision: int | None = None) -> Rubric:
    found = db.session.get(Rubric, rubric.id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotVisible(str(rubric.id))
    if revision is not None and found.draft_revision != revision:
        raise EditedMeanwhile
    return found


def _keep(rubric: Rubric, raw: Raw) -> None:
    now = clock.now()
    rubric.draft = raw
    rubric.draft_revision += 1
    rubric.draft_at = now
    rubric.changed_at = now
    if rubric.version_number == 0:
        rubric.title = LocalizedText(raw["title"])
