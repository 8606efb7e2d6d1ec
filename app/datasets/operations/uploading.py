"""Files that arrive in pieces, and go on where they stopped."""

import hashlib
import os
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Person
from app.datasets import queries
from app.datasets.models import DataSet, DataUpload
from app.datasets.operations.keeping import BadFile, Content, Incoming, incoming, keep
from app.datasets.rules import LEAST_FREE_BYTES, MOST_BYTES, PIECE_BYTES, is_file_name
from app.kernel import bigfiles, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.transaction import after_commit, operation

FORGOTTEN_AFTER = timedelta(days=2)
MOST_WAITING_BYTES = 2 * MOST_BYTES
"""Of all files that one person has begun to send."""


class TooLarge(Refused):
    message = _l("A file may have at most %(most)s GB.", most=MOST_BYTES // 2**30)


class NoRoom(Refused):
    message = _l(
        "There is no room for this file here. Ask the people who run this site; what you typed is"
        " kept."
    )


class PieceDamaged(Refused):
    message = _l("A piece of the file did not arrive as it was sent. It is sent again.")


@operation
def begin_upload(person: Person, file_name: str, size: int, mark: str) -> DataUpload:
    """The place for a file that PERSON sends; with what arrived of the same file before.

    SIZE in bytes; MARK tells files of one name and size apart. Raises BadFile, TooLarge, NoRoom.
    """
    if not is_file_name(file_name):
        raise BadFile(_l("A file cannot be called “%(name)s”.", name=file_name[:80]))
    if size <= 0:
        raise BadFile(_l("%(name)s is empty.", name=file_name))
    if size > MOST_BYTES:
        raise TooLarge
    same = (
        DataUpload.person_id == person.id,
        DataUpload.file_name == file_name,
        DataUpload.size == size,
        DataUpload.mark == mark[:40],
        DataUpload.kept_at.is_(None),
    )
    known = db.session.scalar(select(DataUpload).where(*same))
    if known is not None:
        return known
    waiting = db.session.scalars(
        select(func.coalesce(func.sum(DataUpload.size), 0)).where(
            DataUpload.person_id == person.id, DataUpload.kept_at.is_(None)
        )
    ).one()
    free = shutil.disk_usage(bigfiles.folder("uploads")).free
    if waiting + size > MOST_WAITING_BYTES or free - size < LEAST_FREE_BYTES:
        raise NoRoom
    now = clock.now()
    db.session.execute(
        insert(DataUpload)
        .values(
            id=new_id(),
            person_id=person.id,
            file_name=file_name,
            size=size,
            mark=mark[:40],
            received=0,
            begun_at=now,
            changed_at=now,
        )
        .on_conflict_do_nothing()
    )
    return db.session.scalars(select(DataUpload).where(*same)).one()


@operation
def add_piece(
    person: Person, upload_id: uuid.UUID, offset: int, piece: bytes, digest: str | None
) -> int:
    """Put PIECE at OFFSET; how many bytes are there now. Raises NotVisible and PieceDamaged.

    A piece that is there already changes nothing; one that comes too early is not taken: the
    answer says where to go on.
    """
    upload = queries.upload_of(person, upload_id)
    db.session.refresh(upload, with_for_update=True)
    if digest is not None and hashlib.sha256(piece).hexdigest() != digest.lower():
        raise PieceDamaged
    if offset != upload.received or not piece:
        return upload.received
    if len(piece) > PIECE_BYTES or offset + len(piece) > upload.size:
        raise PieceDamaged
    descriptor = os.open(_place(upload.id), os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        file.seek(offset)
        file.write(piece)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
    upload.received = offset + len(piece)
    upload.changed_at = clock.now()
    return upload.received


@operation
def finished(person: Person, upload_id: uuid.UUID, *, wanted: str | None = None) -> Incoming:
    """Keep the content of a file that arrived whole. Raises NotVisible, BadFile, NotWhole."""
    upload = queries.upload_of(person, upload_id)
    if upload.received < upload.size or not _place(upload.id).exists():
        raise BadFile(
            _l(
                "%(name)s has not arrived whole: choose it again, and it goes on where it stopped.",
                name=upload.file_name,
            )
        )
    with _place(upload.id).open("rb") as stream:
        kept = incoming(upload.file_name, stream, wanted=wanted)
    if kept.size != upload.size:
        raise BadFile(_l("%(name)s has not arrived whole.", name=upload.file_name))
    upload.kept_at = clock.now()
    after_commit(partial(_place(upload.id).unlink, missing_ok=True))
    return kept


@operation
def keep_sent(
    person: Person, upload_ids: Sequence[uuid.UUID], more: Sequence[Incoming], content: Content
) -> DataSet:
    """Keep CONTENT with files that arrived in pieces, and MORE that came otherwise.

    When it is refused, what arrived stays and need not be sent again. Raises as ``finished`` and
    ``keep``.
    """
    sent = [finished(person, upload_id) for upload_id in upload_ids]
    return keep(person, replace(content, files=[*sent, *more]))


@operation
def forget_old_uploads() -> int:
    """Take away what nobody went on sending for two days; how many."""
    old = db.session.scalars(
        select(DataUpload).where(DataUpload.changed_at < clock.now() - FORGOTTEN_AFTER)
    ).all()
    for upload in old:
        _place(upload.id).unlink(missing_ok=True)
        db.session.delete(upload)
    return len(old)


def _place(upload_id: uuid.UUID) -> Path:
    return bigfiles.folder("uploads") / str(upload_id)
