"""Keeping a version of a data set: its files once on disk, what is known of them in a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import func, select

from app.accounts.models import Person
from app.datasets import policies, queries
from app.datasets.models import DataSet
from app.datasets.rules import (
    MOST_FILES,
    MOST_NAME,
    NAME,
    TABLES,
    Access,
    address,
    digest_of,
    is_file_name,
)
from app.kernel import audit, bigfiles
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation


class BadName(Refused):
    message = _l(
        "A data set is called by small letters, digits and single hyphens, at most 60 of them."
    )


class BadFile(Refused):
    """A file cannot be part of a data set."""


class NotWhole(Refused):
    """A file does not have the digest that it should have."""


class NoLicence(Refused):
    message = _l("Say under which licence the data may be used and where they come from.")


class NameTaken(Refused):
    message = _l("Somebody else keeps a data set of this name. Choose another one.")


class VersionTaken(Refused):
    """The version is there already, and holds something else."""


@dataclass(frozen=True)
class Incoming:
    """A file whose content is kept already. ROWS of a table, without its heading."""

    path: str
    digest: str
    size: int
    rows: int | None


@dataclass(frozen=True, kw_only=True)
class Content:
    """Everything that a version is made of."""

    name: str
    title: LocalizedText
    licence: str
    source: str
    files: Sequence[Incoming]
    access: Access = Access.OPEN
    description: LocalizedText | None = None
    number: int | None = None
    """None: the next one."""


def incoming(path: str, stream: BinaryIO, *, wanted: str | None = None) -> Incoming:
    """Keep the content of a file, without saying yet what it belongs to.

    WANTED is the digest that it should have. Raises BadFile for a name that cannot be used and for
    an empty file, NotWhole when the content is not what was meant.
    """
    if not is_file_name(path):
        raise BadFile(
            _l(
                "A file cannot be called “%(name)s”: use letters, digits, spaces, dots, hyphens and"
                " underscores, and begin with a letter or digit.",
                name=path[:80],
            )
        )
    try:
        digest, size = bigfiles.take(stream, wanted=wanted and wanted.strip().lower())
    except bigfiles.Damaged:
        raise NotWhole(
            _l(
                "%(name)s did not arrive as it was meant: its SHA-256 is another one. Nothing was"
                " kept; send it again.",
                name=path,
            )
        ) from None
    if size == 0:
        raise BadFile(_l("%(name)s is empty.", name=path))
    return Incoming(path, digest, size, _rows(path, digest))


def _rows(path: str, digest: str) -> int | None:
    if not path.lower().endswith(TABLES):
        return None
    lines, last = 0, b"\n"
    with bigfiles.path_of(digest).open("rb") as file:
        for piece in bigfiles.pieces(file):
            lines += piece.count(b"\n")
            last = piece[-1:]
    return max(0, lines + (last != b"\n") - 1)


@operation
def keep(person: Person | None, content: Content) -> DataSet:
    """Keep a version; the one that is there when it holds the same already.

    PERSON None: the operator, or a folder of courses. Raises BadName, BadFile, NoLicence,
    NameTaken, and VersionTaken for a number that holds something else.
    """
    _check(content)
    lock = func.hashtextextended(f"data-set:{content.name}", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(lock)))
    newest = queries.newest(content.name)
    if person is not None and newest and not policies.can_add_version(person, newest):
        raise NameTaken
    contents = {file.path: file.digest for file in content.files}
    digest = digest_of(contents)
    number = content.number or (newest.number + 1 if newest else 1)
    known = queries.data_set(address(content.name, number))
    if known is None and content.number is None and newest and newest.digest == digest:
        known = newest if newest.access is content.access else None
    if known is not None:
        if known.digest != digest or known.access is not content.access:
            raise VersionTaken(
                _l(
                    "Version %(number)s of %(name)s is there already and holds something else."
                    " Versions never change: write version %(next)s.",
                    number=number,
                    name=content.name,
                    next=(newest.number if newest else number) + 1,
                )
            )
        bigfiles.lay_out(f"{known.access.value}/{known.address}", contents)
        return known
    made = DataSet(
        name=content.name,
        number=number,
        digest=digest,
        title=content.title,
        description=content.description,
        licence=content.licence.strip(),
        source=content.source.strip(),
        access=content.access,
        files=[
            {"path": file.path, "digest": file.digest, "size": file.size, "rows": file.rows}
            for file in sorted(content.files, key=lambda file: file.path)
        ],
        size=sum(file.size for file in content.files),
        kept_by_id=person.id if person is not None else None,
    )
    db.session.add(made)
    db.session.flush()
    bigfiles.lay_out(f"{made.access.value}/{made.address}", contents)
    audit.record(
        person.id if person is not None else None,
        "data_set.kept",
        "data_set",
        made.id,
        address=made.address,
        digest=digest,
        access=made.access.value,
    )
    return made


def _check(content: Content) -> None:
    if not NAME.fullmatch(content.name) or len(content.name) > MOST_NAME:
        raise BadName
    if not content.licence.strip() or not content.source.strip():
        raise NoLicence
    if not content.files:
        raise BadFile(_l("A data set needs at least one file."))
    if len(content.files) > MOST_FILES:
        raise BadFile(
            _l(
                "A data set may have %(most)s files: pack small ones into one archive.",
                most=MOST_FILES,
            )
        )
    names = [file.path.casefold() for file in content.files]
    if len(set(names)) < len(names):
        raise BadFile(_l("Two files of a data set cannot have the same name."))


def lay_out_all() -> list[str]:
    """Put every version's folder right; the addresses of those whose contents are not whole."""
    damaged = []
    for row in db.session.scalars(select(DataSet).order_by(DataSet.name, DataSet.number)):
        contents = {file["path"]: file["digest"] for file in row.files}
        if all(bigfiles.is_whole(digest) for digest in contents.values()):
            bigfiles.lay_out(f"{row.access.value}/{row.address}", contents)
        else:
            damaged.append(row.address)
    return damaged
