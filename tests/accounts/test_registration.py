"""Registering, verifying the address, and what that proves."""

import threading
from datetime import timedelta

import pytest

from app.accounts import queries
from app.accounts.models import Membership, Organisation, Person
from app.accounts.operations import add_membership, verify_email
from app.accounts.operations.registration import create_person
from app.accounts.rules import Proof, Role
from app.kernel import clock
from app.kernel.audit import AuditEntry
from app.kernel.database import db

from .conftest import PASSWORD


def register(client, email="ann@a.example", name="Ann 王", password=PASSWORD, **data):
    return client.post(
        "/register", data={"name": name, "email": email, "password": password, **data}
    )


class TestRegistering:
    def test_then_opening_the_mails_link_signs_in(self, client, link_in):
        done = register(client)
        assert done.location == "/register/done"
        page = client.get("/register/done").text
        assert "ann@a.example" in page and "/mail" in page
        assert client.get("/account").status_code == 302
        assert client.get(link_in("ann@a.example")).location == "/account"
        assert "電子郵件已確認" in client.get("/account").text

    def test_does_not_name_a_folder_where_mail_really_leaves(self, client, configured):
        with configured(smtp_url="smtp://localhost"):
            register(client)
            assert "沒有設定郵件伺服器" not in client.get("/register/done").text

    def test_goes_on_to_where_she_wanted(self, client, link_in):
        register(client, next="/account/browsers")
        assert client.get(link_in("ann@a.example")).location == "/account/browsers"
        stranger = client.application.test_client()
        register(stranger, email="eve@a.example", next="//evil.example")
        assert stranger.get(link_in("eve@a.example")).location == "/account"

    def test_says_the_same_when_the_address_has_an_account(self, client, make_person, mails):
        make_person("ann@a.example", name="The real Ann")
        answer = register(client, email="ANN@a.example")
        assert answer.location == "/register/done"
        assert "已有帳號" in mails()[-1]["subject"]
        with client.application.app_context():
            assert queries.person_by_email("ann@a.example").name == "The real Ann"

    @pytest.mark.parametrize(
        ("field", "value", "error"),
        [
            ("name", "", "請填寫這一欄"),
            ("name", "\u200b\u202e", "請填寫要讓別人看到的姓名"),
            ("name", "win at https://evil.example", "姓名不能包含網址"),
            ("name", "x" * 121, "120"),
            ("email", "nonsense", "不是電子郵件地址"),
            ("email", "a@b.example\r\nBcc: c@d.example", "不是電子郵件地址"),
            ("email", "a@b.example,c@d.example", "不是電子郵件地址"),
            ("password", "short", "至少需要 10 個字元"),
            ("password", "password123!", "最先會被猜"),
            ("password", "P@ssw0rd2024", "最先會被猜"),
            ("password", "1234567890", "順序"),
            ("password", "qwertyuiop", "順序"),
            ("password", "aaaaaaaaaaaa", "重複"),
            ("password", "ann王2024-ann", "姓名或郵件"),
        ],
    )
    def test_explains_what_is_wrong_and_keeps_the_rest(self, client, field, value, error):
        answer = register(client, **{field: value})
        assert answer.status_code == 422
        assert error in answer.text
        if field != "email":
            assert 'value="ann@a.example"' in answer.text
        assert PASSWORD not in answer.text

    def test_gives_every_person_a_handle_fit_for_a_host_name(self, app):
        with app.app_context():
            made = [
                create_person(name=name, email=email)
                for name, email in [
                    ("王小明", "wang.xiao.ming@a.example"),
                    ("王小明", "wang.xiao.ming@b.example"),
                    ("王", "0123@a.example"),
                    ("X", "admin@a.example"),
                    ("X", "a@a.example"),
                ]
            ]
            handles = [person.handle for person in made]
        assert handles[0] == "wang-xiao-ming" and handles[1] == "wang-xiao-ming-2"
        assert len(set(handles)) == 5 and "admin" not in handles

    def test_is_limited_per_address_of_mail(self, client, frozen_now):
        for _try in range(5):
            assert register(client).status_code == 302
        assert register(client).status_code == 429


class TestTheLink:
    def test_from_another_browser_asks_for_the_password(self, client, app, link_in):
        register(client)
        other = app.test_client()
        link = link_in("ann@a.example")
        page = other.get(link)
        assert page.status_code == 200 and "不是註冊時使用的瀏覽器" in page.text
        assert other.post(link, data={"password": "wrong"}).status_code == 422
        assert other.post(link, data={"password": PASSWORD}).location == "/account"
        assert other.get("/account").status_code == 200

    def test_does_not_verify_what_a_stranger_registered(self, client, app, link_in):
        """Eve registers with Ann's address; Ann's click alone must not help Eve."""
        register(client, password="eves own secret words")
        app.test_client().get(link_in("ann@a.example"))
        with app.app_context():
            assert queries.person_by_email("ann@a.example").email_verified_at is None

    def test_works_for_two_days(self, client, link_in):
        with clock.frozen_at(clock.now() - timedelta(hours=49)):
            register(client)
        answer = client.get(link_in("ann@a.example"))
        assert answer.status_code == 410 and "有效時間已過" in answer.text

    @pytest.mark.parametrize("token", ["x", "WzFd.abc", "a" * 3000, "%00"])
    def test_must_be_ours(self, client, token):
        assert client.get(f"/verify/{token}").status_code in (404, 410)

    def test_for_another_purpose_is_worthless(self, client, link_in, make_person):
        make_person("ann@a.example")
        client.post("/password/forgotten", data={"email": "ann@a.example"})
        token = link_in("ann@a.example").rpartition("/")[2]
        assert client.get(f"/verify/{token}").status_code == 410

    def test_does_not_sign_in_twice_without_the_password(self, client, link_in):
        register(client)
        link = link_in("ann@a.example")
        client.get(link)
        with client.session_transaction() as session:
            session.clear()
            session["registered"] = ["00000000-0000-7000-8000-000000000000", "x", ""]
        assert client.get(link).status_code == 200
        assert client.get("/account").status_code == 302

    def test_can_be_mailed_again(self, client, as_person, make_person, mails):
        browser = as_person(make_person("ann@a.example", verified=False))
        assert "重寄確認信" in browser.get("/account").text
        browser.post("/verify/resend")
        assert len([m for m in mails() if m["to"] == "ann@a.example"]) == 1


class TestMailDomain:
    def test_makes_a_verified_person_a_student_of_her_school(self, client, people, link_in):
        register(client, email="new@RONGNAN.example")
        client.get(link_in("new@rongnan.example"))
        page = client.get("/account").text
        assert "榕南科技大學" in page and "郵件網域" in page

    def test_proves_nothing_before_it_is_verified_or_for_similar_domains(self, app, people):
        with app.app_context():
            for email in ("a@rongnan.example", "b@evil-rongnan.example", "c@x.rongnan.example"):
                person = create_person(name="X", email=email)
                if not email.startswith("a"):
                    verify_email(person)
                assert not person.live_memberships


def test_many_who_join_at_once_make_one_membership(site):
    """Committed for real on many connections, so cleaned up by hand."""
    from app.accounts.operations import create_organisation
    from app.accounts.rules import OrganisationKind
    from app.kernel.localized import LocalizedText

    with site.app_context():
        person = create_person(name="Ann", email="parallel@a.example")
        school = create_organisation(
            slug="parallel", kind=OrganisationKind.SCHOOL, name=LocalizedText({"en": "P"})
        )
        person_id, school_id = person.id, school.id
    faults = []

    def join() -> None:
        try:
            with site.app_context():
                add_membership(
                    db.session.get_one(Person, person_id), school_id, Role.STUDENT, Proof.ROSTER
                )
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=join) for _number in range(8)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with site.app_context():
            count = db.session.scalar(
                db.select(db.func.count(Membership.id)).where(Membership.person_id == person_id)
            )
        assert count == 1 and not faults
    finally:
        with site.app_context():
            for statement in (
                db.delete(Membership).where(Membership.person_id == person_id),
                db.delete(Person).where(Person.id == person_id),
                db.delete(Organisation).where(Organisation.id == school_id),
                db.delete(AuditEntry),
            ):
                db.session.execute(statement)
            db.session.commit()
