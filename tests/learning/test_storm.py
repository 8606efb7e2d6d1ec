"""500 students press “Enrol” at once for the last place, over real HTTP."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from sqlalchemy import select

from app import demo
from app.accounts import operations as accounts
from app.accounts.models import Membership
from app.accounts.operations.registration import create_person
from app.accounts.rules import Proof, Role
from app.catalog import operations as catalog
from app.kernel import clock
from app.kernel.database import db
from app.kernel.transaction import operation
from app.learning import operations, queries
from app.learning.models import PlaceRequest, Section
from app.learning.rules import RequestState
from tests.cast import Cast
from tests.cast import cluster as small_cluster

ROOT = Path(__file__).resolve().parents[2]
STUDENTS = 500


@operation
def _people(site, section: Section) -> dict[str, str]:
    """Students of the section's school, by handle, each with the cookie of a session."""
    signer = site.session_interface.get_signing_serializer(site)
    cookies = {}
    for number in range(STUDENTS):
        handle = f"storm-{number}"
        person = create_person(name=handle, email=f"{handle}@elsewhere.example", handle=handle)
        person.email_verified_at = clock.now()
        db.session.add(
            Membership(
                person_id=person.id,
                organisation_id=section.school_id,
                role=Role.STUDENT,
                proven_by=Proof.OPERATOR,
            )
        )
        token = accounts.open_sign_in(site.extensions["config"], person)
        cookies[handle] = f"banyan={signer.dumps({'_user_id': token})}"
    return cookies


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ask(port: int, address: str, cookie: str) -> tuple[int, str]:
    with contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    ) as connection:
        connection.request("POST", address, headers={"Cookie": cookie, "Content-Length": "0"})
        with connection.getresponse() as answer:
            answer.read()
            return answer.status, answer.headers.get("Location", "")


def _wait_for(port: int, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            if _ask(port, "/healthz", "")[0] == 405:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


def test_the_last_place_goes_to_one_of_500_and_the_rest_wait_in_order(
    site, migrated, cluster, instance
):
    try:
        with site.app_context():
            _course()
            section = Cast(site, None).section()
            section.capacity = 3
            db.session.commit()
            for handle in ("mei", "hao"):
                operations.enrol(Cast(site, None).person(handle), section)
            cookies = _people(site, section)
            code = section.code
        answers = _storm(cluster, instance, f"/learn/{code}/enrolment", cookies)

        assert {status for status, _to in answers.values()} == {302}
        got_in = [h for h, (_status, to) in answers.items() if to == f"/learn/{code}"]
        assert len(got_in) == 1
        with site.app_context():
            section = db.session.scalars(select(Section).where(Section.code == code)).one()
            taken = {row.person.handle for row in queries.roster(section)}
            assert taken == {"mei", "hao", *got_in}
            line = db.session.scalars(
                select(PlaceRequest)
                .where(PlaceRequest.section_id == section.id)
                .order_by(PlaceRequest.turn)
            ).all()
            assert [row.turn for row in line] == list(range(1, STUDENTS))
            assert {row.state for row in line} == {RequestState.WAITING}
            assert line == sorted(line, key=lambda row: row.requested_at)
            first = [row.person.handle for row in line[:3]]
            for handle in (*got_in, "mei", "hao"):
                operations.withdraw(Cast(site, None).person(handle), section)
            assert {row.person.handle for row in queries.roster(section)} == set(first)
    finally:
        with site.app_context():
            names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
            db.session.rollback()
            db.session.execute(db.text(f"TRUNCATE {names} CASCADE"))
            db.session.commit()


@operation
def _course() -> None:
    catalog.load_clusters((small_cluster(),))
    demo.load_sections()


def _storm(server_of_data, instance, address: str, cookies: dict[str, str]) -> dict:
    """Everybody posts at the same moment to a real server with two processes."""
    port = _free_port()
    server = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "--workers", "2", "--preload", "--threads", "8",
            "--bind", f"127.0.0.1:{port}", "tests.learning.storm_site:app",
        ],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"], "DATABASE_URL": server_of_data.url(),
            "BANYAN_INSTANCE": str(instance), "BANYAN_DEMO": "1",
        },
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    answers: dict[str, tuple[int, str]] = {}
    start = threading.Barrier(len(cookies))
    try:
        _wait_for(port, server)

        def press(handle: str, cookie: str) -> None:
            start.wait(30)
            answers[handle] = _ask(port, address, cookie)

        threads = [threading.Thread(target=press, args=pair) for pair in cookies.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(90)
    finally:
        server.terminate()
        server.wait(120)
    assert len(answers) == len(cookies)
    return answers
