"""Credit recognition between schools."""

import pytest
from sqlalchemy import text

from app.accounts.queries import organisation_by_slug
from app.catalog.rules import ItemKind
from app.kernel.database import db
from app.learning import operations, queries
from app.learning.models import Enrolment, RecognitionRequest
from app.learning.rules import EnrolledVia, RecognitionState
from tests.cast import Cast


def completed_elsewhere(cast: Cast, handle: str = "mei") -> Enrolment:
    """The student's enrolment, as a guest, in the other school's section, with all items done."""
    section, person = cast.section("jiayang"), cast.person(handle)
    section.offering.credits = 3
    enrolment = Enrolment(section_id=section.id, person_id=person.id, via=EnrolledVia.ROSTER)
    db.session.add(enrolment)
    db.session.flush()
    operations.complete_lesson(person, section, "areas")
    assert enrolment.completed_at is None
    operations.record_progress(section.id, person.id, ItemKind.LAB, "squares", completed=True)
    db.session.refresh(enrolment)
    assert enrolment.completed_at is not None
    return enrolment


def ask(cast: Cast, own_course: str = "Geometry I") -> RecognitionRequest:
    return operations.request_recognition(
        cast.person("mei"),
        completed_elsewhere(cast),
        organisation_by_slug("rongnan"),
        own_course=own_course,
    )


class TestAsking:
    def test_needs_a_course_completed_at_another_school(self, enrolled):
        with enrolled.app.app_context():
            mei = enrolled.person("mei")
            school = organisation_by_slug("rongnan")
            own = queries.enrolment_of(mei, enrolled.section())
            with pytest.raises(operations.NotRecognisable):
                operations.request_recognition(mei, own, school, own_course="x")
            other = completed_elsewhere(enrolled)
            for person, where in ((mei, "jiayang"), (enrolled.person("hao"), "rongnan")):
                with pytest.raises(operations.NotRecognisable):
                    operations.request_recognition(
                        person, other, organisation_by_slug(where), own_course="x"
                    )

    def test_twice_is_refused_until_it_was_withdrawn(self, cast):
        with cast.app.app_context():
            request = ask(cast)
            mei, school = cast.person("mei"), organisation_by_slug("rongnan")
            with pytest.raises(operations.AlreadyAsked):
                operations.request_recognition(mei, request.enrolment, school, own_course="x")
            operations.withdraw_recognition(mei, request)
            operations.request_recognition(mei, request.enrolment, school, own_course="x")


class TestTheRoad:
    def test_from_the_students_page_to_the_office_and_back(self, cast):
        with cast.app.app_context():
            enrolment = str(completed_elsewhere(cast).id)
            school = str(organisation_by_slug("rongnan").id)
        mei, office = cast.browser("mei"), cast.browser("jia-office")
        assert "Ask for recognition" in mei.get("/learn/recognition").text
        typed = {"enrolment": enrolment, "school": school, "own_course": "=Geometry I"}
        for _press in range(2):
            mei.post("/learn/recognition", data=typed)
        assert "Requested" in mei.get("/learn/recognition").text
        assert "requests for credit recognition" in office.get("/").text
        page = office.get("/recognition").text
        assert page.count("=Geometry I") == 1
        assert "'=Geometry I" in office.get("/recognition.csv").text
        with cast.app.app_context():
            request_id = db.session.query(RecognitionRequest).one().id
        address = f"/recognition/{request_id}"
        early = office.post(f"{address}/decision", data={"decision": "recognise"})
        assert early.headers["Location"] == address  # nothing decided before the review
        office.post(f"{address}/review")
        assert "Under review" in mei.get("/learn/recognition").text
        refused = office.post(f"{address}/decision", data={"decision": "refuse", "reason": ""})
        assert refused.status_code == 422 and "Please give a reason" in refused.text
        office.post(f"{address}/decision", data={"decision": "recognise", "reason": "Fits."})
        office.post(f"{address}/decision", data={"decision": "refuse", "reason": "Changed my mind"})
        page = mei.get("/learn/recognition").text
        assert "Recognised" in page and "Fits." in page and "Changed my mind" not in page
        with cast.app.app_context():
            sent = db.session.scalar(
                text(
                    "SELECT count(*) FROM notifications WHERE kind = 'learning.recognition'"
                    " AND person_id = (SELECT id FROM people WHERE handle = 'mei')"
                )
            )
            assert sent == 1

    def test_is_seen_by_the_student_and_the_receiving_office_alone(self, cast):
        with cast.app.app_context():
            request_id = ask(cast).id
        for handle, status in (
            ("jia-office", 200), ("lin", 403), ("wang", 403), ("hao", 403), ("fang", 403),
        ):  # fmt: skip
            found = cast.browser(handle).get(f"/recognition/{request_id}").status_code
            assert found == status, handle
        hao = cast.browser("hao")
        assert hao.post(f"/learn/recognition/{request_id}/withdrawal").status_code == 404
        assert "Geometry I" not in hao.get("/learn/recognition").text

    def test_an_office_of_another_school_finds_nothing(self, cast):
        with cast.app.app_context():
            request_id = ask(cast).id
            db.session.execute(
                text(
                    "UPDATE memberships SET organisation_id = (SELECT id FROM organisations WHERE"
                    " slug = 'jiayang') WHERE role = 'department_office'"
                )
            )
            db.session.commit()
        office = cast.browser("jia-office")
        assert office.get(f"/recognition/{request_id}").status_code == 404
        assert office.post(f"/recognition/{request_id}/review").status_code == 404
        assert "Geometry I" not in office.get("/recognition").text
        with cast.app.app_context():
            state = db.session.get_one(RecognitionRequest, request_id).state
            assert state is RecognitionState.REQUESTED

    def test_the_list_takes_a_constant_number_of_statements(self, cast, count_queries):
        with cast.app.app_context():
            request = ask(cast)
            enrolment_id, school_id = request.enrolment_id, request.school_id
            mei_id = request.person_id
        office = cast.browser("jia-office")
        office.get("/recognition")
        with count_queries() as few:
            office.get("/recognition")
        with cast.app.app_context():
            for number in range(5):
                db.session.add(
                    RecognitionRequest(
                        person_id=mei_id, enrolment_id=enrolment_id, school_id=school_id,
                        credits=1, own_course=f"Old {number}", state=RecognitionState.WITHDRAWN,
                    )
                )  # fmt: skip
            db.session.commit()
        with count_queries() as many:
            assert "Old 4" in office.get("/recognition").text
        assert len(many) == len(few)


class TestReports:
    def test_count_by_school_and_department(self, enrolled):
        with enrolled.app.app_context():
            enrolled.section().offering.credits = 2
            hao = enrolled.person("hao")
            operations.withdraw(hao, enrolled.section(), reason="x")
            operations.enrol(hao, enrolled.section())
            operations.withdraw(hao, enrolled.section(), reason="x")
            mei = enrolled.person("mei")
            operations.complete_lesson(mei, enrolled.section(), "areas")
            operations.record_progress(
                enrolled.section().id, mei.id, ItemKind.LAB, "squares", completed=True
            )
            request = ask(enrolled)
            office = enrolled.person("jia-office")
            operations.review_recognition(office, request)
            operations.decide_recognition(office, request, recognise=True)
            rongnan, jiayang = (organisation_by_slug(s).id for s in ("rongnan", "jiayang"))
            (row,) = queries.report([rongnan])
            assert (row.department, row.enrolled, row.completed, row.withdrawn) == (
                "工業工程與管理系", 2, 1, 1,
            )  # fmt: skip
            assert (row.credits, row.recognised) == (2, 3)
            (guest,) = queries.report([jiayang])
            assert (guest.department, guest.enrolled, guest.credits) == ("", 1, 3)
            assert queries.report([rongnan], term=(101, 1)) == []

    def test_show_an_office_its_own_school_and_an_officer_all(self, enrolled):
        with enrolled.app.app_context():
            ask(enrolled)
        own = enrolled.browser("jia-office").get("/reports/enrolment.csv?school=jiayang")
        assert own.text.count("\n") == 1
        own = enrolled.browser("jia-office").get("/reports/enrolment").text
        assert "Rongnan" in own and "Jiayang" not in own
        everything = enrolled.browser("fang").get("/reports/enrolment").text
        assert "Rongnan" in everything and "Jiayang" in everything
        for handle in ("lin", "mei", "yun"):
            assert enrolled.browser(handle).get("/reports/enrolment").status_code == 403

    def test_cannot_carry_a_formula(self, enrolled):
        with enrolled.app.app_context():
            db.session.execute(text("UPDATE memberships SET department = '=HYPERLINK(\"x\")'"))
            db.session.commit()
        sheet = enrolled.browser("fang").get("/reports/enrolment.csv").text
        assert "'=HYPERLINK" in sheet and ',"=HYPERLINK' not in sheet

    @pytest.mark.parametrize("term", ["115-1", "9-9", "abc-1", "115", "²²²-1", "115-1'--"])
    def test_read_any_address(self, enrolled, term):
        answer = enrolled.browser("fang").get("/reports/enrolment", query_string={"term": term})
        assert answer.status_code == 200


class TestWhatIsHers:
    def test_bookmarks_are_set_and_removed_and_never_lead_away(self, enrolled):
        mei = enrolled.browser("mei")
        address = f"/learn/{enrolled.code}/bookmarks/lesson/areas"
        answer = mei.post(address, data={"wanted": "1", "next": "//evil.example/x"})
        assert answer.headers["Location"] == f"/learn/{enrolled.code}"
        mei.post(address, data={"wanted": "1"})
        assert mei.get("/learn/bookmarks").text.count("/lessons/areas") == 1
        assert "/lessons/areas" not in enrolled.browser("hao").get("/learn/bookmarks").text
        mei.post(address, data={"wanted": "0"})
        assert "No bookmarks yet" in mei.get("/learn/bookmarks").text
        assert mei.post(f"/learn/{enrolled.code}/bookmarks/lab/none").status_code == 404
        assert enrolled.browser("wang").post(address).status_code == 404

    def test_she_goes_on_where_she_stopped(self, enrolled):
        from app.catalog import operations as catalog
        from app.catalog.queries import latest_version
        from tests.cast import cluster, course, lab, lesson

        with enrolled.app.app_context():
            catalog.load_clusters(
                (cluster(course(lesson(), lesson("second"), lesson("third"), lab())),)
            )
            operations.upgrade_offering(enrolled.section(), latest_version("areas-and-squares"))
        mei = enrolled.browser("mei")
        mei.get(f"/learn/{enrolled.code}/lessons/third")
        with enrolled.app.app_context():
            view = queries.section_for(enrolled.person("mei"), enrolled.code)
            assert view.next_item.slug == "third"
        mei.post(f"/learn/{enrolled.code}/lessons/third/completion")
        with enrolled.app.app_context():
            view = queries.section_for(enrolled.person("mei"), enrolled.code)
            assert view.next_item.slug == "areas"

    def test_what_remains_is_always_to_be_seen(self, enrolled):
        mei = enrolled.browser("mei")
        before = mei.get("/learn/remaining").text
        assert "What remains:" in before and 'href="/courses/areas-and-squares"' in before
        with enrolled.app.app_context():
            person, section = enrolled.person("mei"), enrolled.section()
            operations.complete_lesson(person, section, "areas")
            operations.record_progress(
                section.id, person.id, ItemKind.LAB, "squares", completed=True
            )
        assert "You have completed this cluster" in mei.get("/learn/remaining").text
        assert "You have completed this course" in mei.get(f"/learn/{enrolled.code}").text
