"""From draft to version: comments, publishing, going back."""

import uuid

from sqlalchemy import select

from app.accounts.models import Person
from app.catalog import queries
from app.catalog.events import DraftPublished
from app.catalog.models import Course, CourseVersion, ReviewComment
from app.catalog.operations.drafts import SourceMissing, begin_draft, locked_draft
from app.catalog.operations.publishing import publish_course
from app.catalog.queries.checking import DraftProblem, check_draft
from app.catalog.rules.drafting import parts_of
from app.kernel import audit, blobs, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation


class DraftUnfinished(Refused):
    """Something has to be put right first; ``problems`` says what and where."""

    message = _l("Some things have to be put right before this can be published.")

    def __init__(self, problems: tuple[DraftProblem, ...]) -> None:
        self.problems = problems
        super().__init__()


class DraftMoved(Refused):
    message = _l("The draft has changed since you looked at it. Look again and publish then.")


class NewerVersion(Refused):
    message = _l("A newer version was published meanwhile. Compare the draft with it first.")


class NothingToPublish(Refused):
    message = _l("The draft says what the newest version says: there is nothing to publish.")


class NothingSaid(Refused):
    message = _l("Write something first; 4,000 characters at most.")


@operation
def publish_draft(
    person: Person, course: Course, *, revision: int, newest: int, note: str
) -> CourseVersion:
    """Make the draft the next version of COURSE, through the one way there is.

    REVISION and NEWEST are what PERSON had before her: the draft's revision and the number of the
    newest version (0 for none). Raises DraftMoved, NewerVersion, DraftUnfinished, NothingToPublish,
    and labs.LabInvalid when a lab's notebook cannot be released.
    """
    draft = locked_draft(course)
    if draft.revision != revision:
        raise DraftMoved
    versions = queries.versions_of(course.id)
    if (versions[0].number if versions else 0) != newest:
        raise NewerVersion
    checked = check_draft(draft)
    if checked.course is None:
        raise DraftUnfinished(checked.problems)
    if versions and _is_same(versions[0], checked.course.digest):
        raise NothingToPublish
    version, is_new = publish_course(
        course.cluster, checked.course, course.position, by=person, note=note[:500], again=True,
        plans_later=True,
    )  # fmt: skip
    if not is_new:
        raise NothingToPublish
    draft.base_version_id = version.id
    publish(DraftPublished(version.id, person.id))
    return version


def _is_same(version: CourseVersion, digest: str) -> bool:
    """Whether VERSION, laid out as the editor does, has DIGEST: spaces at ends do not count."""
    spec = queries.source_of(version)
    if spec is None:
        return False
    return queries.laid_out(spec).digest == digest


@operation
def roll_back(person: Person, course: Course, number: int, *, newest: int) -> CourseVersion:
    """Publish what version NUMBER said again, as a new version.

    The draft follows when it held nothing that was not published; otherwise it stays as it is.
    Raises NotVisible, NewerVersion, SourceMissing and NothingToPublish.
    """
    db.session.scalars(select(Course.id).where(Course.id == course.id).with_for_update()).one()
    versions = queries.versions_of(course.id)
    old = next((version for version in versions if version.number == number), None)
    if old is None:
        raise NotVisible(str(number))
    if versions[0].number != newest:
        raise NewerVersion
    spec = queries.source_of(old)
    if spec is None:
        raise SourceMissing
    draft = queries.draft_of(course.id)
    was_published = draft is not None and _is_same(
        versions[0], queries.course_of_draft(draft).digest
    )
    version, is_new = publish_course(
        course.cluster, spec, course.position, by=person, note=f"↶ {number}", again=True
    )
    if not is_new:
        raise NothingToPublish
    if was_published:
        head, pictures = parts_of(spec, blobs.put)
        begin_draft(person, course, head, pictures, base_version_id=version.id)
    return version


@operation
def comment(
    person: Person, course: Course, words: str, node_id: uuid.UUID | None = None
) -> ReviewComment:
    """Say something about the draft, or about one part of it. Raises NothingSaid, NotVisible."""
    words = words.strip()
    if not 0 < len(words) <= 4000 or "\0" in words:
        raise NothingSaid
    about = ""
    if node_id is not None:
        draft = queries.draft_of(course.id)
        node = next((n for n in draft.nodes if n.id == node_id), None) if draft else None
        if node is None:
            raise NotVisible(str(node_id))
        titles = (node.content.get(f"title.{code}") for code in ("zh-Hant-TW", "en"))
        about = next((str(title) for title in titles if title), "")[:200]
    said = ReviewComment(
        course_id=course.id, node_id=node_id, about=about, author_id=person.id, words=words
    )
    db.session.add(said)
    db.session.flush()
    audit.record(person.id, "course.commented", "course", course.id, comment=str(said.id))
    return said


@operation
def resolve(person: Person, course: Course, comment_id: uuid.UUID, *, resolved: bool) -> None:
    """Close a comment, or open it again. Doing it twice changes nothing. Raises NotVisible."""
    said = db.session.get(ReviewComment, comment_id)
    if said is None or said.course_id != course.id:
        raise NotVisible(str(comment_id))
    if resolved != (said.resolved_at is not None):
        said.resolved_at = clock.now() if resolved else None
        said.resolved_by_id = person.id if resolved else None
