"""No table and no column that refers to people is forgotten: each room says what becomes of it."""

import pytest
from sqlalchemy import ARRAY, String
from sqlalchemy.dialects.postgresql import CITEXT, JSONB, TSVECTOR

from app import factory
from app.kernel import personal
from app.kernel.database import db
from app.kernel.localized import Localized
from app.kernel.personal import Fate
from app.privacy.views.words import ROOM_NAMES

factory.import_models()
ALL = sorted(db.metadata.tables)
DECLARED = sorted(personal.TABLES)
WORDS = (String, CITEXT, JSONB, TSVECTOR, Localized, ARRAY)


def columns_of_people(table):
    return {
        column.name
        for column in db.metadata.tables[table].columns
        if any(key.column.table.name == "people" for key in column.foreign_keys)
    }


@pytest.mark.parametrize("table", ALL)
def test_every_table_is_declared_by_its_room(table):
    assert table in personal.TABLES or table in personal.IMPERSONAL, (
        f"{table} is in no room's personal.py: declare what it holds of people and what becomes of"
        " it when somebody is erased, or that it holds nothing (docs/privacy.md)"
    )


@pytest.mark.parametrize("table", DECLARED)
def test_every_room_has_a_name_on_the_page_of_her_data(table):
    assert personal.ROOM_OF[table] in ROOM_NAMES


@pytest.mark.parametrize("table", ALL)
def test_every_column_that_names_a_person_is_declared(table):
    found = columns_of_people(table)
    if table in personal.IMPERSONAL:
        assert not found, f"{table} is declared impersonal and names people in {sorted(found)}"
        return
    declared = personal.TABLES[table]
    forgotten = found - set(declared.whose) - set(declared.by) - set(declared.cut)
    assert not forgotten, (
        f"{table} names people in {sorted(forgotten)}: say in its room's personal.py whether the"
        " row is about that person (whose) or only names who did something (by)"
    )


@pytest.mark.parametrize("table", DECLARED)
def test_every_declared_column_exists(table):
    declared = personal.TABLES[table]
    there = set(db.metadata.tables[table].columns.keys())
    named = {
        *declared.whose, *declared.by, *declared.secret, *declared.cut, *declared.words,
        *(column for column, _parent in (*declared.via, *declared.loosen)),
        *(column for pair in declared.files for column in pair if column),
    }  # fmt: skip
    assert named <= there
    assert {parent for _column, parent in (*declared.via, *declared.loosen)} <= set(DECLARED)


@pytest.mark.parametrize("table", DECLARED)
def test_rows_that_stay_have_every_text_column_decided_and_a_reason(table):
    declared = personal.TABLES[table]
    if declared.fate is Fate.DELETE or not personal.is_about_people(declared):
        return
    texts = {
        column.name
        for column in db.metadata.tables[table].columns
        if isinstance(column.type, WORDS)
    }
    undecided = texts - set(declared.cut) - set(declared.words)
    assert not undecided, (
        f"rows of {table} stay when somebody is erased: say of {sorted(undecided)} what then stands"
        " there (cut), or that it never holds what a person wrote or is called (words)"
    )
    assert declared.reason is not None


@pytest.mark.parametrize("table", DECLARED)
def test_what_is_about_somebody_has_a_name_in_words(table):
    declared = personal.TABLES[table]
    assert declared.title is not None or not personal.is_about_people(declared)


@pytest.mark.parametrize("table", DECLARED)
def test_nothing_is_left_hanging_on_rows_that_go(table):
    """Whatever points to rows that are deleted goes with them, or lets go."""
    if personal.TABLES[table].fate is not Fate.DELETE:
        return
    if not personal.is_about_people(personal.TABLES[table]):
        return
    for other in db.metadata.tables.values():
        for key in other.foreign_keys:
            if key.column.table.name != table or key.ondelete or other.name == table:
                continue
            declared = personal.TABLES.get(other.name)
            ways = () if declared is None else (*declared.via, *declared.loosen)
            assert (key.parent.name, table) in ways, (
                f"{other.name}.{key.parent.name} points to {table}, whose rows go with a person:"
                " declare it (via, or loosen) in its room's personal.py"
            )


@pytest.mark.parametrize("table", DECLARED)
def test_columns_with_stored_files_are_declared(table):
    declared = personal.TABLES[table]
    if not personal.is_about_people(declared) or declared.fate is not Fate.DELETE:
        return
    blobs = {
        column.name
        for column in db.metadata.tables[table].columns
        if "blob" in column.name and isinstance(column.type, String)
    }
    assert blobs == {column for column, _name in declared.files}


def test_addresses_of_people_without_an_account_are_looked_up():
    """Who has no account can still ask: every table with an address of nobody's is searched."""
    found = {
        table.name
        for table in db.metadata.tables.values()
        if "email" in table.columns
        and not any(column in table.columns for column in ("person_id", "handle"))
    }
    assert found == set(personal.CONTACTS)


def test_every_page_on_which_she_corrects_opens_without_more(site):
    rules = {rule.endpoint: rule for rule in site.url_map.iter_rules() if "GET" in rule.methods}
    asked = {row.correct for row in personal.TABLES.values() if row.correct}
    assert {one for one in asked if one not in rules or rules[one].arguments} == set()
