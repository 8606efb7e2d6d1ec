"""A course that comes as a folder in a zip file becomes a draft."""

import uuid

from app.accounts.models import Person
from app.catalog import queries
from app.catalog.folder import FolderError
from app.catalog.folder_specs import CourseSpec
from app.catalog.folder_yaml import SLUG
from app.catalog.models import Course, CourseDraft
from app.catalog.operations.courses import begin_course
from app.catalog.operations.drafts import begin_draft, locked_draft
from app.catalog.rules.drafting import parts_of
from app.catalog.rules.zips import BadZip, course_folder, unzipped
from app.kernel import audit, blobs
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation


class ImportRefused(Refused):
    """Nothing was taken over; ``errors`` name files and lines when the folder could be read."""

    message = _l("Nothing was imported: the course has to be put right first.")

    def __init__(self, message: object = None, errors: tuple[FolderError, ...] = ()) -> None:
        self.errors = errors
        super().__init__(str(message) if message is not None else None)


@operation
def import_course(
    person: Person, data: bytes, cluster_id: uuid.UUID, school_id: uuid.UUID | None
) -> Course:
    """A new course whose draft is what a zip file holds. Raises ImportRefused, SlugTaken."""
    slug, spec = _read(data)
    course = begin_course(person, slug, cluster_id, school_id)
    head, pictures = parts_of(spec, blobs.put)
    begin_draft(person, course, head, pictures, base_version_id=None)
    return course


@operation
def import_draft(person: Person, course: Course, data: bytes, *, revision: int) -> CourseDraft:
    """Lay what a zip file holds into the draft of COURSE. Raises ImportRefused.

    REVISION is the draft's when PERSON chose to replace it: what was saved since is not lost.
    """
    _slug, spec = _read(data, course.slug)
    draft = locked_draft(course)
    if draft.revision != revision:
        raise ImportRefused(_l("The draft has changed since you looked at it. Look again first."))
    base = draft.base_version_id
    audit.record(person.id, "course.draft_imported", "course", course.id)
    head, pictures = parts_of(spec, blobs.put)
    return begin_draft(person, course, head, pictures, base_version_id=base)


def _read(data: bytes, slug: str | None = None) -> tuple[str, CourseSpec]:
    try:
        name, files = course_folder(unzipped(data))
    except BadZip as refusal:
        raise ImportRefused(refusal.words) from refusal
    slug = slug or name
    if not SLUG.fullmatch(slug) or len(slug) > 80:
        raise ImportRefused(
            _l("The course's folder is called as its address: small letters, digits, hyphens.")
        )
    spec, errors = queries.read_files(slug, files)
    if spec is None or errors:
        raise ImportRefused(errors=errors)
    return slug, spec
