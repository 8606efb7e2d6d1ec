"""Whether the house is well: probes, the page, the doctor."""

import socketserver
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from app.hosting import doctor
from app.kernel.database import db
from app.operations import cli
from app.operations.queries import checks
from app.operations.queries.checks import running_checks
from tests.grading.tampering import text_of


class Proxy(BaseHTTPRequestHandler):
    """The proxy's API: answers the routes that the test put there."""

    def do_GET(self):
        data = self.server.routes.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@pytest.fixture
def proxy(monkeypatch):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Proxy) as server:
        server.daemon_threads = True
        server.routes = '{"/labs.localhost/": {"target": "http://hub"}}'
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        monkeypatch.setenv("PROXY_API_URL", f"http://127.0.0.1:{server.server_address[1]}")
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def well(enrolled, proxy, monkeypatch):
    """Everything answers."""
    monkeypatch.setattr(checks.hub, "answers", lambda config: True)
    with enrolled.app.app_context():
        db.session.execute(
            text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
        )
        db.session.commit()
    return enrolled


def found(cast, **changes):
    with cast.app.app_context():
        config = replace(cast.app.extensions["config"], **changes)
        return {check.name: check.is_well for check in running_checks(config)}


class TestReadiness:
    def test_is_given_when_every_part_is_well(self, well):
        answer = well.app.test_client().get("/readyz?all")
        assert answer.json["checks"] == {
            name: True for name in ("database", "migrations", "worker", "hub", "proxy", "disk")
        }
        assert answer.status_code == 200

    def test_is_of_the_site_alone_unless_everything_is_asked_for(self, enrolled, monkeypatch):
        monkeypatch.setattr(checks.hub, "answers", lambda config: False)
        client = enrolled.app.test_client()
        assert client.get("/readyz").status_code == 200
        assert client.get("/readyz?all").status_code == 503
        assert client.get("/readyz").json["checks"]["hub"] is False

    def test_is_withdrawn_while_the_schema_is_an_older_one(self, well):
        with well.app.app_context():
            db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
            db.session.commit()
        client = well.app.test_client()
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200  # alive: a restart would not help
        assert "run banyan db upgrade" in well.browser("ting").get("/operations/checks").text

    def test_is_withdrawn_when_the_disk_is_full(self, well, monkeypatch):
        monkeypatch.setattr(checks.shutil, "disk_usage", lambda path: SimpleNamespace(free=10**8))
        assert well.app.test_client().get("/readyz").status_code == 503

    def test_misses_a_worker_that_is_silent(self, well):
        with well.app.app_context():
            db.session.execute(
                text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 min'")
            )
            db.session.commit()
        assert found(well)["worker"] is False

    def test_misses_the_route_to_the_hub(self, well, proxy):
        assert found(well)["proxy"] is True
        proxy.routes = '{"/mei.labs.localhost/user/mei": {"target": "http://…"}}'
        assert found(well)["proxy"] is False

    def test_says_nothing_but_yes_and_no_to_strangers(self, enrolled):
        answer = enrolled.app.test_client().get("/readyz")
        assert set(answer.json) == {"status", "checks"}
        assert all(isinstance(value, bool) for value in answer.json["checks"].values())


class TestTheDatabaseGone:
    def test_is_one_answer_and_no_fault(self, config):
        def rows(statement):
            raise OSError("gone")

        said = running_checks(config, rows)
        assert [check.is_well for check in said if check.name == "database"] == [False]
        assert {check.name for check in said} == {"database", "hub", "proxy", "disk"}
        assert not checks.is_ready(said)


class TestPageAndDoctor:
    def test_say_the_same_of_what_runs(self, well, config, migrated):
        with well.app.app_context():
            said = [str(check.sentence) for check in running_checks(config)]
        page = text_of(well.browser("ting").get("/operations/checks").text)
        assert "The Hub answers." in page and "Workers that are alive: 1." in page
        findings = [one.sentence for one in doctor.examine(config, {})]
        assert "The database answers." in findings and "The Hub answers." in findings
        assert len(said) == 6

    def test_machine_findings_of_the_doctor_are_on_the_page(self, well, config):
        page = text_of(well.browser("ting").get("/operations/checks").text)
        machine = doctor.examine(config, {}, only_the_machine=True)
        assert any("Sandboxes work" in one.sentence for one in machine)
        assert "Sandboxes work" in page

    def test_a_house_that_does_not_run_is_no_problem_for_the_doctor(self, config, tmp_path):
        (only,) = cli.running_parts(replace(config, database_url="", instance=tmp_path), {})
        assert only.is_well and "not running" in only.sentence

    def test_are_for_operators(self, enrolled):
        assert enrolled.browser("lin").get("/operations/checks").status_code == 403
