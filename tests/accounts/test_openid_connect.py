"""The OpenID Connect provider, asked by a real client over a real connection."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from werkzeug.serving import make_server

from app.accounts import operations
from app.accounts.models import OAuthToken, Person, SignIn, SigningKey
from app.accounts.rules import Role
from app.kernel import clock
from app.kernel.database import db

REDIRECT = "http://labs.localhost:8000/hub/oauth_callback"
SITE = "http://localhost:8000"


class Hub:
    """What JupyterHub does as a client, step by step, on a Flask test client."""

    def __init__(self, app, browser) -> None:
        self.app, self.browser = app, browser
        self.verifier = generate_token(64)
        self.secret = app.extensions["config"].hub_client_secret

    def authorize(self, **changes):
        asked = {
            "response_type": "code",
            "client_id": "jupyterhub",
            "redirect_uri": REDIRECT,
            "scope": "openid profile email labs",
            "state": "the state",
            "nonce": "the nonce",
            "code_challenge": create_s256_code_challenge(self.verifier),
            "code_challenge_method": "S256",
        } | changes
        return self.browser.get(
            "/oauth/authorize",
            query_string={key: value for key, value in asked.items() if value is not None},
        )

    def code(self, **changes) -> str:
        answer = self.authorize(**changes)
        assert answer.status_code == 302, answer.text
        return parse_qs(urlsplit(answer.location).query)["code"][0]

    def redeem(self, code, **changes):
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": self.verifier,
        } | changes
        secret = sent.pop("secret", self.secret)
        return self.app.test_client().post(
            "/oauth/token",
            data={key: value for key, value in sent.items() if value is not None},
            auth=("jupyterhub", secret),
        )

    def userinfo(self, token):
        return self.app.test_client().get(
            "/oauth/userinfo", headers={"Authorization": f"Bearer {token}"}
        )

    def keys(self) -> KeySet:
        return KeySet.import_key_set(self.app.test_client().get("/oauth/jwks.json").json)


@pytest.fixture
def hub(app, people, as_person) -> Hub:
    return Hub(app, as_person(people["mei"]))


class TestTheWholeWay:
    def test_tells_the_hub_who_she_is(self, hub, people):
        answer = hub.redeem(hub.code())
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        claims = jwt.decode(answer.json["id_token"], hub.keys(), algorithms=["RS256"]).claims
        assert claims["iss"] == SITE and claims["aud"] == ["jupyterhub"]
        assert claims["nonce"] == "the nonce"
        said = hub.userinfo(answer.json["access_token"]).json
        assert said == {
            "sub": str(people["mei"]),
            "preferred_username": "mei",
            "name": "林小梅",
            "locale": "zh-Hant-TW",
            "email": "mei@rongnan.example",
            "email_verified": True,
            "labs_allowed": True,
        }
        assert {key: claims[key] for key in said} == said

    def test_begins_with_signing_in(self, app, people):
        stranger = Hub(app, app.test_client())
        asked = stranger.authorize()
        assert asked.location.startswith("/sign-in?next=/oauth/authorize")
        stranger.browser.post(
            asked.location, data={"email": "mei@rongnan.example", "password": "banyan-demo"}
        )
        assert stranger.redeem(stranger.code()).status_code == 200

    def test_hands_the_state_back(self, hub):
        answer = hub.authorize(state="a b&c=d")
        assert parse_qs(urlsplit(answer.location).query)["state"] == ["a b&c=d"]

    def test_says_only_what_was_asked_for(self, hub):
        token = hub.redeem(hub.code(scope="openid")).json["access_token"]
        assert set(hub.userinfo(token).json) == {"sub"}


class TestAuthorizing:
    @pytest.mark.parametrize(
        "elsewhere",
        [
            "http://labs.localhost:8000/hub/oauth_callback/../evil",
            "http://evil.example/hub/oauth_callback",
            "http://labs.localhost:8000.evil.example/hub/oauth_callback",
            "javascript:alert(1)",
            "http://labs.localhost:8000/hub/oauth_callback?x=1",
        ],
    )
    def test_sends_nobody_to_another_address(self, hub, elsewhere):
        answer = hub.authorize(redirect_uri=elsewhere)
        assert answer.status_code == 400 and answer.location is None

    def test_knows_no_other_client(self, hub):
        answer = hub.authorize(client_id="someone-else")
        assert answer.status_code == 400 and answer.location is None

    @pytest.mark.parametrize(
        "changes",
        [
            {"code_challenge": None, "code_challenge_method": None},
            {"code_challenge_method": "plain"},
            {"code_challenge_method": None},
            {"code_challenge": "short"},
            {"response_type": "token"},
            {"response_type": "id_token"},
            {"scope": "openid admin"},
        ],
    )
    def test_refuses_what_is_not_code_with_s256(self, hub, changes):
        answer = hub.authorize(**changes)
        assert answer.status_code == 302 and answer.location.startswith(REDIRECT)
        assert "error=" in answer.location and "code=" not in answer.location

    def test_tells_who_cannot_use_labs_here_and_not_at_the_hub(
        self, app, people, as_person, make_person
    ):
        for person in (people["yun"], make_person("new@nowhere.example", verified=False)):
            answer = Hub(app, as_person(person)).authorize()
            assert answer.status_code == 403 and answer.location is None
            assert "實作環境尚未對您開放" in answer.text


class TestRedeeming:
    @pytest.mark.parametrize(
        "changes",
        [
            {"code_verifier": None},
            {"code_verifier": generate_token(64)},
            {"redirect_uri": "http://labs.localhost:8000/elsewhere"},
            {"secret": "guessed"},
            {"grant_type": "password", "username": "mei", "password": "banyan-demo"},
            {"grant_type": "client_credentials"},
            {"code": "made-up"},
        ],
    )
    def test_refuses_what_does_not_fit(self, hub, changes):
        answer = hub.redeem(**({"code": hub.code()} | changes))
        assert answer.status_code in (400, 401)
        assert "access_token" not in answer.json

    def test_needs_the_clients_secret(self, hub, app):
        answer = app.test_client().post(
            "/oauth/token",
            data={
                "grant_type": "authorization_code",
                "client_id": "jupyterhub",
                "code": hub.code(),
                "redirect_uri": REDIRECT,
                "code_verifier": hub.verifier,
            },
        )
        assert answer.status_code == 401

    def test_works_once_and_a_second_time_revokes_the_first(self, hub):
        code = hub.code()
        token = hub.redeem(code).json["access_token"]
        assert hub.userinfo(token).status_code == 200
        again = hub.redeem(code)
        assert again.status_code == 400 and again.json["error"] == "invalid_grant"
        assert hub.userinfo(token).status_code == 401

    def test_a_failed_try_uses_the_code_up(self, hub):
        code = hub.code()
        assert hub.redeem(code, code_verifier=generate_token(64)).status_code == 400
        assert hub.redeem(code).status_code == 400

    def test_is_possible_for_a_minute(self, hub):
        made = clock.now()
        with clock.frozen_at(made):
            in_time, too_late = hub.code(), hub.code()
        with clock.frozen_at(made + timedelta(seconds=60)):
            assert hub.redeem(in_time).status_code == 200
        with clock.frozen_at(made + timedelta(seconds=61)):
            assert hub.redeem(too_late).status_code == 400

    def test_is_over_when_she_signed_out_meanwhile(self, hub):
        code = hub.code()
        hub.browser.post("/sign-out")
        assert hub.redeem(code).status_code == 400


class TestSuspension:
    def test_ends_tokens_and_the_hubs_leave_at_once(self, hub, app, people):
        token = hub.redeem(hub.code()).json["access_token"]
        code = hub.code()
        secret = app.extensions["config"].hub_client_secret
        ask = {"Authorization": f"Bearer {secret}"}
        assert app.test_client().get("/api/hub/people/mei", headers=ask).status_code == 200
        with app.app_context():
            operations.suspend_person(None, db.session.get_one(Person, people["mei"]), "test")
        assert hub.userinfo(token).status_code == 401
        assert hub.redeem(code).status_code == 400
        assert app.test_client().get("/api/hub/people/mei", headers=ask).status_code == 403


class TestKeys:
    def test_can_be_rotated_while_old_tokens_stay_checkable(self, hub, app):
        old = hub.redeem(hub.code()).json["id_token"]
        with app.app_context():
            operations.rotate_keys(app.extensions["config"])
        new = hub.redeem(hub.code()).json["id_token"]
        keys = hub.keys()
        assert len(keys.keys) == 2
        for token in (old, new):
            jwt.decode(token, keys, algorithms=["RS256"])
        with clock.frozen_at(clock.now() + timedelta(days=31)):
            later = hub.keys()
        jwt.decode(new, later, algorithms=["RS256"])
        with pytest.raises((JoseError, ValueError)):
            jwt.decode(old, later, algorithms=["RS256"])

    def test_are_published_without_their_private_half(self, hub, app):
        hub.redeem(hub.code())
        for key in app.test_client().get("/oauth/jwks.json").json["keys"]:
            assert not {"d", "p", "q", "dp", "dq", "qi"} & set(key)

    def test_are_sealed_and_replaced_when_they_cannot_be_opened(self, hub, app, configured):
        hub.redeem(hub.code())
        with app.app_context():
            assert "PRIVATE" not in db.session.scalar(db.select(SigningKey.sealed_private))
        with configured(secret_key="another secret"), app.app_context():
            operations.signing_key(app.extensions["config"])
            assert db.session.scalar(db.select(db.func.count(SigningKey.id))) == 2


class TestWhatIsKept:
    def test_are_hashes_of_tokens(self, hub, app):
        token = hub.redeem(hub.code()).json["access_token"]
        with app.app_context():
            assert db.session.scalar(db.select(OAuthToken.token_hash)) != token


class TestLogout:
    def test_with_the_hubs_hint_signs_out_and_returns(self, hub):
        hint = hub.redeem(hub.code()).json["id_token"]
        answer = hub.browser.get(
            "/oauth/logout",
            query_string={
                "id_token_hint": hint,
                "post_logout_redirect_uri": "http://labs.localhost:8000/hub/login",
            },
        )
        assert answer.location == "http://labs.localhost:8000/hub/login"
        assert hub.browser.get("/account").status_code == 302

    @pytest.mark.parametrize("hint", [None, "made.up.hint"])
    def test_asks_first_without_one(self, hub, hint):
        answer = hub.browser.get("/oauth/logout", query_string={"id_token_hint": hint or ""})
        assert answer.status_code == 200 and "要登出 Banyan 嗎" in answer.text
        assert hub.browser.get("/account").status_code == 200

    def test_asks_first_when_the_hint_is_about_another(self, app, hub, people, as_person):
        hint = hub.redeem(hub.code()).json["id_token"]
        other = as_person(people["hao"])
        assert other.get(f"/oauth/logout?id_token_hint={hint}").status_code == 200
        assert other.get("/account").status_code == 200

    @pytest.mark.parametrize(
        "elsewhere", ["https://evil.example/", "http://localhost:8000.evil.example/", "//evil"]
    )
    def test_returns_to_nobody_elses_address(self, client, elsewhere):
        answer = client.get(f"/oauth/logout?post_logout_redirect_uri={elsewhere}")
        assert answer.location == "http://localhost:8000/?signed-out"


class TestTheHubsQuestion:
    def test_needs_its_secret(self, client, people):
        for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer é"}):
            assert client.get("/api/hub/people/mei", headers=header).status_code == 401

    def test_is_answered_for_those_who_may_use_labs(self, app, client, people, give_role):
        secret = app.extensions["config"].hub_client_secret
        ask = {"Authorization": f"Bearer {secret}"}
        assert client.get("/api/hub/people/mei", headers=ask).json == {
            "handle": "mei",
            "name": "林小梅",
            "labs_allowed": True,
        }
        assert client.get("/api/hub/people/nobody", headers=ask).status_code == 404
        assert client.get("/api/hub/people/yun", headers=ask).status_code == 403
        give_role(people["yun"], "rongnan", Role.TEACHING_ASSISTANT)
        assert client.get("/api/hub/people/yun", headers=ask).status_code == 200

    def test_is_no_for_demo_people_where_the_demo_is_off(self, app, client, people, configured):
        secret = app.extensions["config"].hub_client_secret
        ask = {"Authorization": f"Bearer {secret}"}
        with configured(demo=False):
            assert client.get("/api/hub/people/mei", headers=ask).status_code == 403


@contextmanager
def serving(app) -> Iterator[str]:
    """The site on a real socket; its address. One thread: tests share one connection."""
    server = make_server("127.0.0.1", 0, app, threaded=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_client_library_finds_its_way_by_the_discovery_document(app, people, configured):
    """Authlib's own client, from discovery to a checked ID token, over HTTP."""
    with serving(app) as address, configured(site_url=address):
        secret = app.extensions["config"].hub_client_secret
        with (
            httpx.Client(base_url=address) as browser,
            OAuth2Session(
                "jupyterhub",
                secret,
                redirect_uri=REDIRECT,
                scope="openid profile email labs",
                code_challenge_method="S256",
            ) as client,
        ):
            document = browser.get("/.well-known/openid-configuration").json()
            assert document["issuer"] == address
            verifier = generate_token(48)
            url, state = client.create_authorization_url(
                document["authorization_endpoint"], code_verifier=verifier, nonce="n"
            )
            form = browser.get(url, follow_redirects=True)
            following = re.search(r'id="next"[^>]*value="([^"]+)"', form.text)
            assert following
            answer = browser.post(
                "/sign-in",
                data={
                    "email": "mei@rongnan.example",
                    "password": "banyan-demo",
                    "next": following.group(1).replace("&amp;", "&"),
                },
            )
            back = browser.get(answer.headers["Location"])
            assert back.headers["Location"].startswith(REDIRECT)
            token = client.fetch_token(
                document["token_endpoint"],
                authorization_response=back.headers["Location"],
                state=state,
                code_verifier=verifier,
            )
            assert client.get(document["userinfo_endpoint"]).json()["preferred_username"] == "mei"
            keys = KeySet.import_key_set(browser.get(document["jwks_uri"]).json())
            claims = jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims
            assert claims["iss"] == address and claims["exp"] > time.time()
    with app.app_context():
        assert db.session.scalar(db.select(SignIn.user_agent)).startswith("python-httpx")
