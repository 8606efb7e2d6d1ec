"""Invitations and rosters."""

import io
import uuid
from datetime import timedelta

import pytest

from app.accounts import queries
from app.accounts.models import Invitation, Membership, RosterEntry
from app.accounts.rules import Role
from app.accounts.rules.rosters import parse_roster
from app.kernel import clock
from app.kernel.database import db

HEADER = "學號,姓名,電子郵件,系所\n"


def invite(browser, email="new@b.example", role="student", slug="rongnan"):
    return browser.post(f"/organisations/{slug}/invitations", data={"email": email, "role": role})


class TestInviting:
    def test_lets_who_registers_by_the_letter_join(self, app, people, as_person, link_in):
        assert invite(as_person(people["lin"])).status_code == 302
        newcomer = app.test_client()
        letter = link_in("new@b.example")
        assert "註冊" in newcomer.get(letter).text
        newcomer.post(
            "/register",
            data={
                "name": "New",
                "email": "new@b.example",
                "password": "seven purple lighthouses",
                "next": letter,
            },
        )
        assert newcomer.get(link_in("new@b.example")).location == letter
        assert newcomer.post(f"{letter}/acceptance").location == "/account"
        assert "榕南科技大學" in newcomer.get("/account").text

    def test_shows_to_who_owns_the_address_without_the_letter(self, people, as_person, make_person):
        invite(as_person(people["lin"]))
        page = as_person(make_person("new@b.example")).get("/account").text
        assert "給您的邀請" in page

    def test_lets_one_person_join_once(self, app, people, as_person, make_person, link_in):
        invite(as_person(people["lin"]))
        letter = link_in("new@b.example")
        as_person(make_person("first@b.example")).post(f"{letter}/acceptance")
        second = as_person(make_person("second@b.example"))
        second.post(f"{letter}/acceptance", follow_redirects=True)
        assert "已使用、已撤回" in second.get(letter).text
        assert "榕南" not in second.get("/account").text

    @pytest.mark.parametrize(
        ("who", "role", "may"),
        [
            ("lin", "student", True),
            ("lin", "teaching_assistant", True),
            ("lin", "instructor", False),
            ("lin", "department_office", False),
            ("lin", "operator", False),
            ("jia-office", "instructor", True),
            ("jia-office", "department_office", True),
            ("jia-office", "operator", False),
            ("ting", "instructor", True),
            ("ting", "operator", False),  # not a role of schools
        ],
    )
    def test_gives_only_roles_that_the_inviter_may_give(
        self, people, as_person, mails, who, role, may
    ):
        assert (invite(as_person(people[who]), role=role).status_code == 302) is may
        assert bool(mails()) is may

    @pytest.mark.parametrize(
        ("who", "code"),
        [("mei", 403), ("ping", 403), ("yun", 403), ("fang", 403), ("wang", 404)],
    )
    def test_is_not_for_others(self, people, as_person, mails, who, code):
        assert invite(as_person(people[who])).status_code == code
        assert mails() == []

    def test_ends_after_14_days_or_when_withdrawn(self, app, people, as_person, link_in):
        lin = as_person(people["lin"])
        invite(lin)
        letter = link_in("new@b.example")
        with clock.frozen_at(clock.now() + timedelta(days=14, seconds=1)):
            assert "已超過 14 天" in app.test_client().get(letter).text
        with app.app_context():
            invitation = db.session.scalar(db.select(Invitation.id))
        path = f"/organisations/rongnan/invitations/{invitation}/withdrawal"
        assert as_person(people["wang"]).post(path).status_code == 404
        lin.post(path)
        assert "已使用、已撤回" in app.test_client().get(letter).text

    def test_keeps_no_token(self, app, people, as_person, link_in):
        invite(as_person(people["lin"]))
        token = link_in("new@b.example").rpartition("/")[2]
        with app.app_context():
            assert token != db.session.scalar(db.select(Invitation.token_hash))

    def test_a_made_up_letter_is_nothing(self, client, people):
        assert client.get("/invitations/made-up").status_code == 404


def upload(browser, content: bytes | str, slug="rongnan"):
    data = content.encode() if isinstance(content, str) else content
    return browser.post(
        f"/organisations/{slug}/roster",
        data={"file": (io.BytesIO(data), "roster.csv")},
        content_type="multipart/form-data",
    )


def apply(browser, preview, slug="rongnan"):
    token = preview.text.split('name="upload" value="')[1].split('"')[0]
    return browser.post(f"/organisations/{slug}/roster/apply", data={"upload": token})


class TestRoster:
    def test_changes_nothing_before_it_is_applied(self, app, people, as_person):
        office = as_person(people["jia-office"])
        preview = upload(office, HEADER + "C11402001,王大明,ming@c.example,資工系\n")
        assert "新增的列" in preview.text
        with app.app_context():
            assert db.session.scalar(db.select(db.func.count(RosterEntry.id))) == 0
        apply(office, preview)
        with app.app_context():
            entry = db.session.scalar(db.select(RosterEntry))
            assert (entry.student_number, entry.name) == ("C11402001", "王大明")

    def test_links_who_is_verified_already_and_who_comes_later(
        self, app, people, as_person, make_person
    ):
        early = make_person("early@c.example")
        office = as_person(people["jia-office"])
        content = HEADER + "C1140001,E,early@c.example,資工系\nC1140002,L,LATE@c.example,資工系\n"
        apply(office, upload(office, content))
        late = make_person("late@c.example")
        with app.app_context():
            for person, number in ((early, "C1140001"), (late, "C1140002")):
                row = db.session.scalar(db.select(Membership).where(Membership.person_id == person))
                assert (row.student_number, row.role) == (number, Role.STUDENT)

    def test_gives_the_number_to_whom_the_mail_domain_had_made_a_student(
        self, app, people, as_person, make_person
    ):
        known = make_person("known@rongnan.example")
        office = as_person(people["jia-office"])
        apply(office, upload(office, HEADER + "C1140003,K,known@rongnan.example,資工系\n"))
        with app.app_context():
            rows = db.session.scalars(
                db.select(Membership).where(Membership.person_id == known)
            ).all()
            assert [(row.role, row.student_number) for row in rows] == [("student", "C1140003")]

    def test_never_takes_a_number_from_its_holder(self, app, people, as_person, make_person):
        other = make_person("other@c.example")
        office = as_person(people["jia-office"])
        answer = apply(office, upload(office, HEADER + "C11401001,Eve,other@c.example,x\n"))
        assert answer.status_code == 302
        with app.app_context():
            holder = db.session.scalar(
                db.select(Membership.person_id).where(Membership.student_number == "C11401001")
            )
            assert holder == people["mei"] != other

    def test_takes_five_thousand_lines(self, app, people, as_person):
        office = as_person(people["jia-office"])
        lines = "".join(f"C{n:07},姓名{n},s{n}@c.example,系\n" for n in range(5000))
        apply(office, upload(office, HEADER + lines))
        with app.app_context():
            assert db.session.scalar(db.select(db.func.count(RosterEntry.id))) == 5000
        again = upload(office, HEADER + lines)
        assert "5000" in again.text
        page = office.get("/organisations/rongnan/roster?q=C0004999").text
        assert "s4999@c.example" in page and "s4998@c.example" not in page

    @pytest.mark.parametrize("who", ["lin", "mei", "wang", "fang"])
    def test_is_for_the_schools_office_only(self, people, as_person, who):
        browser = as_person(people[who])
        assert browser.get("/organisations/rongnan/roster").status_code in (403, 404)
        assert upload(browser, HEADER).status_code in (403, 404)
        assert browser.get("/organisations/rongnan/roster.csv").status_code in (403, 404)

    def test_applies_nobody_elses_upload(self, people, as_person, give_role):
        give_role(people["hao"], "rongnan", Role.DEPARTMENT_OFFICE)
        preview = upload(as_person(people["jia-office"]), HEADER + "C1140009,A,a@c.example,x\n")
        answer = apply(as_person(people["hao"]), preview)
        assert answer.status_code == 302
        assert "C1140009" not in as_person(people["hao"]).get("/organisations/rongnan/roster").text

    def test_exports_harmless_cells(self, people, as_person):
        office = as_person(people["jia-office"])
        apply(office, upload(office, HEADER + 'C1140010,"=HYPERLINK(""x"")",a@c.example,-1+1\n'))
        text = office.get("/organisations/rongnan/roster.csv").text
        assert "'=HYPERLINK" in text and ",'-1+1" in text

    def test_escapes_what_it_shows(self, people, as_person):
        office = as_person(people["jia-office"])
        apply(office, upload(office, HEADER + "C1140011,<script>alert(1)</script>,a@c.example,x\n"))
        assert "<script>alert" not in office.get("/organisations/rongnan/roster").text


class TestParsing:
    def test_reads_what_excel_in_taiwan_writes(self):
        for content in (
            (HEADER + "C1140001,王大明,a@c.example,資工系\n").encode("cp950"),
            ("\ufeff" + HEADER + "C1140001,王大明,a@c.example,資工系\n").encode(),
            (HEADER + "C1140001,王大明,a@c.example,資工系\n").replace(",", "\t").encode("utf-16"),
            b"student_number;name;email;department\r\nC1140001;\xe7\x8e\x8b;a@c.example;x\r\n",
        ):
            parsed = parse_roster(content)
            assert not parsed.problems and parsed.lines[0].student_number == "C1140001"

    def test_names_line_and_problem_and_keeps_the_good_lines(self):
        parsed = parse_roster(
            (
                HEADER
                + "C1140001,甲,a@c.example,x\n"
                + "!,乙,b@c.example,x\n"
                + "\n"
                + "C1140002,,c@c.example,x\n"
                + "C1140003,丁,nonsense,x\n"
                + "c1140001,戊,e@c.example,x\n"
                + "C1140004,己,A@c.example,x\n"
                + "C1140005\n"
            ).encode()
        )
        assert [line.student_number for line in parsed.lines] == ["C1140001"]
        assert [problem.line for problem in parsed.problems] == [3, 5, 6, 7, 8, 9]

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\x00\x01\x02",
            b"\xff\xfe\x00",
            b"PK\x03\x04\x14\x00\x06\x00",
            "姓名,電子郵件\n王,a@c.example\n".encode(),
            HEADER.encode() + b'"' + b"x" * 200_000,
            HEADER.encode() + "C1,王,a@c.example\r\nBcc: x@y.example,系".encode(),
        ],
    )
    def test_survives_what_is_not_a_roster(self, content):
        parsed = parse_roster(content)
        assert parsed.problems and not parsed.lines


class TestClaiming:
    @pytest.fixture
    def roster(self, people, as_person):
        office = as_person(people["jia-office"])
        apply(office, upload(office, HEADER + "C1140020,王大明,school@c.example,資工系\n"))

    def ask(self, browser, number="c1140020"):
        return browser.post(
            "/account/student-number", data={"school": "rongnan", "student_number": number}
        )

    def code(self, mails) -> str:
        mail = mails()[-1]
        assert mail["to"] == "school@c.example"
        return mail["subject"][-6:]

    def test_needs_the_code_from_the_schools_mailbox(
        self, app, roster, make_person, as_person, mails
    ):
        ming = make_person("ming@private.example")
        browser = as_person(ming)
        following = self.ask(browser).location
        assert browser.post(following, data={"code": "000000x"}).status_code == 422
        assert browser.post(following, data={"code": self.code(mails)}).location == "/account"
        with app.app_context():
            row = db.session.scalar(db.select(Membership).where(Membership.person_id == ming))
            assert row.student_number == "C1140020" and row.proven_by == "roster"

    def test_code_is_worthless_for_another_person(self, roster, make_person, as_person, mails):
        self.ask(as_person(make_person("ming@private.example")))
        eve = as_person(make_person("eve@private.example"))
        path = "/account/student-number/rongnan/C1140020"
        assert eve.post(path, data={"code": self.code(mails)}).status_code == 422

    def test_allows_five_tries(self, roster, make_person, as_person, mails):
        browser = as_person(make_person("ming@private.example"))
        path = self.ask(browser).location
        for _try in range(5):
            browser.post(path, data={"code": "no"})
        assert browser.post(path, data={"code": self.code(mails)}).status_code == 422

    def test_does_not_tell_which_numbers_exist(self, roster, make_person, as_person, mails):
        browser = as_person(make_person("ming@private.example"))
        before = len(mails())
        answer = self.ask(browser, "C9999999")
        assert answer.status_code == 302 and browser.get(answer.location).status_code == 200
        assert len(mails()) == before


class TestPeopleOfAnOrganisation:
    def test_can_be_searched_filtered_and_exported(self, people, as_person):
        office = as_person(people["jia-office"])
        everyone = office.get("/organisations/rongnan").text
        assert "mei@rongnan.example" in everyone and "wang@jiayang.example" not in everyone
        found = office.get("/organisations/rongnan?q=C11401002").text
        assert "hao@rongnan.example" in found and "mei@rongnan.example" not in found
        export = office.get("/organisations/rongnan/people.csv?role=instructor").text
        assert "lin@rongnan.example" in export and "mei@" not in export

    @pytest.mark.parametrize("query", ["q=%25", "q=%00", "q='--", "page=99999", "page=x", "sort=x"])
    def test_survives_odd_questions(self, people, as_person, query):
        office = as_person(people["jia-office"])
        assert office.get(f"/organisations/rongnan?{query}").status_code == 200

    def test_take_a_constant_number_of_queries(self, people, as_person, make_person, count_queries):
        office = as_person(people["jia-office"])
        with count_queries() as few:
            office.get("/organisations/rongnan")
        for number in range(30):
            make_person(f"s{number}@rongnan.example")
        with count_queries() as many:
            office.get("/organisations/rongnan")
        assert len(few) == len(many) <= 10

    def test_can_lose_their_membership(self, app, people, as_person):
        with app.app_context():
            row = db.session.scalar(
                db.select(Membership.id).where(Membership.person_id == people["hao"])
            )
        path = f"/organisations/rongnan/memberships/{row}/end"
        assert as_person(people["lin"]).post(path).status_code == 404
        assert as_person(people["jia-office"]).post(path).status_code == 302
        with app.app_context():
            ended = db.session.get(Membership, row)
            assert ended.ended_at is not None and ended.ended_by_id == people["jia-office"]

    def test_of_another_school_do_not_exist(self, people, as_person):
        office = as_person(people["jia-office"])
        assert office.get("/organisations/jiayang").status_code == 404
        assert (
            office.post(f"/organisations/jiayang/memberships/{uuid.uuid4()}/end").status_code == 404
        )


def test_an_operator_sees_every_organisation(people, as_person):
    operator = as_person(people["ting"])
    page = operator.get("/organisations").text
    assert "榕南科技大學" in page and "榕光精密" in page
    assert operator.get("/organisations/jiayang").status_code == 200


def test_roster_query_finds_by_state(app, people):
    with app.app_context():
        school = queries.organisation_by_slug("rongnan")
        assert queries.roster_of(school, state="claimed").total == 0
