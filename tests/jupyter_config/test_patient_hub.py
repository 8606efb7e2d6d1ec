"""A lab server's memory of the Hub's answers while the Hub is away."""

import asyncio

import pytest
from tornado.web import HTTPError

from jupyter_config import patient_hub
from jupyter_config.patient_hub import PATIENCE_SECONDS, PatientHubOAuth

MEI = {"kind": "user", "name": "mei", "scopes": []}


@pytest.fixture
def hub(monkeypatch):
    """What the Hub answers next, and the clock: ``hub.answer``, ``hub.now``."""

    class Hub:
        answer = MEI
        now = 1000.0

    async def ask(self, method, url, /, **options):
        if isinstance(Hub.answer, Exception):
            raise Hub.answer
        return Hub.answer

    monkeypatch.setattr("jupyterhub.services.auth.HubOAuth._api_request", ask)
    monkeypatch.setattr(patient_hub.time, "monotonic", lambda: Hub.now)
    return Hub


@pytest.fixture
def server(hub):
    return PatientHubOAuth(
        api_token="her-servers", oauth_client_id="x", base_url="/user/mei/", cache_max_age=5
    )


def who(server, browser: str = "hers") -> object:
    return asyncio.run(server.user_for_token(browser, sync=False))


AWAY = [
    HTTPError(500, "Failed to connect to Hub API at 'http+unix://hub.sock'."),
    HTTPError(502, "Failed to check authorization (upstream problem)"),
]


@pytest.mark.parametrize("away", AWAY)
def test_a_yes_holds_for_five_minutes_while_the_hub_is_away(hub, server, away):
    assert who(server) == MEI
    hub.answer = away
    hub.now += PATIENCE_SECONDS - 1
    assert who(server) == MEI
    hub.now += 2
    with pytest.raises(HTTPError):
        who(server)


def test_nobody_comes_in_whom_the_hub_has_not_let_in(hub, server):
    assert who(server) == MEI
    hub.answer = AWAY[0]
    with pytest.raises(HTTPError):
        who(server, "another")


@pytest.mark.parametrize("refusal", [None, HTTPError(500, "Failed to check authorization: no")])
def test_a_no_is_believed_at_once(hub, server, refusal):
    assert who(server) == MEI
    hub.now += 6
    hub.answer = refusal
    if refusal is None:
        assert who(server) is None
        hub.now += 6
        hub.answer = AWAY[0]
    with pytest.raises(HTTPError):
        who(server)
