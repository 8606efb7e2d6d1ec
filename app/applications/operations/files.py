"""Files that are sent along with an application."""

from sqlalchemy import func, select

from app.accounts.models import Person
from app.applications.models import Application, ApplicationFile
from app.applications.rules import State
from app.kernel import blobs
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation

__all__ = ["MOST_BYTES", "MOST_FILES", "BadFile", "TooManyFiles", "add_file", "remove_file"]

MOST_FILES = 5
MOST_BYTES = 10 * 1024 * 1024
KINDS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "txt": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
    "ipynb": "application/x-ipynb+json",
    "zip": "application/zip",
}
"""Everything else is handed out as bytes."""


class BadFile(Refused):
    message = _l("A file is empty or larger than 10 MB. It was not added; all else is kept.")


class TooManyFiles(Refused):
    message = _l("An application has at most %(most)s files.", most=MOST_FILES)


@operation
def add_file(
    person: Person, application: Application, name: str, content: bytes, *, is_nameless: bool
) -> ApplicationFile:
    """Add a file to what she has not sent yet. Raises NotVisible, BadFile, TooManyFiles."""
    _not_sent_yet(person, application)
    if not 0 < len(content) <= MOST_BYTES:
        raise BadFile
    count = db.session.scalar(
        select(func.count())
        .select_from(ApplicationFile)
        .where(ApplicationFile.application_id == application.id)
    )
    if (count or 0) >= MOST_FILES:
        raise TooManyFiles
    made = ApplicationFile(
        application_id=application.id,
        blob=blobs.put(content),
        name=_plain_name(name),
        media_type=KINDS.get(name.rpartition(".")[2].lower(), "application/octet-stream"),
        size=len(content),
        is_nameless=is_nameless,
        added_by_id=person.id,
    )
    db.session.add(made)
    db.session.flush()
    return made


@operation
def remove_file(person: Person, application: Application, file: ApplicationFile) -> None:
    """Raises NotVisible: what is sent stays as it was sent."""
    _not_sent_yet(person, application)
    db.session.delete(file)


def _not_sent_yet(person: Person, application: Application) -> None:
    if application.state is not State.SAVED or application.person_id != person.id:
        raise NotVisible(str(application.id))


def _plain_name(name: str) -> str:
    """The last part of NAME without what a header or a file system could misread."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in bare if c.isprintable() and c not in '"<>|:*?').strip()
    stem, dot, end = kept.rpartition(".")
    if len(kept) > 120:
        kept = f"{stem[:100]}{dot}{end[:15]}" if dot else kept[:120]
    return kept or "file"
