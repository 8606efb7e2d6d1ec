"""A site on a database of its own: for real commits, several connections, several processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app import demo
from app.catalog import operations as catalog
from app.factory import create_app
from app.kernel import schema
from app.kernel.config import Config
from app.kernel.database import db
from app.workspaces import hub
from tests.cast import Cast
from tests.cast import cluster as cluster_of_one_course
from tests.grading.helpers import grade_with, hand_in
from tests.grading.tampering import tampered

ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def site_of_its_own(cluster: Any, config: Config, name: str) -> Iterator[Cast]:
    """The cast on the new database NAME, which is dropped afterwards. Nothing is rolled back."""
    cluster.create_database(name)
    url = cluster.url(name)
    schema.upgrade(url)
    site = create_app(replace(config, database_url=url))
    site.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    before = hub.client()
    fake = hub.FakeHub()
    hub.configure(fake)
    try:
        with site.app_context():
            catalog.load_clusters((cluster_of_one_course(),))
            demo.load_sections()
        made = Cast(site, fake)
        made.enrol("mei", "hao")
        yield made
    finally:
        hub.configure(before)
        with site.app_context():
            db.session.remove()
            db.engine.dispose()
        cluster.drop_database(name)


@pytest.fixture
def committed(cluster: Any, config: Config) -> Iterator[Cast]:
    """As ``enrolled``, with real commits."""
    with site_of_its_own(cluster, config, "committed") as made:
        yield made


@pytest.fixture
def house(cluster, config):
    with site_of_its_own(cluster, config, "workers") as made:
        yield made


@pytest.fixture
def worker(house, config, tmp_path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """``worker("--jobs", "1")`` starts one on the house's database, by PROGRAM if one is given."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, program: str = "", **environment: str) -> subprocess.Popen[bytes]:
        command = ("worker", *arguments)
        log = (tmp_path / f"worker-{len(started)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, *(("-c", program) if program else ("-m", "app.cli")), *command],
            cwd=ROOT,
            env={
                **{k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")},
                "BANYAN_INSTANCE": str(config.instance),
                "DATABASE_URL": house.app.config["SQLALCHEMY_DATABASE_URI"],
                "BANYAN_DEMO": "1",
                **environment,
            },
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
    for process in started:
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def rows(house, statement: str) -> list[Any]:
    with house.app.app_context():
        try:
            return list(db.session.execute(text(statement)).all())
        finally:
            db.session.remove()


def until(condition: Callable[[], Any], tmp_path: Path, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.1)
    logs = "\n".join(path.read_text()[-2000:] for path in sorted(tmp_path.glob("worker-*.log")))
    raise AssertionError(f"it did not happen in {seconds} s:\n{logs}")


def alive(house) -> int:
    return len(rows(house, "SELECT 1 FROM worker_reports"))


@pytest.fixture
def stage(enrolled):
    """Mei's submission has been found tampered; ``stage.case`` is the address of its case."""
    with enrolled.app.app_context():
        made = hand_in(enrolled, "mei")
        grade_with(made, tampered())
        enrolled.submission_id = made.id
        enrolled.case_id = made.attempt.case.id
        enrolled.case = f"/cases/{enrolled.case_id}"
    return enrolled
