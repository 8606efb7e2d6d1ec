"""Signing in and out."""

import re
import uuid
from datetime import timedelta

import pytest

from app.accounts import demo
from app.accounts.models import Person, SignIn
from app.accounts.operations import suspend_person
from app.kernel import clock
from app.kernel.database import db

from .conftest import PASSWORD


def sign_in(client, email="ann@a.example", password=PASSWORD, **data):
    return client.post("/sign-in", data={"email": email, "password": password, **data})


class TestSigningIn:
    def test_opens_the_account_page(self, client, make_person):
        make_person("ann@a.example", name="Ann")
        assert sign_in(client).location == "/"
        page = client.get("/account")
        assert page.status_code == 200 and "Ann" in page.text

    def test_does_not_mind_how_the_address_is_written(self, client, make_person):
        make_person("ann@a.example")
        assert sign_in(client, email="  ANN@A.Example ").status_code == 302

    @pytest.mark.parametrize("email", ["ann@a.example", "nobody@a.example"])
    def test_refuses_a_wrong_password_and_an_unknown_address_alike(
        self, client, make_person, email
    ):
        make_person("ann@a.example")
        answer = sign_in(client, email=email, password="not the password")
        assert answer.status_code == 422
        assert "郵件地址與密碼不符" in answer.text
        assert f'value="{email}"' in answer.text
        assert "not the password" not in answer.text

    def test_takes_as_long_for_an_unknown_address(self, client, make_person, monkeypatch):
        from app.accounts.rules import passwords

        checked = []
        real = type(passwords._hasher).verify

        def verify(self, kept, password):
            checked.append(kept)
            return real(self, kept, password)

        monkeypatch.setattr(type(passwords._hasher), "verify", verify)
        sign_in(client, email="nobody@a.example")
        assert len(checked) == 1

    def test_goes_on_to_the_page_that_was_asked_for(self, client, make_person):
        make_person("ann@a.example")
        asked = client.get("/account/browsers")
        assert asked.location == "/sign-in?next=/account/browsers"
        form = client.get(asked.location)
        assert 'value="/account/browsers"' in form.text
        assert sign_in(client, next="/account/browsers").location == "/account/browsers"

    @pytest.mark.parametrize(
        "elsewhere",
        [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "/%0d%0aSet-Cookie:x=1\r\nX: y",
        ],
    )
    def test_never_goes_on_to_another_site(self, client, make_person, elsewhere):
        make_person("ann@a.example")
        answer = sign_in(client, next=elsewhere)
        assert answer.location == "/"
        assert "Set-Cookie:x" not in str(answer.headers)

    def test_gives_the_browser_a_new_session(self, client, make_person):
        make_person("ann@a.example")
        with client.session_transaction() as session:
            session["left_by_somebody"] = "else"
        sign_in(client)
        with client.session_transaction() as session:
            assert "left_by_somebody" not in session

    def test_keeps_only_a_hash_of_the_sessions_token(self, client, app, make_person):
        make_person("ann@a.example")
        sign_in(client)
        with client.session_transaction() as session:
            token = session["_user_id"]
        with app.app_context():
            assert token not in db.session.scalar(db.select(SignIn.token_hash))


class TestSignedInBrowsers:
    def test_are_forgotten_after_twelve_hours_or_thirty_days(self, client, app, make_person):
        make_person("ann@a.example")
        started = clock.now()
        other = app.test_client()
        with clock.frozen_at(started):
            sign_in(client)
            sign_in(other, remember="y")
        with clock.frozen_at(started + timedelta(hours=13)):
            assert client.get("/account").status_code == 302
            assert other.get("/account").status_code == 200
        with clock.frozen_at(started + timedelta(days=32)):
            assert other.get("/account").status_code == 302

    def test_stay_while_somebody_uses_them(self, client, make_person):
        make_person("ann@a.example")
        started = clock.now()
        with clock.frozen_at(started):
            sign_in(client)
        for hours in (8, 16, 24):
            with clock.frozen_at(started + timedelta(hours=hours)):
                assert client.get("/account").status_code == 200

    def test_can_be_ended_from_another_one(self, client, app, make_person):
        make_person("ann@a.example")
        other = app.test_client()
        sign_in(other)
        sign_in(client)
        page = client.get("/account/browsers").text
        (path,) = re.findall(r'action="(/account/browsers/[0-9a-f-]{36}/end)"', page)
        client.post(path)
        assert other.get("/account").status_code == 302
        assert client.get("/account").status_code == 200

    def test_of_somebody_else_cannot_be_ended(self, client, app, make_person, as_person):
        make_person("ann@a.example")
        sign_in(client)
        with app.app_context():
            hers = db.session.scalar(db.select(SignIn.id))
        stranger = as_person(make_person("eve@a.example"))
        stranger.post(f"/account/browsers/{hers}/end")
        assert client.get("/account").status_code == 200

    def test_take_the_same_number_of_queries_however_many(
        self, app, make_person, as_person, count_queries
    ):
        ann = make_person("ann@a.example")
        client = as_person(ann)
        with count_queries() as few:
            client.get("/account/browsers")
        for _browser in range(10):
            as_person(ann)
        with count_queries() as many:
            client.get("/account/browsers")
        assert len(many) == len(few) <= 8


class TestSigningOut:
    def test_ends_the_session_even_for_who_kept_the_cookie(self, client, make_person):
        make_person("ann@a.example")
        sign_in(client)
        with client.session_transaction() as session:
            kept = session["_user_id"]
        assert client.post("/sign-out").location == "/"
        with client.session_transaction() as session:
            session["_user_id"] = kept
        assert client.get("/account").status_code == 302

    def test_tells_the_rooms_above(self, client, app, make_person, monkeypatch):
        from app.accounts import events
        from app.kernel import events as bus

        heard = []
        monkeypatch.setitem(bus._subscribers, events.SignedOut, [heard.append])
        ann = make_person("ann@a.example")
        sign_in(client)
        client.post("/sign-out")
        assert [event.person_id for event in heard] == [ann]

    def test_goes_by_the_hub_when_it_answers(self, client, make_person, monkeypatch):
        from app.accounts import hub

        make_person("ann@a.example")
        sign_in(client)
        monkeypatch.setattr(hub, "answers", lambda config: True)
        assert client.post("/sign-out").location == "http://labs.localhost:8000/hub/logout"

    def test_does_not_wait_for_a_dead_hub(self, client, make_person):
        make_person("ann@a.example")
        sign_in(client)
        assert client.post("/sign-out").location == "/"


class TestSuspension:
    def test_ends_every_session_at_once(self, client, app, make_person):
        ann = make_person("ann@a.example")
        sign_in(client)
        with app.app_context():
            suspend_person(None, db.session.get_one(Person, ann), "left the school")
        assert client.get("/account").status_code == 302

    def test_is_told_only_to_who_knows_the_password(self, client, app, make_person):
        ann = make_person("ann@a.example")
        with app.app_context():
            suspend_person(None, db.session.get_one(Person, ann), "left the school")
        assert "已停權" in sign_in(client).text
        assert "已停權" not in sign_in(client, password="something else").text


class TestLimits:
    def test_five_wrong_passwords_close_the_account_for_a_while(
        self, client, make_person, frozen_now
    ):
        make_person("ann@a.example")
        for _try in range(5):
            assert sign_in(client, password="wrong").status_code == 422
        refused = sign_in(client)
        assert refused.status_code == 429 and "請等待 15 分鐘" in refused.text
        with clock.frozen_at(frozen_now + timedelta(minutes=14)):
            assert sign_in(client).status_code == 429
        with clock.frozen_at(frozen_now + timedelta(minutes=15, seconds=1)):
            assert sign_in(client).status_code == 302

    def test_ten_failures_close_the_address_but_not_another(
        self, client, app, make_person, frozen_now
    ):
        make_person("ann@a.example")
        for number in range(10):
            sign_in(client, email=f"nobody{number}@a.example")
        assert sign_in(client).status_code == 429
        elsewhere = app.test_client()
        answer = elsewhere.post(
            "/sign-in",
            data={"email": "ann@a.example", "password": PASSWORD},
            headers={"X-Forwarded-For": "192.0.2.9"},
        )
        assert answer.status_code == 302

    def test_a_class_behind_one_address_can_sign_in(self, app, make_person, frozen_now):
        for number in range(15):
            make_person(f"student{number}@a.example")
            answer = sign_in(app.test_client(), email=f"student{number}@a.example")
            assert answer.status_code == 302


class TestDemo:
    def test_offers_one_click_per_role(self, client, people):
        page = client.get("/sign-in").text
        assert page.count("/sign-in/demo") == len(demo.demo_accounts())
        assert (
            client.post("/sign-in/demo", data={"email": "mei@rongnan.example"}).status_code == 302
        )
        assert "林小梅" in client.get("/account").text

    def test_lets_nobody_else_in_by_click(self, client, make_person):
        make_person("ann@a.example")
        assert client.post("/sign-in/demo", data={"email": "ann@a.example"}).status_code == 409
        assert client.get("/account").status_code == 302

    def test_is_closed_where_the_demo_is_off(self, client, people, as_person, configured):
        earlier = as_person(people["mei"])
        with configured(demo=False):
            assert earlier.get("/account").status_code == 302
            answer = sign_in(client, "mei@rongnan.example", "banyan-demo")
            assert answer.status_code == 422 and "示範帳號" in answer.text
            assert client.post("/sign-in/demo", data={"email": "x"}).status_code == 404

    def test_says_how_to_make_the_first_operator_on_the_machine_only(self, client, configured):
        with configured(demo=False):
            assert "banyan operator create" in client.get("/sign-in").text
        with configured(demo=False, site_url="https://learn.example.edu"):
            assert "banyan operator create" not in client.get("/sign-in").text


def test_a_form_without_its_token_changes_nothing(app, client, make_person):
    make_person("ann@a.example")
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert sign_in(client).status_code == 400
        assert client.post("/sign-in/demo", data={"email": "x"}).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_a_session_with_a_made_up_token_is_nobodys(client, app):
    with client.session_transaction() as session:
        session["_user_id"] = str(uuid.uuid4())
    assert client.get("/account").status_code == 302
