"""Reading data sets."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import or_, select, true
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.accounts.policies import is_operator
from app.datasets import policies
from app.datasets.models import DataSet, DataUpload
from app.datasets.rules import PREFIX, Access, parsed
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.paging import Listed, one_page

__all__ = [
    "data_set", "data_set_visible_to", "data_sets", "every_set", "hidden_sets_of", "named",
    "newest", "sets_named", "upload_of", "versions_of",
]  # fmt: skip


def data_set(text: str) -> DataSet | None:
    """The version at an address as ``NAME/VERSION``."""
    found = parsed(text)
    if found is None:
        return None
    return db.session.scalar(
        select(DataSet).where(DataSet.name == found[0], DataSet.number == found[1])
    )


def data_set_visible_to(person: Person, name: str, number: int) -> DataSet:
    """A version as PERSON may see it. Raises NotVisible."""
    found = data_set(f"{name}/{number}")
    if found is None or not policies.can_see(person, found):
        raise NotVisible(f"{name}/{number}")
    return found


def newest(name: str) -> DataSet | None:
    """The newest version of NAME."""
    return db.session.scalar(
        select(DataSet).where(DataSet.name == name).order_by(DataSet.number.desc()).limit(1)
    )


def versions_of(person: Person, name: str) -> list[DataSet]:
    """The versions of NAME that PERSON may see, the newest first."""
    found = db.session.scalars(
        select(DataSet).where(DataSet.name == name).order_by(DataSet.number.desc())
    )
    return [row for row in found if policies.can_see(person, row)]


def data_sets(
    person: Person, *, search: str = "", access: str = "", page: int | None = 1
) -> Listed[DataSet]:
    """What PERSON may see, newest first."""
    statement = select(DataSet).where(_visible(person)).options(joinedload(DataSet.kept_by))
    if search:
        like = f"%{search.replace('%', '')}%"
        statement = statement.where(
            or_(
                DataSet.name.ilike(like),
                DataSet.title["zh-Hant-TW"].astext.ilike(like),
                DataSet.title["en"].astext.ilike(like),
            )
        )
    if access in set(Access):
        statement = statement.where(DataSet.access == Access(access))
    statement = statement.order_by(DataSet.kept_at.desc(), DataSet.id.desc())
    statement, total, page = one_page(statement, page)
    return Listed(db.session.scalars(statement).all(), total, page)


def every_set() -> list[DataSet]:
    """All versions, for who runs this machine."""
    return list(db.session.scalars(select(DataSet).order_by(DataSet.name, DataSet.number)))


def hidden_sets_of(person: Person) -> list[DataSet]:
    """The hidden sets that PERSON keeps, newest first."""
    return list(
        db.session.scalars(
            select(DataSet)
            .where(DataSet.access == Access.HIDDEN, DataSet.kept_by_id == person.id)
            .order_by(DataSet.kept_at.desc())
        )
    )


def named(sources: Iterable[Any]) -> list[str]:
    """The addresses ``NAME/VERSION`` that a lab's list of data names, each once, in order."""
    found = []
    for row in sources:
        source = str(row.get("source") or "") if isinstance(row, dict) else ""
        if source.strip().startswith(PREFIX):
            found.append(source.strip().removeprefix(PREFIX).strip())
    return list(dict.fromkeys(found))


def sets_named(addresses: Iterable[str]) -> dict[str, DataSet]:
    """The versions at ADDRESSES, by address, in one statement; what there is not is left out."""
    wanted = {text: pair for text in addresses if (pair := parsed(text)) is not None}
    if not wanted:
        return {}
    rows = db.session.scalars(
        select(DataSet).where(DataSet.name.in_({name for name, _ in wanted.values()}))
    )
    return {row.address: row for row in rows if row.address in wanted}


def upload_of(person: Person, upload_id: Any) -> DataUpload:
    """A file that PERSON is sending. Raises NotVisible."""
    found = db.session.get(DataUpload, upload_id)
    if found is None or found.person_id != person.id or found.kept_at is not None:
        raise NotVisible(str(upload_id))
    return found


def _visible(person: Person) -> Any:
    if is_operator(person):
        return true()
    return or_(DataSet.access == Access.OPEN, DataSet.kept_by_id == person.id)
