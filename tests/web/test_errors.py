"""When something is wrong, people read what happened, what was kept and what to do next."""

import socket
from dataclasses import replace

import pytest

from app.factory import create_app


def test_an_address_that_leads_nowhere_is_answered_in_the_readers_language(app):
    client = app.test_client()
    english = client.get("/nowhere", headers={"Accept-Language": "en"})
    chinese = client.get("/nowhere", headers={"Accept-Language": "zh-TW"})
    assert (english.status_code, chinese.status_code) == (404, 404)
    assert "There is nothing here for you" in english.text
    assert "There is nothing here for you" not in chinese.text


def test_a_program_gets_its_errors_as_json(app):
    assert app.test_client().get("/api/nowhere").json["error"]["code"] == 404


@pytest.fixture
def without_database(config):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"postgresql+psycopg://banyan:x@127.0.0.1:{port}/banyan"
    return create_app(replace(config, database_url=url))


@pytest.mark.parametrize("path", ["/", "/clusters", "/sign-in", "/learn", "/healthz"])
def test_a_database_that_is_down_is_said_calmly(without_database, path):
    client = without_database.test_client()
    client.set_cookie("locale", "en")
    with client.session_transaction() as session:
        session["_user_id"] = "0" * 64
    answer = client.get(path)
    assert answer.status_code == 503
    assert "What you had saved and submitted before is safe." in answer.text


def test_a_request_that_is_too_large_is_refused_with_words(app):
    answer = app.test_client().post(
        "/theme",
        content_type="application/x-www-form-urlencoded",
        headers={"Accept-Language": "en"},
        environ_overrides={"CONTENT_LENGTH": str(200 << 20), "wsgi.input": None},
    )
    assert answer.status_code == 413
    assert "too large" in answer.text
