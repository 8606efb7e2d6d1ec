"""Erasing somebody: what every room declared, and what lies outside of tables.

The order matters. First she can sign in no more and her labs close, while her handle is still
known; then all rows go in one transaction, which ends with the receipt; at last the stored files
that nobody else has.
"""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, text

from app.accounts.models import Person
from app.accounts.operations import end_sign_ins, suspend_person
from app.kernel import audit, clock, personal
from app.kernel.database import db
from app.kernel.events import publish
from app.kernel.i18n import LOCALES, LazyText, speaking
from app.kernel.localized import LocalizedText
from app.kernel.personal import Fate, Sql, Table, Who
from app.kernel.transaction import operation
from app.privacy.events import PersonErased
from app.privacy.models import DataRequest
from app.privacy.operations.exporting import forget_exports_of
from app.privacy.operations.leaving import addresses_in, leave
from app.privacy.operations.scanning import Trace, traces
from app.privacy.rules import receipt_digest

__all__ = ["BACKUPS_LAST", "erase"]

BACKUPS_LAST = timedelta(days=35)
"""How long copies for emergencies are kept at most (docs/operations.md)."""


def erase(request_id: uuid.UUID) -> None:
    """Do what a request of erasing asks for, if its days are over; safe to do again.

    Raises what a step outside of the database raised: the job is tried again, and nothing of the
    database has gone by then.
    """
    request = db.session.get(DataRequest, request_id)
    if request is None or not request.is_open or (request.begins_at or clock.now()) > clock.now():
        return
    if request.person_id is None:
        _erase_contact(request_id)
        return
    who = _begin(request_id)
    removed = {step.name: step.run(who) for step in personal.STEPS.values() if step.outside}
    removed["privacy.exports"] = forget_exports_of(who.id)
    _erase_rows(request_id, who, removed)
    leave(request_id)


@operation
def _begin(request_id: uuid.UUID) -> Who:
    """From here on it cannot be taken back: her sign-ins end and her lab stops."""
    request = db.session.get_one(DataRequest, request_id, with_for_update=True)
    person = db.session.get_one(Person, request.person_id)
    request.begun_at = request.begun_at or clock.now()
    suspend_person(None, person, "")
    end_sign_ins(person)
    return Who(person.id, person.handle, person.name, person.email)


@operation
def _erase_rows(request_id: uuid.UUID, who: Who, removed: dict[str, int]) -> None:
    request = db.session.get_one(DataRequest, request_id, with_for_update=True)
    if not request.is_open:
        return
    db.session.execute(text(personal.ERASING))
    tables = personal.in_order()
    addresses = {a for table in tables if table.fate is Fate.DELETE for a in _files(table, who)}
    for step in personal.STEPS.values():
        if not step.outside:
            removed[step.name] = step.run(who)
    counts = {table.name: _erase_from(table, who) for table in tables}
    removed["privacy.jobs"] = _forget_jobs(who)
    db.session.expire_all()
    request.leaving = sorted(addresses)
    request.done_at = clock.now()
    audit.record(None, "erased", "person", who.id)
    publish(PersonErased(who.id))
    db.session.flush()
    _give_receipt(request, counts, removed, len(addresses), _mentions(who))


@operation
def _erase_contact(request_id: uuid.UUID) -> None:
    """Somebody without an account: what schools and teachers wrote down under her address."""
    request = db.session.get_one(DataRequest, request_id, with_for_update=True)
    counts = {}
    for name, (column, only) in personal.CONTACTS.items():
        found: Any = db.session.execute(
            text(f"DELETE FROM {name} WHERE {name}.{column} = :email AND ({only})"),
            {"email": request.contact},
        )
        counts[name] = found.rowcount
    who = Who(request.id, "", "", request.contact)
    removed = {"privacy.jobs": _forget_jobs(who)}
    request.contact = request.words = ""
    request.begun_at = request.done_at = clock.now()
    audit.record(None, "erased", "contact", request.id)
    db.session.flush()
    _give_receipt(request, counts, removed, 0, _mentions(who))


def _files(table: Table, who: Who) -> Iterable[str]:
    """Addresses of stored files of her rows."""
    return addresses_in(table, f"WHERE {personal.hers(table.name)}", who.values)


def _erase_from(table: Table, who: Who) -> int:
    """Erase or cut her rows of one table; how many."""
    for column, parent in table.loosen:
        db.session.execute(
            text(
                f"UPDATE {table.name} SET {column} = NULL WHERE {column} IN"
                f" (SELECT id FROM {parent} WHERE {personal.hers(parent)})"
            ),
            who.values,
        )
    if not personal.is_about_people(table):
        return 0
    condition = personal.hers(table.name)
    values: dict[str, Any] = dict(who.values)
    if table.fate is Fate.DELETE:
        sql = f"DELETE FROM {table.name} WHERE {condition}"
    elif table.cut:
        columns = []
        for column, value in table.cut.items():
            values[f"cut_{column}"] = "{}" if value == {} else value
            kind = db.metadata.tables[table.name].columns[column].type
            is_json = "JSON" in str(kind)
            given = f"CAST(:cut_{column} AS jsonb)" if is_json else f":cut_{column}"
            columns.append(f"{column} = {value.text if isinstance(value, Sql) else given}")
            if isinstance(value, Sql):
                del values[f"cut_{column}"]
        sql = f"UPDATE {table.name} SET {', '.join(columns)} WHERE {condition}"
    else:
        return personal.count_of(table.name, who)
    done: CursorResult[Any] = db.session.execute(text(sql), values)  # type: ignore[assignment]
    return done.rowcount


def _forget_jobs(who: Who) -> int:
    """Jobs that name her: mails on their way, work for her that nobody needs any more."""
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        text(
            "DELETE FROM procrastinate_jobs WHERE position(:email in lower(args::text)) > 0"
            " OR position(:person_text in args::text) > 0"
        ),
        {"email": who.email.lower(), "person_text": str(who.id)},
    )
    return done.rowcount


def _mentions(who: Who) -> list[Trace]:
    """Where others wrote her name or address: for the office, which looks at each."""
    return traces([who.name, who.email, f"@{who.handle}" if who.handle else ""])


def _give_receipt(
    request: DataRequest,
    counts: dict[str, int],
    removed: dict[str, int],
    file_count: int,
    mentions: list[Trace],
) -> None:
    """What was erased, what stays and why; with a digest over all of it."""
    about = [personal.TABLES[name] for name in counts if counts[name]]
    receipt = {
        "request": str(request.id),
        "asked_at": request.asked_at.isoformat(timespec="seconds"),
        "erased_at": clock.now().isoformat(timespec="seconds"),
        "erased": [_line(t, counts[t.name]) for t in about if t.fate is Fate.DELETE],
        "kept": [
            _line(t, counts[t.name]) | {"why": _both(t.reason)}
            for t in about
            if t.fate is not Fate.DELETE
        ],
        "besides": [
            {"what": _both(step.title), "count": removed[step.name]}
            for step in personal.STEPS.values()
            if removed.get(step.name)
        ],
        "jobs": removed.get("privacy.jobs", 0),
        "exports": removed.get("privacy.exports", 0),
        "files": file_count,
        "mentions": [{"table": t.place, "column": t.column, "count": t.count} for t in mentions],
        "backups_until": (clock.now() + BACKUPS_LAST).date().isoformat(),
    }
    request.receipt = receipt
    request.receipt_digest = receipt_digest(receipt)


def _line(table: Table, count: int) -> dict[str, Any]:
    return {
        "room": personal.ROOM_OF[table.name],
        "table": table.name,
        "what": _both(table.title),
        "count": count,
    }


def _both(words: LazyText | None) -> dict[str, str]:
    """WORDS in both languages."""
    texts = {}
    for code in LOCALES:
        with speaking(code):
            texts[code] = str(words or "")
    return dict(LocalizedText(texts))
