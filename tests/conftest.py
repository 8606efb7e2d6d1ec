"""Real PostgreSQL, per-test rollback, and the standing cast."""

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from xdist.scheduler import LoadScopeScheduling

from app.factory import create_app
from app.hosting.postgres import running
from app.kernel import clock, i18n, schema
from app.kernel.config import Config
from app.kernel.database import count_statements, db

STAGE = "stage"
"""The database that already has the standing cast."""

# Examples are judged by what they show, not by how long they take while others use the machine.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

# Read by every process a few times a minute, whatever page comes: not part of what a page asks.
NOW_AND_THEN = "FROM lab_drains"


# What shares one running house, one Hub or one graded class stays in one process.
TOGETHER = (
    *("tests/journeys/", "tests/jupyter_config/", "tests/autograde/test_oracle.py"),
    "tests/courses/test_lab_scores.py",
)


class Together(LoadScopeScheduling):
    """Gives each test to the process that is free; the tests below a path of TOGETHER to one.

    A scheduler of our own, because pytest-xdist 3.8 writes its groups into names that pytest 9.2
    no longer reads. What has most tests begins first: they take longest.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Say at once what failed: the whole run goes on for long."""
    crash = getattr(report.longrepr, "reprcrash", None)
    has_failed = report.failed or report.outcome == "rerun"
    if has_failed and crash is not None and "PYTEST_XDIST_WORKER" not in os.environ:
        print(f"\n{report.nodeid}: {crash.path}:{crash.lineno}: {crash.message[:1500]}", flush=True)


# Real browsers before real servers, on machines that others use too: what fails is tried once more,
# and said to have been ("R", "rerun" in the summary). What is wrong fails twice.
ONCE_MORE = ("tests/journeys/", "tests/jupyter_config/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(ONCE_MORE):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


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
    """The schema, made by the migrations themselves; in two databases."""
    schema.upgrade(cluster.url())
    with psycopg.connect(cluster.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {STAGE} TEMPLATE banyan")


@pytest.fixture(scope="session")
def site(config: Config, migrated: None) -> Iterator[Flask]:
    """The application; tests use ``app``, which rolls back what they wrote."""
    made = create_app(config)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def peopled(site: Flask, cluster: Any) -> Iterator[Engine]:
    """The second database, with the standing cast in it: made once, changed by no test."""
    from tests.cast import KEPT, make_the_cast  # after pytest has prepared its assertions

    engine = create_engine(cluster.url(STAGE))
    with acting_on(site, engine), site.app_context():
        make_the_cast()
        db.session.remove()
    stored = (site.extensions["config"].instance / "blobs").rglob("*")
    KEPT.extend(path.read_bytes() for path in stored if path.is_file())
    yield engine
    engine.dispose()


@contextmanager
def acting_on(site: Flask, bind: Any) -> Iterator[None]:
    """The application speaks with BIND, an engine or a connection."""
    with site.app_context():
        engines = db._app_engines[site]
    real = engines[None]
    engines[None] = bind
    try:
        yield
    finally:
        engines[None] = real


@pytest.fixture
def app(site: Flask, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application on one connection whose outer transaction is rolled back.

    Tests that ask for ``cast`` find it in the database. No application context is held: requests
    open their own, so identities cannot mix. Use ``in_app`` for work outside a request.
    """
    with site.app_context():
        engine = db.engine
    if "cast" in request.fixturenames:
        engine = request.getfixturevalue("peopled")
    connection = engine.connect()
    outer = connection.begin()
    previous = dict(db.session.session_factory.kw)
    db.session.session_factory.configure(join_transaction_mode="create_savepoint")
    i18n.set_locale(i18n.DEFAULT_LOCALE)
    try:
        with acting_on(site, connection):
            try:
                yield site
            finally:
                with site.app_context():
                    db.session.remove()
    finally:
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
            if statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                return
            if NOW_AND_THEN not in statement:
                seen.append(statement)

        end = count_statements(engine, note)
        try:
            yield seen
        finally:
            end()

    return counting


pytest_plugins = ["tests.cast"]
