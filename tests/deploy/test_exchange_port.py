"""Labs in pods reach one port of the site, and there nothing but the exchange."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from dataclasses import replace

import pytest

from app.kernel.config import Config, ConfigError

ECHO = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["SERVER_PORT"].encode()]
"""


@pytest.fixture
def site_of_a_cluster(site, monkeypatch):
    monkeypatch.setitem(
        site.extensions, "config", replace(site.extensions["config"], exchange_port="8010")
    )
    return site


def test_its_port_serves_the_exchange_alone(site_of_a_cluster):
    client = site_of_a_cluster.test_client()
    for path in ("/", "/sign-in", "/api/hub/people/mei", "/oauth/token", "/healthz"):
        answer = client.get(path, base_url="http://exchange.banyan:8010")
        assert answer.status_code == 404, path
        assert answer.json["error"]["code"] == "not_here"
    answer = client.get("/api/exchange/v1/courses", base_url="http://exchange.banyan:8010")
    assert answer.status_code == 401
    assert client.get("/healthz", base_url="http://site:8000").status_code == 200


def test_the_server_says_at_which_port_it_was_asked_whatever_the_request_says(tmp_path):
    """What the door above relies on: Host is the caller's word, SERVER_PORT is not."""
    (tmp_path / "echo.py").write_text(ECHO)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listening.fileno()}",
             "--workers", "1", "--no-control-socket", "echo:app"],
            cwd=tmp_path, pass_fds=(listening.fileno(),),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", "/", headers={"Host": "learn.example.edu:8000"})
            said = connection.getresponse().read().decode()
        finally:
            connection.close()
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=20)
    assert said == str(port)


def test_a_port_that_is_none_stops_the_start(tmp_path):
    with pytest.raises(ConfigError, match="BANYAN_EXCHANGE_PORT is 'eighty'"):
        Config.from_environ({"BANYAN_INSTANCE": str(tmp_path), "BANYAN_EXCHANGE_PORT": "eighty"})
