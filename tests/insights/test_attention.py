"""Who may need attention: found from what happened, and what staff do about it."""

import csv
import io
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.insights import operations, queries
from app.insights.models import RiskFinding, RiskStep
from app.insights.rules.risk import Kind, Thresholds
from app.insights.rules.steps import StepKind
from app.kernel import clock
from app.kernel.database import db
from app.learning.models import Extension
from app.notifications.models import Notification, Preference
from app.notifications.rules import Delivery
from tests.gradebook.test_computing import DUE, LAB, book_of, set_due
from tests.grading.helpers import grade_with, hand_in, result
from tests.insights.people import classmates
from tests.insights.test_pages import address, person_id

AFTER = DUE + timedelta(days=1)


def found(cast, handle):
    """Kind → reason of HANDLE, after a look."""
    operations.look(book_of(cast))
    row = db.session.scalar(
        select(RiskFinding)
        .where(RiskFinding.person_id == cast.person(handle).id)
        .execution_options(populate_existing=True)
    )
    return {} if row is None else {reason.kind: reason for reason in queries.reasons_of(row)}


@pytest.fixture
def due(enrolled):
    """The lab was due; mei handed nothing in, hao did, in full."""
    with enrolled.app.app_context():
        set_due(enrolled)
        with clock.frozen_at(DUE - timedelta(days=1)):
            grade_with(hand_in(enrolled, "hao"), result(4.0, 2.0))
        db.session.commit()
    return enrolled


class TestLooking:
    def test_finds_who_handed_in_nothing_that_is_due(self, due, frozen):
        with due.app.app_context(), frozen(AFTER):
            assert found(due, "mei")[Kind.MISSING].items == (LAB,)
            assert found(due, "hao") == {}

    def test_knows_extensions(self, due, frozen):
        with due.app.app_context(), frozen(AFTER):
            operations.give_time(
                due.person("lin"), due.section(), due.person("mei"), item_key=LAB, days=5,
                reason="Was ill", key=uuid.uuid4(),
            )  # fmt: skip
            assert Kind.MISSING not in found(due, "mei")

    def test_finds_who_is_stuck_until_she_is_not(self, enrolled):
        with enrolled.app.app_context():
            for _n in range(2):
                grade_with(hand_in(enrolled, "mei"), result(2.0, 2.0))
            assert Kind.STUCK not in found(enrolled, "mei")
            grade_with(hand_in(enrolled, "mei"), result(0.0, 2.0))
            reason = found(enrolled, "mei")[Kind.STUCK]
            assert (reason.items, reason.cell, reason.values) == ((LAB,), "test-squares", (3,))
            grade_with(hand_in(enrolled, "mei"), result(4.0, 2.0))
            assert Kind.STUCK not in found(enrolled, "mei")

    def test_finds_who_is_below_the_pass_mark(self, enrolled):
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "mei"), result(1.0, 1.0))
            assert found(enrolled, "mei")[Kind.BELOW].values == (33.3,)

    def test_finds_who_has_not_been_here(self, enrolled, frozen):
        with enrolled.app.app_context(), frozen(clock.now() + timedelta(days=20, hours=1)):
            assert found(enrolled, "mei")[Kind.ABSENT].values == (20,)

    def test_follows_the_sections_own_rules(self, due, frozen):
        with due.app.app_context(), frozen(AFTER):
            operations.save_thresholds(
                due.person("lin"), due.section(), Thresholds(2, False, 0, 0, False)
            )
            assert found(due, "mei") == {}

    def test_looks_at_all_sections_of_the_semester(self, due):
        with due.app.app_context():
            section = due.section()
            day = section.offering.starts_on + timedelta(days=40)
            with clock.frozen_at(datetime(day.year, day.month, day.day, 4, tzinfo=UTC)):
                assert section.id in queries.sections_to_look_at(clock.now())
                operations.look_everywhere()
            with clock.frozen_at(datetime(day.year + 3, 1, 1, tzinfo=UTC)):
                assert queries.sections_to_look_at(clock.now()) == []


class TestDoing:
    def deed(self, cast, **data):
        return {"key": str(uuid.uuid4()), **data}

    def page(self, cast, rest=""):
        return address(cast, f"attention/{person_id(cast, 'mei')}{rest}")

    def test_keeps_notes_with_who_and_when_and_once(self, due):
        browser, data = due.browser("lin"), self.deed(due, note="Called her; she was ill.")
        for _n in range(2):
            answer = browser.post(self.page(due, "/notes"), data=data)
            assert answer.status_code == 303
        text = browser.get(self.page(due)).text
        assert text.count("Called her; she was ill.") == 1
        with due.app.app_context():
            (step,) = db.session.scalars(select(RiskStep)).all()
            assert (step.kind, step.by_id) == (StepKind.NOTE, due.person("lin").id)

    def test_asks_for_words(self, due):
        answer = due.browser("lin").post(self.page(due, "/notes"), data=self.deed(due, note=" "))
        assert answer.status_code == 422
        assert "Please fill this in." in answer.text

    def test_sends_messages_that_the_student_reads(self, due):
        data = self.deed(due, subject="Shall we talk?", text="My door is open on Friday.")
        for _n in range(2):
            due.browser("lin").post(self.page(due, "/messages"), data=data)
        with due.app.app_context():
            mei = due.person("mei").id
            (news,) = db.session.scalars(
                select(Notification).where(Notification.kind == "insights.messages")
            ).all()
            assert (news.person_id, str(news.subject)) == (mei, "Shall we talk?")
            assert "My door is open" in str(news.body)
        assert "Message sent" in due.browser("lin").get(self.page(due)).text

    def test_says_when_nobody_would_hear(self, due):
        with due.app.app_context():
            db.session.add(
                Preference(
                    person_id=due.person("mei").id, kind="insights.messages", in_site=False,
                    mail=Delivery.NEVER,
                )
            )  # fmt: skip
            db.session.commit()
        data = self.deed(due, subject="Hello", text="Hello")
        answer = due.browser("lin").post(self.page(due, "/messages"), data=data)
        assert answer.status_code == 422
        assert "The message was not sent" in answer.text
        with due.app.app_context():
            assert db.session.scalars(select(RiskStep)).all() == []

    def test_gives_time_once(self, due):
        data = self.deed(due, item=LAB, more_days="4", reason="Was ill")
        for _n in range(2):
            assert (
                due.browser("lin").post(self.page(due, "/extensions"), data=data).status_code == 303
            )
        with due.app.app_context():
            (extension,) = db.session.scalars(select(Extension)).all()
            assert (extension.item_key, extension.extra_days) == (LAB, 4)
        assert "4 more days" in due.browser("lin").get(self.page(due)).text

    def test_settled_stays_until_there_is_a_new_matter(self, due, frozen):
        with due.app.app_context(), frozen(AFTER):
            lin, mei, section = due.person("lin"), due.person("mei"), due.section()
            found(due, "mei")
            operations.take_step(lin, section, mei, StepKind.SETTLED, key=uuid.uuid4())
            found(due, "mei")
            assert queries.attention_counts(section)["settled"] == 1
            with clock.frozen_at(AFTER + timedelta(days=90)):
                assert Kind.ABSENT in found(due, "mei")
                counts = queries.attention_counts(section)
                assert (counts["settled"], counts["open"]) == (0, 2)

    def test_put_off_comes_back_by_itself(self, due, frozen):
        with due.app.app_context(), frozen(AFTER):
            lin, mei, section = due.person("lin"), due.person("mei"), due.section()
            found(due, "mei")
            operations.take_step(lin, section, mei, StepKind.SNOOZED, days=3, key=uuid.uuid4())
            assert queries.attention_counts(section) == {"open": 0, "put_off": 1, "settled": 0}
            with clock.frozen_at(AFTER + timedelta(days=3, minutes=1)):
                assert queries.attention_counts(section)["open"] == 1

    def test_only_instructors_change_the_rules(self, due):
        page = address(due, "attention/rules")
        form = {"missing": "2", "stuck": "4", "absent_days": "0", "falling": "y"}
        assert due.browser("lin").post(page, data=form | {"stuck": "1"}).status_code == 422
        assert due.browser("lin").post(page, data=form).status_code == 303
        with due.app.app_context():
            assert queries.thresholds_of(due.section().id) == Thresholds(2, True, 4, 0, False)


class TestShowing:
    def test_the_list_says_why_and_home_says_how_many(self, due, frozen):
        browser = due.browser("lin")
        with frozen(AFTER):
            text = browser.get(address(due, "attention")).text
            assert "Due and nothing handed in: Squares" in text
            assert "1 student needs attention" in browser.get("/").text
            assert "needs attention" not in due.browser("wang").get("/").text
            assert "needs attention" not in due.browser("mei").get("/").text

    def test_is_exported(self, due, frozen):
        with frozen(AFTER):
            text = due.browser("lin").get(address(due, "attention.csv")).text
        head, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
        assert head[4] == "Reasons"
        ((state, why),) = [row[3:5] for row in rows]
        assert state == "To look at"
        assert why.splitlines()[0] == "Due and nothing handed in: Squares"

    def test_takes_a_constant_number_of_statements(self, due, frozen, count_queries):
        browser, page = due.browser("lin"), address(due, "attention")
        with frozen(AFTER):
            browser.get(page)
            with count_queries() as one:
                browser.get(page)
            with due.app.app_context():
                classmates(due, 4)
            browser.get(page)
            with count_queries() as more:
                browser.get(page)
        assert len(more) == len(one) <= 30, "\n".join(more)
