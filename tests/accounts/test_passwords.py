"""Changing and resetting passwords."""

from datetime import timedelta

from app.accounts import queries
from app.accounts.rules import hash_password, verify_password, weakness_of
from app.kernel import clock
from tests.answers import lasting

from .conftest import PASSWORD

NEW = "seven purple lighthouses"


def forget(client, email="ann@a.example"):
    return client.post("/password/forgotten", data={"email": email})


class TestForgetting:
    def test_sets_a_new_password_by_mail_and_ends_other_browsers(
        self, client, app, make_person, as_person, link_in
    ):
        elsewhere = as_person(make_person("ann@a.example"))
        forget(client)
        link = link_in("ann@a.example")
        assert client.get(link).status_code == 200
        assert client.post(link, data={"password": NEW}).location == "/"
        assert client.get("/account").status_code == 200
        assert elsewhere.get("/account").status_code == 302
        signed_in = app.test_client().post(
            "/sign-in", data={"email": "ann@a.example", "password": NEW}
        )
        assert signed_in.status_code == 302

    def test_answers_the_same_for_an_unknown_address(self, client, make_person, mails):
        make_person("ann@a.example")
        known, unknown = forget(client), forget(client, "nobody@a.example")
        assert lasting(known).replace("ann@a.example", "") == lasting(unknown).replace(
            "nobody@a.example", ""
        )
        assert [mail["to"] for mail in mails()] == ["ann@a.example"]

    def test_link_works_once(self, client, app, make_person, link_in):
        make_person("ann@a.example")
        forget(client)
        link = link_in("ann@a.example")
        client.post(link, data={"password": NEW})
        again = app.test_client().post(link, data={"password": "another four word phrase"})
        assert again.status_code == 410

    def test_link_works_for_two_hours(self, client, make_person, link_in):
        make_person("ann@a.example")
        with clock.frozen_at(clock.now() - timedelta(hours=2, minutes=1)):
            forget(client)
        assert client.get(link_in("ann@a.example")).status_code == 410

    def test_refuses_an_easy_password_and_keeps_the_link(self, client, make_person, link_in):
        make_person("ann@a.example")
        forget(client)
        link = link_in("ann@a.example")
        assert client.post(link, data={"password": "password12345"}).status_code == 422
        assert client.post(link, data={"password": NEW}).status_code == 302

    def test_proves_the_address(self, client, app, make_person, link_in):
        """Who registered with another's address loses the account to its owner."""
        make_person("ann@a.example", verified=False)
        forget(client)
        client.post(link_in("ann@a.example"), data={"password": NEW})
        with app.app_context():
            assert queries.person_by_email("ann@a.example").email_verified_at is not None

    def test_is_limited(self, client, frozen_now):
        for _try in range(5):
            assert forget(client).status_code == 200
        assert forget(client).status_code == 429

    def test_sends_nothing_to_demo_people(self, client, people, mails):
        forget(client, "mei@rongnan.example")
        assert mails() == []


class TestChanging:
    def test_ends_every_other_browser(self, make_person, as_person):
        ann = make_person("ann@a.example")
        here, there = as_person(ann), as_person(ann)
        answer = here.post("/account/password", data={"present": PASSWORD, "password": NEW})
        assert answer.location == "/account"
        assert here.get("/account").status_code == 200
        assert there.get("/account").status_code == 302

    def test_needs_the_present_one(self, make_person, as_person):
        here = as_person(make_person("ann@a.example"))
        answer = here.post("/account/password", data={"present": "guess", "password": NEW})
        assert answer.status_code == 422 and "不是您目前的密碼" in answer.text


class TestHashes:
    def test_are_argon2id_with_a_salt(self):
        one, other = hash_password(NEW), hash_password(NEW)
        assert one.startswith("$argon2id$") and one != other
        assert verify_password(one, NEW) and not verify_password(one, NEW + " ")

    def test_do_not_depend_on_how_an_input_method_composes(self):
        assert verify_password(hash_password("café ２４ 榕樹 ok"), "cafe\u0301 24 榕樹 ok")

    def test_a_damaged_hash_opens_nothing(self):
        assert not verify_password("not a hash", NEW)
        assert not verify_password(None, "nobody has this password")


def test_ordinary_good_passwords_are_accepted():
    for password in (
        NEW,
        "榕樹下的四隻安靜白鷺鷥今天",
        "x8#kQz!v02Lp",
        "correct horse battery staple",
    ):
        assert weakness_of(password, name="林小梅", email="mei@rongnan.example") is None
