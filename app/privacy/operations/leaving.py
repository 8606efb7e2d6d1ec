"""Stored files that leave with somebody, unless somebody else has the same.

Files are kept once by what is in them (``kernel.blobs``). One goes when no row of any table names
its address any more, and when it was not stored again a moment ago by work that is not yet
committed.
"""

import uuid
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from app.kernel import blobs, clock
from app.kernel.database import db
from app.kernel.jobs import defer
from app.kernel.personal import Table
from app.kernel.transaction import operation
from app.privacy.models import DataRequest

__all__ = ["GRACE", "addresses_in", "in_use", "leave"]

GRACE = timedelta(minutes=10)
"""No request or job that stores a file takes longer to commit."""


def addresses_in(table: Table, where: str, values: dict[str, Any]) -> Iterable[str]:
    """Addresses of files in the rows of TABLE that WHERE describes."""
    for column, _name in table.files:
        yield from db.session.scalars(
            text(f"SELECT DISTINCT {table.name}.{column} FROM {table.name} {where}"),
            values,
        ).all()


def leave(request_id: uuid.UUID) -> int:
    """Delete files that a request left behind; how many. What is too fresh is tried again."""
    request = db.session.get(DataRequest, request_id)
    if request is None or not request.leaving:
        return 0
    wanted = {address for address in request.leaving if address}
    going = wanted - in_use(wanted)
    fresh = {address for address in going if not blobs.remove(address, unused_for=GRACE)}
    _still(request_id, sorted(fresh))
    return len(going) - len(fresh)


def in_use(addresses: Collection[str]) -> set[str]:
    """Those of ADDRESSES that some row of the database names, in whatever column."""
    found: set[str] = set()
    for table in db.metadata.sorted_tables:
        if table.name == "data_requests":
            continue  # its list of what leaves
        for column in table.columns:
            kind = str(column.type)
            if kind.startswith("VARCHAR") and "blob" in column.name:
                asked = f"SELECT {column.name} FROM {table.name} WHERE {column.name} = ANY(:wanted)"
            elif "JSON" in kind:
                asked = (
                    f"SELECT hit[1] FROM {table.name},"
                    f" regexp_matches({column.name}::text, '[0-9a-f]{{64}}', 'g') AS hit"
                    " WHERE hit[1] = ANY(:wanted)"
                )
            else:
                continue
            found |= set(db.session.scalars(text(asked), {"wanted": list(addresses)}))
    return found


@operation
def _still(request_id: uuid.UUID, addresses: list[str]) -> None:
    request = db.session.get_one(DataRequest, request_id, with_for_update=True)
    request.leaving = addresses or None
    if addresses:
        defer(
            "privacy.tasks.leave",
            request_id=str(request_id),
            at=clock.now() + GRACE + timedelta(minutes=1),
        )
