"""Before a server starts the Hub asks the site."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_config.admission import NotNow, admission_hook

RESIDENT_MB = 4096


class Site(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        server.asked.append((self.path, self.headers["Authorization"]))
        status, content = server.answer
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Any]:
    with HTTPServer(("127.0.0.1", 0), Site) as server:
        made: Any = server
        made.asked, made.answer = [], (200, {})
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def ask(port: int) -> Any:
    spawner = SimpleNamespace(
        user=SimpleNamespace(name="mei"),
        environment={"A": "1"},
        resident_mb=RESIDENT_MB,
        log=SimpleNamespace(warning=lambda *words: None),
    )
    asyncio.run(admission_hook(f"http://127.0.0.1:{port}", "the-secret")(spawner))
    return spawner


def test_takes_memory_and_idle_time_from_the_sites_yes(site):
    site.answer = (200, {"memory_mb": 1024, "idle_minutes": 30})
    spawner = ask(site.server_port)
    assert site.asked == [("/api/hub/people/mei/admission", "Bearer the-secret")]
    assert spawner.resident_mb == 1024
    assert spawner.environment == {"A": "1", "BANYAN_IDLE_SECONDS": "1800"}


def test_leaves_the_installations_limits_where_the_site_says_none(site):
    site.answer = (200, {"memory_mb": None, "idle_minutes": None})
    spawner = ask(site.server_port)
    assert (spawner.resident_mb, spawner.environment) == (RESIDENT_MB, {"A": "1"})


def test_shows_the_sites_no_in_both_languages(site):
    site.answer = (409, {"error": {"messages": {"zh-Hant-TW": "維護中。", "en": "Maintenance."}}})
    with pytest.raises(NotNow) as refused:
        ask(site.server_port)
    assert refused.value.jupyterhub_message == "維護中。 · Maintenance."


@pytest.mark.parametrize("answer", [(500, {}), (401, {}), (200, ["nonsense"])])
def test_starts_as_ever_when_the_site_answers_nonsense(site, answer):
    site.answer = answer
    assert ask(site.server_port).resident_mb == RESIDENT_MB


def test_starts_as_ever_while_the_site_is_silent(site):
    port = site.server_port
    site.socket.close()
    assert ask(port).resident_mb == RESIDENT_MB
