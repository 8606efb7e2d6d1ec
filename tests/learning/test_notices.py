"""What people hear of places, sessions, corrections and recognition: each thing once."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.kernel import clock
from app.kernel.database import db
from app.learning import operations, tasks
from app.learning.operations import SectionSettings
from app.learning.rules import EnrolledVia, Way
from app.notifications.models import Notification
from tests.cast import Cast, cluster, course, lab, lesson


def news(cast: Cast, handle: str) -> list[Notification]:
    """What somebody was told by this room, oldest first."""
    return list(
        db.session.scalars(
            select(Notification)
            .where(
                Notification.person_id == cast.person(handle).id,
                Notification.kind.startswith("learning."),
            )
            .order_by(Notification.created_at, Notification.id)
        )
    )


def waiting_jobs(name: str) -> list[dict[str, str]]:
    rows = db.session.execute(
        text("SELECT args FROM procrastinate_jobs WHERE task_name = :name ORDER BY id"),
        {"name": name},
    )
    return [args for (args,) in rows]


def settle(cast: Cast, **settings) -> None:
    operations.edit_section(
        cast.person("lin"), cast.section(), SectionSettings(**({"capacity": 1} | settings))
    )


class TestPlaces:
    def test_that_came_by_the_line_are_told_in_both_languages_once(self, cast):
        with cast.app.app_context():
            settle(cast)
            section = cast.section()
            operations.ask_for_place(cast.person("mei"), section)
            operations.ask_for_place(cast.person("hao"), section)
            assert news(cast, "mei") == []  # she took hers with her own hands
            operations.withdraw(cast.person("mei"), section)
            (note,) = news(cast, "hao")
            assert note.path == f"/learn/{section.code}" and note.kind == "learning.places"
            assert "面積與平方" in note.subject["zh-Hant-TW"]
            assert note.subject["en"] == "You have a place: Areas and squares"
            assert news(cast, "mei") == []  # she knows that she left
            mails = waiting_jobs("notifications.tasks.mail_one")
            assert mails == [{"notification_id": str(note.id)}]
            assert waiting_jobs("kernel.mail.deliver") == []  # and no second letter

    def test_that_come_by_a_roster_say_so(self, cast):
        from app.accounts.rules.rosters import RosterLine

        with cast.app.app_context():
            line = RosterLine("C11401001", "Mei", cast.person("mei").email, None)
            config = cast.app.extensions["config"]
            for _again in range(2):
                operations.load_section_roster(config, cast.person("lin"), cast.section(), [line])
            (note,) = news(cast, "mei")
            assert "Your school enrolled you" in note.body["en"]

    def test_that_somebody_else_ended_are_told_with_the_reason(self, enrolled):
        with enrolled.app.app_context():
            operations.withdraw(
                enrolled.person("mei"),
                enrolled.section(),
                reason="Moved to the other class",
                by=enrolled.person("lin"),
            )
            (note,) = news(enrolled, "mei")
            assert "Moved to the other class" in note.body["en"]
            assert note.path == "/courses/areas-and-squares"

    def test_that_are_asked_for_reach_the_instructor_and_the_answer_the_student(self, cast):
        with cast.app.app_context():
            settle(cast, way=Way.APPROVAL)
            section, lin = cast.section(), cast.person("lin")
            request = operations.ask_for_place(cast.person("mei"), section, message="Please")
            (asked,) = news(cast, "lin")
            assert "Please" in asked.body["en"] and asked.awaits_digest
            assert news(cast, "ping") == [] and news(cast, "wang") == []
            operations.decide_request(lin, request, grant=True)
            (granted,) = news(cast, "mei")
            assert granted.subject["en"].startswith("You have a place")
            other = operations.ask_for_place(cast.person("hao"), section)
            operations.decide_request(lin, other, grant=False, reason="No room")
            (refused,) = news(cast, "hao")
            assert "No room" in refused.body["en"]

    def test_approved_into_the_line_are_told_first_of_that_and_then_of_the_place(self, cast):
        with cast.app.app_context():
            settle(cast, way=Way.APPROVAL)
            section, lin = cast.section(), cast.person("lin")
            operations.enrol(cast.person("mei"), section, via=EnrolledVia.SELF)
            request = operations.ask_for_place(cast.person("hao"), section)
            operations.decide_request(lin, request, grant=True)
            operations.withdraw(cast.person("mei"), section)
            first, second = news(cast, "hao")
            assert "waitlist" in first.body["en"] and "You have a place" in second.subject["en"]


class TestSessions:
    @pytest.fixture
    def planned(self, enrolled):
        with enrolled.app.app_context():
            session = operations.plan_session(
                enrolled.person("lin"), enrolled.section(), title="Kick-off",
                starts_at=clock.now() + timedelta(days=3), minutes=60, place="A101",
            )  # fmt: skip
            return enrolled, session.id

    def test_are_told_to_the_students_when_planned_and_when_cancelled(self, planned):
        cast, session_id = planned
        with cast.app.app_context():
            (job,) = waiting_jobs("learning.tasks.tell_of_session")
            for _again in range(2):
                tasks.tell_of_session(**job)
            (note,) = news(cast, "mei")
            assert "Kick-off" in note.subject["en"] and "A101" in note.body["en"]
            assert news(cast, "lin") == []
            from app.learning.models import LiveSession

            session = db.session.get(LiveSession, session_id)
            for _again in range(2):
                operations.cancel_session(cast.person("lin"), session)
            jobs = waiting_jobs("learning.tasks.tell_of_session")
            assert len(jobs) == 2
            tasks.tell_of_session(**jobs[1])
            assert [row.subject["en"].split(":")[0] for row in news(cast, "mei")] == [
                "Live session", "Cancelled",
            ]  # fmt: skip

    def test_cancelled_before_anybody_was_told_are_told_as_cancelled_alone(self, planned):
        cast, session_id = planned
        with cast.app.app_context():
            from app.learning.models import LiveSession

            operations.cancel_session(cast.person("lin"), db.session.get(LiveSession, session_id))
            for job in waiting_jobs("learning.tasks.tell_of_session"):
                tasks.tell_of_session(**job)
            assert len(news(cast, "mei")) == 1


class TestCorrections:
    def test_reach_the_students_of_the_offering_with_the_note(self, enrolled):
        from app.catalog import operations as catalog
        from app.catalog.queries import latest_version

        with enrolled.app.app_context():
            catalog.load_clusters((cluster(course(lesson(text="Better."), lab())),))
            operations.upgrade_offering(
                enrolled.section(), latest_version("areas-and-squares"),
                actor=enrolled.person("lin"), note="A formula was wrong.",
            )  # fmt: skip
            (job,) = waiting_jobs("learning.tasks.tell_of_upgrade")
            for _again in range(2):
                tasks.tell_of_upgrade(**job)
            (note,) = news(enrolled, "mei")
            assert "A formula was wrong." in note.body["en"] and note.awaits_digest
            assert note.path == f"/learn/{enrolled.code}/changes"
            assert news(enrolled, "wang") == []


class TestRecognition:
    def test_asked_reaches_the_office_of_the_school_that_is_asked(self, cast):
        from tests.learning.test_recognition import ask

        with cast.app.app_context():
            request = ask(cast)
            (note,) = news(cast, "jia-office")
            assert note.path == f"/recognition/{request.id}"
            assert news(cast, "lin") == []
