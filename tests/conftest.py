"""Real PostgreSQL, per-test rollback, and the standing cast."""

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.factory import create_app
from app.hosting.postgres import running
from app.kernel import clock, i18n, schema
from app.kernel.config import Config
from app.kernel.database import count_statements, db

TEMPLATE = "banyan"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What shares one running house stays in one process."""
    for item in items:
        folder = item.path.relative_to(item.config.rootpath).parts[1]
        if folder == "journeys":
            item.add_marker(pytest.mark.xdist_group("house"))
            item.add_marker(pytest.mark.journey)
        elif folder == "jupyter_config":
            item.add_marker(pytest.mark.xdist_group("hub"))


@pytest.fixture(scope="session", autouse=True)
def only_loopback() -> Iterator[None]:
    """No test talks to another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]
            try:
                allowed = ipaddress.ip_address(host).is_loopback
            except ValueError:
                allowed = host == "localhost" or host.endswith(".localhost")
            if not allowed:
                raise RuntimeError(f"a test tried to reach {address}")
        return connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A PostgreSQL server of this test process, thrown away afterwards."""
    with running(tmp_path_factory.mktemp("postgres")) as made:
        yield made


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session")
def config(cluster: Any, instance: Path) -> Config:
    return Config.from_environ(
        {
            "BANYAN_INSTANCE": str(instance),
            "DATABASE_URL": cluster.url(),
            "BANYAN_DEMO": "1",
            "PATH": os.environ["PATH"],
        }
    )


@pytest.fixture(scope="session")
def migrated(cluster: Any, config: Config) -> None:
    """The schema, made by the migrations themselves."""
    schema.upgrade(cluster.url())


@pytest.fixture(scope="session")
def site(config: Config, migrated: None) -> Iterator[Flask]:
    """The application; tests use ``app``, which rolls back what they wrote."""
    made = create_app(config)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def app(site: Flask) -> Iterator[Flask]:
    """The application on one connection whose outer transaction is rolled back.

    No application context is held: requests open their own, so identities cannot mix. Use
    ``in_app`` for work outside a request.
    """
    with site.app_context():
        engine = db.engine
    connection = engine.connect()
    outer = connection.begin()
    engines = db._app_engines[site]
    real = engines[None]
    engines[None] = connection
    previous = dict(db.session.session_factory.kw)
    db.session.session_factory.configure(join_transaction_mode="create_savepoint")
    i18n.set_locale(i18n.DEFAULT_LOCALE)
    try:
        yield site
    finally:
        with site.app_context():
            db.session.remove()
        engines[None] = real
        db.session.session_factory.kw.clear()
        db.session.session_factory.kw.update(previous)
        outer.rollback()
        connection.close()


@pytest.fixture
def in_app(app: Flask) -> Callable[[], Any]:
    """``with in_app(): …`` for direct calls of operations and queries."""
    return app.app_context


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def frozen() -> Callable[[Any], Any]:
    return clock.frozen_at


@pytest.fixture
def count_queries(site: Flask) -> Callable[[], Any]:
    """``with count_queries() as seen: …`` collects the statements sent to PostgreSQL."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []
        with site.app_context():
            bound = db._app_engines[site][None]
        engine = getattr(bound, "engine", bound)

        def note(statement: str) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                seen.append(statement)

        end = count_statements(engine, note)
        try:
            yield seen
        finally:
            end()

    return counting


pytest_plugins = ["tests.cast"]
