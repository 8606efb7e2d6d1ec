"""News reaches people as each of them chose, once, and mails can be ended by one click."""

import uuid

import pytest

from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.notifications import operations, queries, rules
from app.notifications.rules import Delivery, Kind, Note

NOW = rules.register(Kind("test.now", _l("Cancel"), Delivery.NOW))
LATER = rules.register(Kind("test.later", _l("Confirm"), Delivery.DIGEST))
SITE, SECRET = "http://banyan.test", "secret"


def note() -> Note:
    return Note(_("Cancel"), _("Confirm"))


@pytest.fixture
def mails(monkeypatch):
    sent = []
    monkeypatch.setattr("app.kernel.mail.send", lambda **mail: sent.append(mail))
    return sent


@pytest.fixture
def jobs(monkeypatch):
    put = []
    monkeypatch.setattr(operations, "defer", lambda name, **given: put.append((name, given)))
    return put


@pytest.fixture
def mei(in_app, cast):
    with in_app():
        yield cast.person("mei")


def tell(person, kind=NOW, key=None, path="/learn"):
    return operations.tell(person, kind, note, path, key=key)


class TestTelling:
    def test_is_in_both_languages_and_counted(self, mei, jobs):
        made = tell(mei)
        assert dict(made.subject) == {"zh-Hant-TW": "取消", "en": "Cancel"}
        db.session.refresh(mei)
        assert mei.unread_count == 1
        assert jobs == [("notifications.tasks.mail_one", {"notification_id": str(made.id)})]

    def test_the_same_news_once(self, mei, jobs):
        assert tell(mei, key="a") is not None
        assert tell(mei, key="a") is None
        assert queries.unread(mei.id) == 1

    def test_nothing_to_the_suspended(self, mei, jobs):
        mei.suspended_at = clock.now()
        assert tell(mei) is None

    def test_nothing_that_somebody_does_not_want(self, mei, jobs):
        operations.choose(mei.id, {"test.now": (False, Delivery.NEVER)})
        assert tell(mei) is None
        operations.choose(mei.id, {"test.now": (False, Delivery.DIGEST)})
        made = tell(mei)
        assert (made.in_site, made.awaits_digest, queries.unread(mei.id)) == (False, True, 0)
        assert jobs == []

    @pytest.mark.parametrize("path", ["http://elsewhere.test", "//elsewhere.test", "learn"])
    def test_never_leads_elsewhere(self, mei, path):
        with pytest.raises(ValueError, match="within the site"):
            tell(mei, path=path)


class TestMails:
    def test_go_out_once_in_her_language_with_a_way_to_end_them(self, mei, jobs, mails):
        made = tell(mei)
        for _time in range(2):
            operations.mail_one(SITE, SECRET, made.id)
        (mail,) = mails
        assert (mail["to"], mail["subject"]) == (mei.email, "取消")
        assert f"{SITE}/learn" in mail["text"] and mail["unsubscribe_url"] in mail["text"]

    def test_a_subject_stays_one_line(self, mei, jobs, mails):
        made = operations.tell(mei, NOW, lambda: Note("a\r\nBcc: b@c.test"), "/learn")
        operations.mail_one(SITE, SECRET, made.id)
        assert mails[0]["subject"] == "a Bcc: b@c.test"

    def test_a_digest_has_what_waited_and_comes_once(self, mei, jobs, mails):
        for _time in range(3):
            tell(mei, LATER)
        read = tell(mei, LATER)
        operations.read(mei, read)
        assert queries.awaiting_digest() == [mei.id]
        for _time in range(2):
            operations.mail_digest(SITE, mei.id)
        (mail,) = mails
        assert mail["text"].count(f"{SITE}/learn") == 3
        assert queries.awaiting_digest() == []

    def test_a_digest_of_very_much_says_how_much_more(self, mei, jobs, mails):
        for _time in range(operations.MOST_IN_A_DIGEST + 2):
            tell(mei, LATER)
        operations.mail_digest(SITE, mei.id)
        assert mails[0]["text"].count(f"{SITE}/learn") == operations.MOST_IN_A_DIGEST
        assert "2" in mails[0]["text"].rpartition(f"{SITE}/notifications\n")[0][-40:]

    def test_an_old_token_ends_one_kind_for_one_person(self, mei, jobs, mails):
        token = operations.unsubscribe_token(SECRET, mei.id, "test.later")
        waiting = tell(mei, LATER)
        assert operations.unsubscribe(SECRET, token) is LATER
        db.session.refresh(waiting)
        assert not waiting.awaits_digest
        assert queries.choice_of(mei.id, LATER).mail is Delivery.NEVER
        assert queries.choice_of(mei.id, NOW).mail is Delivery.NOW

    @pytest.mark.parametrize("token", ["", "x", "WyJhIiwiYiJd.forged"])
    def test_a_forged_token_ends_nothing(self, mei, token):
        with pytest.raises(NotVisible):
            operations.unsubscribe(SECRET, token)
        with pytest.raises(NotVisible):
            operations.unsubscribe(
                "other", operations.unsubscribe_token(SECRET, mei.id, "test.now")
            )


class TestPages:
    @pytest.fixture
    def browser(self, cast):
        return cast.browser("mei")

    @pytest.fixture
    def told(self, cast, in_app, jobs):
        def tell_somebody(handle="mei", kind=NOW):
            with in_app():
                return tell(cast.person(handle), kind).id

        return tell_somebody

    @pytest.fixture
    def choice(self, cast, in_app):
        def of_mei(kind):
            with in_app():
                return queries.choice_of(cast.person("mei").id, kind)

        return of_mei

    def test_show_news_and_the_bell(self, browser, told):
        made = told()
        page = browser.get("/notifications").text
        assert f"/notifications/{made}" in page and "badge-count" in page
        followed = browser.get(f"/notifications/{made}")
        assert (followed.status_code, followed.location) == (302, "/learn")
        assert "badge-count" not in browser.get("/notifications").text

    def test_of_others_are_not_there(self, browser, told):
        assert browser.get(f"/notifications/{told('hao')}").status_code == 404
        assert browser.get(f"/notifications/{uuid.uuid4()}").status_code == 404

    def test_ask_the_database_as_often_for_many_as_for_few(self, browser, told, count_queries):
        told()
        with count_queries() as few:
            browser.get("/notifications")
        for _time in range(20):
            told()
        with count_queries() as many:
            browser.get("/notifications")
        assert len(many) == len(few)

    def test_all_can_be_read_at_once(self, browser, told):
        told()
        told(kind=LATER)
        assert browser.post("/notifications/read").status_code == 302
        assert "badge-count" not in browser.get("/notifications").text

    def test_choices_are_kept(self, browser, choice):
        form = {f"mail-{name}": "never" for name in rules.KINDS} | {"site-test.now": "on"}
        assert browser.post("/notifications/settings", data=form).status_code == 302
        assert choice(NOW) == queries.Choice(NOW, True, Delivery.NEVER)
        assert not choice(LATER).in_site
        assert browser.post("/notifications/settings", data={}).status_code == 422

    def test_one_click_ends_mails_without_signing_in(self, app, cast, client, in_app, choice):
        with in_app():
            secret = app.extensions["config"].secret_key
            token = operations.unsubscribe_token(secret, cast.person("mei").id, "test.now")
        address = f"/notifications/unsubscribe/{token}"
        page = client.get(address)
        assert page.status_code == 200 and '<form method="post">' in page.text
        assert choice(NOW).mail is Delivery.NOW  # looking changes nothing
        done = client.post(address, data={"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        assert choice(NOW).mail is Delivery.NEVER
        assert client.post(f"{address}x").status_code == 404
