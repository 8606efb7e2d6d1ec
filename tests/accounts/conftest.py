"""People and helpers of this room's tests."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app.accounts import demo, operations, queries
from app.accounts.models import Person
from app.accounts.operations.registration import create_person
from app.accounts.rules import Proof, Role, hash_password
from app.kernel import clock
from app.kernel.database import db

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)


@pytest.fixture
def people(app: Flask) -> dict[str, uuid.UUID]:
    """The demo's people by handle."""
    with app.app_context():
        return {handle: person.id for handle, person in demo.load_people().items()}


@pytest.fixture
def make_person(app: Flask) -> Callable[..., uuid.UUID]:
    def make(
        email: str, *, name: str = "Somebody", verified: bool = True, **kwargs: Any
    ) -> uuid.UUID:
        with app.app_context():
            person = create_person(name=name, email=email, password_hash=HASH, **kwargs)
            assert person is not None
            if verified:
                operations.verify_email(person)
            db.session.commit()
            return person.id

    return make


@pytest.fixture
def as_person(app: Flask) -> Callable[[uuid.UUID], FlaskClient]:
    """A browser in which this person is signed in."""

    def enter(person_id: uuid.UUID) -> FlaskClient:
        with app.app_context():
            token = operations.open_sign_in(
                app.extensions["config"], db.session.get_one(Person, person_id)
            )
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = token
        return client

    return enter


@pytest.fixture
def give_role(app: Flask) -> Callable[..., None]:
    def give(person_id: uuid.UUID, slug: str, role: Role) -> None:
        with app.app_context():
            organisation = queries.organisation_by_slug(slug)
            assert organisation is not None
            operations.add_membership(
                db.session.get_one(Person, person_id), organisation.id, role, Proof.OPERATOR
            )

    return give


@pytest.fixture
def mails(app: Flask) -> Callable[[], list[dict[str, str]]]:
    """The mails on the queue, oldest first: to, subject, text."""

    def read() -> list[dict[str, str]]:
        with app.app_context():
            return list(
                db.session.scalars(
                    text(
                        "SELECT args FROM procrastinate_jobs "
                        "WHERE task_name = 'kernel.mail.deliver' ORDER BY id"
                    )
                )
            )

    return read


@pytest.fixture
def link_in(mails: Callable[[], list[dict[str, str]]]) -> Callable[..., str]:
    """The path of the link in the newest mail to somebody."""

    def find(email: str) -> str:
        mail = [m for m in mails() if m["to"] == email][-1]
        found = re.search(r"http://localhost:8000(/\S+)", mail["text"])
        assert found, mail["text"]
        return found.group(1)

    return find


@pytest.fixture
def site_without_demo(app: Flask) -> Iterator[None]:
    """The same site after BANYAN_DEMO was switched off."""
    with _configured(app, demo=False):
        yield


@contextmanager
def _configured(app: Flask, **changes: Any) -> Iterator[None]:
    config = app.extensions["config"]
    app.extensions["config"] = replace(config, **changes)
    try:
        yield
    finally:
        app.extensions["config"] = config


@pytest.fixture
def configured(app: Flask) -> Callable[..., Any]:
    return lambda **changes: _configured(app, **changes)


@pytest.fixture
def frozen_now() -> Iterator[Any]:
    """The clock, stopped."""
    instant = clock.now()
    with clock.frozen_at(instant):
        yield instant
