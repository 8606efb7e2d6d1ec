"""Comments to use again: keep, change, put away, count their use."""

import uuid
from collections.abc import Collection, Iterable

from sqlalchemy import or_, update

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.rubrics import policies
from app.rubrics.models import SavedComment

LONGEST = 2000
MOST_TAGS = 10


class CommentEmpty(Refused):
    message = _l("Write the comment in at least one language.")


@operation
def save_comment(
    person: Person,
    text: LocalizedText,
    tags: Iterable[str] = (),
    *,
    organisation_id: uuid.UUID | None = None,
) -> SavedComment:
    """Keep TEXT to use it again, shared with an organisation or only hers.

    Raises CommentEmpty, and NotVisible for an organisation that is not hers.
    """
    made = SavedComment(owner_id=person.id)
    _write(person, made, text, tags, organisation_id)
    db.session.add(made)
    db.session.flush()
    return made


@operation
def edit_comment(
    person: Person,
    comment: SavedComment,
    text: LocalizedText,
    tags: Iterable[str] = (),
    *,
    organisation_id: uuid.UUID | None = None,
) -> None:
    """As save_comment; where it was used, it stays as it was."""
    _write(person, comment, text, tags, organisation_id)


@operation
def archive_comment(comment: SavedComment) -> None:
    if comment.archived_at is None:
        comment.archived_at = clock.now()


@operation
def restore_comment(comment: SavedComment) -> None:
    comment.archived_at = None


@operation
def use_comments(person: Person, comment_ids: Collection[uuid.UUID]) -> None:
    """Count that PERSON inserted these; those that she may not use are left out."""
    if not comment_ids:
        return
    db.session.execute(
        update(SavedComment)
        .where(
            SavedComment.id.in_(set(comment_ids)),
            or_(
                SavedComment.owner_id == person.id,
                SavedComment.organisation_id.in_(policies.organisations_of(person)),
            ),
        )
        .values(used_count=SavedComment.used_count + 1, last_used_at=clock.now())
    )


def _write(
    person: Person,
    comment: SavedComment,
    text: LocalizedText,
    tags: Iterable[str],
    organisation_id: uuid.UUID | None,
) -> None:
    if not len(text):
        raise CommentEmpty
    if organisation_id is not None and organisation_id not in policies.organisations_of(person):
        raise NotVisible(str(organisation_id))
    comment.text = LocalizedText({code: words[:LONGEST] for code, words in text.items()})
    tidied = dict.fromkeys(tag.strip().lower()[:40] for tag in tags)
    comment.tags = [tag for tag in tidied if tag][:MOST_TAGS]
    comment.organisation_id = organisation_id
