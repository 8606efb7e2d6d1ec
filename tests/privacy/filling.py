"""A row for somebody in every table, with a mark in every column that can hold words."""

import hashlib
import uuid
from datetime import timedelta

from sqlalchemy import ARRAY, JSON, Enum, Numeric, String, Uuid, text
from sqlalchemy.dialects.postgresql import CITEXT, TSVECTOR, insert

from app.kernel import clock, personal
from app.kernel.database import db
from app.kernel.localized import Localized


def fill(person, mark, others):
    """Insert a row into every table; the ids by table.

    Rows of tables about people are PERSON's, with MARK in each column of words; OTHERS is who did
    things for her. Checks, triggers and foreign keys are not asked, as this is about columns.
    """
    ids = {table: uuid.uuid4() for table in db.metadata.tables} | {"people": person.id}
    now = clock.now()
    _without_checks("DISABLE")
    rows = {"people": {"id": person.id}}
    for table in db.metadata.sorted_tables:
        if table.name == "people":
            continue
        values = {"id": ids[table.name]}
        for column in table.columns:
            if column.name != "id" and column.identity is None:
                values[column.name] = _value(
                    table.name, column, ids, rows, person, mark, others, now
                )
        rows[table.name] = values
        row = insert(table).values(values)
        # PostgreSQL asks for conflicts only with what is checked at once.
        if not any(getattr(rule, "deferrable", False) for rule in table.constraints):
            row = row.on_conflict_do_nothing()
        db.session.execute(row)
    _without_checks("ENABLE")
    return ids


def _without_checks(triggers):
    """Drop every check of the schema and DISABLE or ENABLE its triggers, until the rollback."""
    db.session.execute(
        text(f"""
        DO $$ DECLARE one record; BEGIN
        FOR one IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
          WHERE contype = 'c' AND connamespace = current_schema()::regnamespace
            AND conrelid::regclass::text NOT LIKE 'procrastinate%' AND conrelid <> 0 LOOP
          EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.place, one.conname);
        END LOOP;
        FOR one IN SELECT DISTINCT tgrelid::regclass AS place FROM pg_trigger
          WHERE NOT tgisinternal AND tgrelid::regclass::text NOT LIKE 'procrastinate%' LOOP
          EXECUTE format('ALTER TABLE %s {triggers} TRIGGER USER', one.place);
        END LOOP; END $$
        """)
    )


def _value(table, column, ids, rows, person, mark, others, now):
    declared = personal.TABLES.get(table)
    name = column.name
    special = {
        ("search_documents", "key"): f"person:{person.id}",
        ("audit_entries", "subject_id"): str(person.id),
        ("rubric_judgements", "subject"): f"work:{ids.get('submissions')}",
        ("roster_entries", "email"): person.email,
        ("invitations", "email"): person.email,
        ("interviews", "contact_email"): person.email,
        ("roster_invitations", "email"): person.email,
        ("data_requests", "kind"): "correct",
    }
    if (table, name) in special:
        return special[table, name]
    if declared is not None:
        if name in declared.whose:
            return person.id
        if name in declared.by:
            return others.id
        for hung, parent in declared.via:
            if hung == name:
                return ids[parent]
    for key in column.foreign_keys:
        parent = key.column.table.name
        if parent == table:
            return None if column.nullable else ids[table]
        return others.id if parent == "people" else rows[parent][key.column.name]
    if "blob" in name and isinstance(column.type, String):
        return hashlib.sha256(f"{table} {name} {person.id}".encode()).hexdigest()
    about = declared is not None and personal.is_about_people(declared)
    stays = about and name in declared.words
    return _plain(column, mark if about and not stays else f"x{person.handle[:3]}", now)


def _plain(column, words, now):
    kind = column.type
    if isinstance(kind, Enum):
        return next(iter(kind.enum_class)) if kind.enum_class else kind.enums[0]
    if isinstance(kind, Localized):
        return {"en": words, "zh-Hant-TW": words}
    if isinstance(kind, JSON):
        return {"en": words}
    if isinstance(kind, ARRAY):
        return [uuid.uuid4() if isinstance(kind.item_type, Uuid) else words]
    if isinstance(kind, TSVECTOR):
        return words
    if isinstance(kind, String | CITEXT):
        return words[: getattr(kind, "length", None) or 200]
    if isinstance(kind, Numeric):
        return 1
    python = kind.python_type.__name__
    return {
        "datetime": now - timedelta(minutes=1),
        "date": now.date(),
        "int": 1,
        "bool": True,
        "float": 1.0,
        "UUID": uuid.uuid4(),
        "timedelta": timedelta(minutes=1),
    }[python]
