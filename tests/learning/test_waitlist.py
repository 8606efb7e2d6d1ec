"""Ways into a section: the line, approval, codes, leaving."""

import pytest
from sqlalchemy import select, text

from app.kernel.database import db
from app.learning import operations, queries
from app.learning.models import Enrolment, PlaceRequest, Section
from app.learning.operations import SectionSettings
from app.learning.rules import EnrolledVia, RequestState, Way
from tests.cast import Cast
from tests.learning.people import student


def settle(cast: Cast, **settings) -> Section:
    section = cast.section()
    operations.edit_section(
        cast.person("lin"), section, SectionSettings(**({"capacity": 1} | settings))
    )
    return section


def who_takes(section: Section) -> list[str]:
    return [row.person.handle for row in queries.roster(section)]


def letters() -> list[tuple[str, str]]:
    """(to, subject) of every piece of news that is mailed at once, in order."""
    rows = db.session.execute(
        text(
            "SELECT p.email, n.subject->>'zh-Hant-TW' FROM procrastinate_jobs j"
            " JOIN notifications n ON n.id::text = j.args->>'notification_id'"
            " JOIN people p ON p.id = n.person_id"
            " WHERE j.task_name = 'notifications.tasks.mail_one' ORDER BY j.id"
        )
    )
    return [(to, subject) for to, subject in rows]


class TestTheLine:
    def test_forms_in_the_order_of_asking_and_moves_up_by_itself(self, cast):
        with cast.app.app_context():
            section = settle(cast)
            people = [cast.person("mei"), cast.person("hao"), student("third")]
            got = [operations.ask_for_place(person, section) for person in people]
            assert isinstance(got[0], Enrolment)
            assert [row.turn for row in got[1:]] == [1, 2]
            operations.withdraw(people[0], section, reason="too much")
            assert who_takes(section) == ["hao"]
            operations.withdraw(people[1], section)
            assert who_takes(section) == ["third"]
            assert queries.enrolment_of(people[2], section).via is EnrolledVia.WAITLIST

    def test_tells_by_mail_who_has_come_in_and_nobody_else(self, cast):
        with cast.app.app_context():
            section = settle(cast)
            operations.ask_for_place(cast.person("mei"), section)
            operations.ask_for_place(cast.person("hao"), section)
            assert letters() == []
            operations.withdraw(cast.person("mei"), section)
            ((to, subject),) = letters()
            assert to == cast.person("hao").email and "面積與平方" in subject

    def test_moves_up_when_the_section_grows(self, cast):
        with cast.app.app_context():
            section = settle(cast)
            for person in (cast.person("mei"), cast.person("hao"), student("third")):
                operations.ask_for_place(person, section)
            settle(cast, capacity=2)
            assert set(who_takes(section)) == {"mei", "hao"}

    def test_is_not_jumped_by_who_comes_when_a_place_is_free(self, cast):
        """While somebody waits there is no free place: whoever comes later stands behind."""
        with cast.app.app_context():
            section = settle(cast)
            operations.ask_for_place(cast.person("mei"), section)
            operations.ask_for_place(cast.person("hao"), section)
            section.capacity = 2  # grown behind the back of the operations
            db.session.flush()
            late = operations.ask_for_place(student("late"), section)
            assert isinstance(late, PlaceRequest) and late.turn == 2
            with pytest.raises(operations.SectionFull):
                operations.enrol(student("later"), section)

    def test_passes_over_who_is_no_longer_a_student_there(self, cast):
        with cast.app.app_context():
            section = settle(cast)
            for person in (cast.person("mei"), cast.person("hao"), student("third")):
                operations.ask_for_place(person, section)
            db.session.execute(
                text(
                    "UPDATE memberships SET ended_at = now() WHERE person_id ="
                    " (SELECT id FROM people WHERE handle = 'hao')"
                )
            )
            db.session.expire_all()
            operations.withdraw(cast.person("mei"), cast.section())
            assert who_takes(cast.section()) == ["third"]

    def test_stands_still_while_enrolment_is_closed(self, cast):
        with cast.app.app_context():
            section = settle(cast)
            operations.ask_for_place(cast.person("mei"), section)
            operations.ask_for_place(cast.person("hao"), section)
            operations.close_section(cast.person("lin"), section)
            operations.withdraw(cast.person("mei"), section)
            assert who_takes(section) == []
            operations.reopen_section(cast.person("lin"), section)
            assert who_takes(section) == ["hao"]

    def test_can_be_left(self, cast):
        with cast.app.app_context():
            section = settle(cast)
            operations.ask_for_place(cast.person("mei"), section)
            operations.ask_for_place(cast.person("hao"), section)
            operations.leave_line(cast.person("hao"), section)
            with pytest.raises(operations.NotWaiting):
                operations.leave_line(cast.person("hao"), section)
            operations.withdraw(cast.person("mei"), section)
            assert who_takes(section) == []

    def test_has_each_person_once_however_often_she_presses(self, cast):
        with cast.app.app_context():
            section = settle(cast)
            operations.ask_for_place(cast.person("mei"), section)
            first = operations.ask_for_place(cast.person("hao"), section)
            assert operations.ask_for_place(cast.person("hao"), section).id == first.id

    def test_a_section_never_has_fewer_places_than_students(self, enrolled):
        with enrolled.app.app_context(), pytest.raises(operations.CapacityBelowEnrolled):
            settle(enrolled, capacity=1)


class TestApproval:
    def test_waits_for_the_instructor_and_then_gives_a_place(self, cast):
        with cast.app.app_context():
            section = settle(cast, way=Way.APPROVAL)
            request = operations.ask_for_place(cast.person("mei"), section, message="please")
            assert request.state is RequestState.ASKED and who_takes(section) == []
            operations.decide_request(cast.person("lin"), request, grant=True)
            assert who_takes(section) == ["mei"]
            assert len(letters()) == 1
            with pytest.raises(operations.NotWaiting):
                operations.decide_request(cast.person("lin"), request, grant=True)

    def test_leads_into_the_line_when_the_section_is_full(self, cast):
        with cast.app.app_context():
            section = settle(cast, way=Way.APPROVAL)
            asked = [
                operations.ask_for_place(cast.person(handle), section) for handle in ("mei", "hao")
            ]
            for request in asked:
                operations.decide_request(cast.person("lin"), request, grant=True)
            assert who_takes(section) == ["mei"]
            waiting = [row for row in queries.requests_of(section)]
            assert [(row.person.handle, row.state) for row in waiting] == [
                ("hao", RequestState.WAITING)
            ]
            with pytest.raises(operations.NotWaiting):
                operations.decide_request(cast.person("lin"), waiting[0], grant=True)

    def test_a_refusal_needs_a_reason(self, cast):
        with cast.app.app_context():
            section = settle(cast, way=Way.APPROVAL)
            request = operations.ask_for_place(cast.person("mei"), section)
            with pytest.raises(operations.ReasonNeeded):
                operations.decide_request(cast.person("lin"), request, grant=False, reason=" ")
            operations.decide_request(cast.person("lin"), request, grant=False, reason="no lab")
            assert request.state is RequestState.REFUSED and who_takes(section) == []

    def test_is_for_the_sections_own_people_to_decide(self, cast):
        with cast.app.app_context():
            section = settle(cast, way=Way.APPROVAL)
            request_id = operations.ask_for_place(cast.person("mei"), section).id
            code = section.code
        address = f"/teaching/{code}/requests/{request_id}/decision"
        for handle in ("wang", "ping", "mei", "fang", "yun"):
            answer = cast.browser(handle).post(address, data={"decision": "grant"})
            assert answer.status_code in (403, 404), handle
        with cast.app.app_context():
            assert who_takes(cast.section()) == []
        assert (
            cast.browser("jia-office").post(address, data={"decision": "grant"}).status_code == 302
        )
        with cast.app.app_context():
            assert who_takes(cast.section()) == ["mei"]

    def test_is_not_for_a_request_of_another_section(self, cast):
        with cast.app.app_context():
            section = settle(cast, way=Way.APPROVAL)
            request_id = operations.ask_for_place(cast.person("mei"), section).id
        answer = cast.browser("wang").post(
            f"/teaching/{cast.other_code}/requests/{request_id}/decision",
            data={"decision": "grant"},
        )
        assert answer.status_code == 404


class TestCodes:
    def test_open_the_section_to_who_has_one(self, cast):
        with cast.app.app_context():
            section = settle(cast, way=Way.CODE, capacity=5)
            code = section.invitation_code
            for wrong in ("", "WRONG"):
                with pytest.raises(operations.WrongCode):
                    operations.ask_for_place(cast.person("mei"), section, code=wrong)
            operations.ask_for_place(cast.person("mei"), section, code=f" {code.lower()} ")
            assert who_takes(section) == ["mei"]

    def test_do_not_open_it_to_another_school(self, cast):
        with cast.app.app_context():
            section = settle(cast, way=Way.CODE)
            with pytest.raises(operations.NotOfThisSchool):
                operations.ask_for_place(
                    student("guest", "jiayang"), section, code=section.invitation_code
                )

    def test_save_the_approval(self, cast):
        with cast.app.app_context():
            section = settle(cast, way=Way.APPROVAL)
            code = operations.renew_code(cast.person("lin"), section)
            operations.ask_for_place(cast.person("mei"), section)
            operations.ask_for_place(cast.person("mei"), section, code=code)
            assert who_takes(section) == ["mei"]
            assert queries.requests_of(section) == []

    def test_cannot_be_guessed_for_long(self, cast):
        with cast.app.app_context():
            settle(cast, way=Way.CODE)
        browser = cast.browser("mei")
        for _try in range(10):
            browser.post(f"/learn/{cast.code}/enrolment", data={"code": "AAAAAAAA"})
        page = browser.post(
            f"/learn/{cast.code}/enrolment", data={"code": "AAAAAAAA"}, follow_redirects=True
        )
        assert "too many tries" in page.text

    def test_are_not_shown_to_students(self, cast):
        with cast.app.app_context():
            code = settle(cast, way=Way.CODE).invitation_code
        assert code not in cast.browser("mei").get("/courses/areas-and-squares").text
        assert code in cast.browser("lin").get(f"/teaching/{cast.code}/settings").text


class TestByRosterAlone:
    def test_nobody_enrols_herself(self, cast):
        with cast.app.app_context():
            section = settle(cast, way=Way.ROSTER)
            with pytest.raises(operations.OnlyByRoster):
                operations.ask_for_place(cast.person("mei"), section)
        assert "come in by a roster" in cast.browser("mei").get("/courses/areas-and-squares").text


class TestPages:
    def test_the_waitlist_is_joined_and_left_on_the_courses_page(self, cast):
        with cast.app.app_context():
            settle(cast)
            operations.ask_for_place(cast.person("hao"), cast.section())
        mei = cast.browser("mei")
        assert "Join the waitlist" in mei.get("/courses/areas-and-squares").text
        answer = mei.post(f"/learn/{cast.code}/enrolment", follow_redirects=True)
        assert "You are number 1 on the waitlist" in answer.text
        assert "You wait for a place" in mei.get("/learn").text
        cast.browser("hao").post(f"/learn/{cast.code}/withdrawal", data={"reason": "moved away"})
        page = mei.get("/learn").text
        assert "You have a place in" in page and "You wait for a place" not in page

    def test_withdrawing_asks_for_a_reason_and_staff_read_it(self, enrolled):
        mei = enrolled.browser("mei")
        address = f"/learn/{enrolled.code}/withdrawal"
        assert mei.get(address).status_code == 200
        assert mei.post(address, data={"reason": "  "}).status_code == 422
        assert mei.post(address, data={"reason": "=cmd|'/c calc'!A1"}).status_code == 302
        lin = enrolled.browser("lin")
        page = lin.get(f"/teaching/{enrolled.code}/students?state=withdrawn").text
        assert "cmd|" in page and "C11401001" in page
        sheet = lin.get(f"/teaching/{enrolled.code}/students.csv?state=withdrawn").text
        assert "'=cmd|" in sheet and ",=cmd|" not in sheet

    def test_a_double_submit_enrols_once(self, cast):
        mei = cast.browser("mei")
        for _press in range(2):
            answer = mei.post(f"/learn/{cast.code}/enrolment?next=https://evil.example/")
            assert answer.headers["Location"] == f"/learn/{cast.code}"
        with cast.app.app_context():
            assert who_takes(cast.section()) == ["mei"]

    def test_the_desk_is_for_those_whom_the_section_gives_it(self, enrolled):
        code = enrolled.code
        for handle, sees, manages in (
            ("lin", 200, 200),
            ("ping", 200, 404),
            ("jia-office", 200, 200),
            ("wang", 404, 404),
            ("mei", 403, 403),
            ("yun", 403, 403),
            ("fang", 403, 403),
        ):
            browser = enrolled.browser(handle)
            for page in ("students", "students.csv", "sessions", "attendance.csv"):
                assert browser.get(f"/teaching/{code}/{page}").status_code == sees, (handle, page)
            for page in ("settings", "roster"):
                answer = browser.get(f"/teaching/{code}/{page}")
                assert answer.status_code == manages, (handle, page)

    def test_the_roster_page_takes_as_many_statements_for_many_as_for_few(
        self, enrolled, count_queries
    ):
        lin = enrolled.browser("lin")
        address = f"/teaching/{enrolled.code}/students"
        lin.get(address)
        with count_queries() as few:
            lin.get(address)
        with enrolled.app.app_context():
            for number in range(12):
                operations.enrol(student(f"more{number}"), enrolled.section())
            settle(enrolled, capacity=14)
            for number in range(6):
                operations.ask_for_place(student(f"wait{number}"), enrolled.section())
        with count_queries() as many:
            page = lin.get(address).text
        assert "More11" in page and "Wait5" in page
        assert len(many) == len(few), "\n".join(many)

    def test_the_courses_page_takes_a_constant_number_of_statements(self, cast, count_queries):
        mei = cast.browser("mei")
        mei.get("/courses/areas-and-squares")
        with count_queries() as few:
            mei.get("/courses/areas-and-squares")
        with cast.app.app_context():
            section = cast.section()
            for _n in range(4):
                operations.add_section(
                    cast.person("lin"), section.offering, SectionSettings(capacity=3)
                )
        with count_queries() as many:
            assert mei.get("/courses/areas-and-squares").text.count("Places left") == 6
        assert len(many) == len(few)

    def test_a_student_is_withdrawn_by_staff_with_a_reason(self, enrolled):
        with enrolled.app.app_context():
            mei = enrolled.person("mei").id
        lin = enrolled.browser("lin")
        address = f"/teaching/{enrolled.code}/students/{mei}"
        assert "C11401001" in lin.get(address).text
        lin.post(f"{address}/withdrawal", data={"reason": ""})
        with enrolled.app.app_context():
            assert "mei" in who_takes(enrolled.section())
        lin.post(f"{address}/withdrawal", data={"reason": "on leave"})
        with enrolled.app.app_context():
            row = db.session.scalars(select(Enrolment).where(Enrolment.person_id == mei)).one()
            assert row.withdrawal_reason == "on leave"
            assert row.withdrawn_by_id == enrolled.person("lin").id
