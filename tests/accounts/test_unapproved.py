"""Every route × people of companies: no mark of a student reaches who may not have it."""

import re
from itertools import islice, product

import pytest
from sqlalchemy import select

from app.accounts import operations, queries
from app.accounts.models import Membership, Person
from app.accounts.rules import Role, Step
from app.kernel import personal
from app.kernel.database import db
from app.web.doors import door_of
from tests.applications.conftest import field  # noqa: F401
from tests.grading.helpers import grade_with, hand_in, result

MOST_PER_NAME = 2
MOST_PER_ROUTE = 3
LEFT_OUT = {
    "accounts.sign_out",  # would end the reader's own session
    "privacy.notice",  # words of the law
}
# A school's own pages name who studies there only to its staff; these names are nobody's of it.
OF_TABLES = {"handle": ("people", "handle"), "person_id": ("people", "id")}


def marks():
    """What gives a student away: name, address, number, and the handle that is in addresses."""
    students = db.session.execute(
        select(Person, Membership)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.role == Role.STUDENT)
    ).all()
    found = set()
    for person, membership in students:
        found |= {person.name, person.email, f"@{person.handle}<", str(person.id)}
        if membership.student_number:
            found.add(membership.student_number)
    return {mark: re.compile(re.escape(mark)) for mark in found}


def values_of(name, room):
    """What stands in the database for a variable of a route: of the room's own tables first."""
    if name in OF_TABLES:
        table, column = OF_TABLES[name]
        rows = db.session.scalars(
            select(db.metadata.tables[table].c[column]).order_by(column).limit(30)
        ).all()
        return [str(row) for row in rows][:MOST_PER_NAME]
    rooms = personal.ROOM_OF
    tables = sorted(db.metadata.sorted_tables, key=lambda t: rooms.get(t.name) != room)
    found = []
    for table in tables:
        column = _column_for(name, table)
        if column is None:
            continue
        rows = db.session.scalars(select(column).where(column.is_not(None)).distinct().limit(4))
        found += [str(row) for row in rows if str(row) not in found and "/" not in str(row)]
    return found[: MOST_PER_NAME + 2] if name in ("slug", "code") else found[:MOST_PER_NAME]


def _column_for(name, table):
    if name.endswith("_id"):
        stem = name.removesuffix("_id")
        plurals = {f"{stem}s", f"{stem}es", f"{stem.removesuffix('y')}ies"}
        if table.name in plurals or any(table.name.endswith(f"_{p}") for p in plurals):
            return table.c.id
        return None
    return table.c.get(name)


def addresses(app):
    """Every GET of the site with what really is in the database, several of each."""
    known = {}
    for rule in app.url_map.iter_rules():
        door = door_of(app, rule.endpoint)
        if "GET" not in rule.methods or rule.endpoint in {*LEFT_OUT, "static"}:
            continue
        if door.kind == "machine":
            continue
        room = rule.endpoint.partition(".")[0]
        choices = []
        for name in sorted(rule.arguments):
            converter = rule._converters[name]
            if type(converter).__name__ == "AnyConverter":
                choices.append(list(converter.items)[:3])
                continue
            if (name, room) not in known:
                known[name, room] = values_of(name, room) or ["1"]
            choices.append(known[name, room])
        for chosen in islice(product(*choices), MOST_PER_ROUTE):
            with app.test_request_context():
                values = dict(zip(sorted(rule.arguments), chosen, strict=True))
                try:
                    made = rule.build(values, append_unknown=False)
                except ValueError:
                    continue
            if made is not None:
                yield rule.endpoint, made[1]


def told_by(cast, handle, asking, telling):
    """{address: marks} of every answer that gives somebody away, and how many were asked.

    What the door of a route refuses her altogether is left out: tests/architecture asks there.
    """
    browser, found, asked, opened = cast.browser(handle), {}, 0, 0
    with cast.app.app_context():
        person, allowed = cast.person(handle), cast.app.extensions["permissions"].may
        doors = {endpoint: door_of(cast.app, endpoint) for endpoint, _address in asking}
        open_to_her = {
            endpoint
            for endpoint, door in doors.items()
            if door.permission is None or allowed(person, door.permission)
        }
    for endpoint, address in asking:
        if endpoint not in open_to_her:
            continue
        answer = browser.get(address, buffered=False)
        asked += 1
        if answer.mimetype == "text/event-stream":
            answer.close()
            continue
        if answer.status_code >= 500:
            found[address] = ["a fault"]
        opened += answer.status_code == 200
        said = answer.data.decode(errors="replace") + str(answer.headers.get("Location", ""))
        answer.close()
        # What she asked with comes back in forms and messages: only what is new tells.
        shown = [
            mark for mark, shape in telling.items() if mark not in address and shape.search(said)
        ]
        if shown:
            found[address] = shown
    return found, asked, opened


@pytest.fixture
def world(field):  # noqa: F811
    """Students who learn, hand in, show skills and apply to one company with their consent."""
    cast = field.cast
    with cast.app.app_context():
        for handle in ("mei", "hao"):
            made = hand_in(cast, handle)
            grade_with(made, result(4.0, 2.0))
        field.apply("mei")
        field.apply("hao")
        db.session.commit()
    return field


def test_nobody_of_a_company_learns_who_studies_here(world):
    app = world.cast.app
    with app.app_context():
        telling = marks()
        assert len(telling) >= 10
        asking = sorted(set(addresses(app)))

    # The walk is not blind: the company with consent, and the section's staff, do see them.
    for handle, stem in (("yun", "/company/"), ("lin", "/teaching/")):
        seen = [(endpoint, path) for endpoint, path in asking if path.startswith(stem)]
        assert told_by(world.cast, handle, seen, telling)[0], handle

    with app.app_context():
        operations.decide(
            None, queries.organisation_by_slug("rongguang"), Step.SUSPENDED, "A student complained."
        )
    readers = {
        "asheng": "waits for approval",
        "yun": "suspended, although both students had consented",
        "xiuqin": "approved, but no student consented to this company",
        "jun": "only a mentor there",
    }
    leaks = {}
    for handle, why in readers.items():
        found, asked, opened = told_by(world.cast, handle, asking, telling)
        assert asked > 200 and opened > 20, (asked, opened)
        if found:
            leaks[f"{handle} ({why})"] = found
    assert leaks == {}
