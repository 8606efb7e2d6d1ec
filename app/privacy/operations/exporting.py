"""Everything that is kept of somebody as one file: JSON by room, and her files."""

import json
import re
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select, text, update

from app.accounts.models import Person
from app.kernel import bigfiles, blobs, clock, personal
from app.kernel.database import db
from app.kernel.i18n import LazyText, speaking
from app.kernel.i18n import gettext as _
from app.kernel.personal import Who
from app.kernel.transaction import operation
from app.privacy.models import DataRequest
from app.privacy.rules import EXPORT_LASTS, RequestKind

__all__ = ["export_file", "forget_exports", "forget_exports_of", "make_export"]

ROWS_AT_ONCE = 500


def make_export(request_id: uuid.UUID) -> None:
    """Write the file of a request; safe to do twice."""
    request = db.session.get(DataRequest, request_id)
    if request is None or not request.is_open or request.person_id is None:
        return
    person = db.session.get_one(Person, request.person_id)
    who = Who(person.id, person.handle, person.name, person.email)
    place = export_file(request_id)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_suffix(".draft")
    with speaking(person.locale):
        _write(request_id, who, draft)
    draft.chmod(0o600)
    draft.replace(place)
    _done(request_id, place.stat().st_size)


def export_file(request_id: uuid.UUID) -> Path:
    """Where the file of an export is, or would be."""
    return bigfiles.folder("files").parents[1] / "exports" / f"{request_id}.zip"


def rows_of(name: str, who: Who) -> Iterator[dict[str, Any]]:
    """Rows of the table NAME that are about WHO and that she may know now, as they are exported."""
    table = personal.TABLES[name]
    condition = personal.hers(name)
    if table.shown:
        condition = f"{condition} AND ({table.shown})"
    found = db.session.execute(
        text(
            f"SELECT to_jsonb({name}) - CAST(:secret AS text[]) FROM {name}"
            f" WHERE {condition} ORDER BY {name}.id"
        ).execution_options(yield_per=ROWS_AT_ONCE),
        who.values | {"secret": list(table.secret), "now": clock.now()},
    )
    people = {*table.whose, *table.by} - {"id"}
    for (row,) in found:
        for column in people & row.keys():
            if row[column] is not None:
                row[column] = "you" if row[column] == str(who.id) else "another person"
        yield row


def _write(request_id: uuid.UUID, who: Who, place: Path) -> None:
    tables = [table for table in personal.in_order() if personal.is_about_people(table)]
    contents: list[dict[str, Any]] = []
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for number, table in enumerate(reversed(tables)):
            room = personal.ROOM_OF[table.name]
            rows = list(rows_of(table.name, who))
            if rows:
                _add_json(archive, contents, f"{room}/{table.name}.json", table.title, rows)
            for column, name_column in table.files:
                if column not in table.secret:
                    _add_blobs(archive, room, rows, column, name_column)
            _progress(request_id, number + 1, len(tables))
        for room, reports in personal.REPORTS.items():
            for report in reports:
                if rows := list(report.rows(who)):
                    _add_json(archive, contents, f"{room}/{report.name}.json", report.title, rows)
        for room, files in personal.FOLDERS.items():
            for inside, path in files(who):
                archive.write(path, f"{room}/files/{inside}")
        archive.writestr("contents.json", _json(contents))
        instant = clock.now().astimezone(clock.TAIPEI).strftime("%Y-%m-%d %H:%M")
        archive.writestr("README.txt", _readme(instant) + "\n")


def _add_json(
    archive: zipfile.ZipFile,
    contents: list[dict[str, Any]],
    place: str,
    title: LazyText | None,
    rows: list[dict[str, Any]],
) -> None:
    archive.writestr(place, _json(rows))
    contents.append({"file": place, "what": str(title), "rows": len(rows)})


def _readme(instant: str) -> str:
    return _(
        "What Banyan keeps of you, as of %(instant)s (Taipei).\n\n"
        "One folder for each part of the platform, in it one JSON file for each kind of record; "
        "their names in words are in contents.json. Files of yours lie beside them under files/.\n"
        "“you” stands for you, “another person” for everybody else: their names are theirs.\n"
        "Left out: digests of secrets, points that your teachers have not released yet, and tests "
        "that are hidden so that they can be used again.",
        instant=instant,
    )


def _add_blobs(
    archive: zipfile.ZipFile,
    room: str,
    rows: list[dict[str, Any]],
    column: str,
    name_column: str | None,
) -> None:
    for row in rows:
        if not row.get(column):
            continue
        name = _plain(str(row.get(name_column or "") or row[column]))
        try:
            archive.writestr(f"{room}/files/{row['id']}/{name}", blobs.get(row[column]))
        except blobs.BlobMissing:
            archive.writestr(f"{room}/files/{row['id']}/{name}.missing", "")


@operation
def _progress(request_id: uuid.UUID, done: int, total: int) -> None:
    db.session.execute(
        update(DataRequest)
        .where(DataRequest.id == request_id)
        .values(
            begun_at=clock.now() if done == 1 else DataRequest.begun_at,
            done_count=done,
            total_count=total,
        )
    )


@operation
def _done(request_id: uuid.UUID, size: int) -> None:
    request = db.session.get_one(DataRequest, request_id, with_for_update=True)
    if request.is_open:
        request.done_at = clock.now()
        request.size = size
        request.expires_at = clock.now() + EXPORT_LASTS


@operation
def forget_exports() -> int:
    """Delete the files of exports that nobody fetches any more; how many."""
    over = db.session.scalars(
        select(DataRequest).where(
            DataRequest.kind == RequestKind.EXPORT,
            DataRequest.size.is_not(None),
            DataRequest.expires_at < clock.now(),
        )
    ).all()
    for request in over:
        export_file(request.id).unlink(missing_ok=True)
        request.size = None
    return len(over)


def forget_exports_of(person_id: uuid.UUID) -> int:
    """Delete the files of PERSON_ID's exports; how many there were."""
    ids = db.session.scalars(
        select(DataRequest.id).where(
            DataRequest.person_id == person_id, DataRequest.kind == RequestKind.EXPORT
        )
    ).all()
    there = [path for path in map(export_file, ids) if path.exists()]
    for path in there:
        path.unlink()
    return len(there)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _plain(name: str) -> str:
    """NAME without what leaves its folder or what no system takes."""
    parts = [re.sub(r'[\x00-\x1f<>:"|?*\\]', "_", part) for part in name.split("/")]
    return "/".join(part for part in parts if part not in ("", ".", "..")) or "file"
