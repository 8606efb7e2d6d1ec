"""A student asks for one cell to be looked at again; its life from reason to answer."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.accounts.models import Person
from app.grading import operations as grading
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.notifications.models import Notification
from app.regrading import operations, queries
from app.regrading.models import RegradeRequest
from app.regrading.rules import Decision, RequestState, Terms
from tests.cast import Cast
from tests.quizzes.quizzing import place_quiz, quiz_document, take
from tests.regrading.helpers import assistant_elsewhere, graded

CELL = {"notebook": "squares", "cell": "test-squares"}


def ask(cast: Cast, handle: str = "mei", reason: str = "Zero is a square.") -> RegradeRequest:
    """Within a context: HANDLE asks about the test of her newest submission."""
    person = cast.person(handle)
    made = graded(cast, handle)
    return operations.ask(
        person, queries.cell_of_mine(person, made.id, "squares", "test-squares"), reason
    )


def decide(cast: Cast, request: RegradeRequest, decision: Decision, **more: object) -> None:
    operations.decide_request(cast.person("lin"), request, decision, **more)


def told(handle: str, kind: str) -> list[Notification]:
    return list(
        db.session.scalars(
            select(Notification)
            .join(Person, Person.id == Notification.person_id)
            .where(Person.handle == handle, Notification.kind == kind)
        )
    )


class TestAsking:
    def test_becomes_a_task_for_the_graders_of_the_section(self, enrolled):
        with enrolled.app.app_context():
            made = ask(enrolled)
            (open_one,) = queries.open_requests(enrolled.section(), "lab:squares")
            assert open_one.id == made.id
            assert (open_one.points, open_one.out_of) == (0, 4)
            assert queries.open_requests(enrolled.section(), "lab:other") == []
            assert len(told("lin", "regrading.requests")) == 1
            assert len(told("ping", "regrading.requests")) == 1
            assert told("wang", "regrading.requests") == told("mei", "regrading.requests") == []

    def test_needs_a_reason(self, enrolled):
        with enrolled.app.app_context(), pytest.raises(operations.WordsNeeded):
            ask(enrolled, reason="  ")

    def test_is_refused_while_the_same_cell_waits(self, enrolled):
        with enrolled.app.app_context():
            ask(enrolled)
            with pytest.raises(operations.AlreadyAsked):
                ask(enrolled)
            assert len(db.session.scalars(select(RegradeRequest)).all()) == 1

    def test_is_refused_when_the_time_is_over(self, enrolled):
        with enrolled.app.app_context():
            person = enrolled.person("mei")
            made = graded(enrolled)
            subject = queries.cell_of_mine(person, made.id, "squares", "test-squares")
            over = subject.published_at + timedelta(days=14)
            with clock.frozen_at(over), pytest.raises(operations.CannotAsk):
                operations.ask(person, subject, "Late")
            with clock.frozen_at(subject.published_at + timedelta(days=13, hours=23)):
                assert operations.ask(person, subject, "In time").state is RequestState.OPEN

    def test_is_refused_when_the_section_takes_none_or_no_more(self, enrolled):
        with enrolled.app.app_context():
            lin, section = enrolled.person("lin"), enrolled.section()
            operations.set_terms(lin, section, Terms(14, 1, True))
            with pytest.raises(operations.CannotAsk):
                ask(enrolled)
            operations.set_terms(lin, section, Terms(14, 1))
            ask(enrolled)
            made = graded(enrolled, "mei", 0.0, 1.0)
            other = queries.cell_of_mine(enrolled.person("mei"), made.id, "squares", "why")
            with pytest.raises(operations.CannotAsk):
                operations.ask(enrolled.person("mei"), other, "And this")

    def test_is_not_possible_about_others_work_or_what_has_no_points(self, enrolled):
        with enrolled.app.app_context():
            made = graded(enrolled)
            for handle, cell in (("hao", "test-squares"), ("lin", "test-squares"), ("mei", "why")):
                with pytest.raises(NotVisible):
                    queries.cell_of_mine(enrolled.person(handle), made.id, "squares", cell)


class TestAnswering:
    def test_with_other_points_gives_them_and_tells_the_student(self, enrolled):
        with enrolled.app.app_context():
            made = ask(enrolled)
            decide(enrolled, made, Decision.ACCEPTED, points=Decimal("3.5"), words="You are right.")
            submission = made.submission
            assert submission is not None
            assert submission.attempt.score == 3.5
            (given,) = submission.manual_scores
            assert (given.score, given.comment) == (3.5, "You are right.")
            assert made.state is RequestState.ACCEPTED
            (news,) = told("mei", "regrading.answers")
            assert "0 → 3.5" in str(news.body["en"])

    def test_with_words_leaves_the_points(self, enrolled):
        with enrolled.app.app_context():
            made = ask(enrolled)
            with pytest.raises(operations.WordsNeeded):
                decide(enrolled, made, Decision.DECLINED)
            decide(enrolled, made, Decision.DECLINED, words="The task says so.")
            assert made.submission is not None and made.submission.manual_scores == []
            (news,) = told("mei", "regrading.answers")
            assert "The task says so." in str(news.body["en"])

    def test_happens_once(self, enrolled):
        with enrolled.app.app_context():
            made = ask(enrolled)
            decide(enrolled, made, Decision.DECLINED, words="No.")
            with pytest.raises(operations.AlreadyAnswered):
                decide(enrolled, made, Decision.ACCEPTED, points=Decimal(4))
            with pytest.raises(operations.AlreadyAnswered):
                operations.withdraw(enrolled.person("mei"), made)

    def test_leaves_no_trace_when_the_points_are_out_of_range(self, enrolled):
        with enrolled.app.app_context():
            made = ask(enrolled)
            with pytest.raises(grading.ScoreOutOfRange):
                decide(enrolled, made, Decision.ACCEPTED, points=Decimal(5))
            db.session.refresh(made)
            assert made.state is RequestState.OPEN

    def test_is_kept_as_it_is(self, enrolled):
        with enrolled.app.app_context():
            made = ask(enrolled)
            decide(enrolled, made, Decision.DECLINED, words="No.")
            with pytest.raises(DBAPIError), db.session.begin_nested():
                db.session.execute(text("UPDATE regrade_requests SET words = 'Yes.'"))

    def test_and_then_it_can_be_asked_again(self, enrolled):
        with enrolled.app.app_context():
            made = ask(enrolled)
            decide(enrolled, made, Decision.DECLINED, words="No.")
            again = ask(enrolled, reason="But look at line 3.")
            found = queries.request_to_decide(
                enrolled.person("lin"), enrolled.section().code, again.id
            )
            assert found.may_decide


class TestPages:
    def test_lead_from_the_cell_to_the_answer(self, enrolled):
        with enrolled.app.app_context():
            submission = graded(enrolled).id
        mei, lin = enrolled.browser("mei"), enrolled.browser("lin")
        page = mei.get(f"/learn/{enrolled.code}/labs/squares").text
        assert "Squares" in page
        address = f"/submissions/{submission}/requests/new"
        assert "You can ask until" in mei.get(address, query_string=CELL).text
        sent = mei.post(address, query_string=CELL, data={"reason": ""})
        assert sent.status_code == 422
        sent = mei.post(address, query_string=CELL, data={"reason": "Zero counts."})
        assert sent.status_code == 303
        assert "Zero counts." in mei.get(sent.location).text
        assert "1 request waits" in lin.get("/").text
        listed = lin.get(f"/teaching/{enrolled.code}/requests").text
        assert "test-squares" in listed
        with enrolled.app.app_context():
            made = db.session.scalars(select(RegradeRequest.id)).one()
        answer = f"/teaching/{enrolled.code}/requests/{made}"
        assert "Zero counts." in lin.get(answer).text
        assert lin.post(answer, data={"decision": "accepted"}).status_code == 422
        done = lin.post(answer, data={"decision": "accepted", "points": "4", "words": "Yes."})
        assert done.status_code == 303
        assert "Points changed" in mei.get(f"/learn/{enrolled.code}/requests").text
        assert lin.post(answer, data={"decision": "declined", "words": "No"}).status_code == 422

    def test_let_a_student_take_it_back(self, enrolled):
        with enrolled.app.app_context():
            made = ask(enrolled).id
        address = f"/learn/{enrolled.code}/requests/{made}/withdrawal"
        assert enrolled.browser("hao").post(address).status_code == 404
        assert enrolled.browser("mei").post(address).status_code == 303
        with enrolled.app.app_context():
            found = db.session.scalars(select(RegradeRequest)).one()
            assert found.state is RequestState.WITHDRAWN

    def test_show_nothing_to_staff_of_another_section(self, enrolled):
        with enrolled.app.app_context():
            elsewhere = assistant_elsewhere(enrolled)
            made = ask(enrolled).id
            assert told("ping", "regrading.requests") == []
        for handle in ("ping", "wang", "hao"):
            browser = enrolled.browser(handle)
            for rest in ("", f"/{made}", "/settings"):
                answer = browser.get(f"/teaching/{enrolled.code}/requests{rest}")
                assert answer.status_code in (403, 404), (handle, rest)
            assert browser.post(
                f"/teaching/{enrolled.code}/requests/{made}",
                data={"decision": "declined", "words": "No"},
            ).status_code in (403, 404)
        ping = enrolled.browser("ping")
        page = ping.get(f"/teaching/{elsewhere}/requests")
        assert page.status_code == 200 and "test-squares" not in page.text
        assert ping.get(f"/teaching/{elsewhere}/requests/{made}").status_code == 404

    def test_let_instructors_alone_say_how_long(self, enrolled):
        address = f"/teaching/{enrolled.code}/requests/settings"
        assert enrolled.browser("ping").get(address).status_code == 404
        lin = enrolled.browser("lin")
        assert lin.post(address, data={"days": "400", "most_open": "2"}).status_code == 422
        assert lin.post(address, data={"days": "7", "most_open": "2"}).status_code == 303
        with enrolled.app.app_context():
            assert queries.terms_of(enrolled.section()) == Terms(7, 2)

    def test_take_a_constant_number_of_statements(self, enrolled, count_queries):
        with enrolled.app.app_context():
            ask(enrolled)
        lin, address = enrolled.browser("lin"), f"/teaching/{enrolled.code}/requests"
        lin.get(address)
        with count_queries() as one:
            lin.get(address)
        with enrolled.app.app_context():
            ask(enrolled, "hao")
        with count_queries() as two:
            lin.get(address)
        assert len(one) == len(two)


class TestOfAQuiz:
    def test_is_asked_beside_the_answer_and_changes_its_mark(self, enrolled):
        with enrolled.app.app_context():
            place_quiz(enrolled.section(), quiz_document())
            take(enrolled, "mei", "colour")
        mei, lin = enrolled.browser("mei"), enrolled.browser("lin")
        attempt = f"/learn/{enrolled.code}/quizzes/check/attempts/1"
        assert "Ask to look at this again" in mei.get(attempt).text
        sent = mei.post(
            f"{attempt}/requests/new?question=capital", data={"reason": "台北 is one too."}
        )
        assert sent.status_code == 303
        with enrolled.app.app_context():
            (made,) = queries.open_requests(enrolled.section(), "quiz:check")
            answer = f"/teaching/{enrolled.code}/requests/{made.id}"
        done = lin.post(answer, data={"decision": "accepted", "points": "0.5", "words": "Half."})
        assert done.status_code == 303
        assert "0.5" in mei.get(f"/learn/{enrolled.code}/requests").text
        assert "Half." in mei.get(attempt).text
