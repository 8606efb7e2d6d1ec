"""Talking to the Hub's REST API: against a small real server on a socket of its own."""

import json
import socketserver
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from urllib.parse import quote

import pytest

from app.workspaces import hub


class Answers(BaseHTTPRequestHandler):
    """Answers what the test put on the list, and remembers what it was asked."""

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.server.asked.append((self.command, self.path, self.headers["Authorization"], body))
        status, content = self.server.plan.pop(0)
        data = json.dumps(content).encode() if content is not None else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *args):
        pass

    def address_string(self):
        return "socket"


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@pytest.fixture
def made(config, tmp_path):
    path = tmp_path / "hub.sock"
    with Server(str(path), Answers) as server:
        server.plan, server.asked = [], []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        url = f"http+unix://{quote(str(path), safe='')}/hub/api"
        client = hub.RestHub(replace(config, hub_api_url=url))
        yield client, server
        client._http.close()
        server.shutdown()
        thread.join()


class TestStart:
    @pytest.mark.parametrize("status", [201, 202, 400])
    def test_is_content_when_a_server_runs_starts_or_ran_already(self, made, status):
        client, server = made
        server.plan = [(409, {}), (status, {})]
        client.start("mei", locale="en", environment="deep-learning")
        options = {"locale": "en", "environment": "deep-learning"}
        assert [(m, p, b) for m, p, _t, b in server.asked] == [
            ("POST", "/hub/api/users/mei", None),
            ("POST", "/hub/api/users/mei/server", options),
        ]

    def test_asks_twice_when_the_hub_forgot_who_the_site_is(self, made):
        client, server = made
        server.plan = [(403, {}), (201, {}), (201, {})]
        client.start("mei", locale="en")

    def test_says_that_the_hub_is_unavailable(self, made):
        client, server = made
        server.plan = [(500, {})]
        with pytest.raises(hub.HubUnavailable):
            client.start("mei", locale="en")

    def test_says_that_too_many_start_at_this_moment(self, made):
        client, server = made
        server.plan = [(409, {}), (429, {})]
        with pytest.raises(hub.HubBusy):
            client.start("mei", locale="en")

    # httpcore leaves the socket of a connection that failed to the collector.
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    def test_says_so_when_nobody_listens(self, config, tmp_path):
        url = f"http+unix://{quote(str(tmp_path / 'nobody.sock'), safe='')}/hub/api"
        client = hub.RestHub(replace(config, hub_api_url=url))
        try:
            with pytest.raises(hub.HubUnavailable):
                client.status("mei")
        finally:
            client._http.close()


class TestStatus:
    @pytest.mark.parametrize(
        ("status", "body", "state"),
        [
            (404, {}, "stopped"),
            (200, {"servers": {}}, "stopped"),
            (200, {"servers": {"": {"ready": False, "pending": "spawn"}}}, "starting"),
            (200, {"servers": {"": {"ready": True, "pending": None}}}, "ready"),
            (200, {"servers": {"": {"ready": False, "pending": "stop"}}}, "stopped"),
        ],
    )
    def test_is_what_a_person_wants_to_know(self, made, status, body, state):
        client, server = made
        server.plan = [(status, body)]
        assert client.status("mei").state == state


class TestWhoami:
    def test_names_a_person_and_remembers_it_for_a_moment(self, made):
        client, server = made
        server.plan = [(200, {"kind": "user", "name": "mei"})]
        assert [client.whoami("t"), client.whoami("t")] == ["mei", "mei"]
        assert server.asked[0][2] == "token t" and len(server.asked) == 1

    def test_names_nobody_for_a_service_or_an_unknown_token(self, made):
        client, server = made
        server.plan = [(200, {"kind": "service", "name": "site"}), (403, {}), (403, {})]
        assert client.whoami("a") is None
        assert client.whoami("b") is None


class TestForget:
    def test_stops_the_server_and_ends_the_tokens(self, made):
        client, server = made
        server.plan = [(202, {}), (204, None), (204, None)]
        client.forget("mei")
        assert [(m, p) for m, p, _t, _b in server.asked] == [
            ("DELETE", "/hub/api/users/mei/server"),
            ("DELETE", "/hub/api/users/mei/server"),
            ("DELETE", "/hub/api/users/mei"),
        ]


def test_a_suspension_queues_the_end_of_her_workspace(cast):
    from sqlalchemy import text

    from app.accounts import operations as accounts
    from app.kernel.database import db
    from app.workspaces import tasks

    with cast.app.app_context():
        cast.hub.start("mei", locale="en")
        mei = cast.person("mei")
        accounts.suspend_person(cast.person("ting"), mei, "test")
        args = db.session.scalars(
            text("SELECT args FROM procrastinate_jobs WHERE task_name LIKE 'workspaces%'")
        ).all()
        assert args == [{"person_id": str(mei.id)}]
        tasks.end_workspace(person_id=str(mei.id))
        assert cast.hub.servers == {}


def test_a_person_restored_in_the_meantime_keeps_her_server(cast):
    from app.workspaces import tasks

    with cast.app.app_context():
        cast.hub.start("mei", locale="en")
        tasks.end_workspace(person_id=str(cast.person("mei").id))
        assert cast.hub.servers == {"mei": "ready"}


def test_a_server_starts_for_the_environment_of_the_lab(enrolled):
    from app.kernel.database import db
    from app.labs.models import Lab, LabVersion

    enrolled.browser("mei").post(f"/learn/{enrolled.code}/labs/squares/workspace")
    with enrolled.app.app_context():
        found = db.session.scalars(
            db.select(LabVersion.environment).join(Lab).where(Lab.slug == "squares")
        ).first()
    assert enrolled.hub.environments == {"mei": found} and found
