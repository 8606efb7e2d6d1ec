"""Loading a roster into a section: first a look, then the deed."""

import io
import re

import pytest
from sqlalchemy import func, select

from app.accounts.models import Invitation
from app.accounts.operations import accept_invitation
from app.accounts.operations.registration import create_person
from app.kernel import clock
from app.kernel.database import db
from app.learning import operations, queries
from app.learning.models import Enrolment, PlaceRequest, RosterInvitation
from app.learning.operations import SectionSettings
from app.learning.rules import EnrolledVia
from tests.cast import Cast
from tests.learning.people import student

HEADER = "學號,姓名,電子郵件\n"


def upload(cast: Cast, lines: str, handle: str = "lin"):
    browser = cast.browser(handle)
    page = browser.post(
        f"/teaching/{cast.code}/roster",
        data={"file": (io.BytesIO((HEADER + lines).encode()), "roster.csv")},
        content_type="multipart/form-data",
    )
    found = re.search(r'name="upload" value="([^"]+)"', page.text)
    return browser, page, found.group(1) if found else ""


def apply(cast: Cast, browser, token: str):
    return browser.post(
        f"/teaching/{cast.code}/roster/apply", data={"upload": token}, follow_redirects=True
    )


LINES = (
    "C11401001,林小梅,mei@rongnan.example\n"
    "C100,新生,new@elsewhere.example\n"
    "C200,外校,guest@elsewhere.example\n"
    "C11401001,又一次,again@elsewhere.example\n"
    "C300,壞信箱,not-an-address\n"
    "T100,林雅文,lin@rongnan.example\n"
)


@pytest.fixture
def guest(cast: Cast) -> Cast:
    with cast.app.app_context():
        student("guest", "jiayang")
        db.session.commit()
    return cast


class TestTheLook:
    def test_names_every_line_and_writes_nothing(self, guest):
        _browser, page, token = upload(guest, LINES)
        assert token
        text = page.text
        assert "The student number is in line 2 already" in text
        assert "This is not a mail address" in text
        assert "Invited by mail" in text and "needs recognition there" in text
        assert "Left out: teaches this section" in text
        with guest.app.app_context():
            for table in (Enrolment, PlaceRequest, RosterInvitation, Invitation):
                assert db.session.scalar(select(func.count()).select_from(table)) == 0

    def test_of_a_file_that_is_none_says_so(self, cast):
        for content in (b"\xff\xfe\x00\x01\x02", b"a,b,c\n1,2,3\n", b""):
            page = cast.browser("lin").post(
                f"/teaching/{cast.code}/roster",
                data={"file": (io.BytesIO(content), "=x.csv")},
                content_type="multipart/form-data",
            )
            assert page.status_code in (200, 422) and 'name="upload"' not in page.text

    def test_is_not_for_assistants_or_strangers(self, cast):
        for handle, status in (("ping", 404), ("wang", 404), ("mei", 403)):
            assert upload(cast, LINES, handle)[1].status_code == status


class TestTheDeed:
    def test_enrols_who_is_here_and_invites_who_is_not(self, guest):
        browser, _page, token = upload(guest, LINES)
        page = apply(guest, browser, token).text
        assert "2 enrolled, 0 on the waitlist, 1 invited" in page
        with guest.app.app_context():
            rows = {row.person.handle: row.via for row in queries.roster(guest.section())}
            assert rows == {"mei": EnrolledVia.ROSTER, "guest": EnrolledVia.ROSTER}
            (letter,) = db.session.scalars(select(Invitation)).all()
            assert letter.email == "new@elsewhere.example"

    def test_twice_changes_nothing(self, guest):
        for _time in range(2):
            browser, _page, token = upload(guest, LINES)
            page = apply(guest, browser, token).text
        assert "0 enrolled" in page
        with guest.app.app_context():
            assert len(queries.roster(guest.section())) == 2
            count = db.session.scalar(select(func.count()).select_from(RosterInvitation))
            assert count == 1

    def test_never_takes_more_places_than_there_are(self, guest):
        with guest.app.app_context():
            operations.edit_section(
                guest.person("lin"), guest.section(), SectionSettings(capacity=1)
            )
        browser, page, token = upload(guest, LINES)
        assert "On the waitlist, because the places are taken" in page.text
        assert "1 enrolled, 1 on the waitlist" in apply(guest, browser, token).text

    def test_is_bound_to_who_looked_and_where(self, guest):
        _browser, _page, token = upload(guest, LINES)
        office = guest.browser("jia-office")
        assert "The uploaded file is gone" in apply(guest, office, token).text
        assert "The uploaded file is gone" in apply(guest, guest.browser("lin"), "forged").text
        with guest.app.app_context():
            assert queries.roster(guest.section()) == []

    def test_lets_her_in_when_she_joins_the_school_by_the_letter(self, cast):
        browser, _page, token = upload(cast, "C100,新生,new@elsewhere.example\n")
        apply(cast, browser, token)
        with cast.app.app_context():
            person = create_person(name="New", email="other@elsewhere.example", handle="newcomer")
            person.email_verified_at = clock.now()
            letter = db.session.scalars(select(Invitation)).one()
            accept_invitation(person, letter)
            (row,) = queries.roster(cast.section())
            assert row.person.handle == "newcomer" and row.via is EnrolledVia.ROSTER
            assert db.session.scalars(select(RosterInvitation)).one().came_at is not None

    def test_lets_nobody_in_by_a_name_alone(self, cast):
        browser, _page, token = upload(cast, "C100,新生,new@elsewhere.example\n")
        apply(cast, browser, token)
        with cast.app.app_context():
            student("stranger")
            assert queries.roster(cast.section()) == []

    def test_takes_as_many_statements_for_many_lines_as_for_few_to_look(self, cast, count_queries):
        with cast.app.app_context():
            for number in range(8):
                student(f"many{number}")
            db.session.commit()
        many_lines = "".join(f"M{n}00,Many,many{n}@elsewhere.example\n" for n in range(8))
        upload(cast, LINES)
        lin = cast.browser("lin")

        def look(lines: str) -> int:
            with count_queries() as seen:
                lin.post(
                    f"/teaching/{cast.code}/roster",
                    data={"file": (io.BytesIO((HEADER + lines).encode()), "roster.csv")},
                    content_type="multipart/form-data",
                )
            return len(seen)

        look(LINES)
        assert look(many_lines) == look(many_lines.splitlines()[0] + "\n")


class TestSessions:
    def test_are_planned_attended_exported_and_cancelled(self, enrolled):
        lin, base = enrolled.browser("lin"), f"/teaching/{enrolled.code}/sessions"
        typed = {
            "title": "=Kick-off", "starts_at": "2026-09-14T19:00", "minutes": "50",
            "place": "javascript:alert(1)",
        }  # fmt: skip
        assert lin.post(base, data=typed | {"minutes": "2"}).status_code == 422
        assert lin.post(base, data=typed).status_code == 302
        page = enrolled.browser("mei").get(f"/learn/{enrolled.code}").text
        assert "2026-09-14 19:00" in page and 'href="javascript:' not in page
        with enrolled.app.app_context():
            (session,) = queries.sessions_of([enrolled.section().id])
            mei, wang = enrolled.person("mei").id, enrolled.person("wang").id
        address = f"{base}/{session.id}/attendance"
        assert lin.get(address).text.count("<select") == 2
        marks = {f"presence:{mei}": "late", f"presence:{wang}": "present", "presence:x": "late"}
        page = lin.post(address, data=marks, follow_redirects=True).text
        assert "Noted for 1 students" in page
        sheet = lin.get(f"/teaching/{enrolled.code}/attendance.csv").text
        assert "Came late" in sheet and "'=Kick-off" in sheet
        for handle, status in (("wang", 404), ("mei", 403)):
            answer = enrolled.browser(handle).post(address, data=marks)
            assert answer.status_code == status
        foreign = f"/teaching/{enrolled.other_code}/sessions/{session.id}/attendance"
        assert enrolled.browser("wang").get(foreign).status_code == 404
        lin.post(f"{base}/{session.id}/cancellation")
        assert "2026-09-14 19:00" not in enrolled.browser("mei").get(
            f"/learn/{enrolled.code}"
        ).text  # fmt: skip
        assert "cancelled" in lin.post(address, data=marks, follow_redirects=True).text
