"""What the company marks and notes for itself, and how it reads."""

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.applications import policies
from app.applications.models import (
    Application,
    ApplicationDesk,
    ApplicationNote,
    ApplicationTag,
)
from app.briefs.models import Brief
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.transaction import operation

__all__ = ["NoWords", "TooManyTags", "note", "read_blind", "remove_note", "tag", "untag"]

MOST_TAGS = 10


class NoWords(Refused):
    message = _l("Please write something.")


class TooManyTags(Refused):
    message = _l("An application has at most %(most)s tags.", most=MOST_TAGS)


@operation
def tag(person: Person, application: Application, words: str) -> None:
    """Put a tag on it; the same one once. Raises NotVisible, NoWords, TooManyTags."""
    _of_the_company(person, application.brief)
    words = " ".join(words.replace("\0", "").split())[:30]
    if not words:
        raise NoWords
    count = db.session.scalar(
        select(func.count())
        .select_from(ApplicationTag)
        .where(ApplicationTag.application_id == application.id)
    )
    if (count or 0) >= MOST_TAGS:
        raise TooManyTags
    db.session.execute(
        insert(ApplicationTag)
        .values(
            id=new_id(), application_id=application.id, tag=words, by_id=person.id, at=clock.now()
        )
        .on_conflict_do_nothing(index_elements=["application_id", "tag"])
    )


@operation
def untag(person: Person, application: Application, words: str) -> None:
    """Raises NotVisible."""
    _of_the_company(person, application.brief)
    db.session.execute(
        delete(ApplicationTag).where(
            ApplicationTag.application_id == application.id, ApplicationTag.tag == words
        )
    )


@operation
def note(person: Person, application: Application, body: str) -> ApplicationNote:
    """Write something for one's colleagues; it is in the applicant's copy of her data.

    Raises NotVisible, NoWords.
    """
    _of_the_company(person, application.brief)
    body = body.replace("\0", "").strip()[:2000]
    if not body:
        raise NoWords
    made = ApplicationNote(application_id=application.id, by_id=person.id, body=body)
    db.session.add(made)
    db.session.flush()
    return made


@operation
def remove_note(person: Person, made: ApplicationNote, application: Application) -> None:
    """Its author takes a note back. Raises NotVisible."""
    _of_the_company(person, application.brief)
    if made.by_id != person.id or made.application_id != application.id:
        raise NotVisible(str(made.id))
    db.session.delete(made)


@operation
def read_blind(person: Person, brief: Brief, *, wanted: bool) -> None:
    """From now on, whoever applies for BRIEF is read without her name at first, or with it.

    Those who applied while it was so keep what was promised to them. Raises NotVisible.
    """
    _of_the_company(person, brief)
    values = {"is_blind": wanted, "changed_at": clock.now(), "changed_by_id": person.id}
    db.session.execute(
        insert(ApplicationDesk)
        .values(id=new_id(), brief_id=brief.id, **values)
        .on_conflict_do_update(index_elements=["brief_id"], set_=values)
    )
    audit.record(
        person.id, "applications.blind" if wanted else "applications.named", "brief", brief.id
    )


def _of_the_company(person: Person, brief: Brief) -> None:
    if not policies.can_read_applicants(person, brief):
        raise NotVisible(str(brief.id))
