"""Discussions and announcements are found by those who may read them, and by nobody else."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from app.conversations import operations as talks
from app.conversations import places
from app.conversations.models import Post, Thread
from app.conversations.operations import Words
from app.conversations.rules import ThreadKind
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.learning.models import Announcement, ItemPlan
from app.learning.operations import announcements as learning
from app.learning.queries.announcements import Audience
from app.search import operations
from tests.search.test_finding import found


@pytest.fixture
def thread(enrolled) -> str:
    """Mei asks about a lesson and lin answers; the thread's address."""
    with enrolled.app.app_context():
        mei, lin = enrolled.person("mei"), enrolled.person("lin")
        place = places.place_for(mei, f"section:{enrolled.section().code}")
        made = talks.start_thread(
            mei, place, "lesson:areas", ThreadKind.QUESTION, "混淆矩陣怎麼讀",
            Words("The **threshold** puzzles me.", uuid.uuid4()),
        )  # fmt: skip
        talks.reply(lin, made, place, Words("Read along the rows.", uuid.uuid4()))
        return f"/discussions/{made.id}"


def thread_of(address: str) -> Thread:
    return db.session.get_one(Thread, uuid.UUID(address.rpartition("/")[2]))


class TestDiscussions:
    def test_are_found_by_title_post_and_reply(self, enrolled, thread):
        for typed in ("混淆矩陣", "thresholds", "reading rows"):
            assert found(enrolled.browser("hao"), typed, kind="thread") == [thread]
        assert enrolled.browser("hao").get(thread).status_code == 200

    def test_are_found_by_nobody_outside_the_section(self, enrolled, thread, client):
        for stranger in (client, enrolled.browser("wang"), enrolled.browser("fang")):
            assert found(stranger, "threshold") == []

    def test_are_not_found_while_their_lesson_is_locked(self, enrolled, thread):
        with enrolled.app.app_context():
            db.session.add(
                ItemPlan(
                    offering_id=enrolled.section().offering_id,
                    item_key="lesson:areas",
                    opens_at=datetime.now(UTC) + timedelta(days=3),
                )
            )
            db.session.commit()
        assert found(enrolled.browser("hao"), "threshold") == []
        assert found(enrolled.browser("lin"), "threshold") == [thread]

    def test_follow_what_is_edited_hidden_and_shown_again(self, enrolled, thread):
        hao = enrolled.browser("hao")
        with enrolled.app.app_context():
            mei, lin = enrolled.person("mei"), enrolled.person("lin")
            opening = db.session.query(Post).filter_by(thread_id=thread_of(thread).id, position=0)
            place = places.place_for(mei, thread_of(thread).place)
            talks.edit_post(mei, opening.one(), place, "The cutoff puzzles me.")
            assert found(hao, "threshold") == []
            assert found(hao, "cutoff") == [thread]
            desk = places.place_for(lin, thread_of(thread).place)
            talks.hide(lin, opening.one(), desk, "off topic")
            assert found(hao, "cutoff") == []
            talks.show_again(lin, opening.one(), desk)
            assert found(hao, "cutoff") == [thread]

    def test_are_there_again_after_a_rebuild(self, enrolled, thread):
        with enrolled.app.app_context():
            operations.remove_all("thread:")
            assert found(enrolled.browser("hao"), "threshold") == []
            operations.rebuild()
        assert found(enrolled.browser("hao"), "threshold") == [thread]


def told(**more) -> learning.Told:
    return learning.Told(
        LocalizedText({"en": "Room moved"}), LocalizedText({"en": "To *atrium* 5."}), **more
    )


class TestAnnouncements:
    def announce(self, enrolled, audience: Audience, **more) -> str:
        made = learning.announce(enrolled.person("lin"), audience, told(**more), uuid.uuid4())
        return f"/announcements/{made.id}"

    def test_are_found_by_the_section(self, enrolled, client):
        with enrolled.app.app_context():
            address = self.announce(enrolled, Audience(section=enrolled.section()))
        assert found(enrolled.browser("mei"), "atrium") == [address]
        for stranger in (client, enrolled.browser("wang"), enrolled.browser("yun")):
            assert found(stranger, "atrium") == []

    def test_of_an_offering_are_found_in_its_sections(self, enrolled):
        with enrolled.app.app_context():
            address = self.announce(enrolled, Audience(offering=enrolled.section().offering))
        assert found(enrolled.browser("mei"), "atrium") == [address]
        assert found(enrolled.browser("yun"), "atrium") == []

    def test_of_the_site_are_found_by_their_roles(self, enrolled, client):
        with enrolled.app.app_context():
            address = self.announce(enrolled, Audience(), roles=("student",))
        assert found(enrolled.browser("mei"), "atrium") == [address]
        assert enrolled.browser("mei").get(address).status_code == 200
        for stranger in (client, enrolled.browser("yun")):
            assert found(stranger, "atrium") == []

    def test_are_not_found_before_they_are_out_nor_once_withdrawn(self, enrolled):
        with enrolled.app.app_context():
            later = datetime.now(UTC) + timedelta(days=1)
            section = Audience(section=enrolled.section())
            self.announce(enrolled, section, publish_at=later)
            assert found(enrolled.browser("mei"), "atrium") == []
            address = self.announce(enrolled, section)
            assert found(enrolled.browser("mei"), "atrium") == [address]
            made = db.session.get_one(Announcement, uuid.UUID(address.rpartition("/")[2]))
            learning.withdraw_announcement(enrolled.person("lin"), made)
        assert found(enrolled.browser("mei"), "atrium") == []
