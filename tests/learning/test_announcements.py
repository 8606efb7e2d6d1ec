"""Announcements reach those whom they are for, once, and say when they were corrected."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts.models import Organisation
from app.kernel import clock
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.learning import operations as learning
from app.learning.models import Announcement
from app.learning.operations import announcements as operations
from app.learning.operations.announcements import Told
from app.learning.queries import announcements as queries
from app.learning.queries.announcements import Audience
from app.notifications.models import Notification
from tests.learning.people import student


def told(title="News", text="Some *text*.", **more):
    return Told(LocalizedText({"en": title}), LocalizedText({"en": text}), **more)


def form(title="News", text="Some **text**.", **more):
    return {"title_en": title, "body_en": text} | more


@pytest.fixture
def announce(enrolled, in_app):
    """Announces as somebody to the section (or what AUDIENCE makes of it); answers the id."""

    def made(handle="lin", audience=lambda s: Audience(section=s), **more):
        with in_app():
            person, section = enrolled.person(handle), enrolled.section()
            more.setdefault("title", "News")
            return operations.announce(person, audience(section), told(**more), uuid.uuid4()).id

    return made


def told_handles(in_app):
    with in_app():
        rows = db.session.scalars(
            sa.select(Notification).where(Notification.kind == "learning.announcement")
        ).all()
        return sorted(row.person.handle for row in rows)


class TestSections:
    def test_hear_what_their_staff_announces(self, enrolled, in_app):
        path = f"/teaching/{enrolled.code}/announcements"
        ping = enrolled.browser("ping")  # a teaching assistant
        assert ping.post(path, data=form("Room change")).status_code == 302
        with in_app():
            made = db.session.scalars(sa.select(Announcement)).one()
            operations.tell_of_announcement(made.id)
            made_id = made.id
        assert told_handles(in_app) == ["hao", "lin", "mei"]
        mei = enrolled.browser("mei")
        home, section = mei.get("/").text, mei.get(f"/learn/{enrolled.code}").text
        assert "Room change" in home and "Room change" in section
        page = mei.get(f"/announcements/{made_id}").text
        assert "<strong>text</strong>" in page
        assert "Room change" not in mei.get("/").text
        assert "Room change" in mei.get("/announcements").text
        assert "1 of 3 people" in ping.get(f"/announcements/{made_id}").text

    def test_of_others_hear_nothing(self, enrolled, announce):
        made = announce(title="For us")
        for handle in ("wang", "yun", "fang", "guo"):
            browser = enrolled.browser(handle)
            assert browser.get(f"/announcements/{made}").status_code == 404
            assert "For us" not in browser.get("/announcements").text
            assert browser.get(f"/announcements/{made}/edit").status_code == 404
            assert browser.post(f"/announcements/{made}/withdrawal").status_code == 404

    def test_let_only_their_staff_announce(self, enrolled):
        path = f"/teaching/{enrolled.code}/announcements"
        assert enrolled.browser("mei").post(path, data=form()).status_code == 403
        assert enrolled.browser("wang").post(path, data=form()).status_code == 404
        made = enrolled.browser("mei").post("/programme/announcements", data=form())
        assert made.status_code == 403

    def test_are_left_with_the_enrolment(self, enrolled, announce, in_app):
        made = announce()
        with in_app():
            learning.withdraw(enrolled.person("hao"), enrolled.section(), reason="x")
            operations.tell_of_announcement(made)
        assert "hao" not in told_handles(in_app)
        assert enrolled.browser("hao").get(f"/announcements/{made}").status_code == 404


class TestOfferings:
    def test_reach_all_their_sections(self, enrolled, in_app, announce):
        made = announce(audience=lambda s: Audience(offering=s.offering), title="All of you")
        with in_app():
            operations.tell_of_announcement(made)
        assert told_handles(in_app) == ["hao", "mei", "ping"]
        assert "All of you" in enrolled.browser("hao").get(f"/learn/{enrolled.code}").text
        lin = enrolled.browser("lin")
        with in_app():
            offering = enrolled.section().offering_id
        assert "All of you" in lin.get(f"/offerings/{offering}/announcements").text
        assert (
            enrolled.browser("wang").get(f"/offerings/{offering}/announcements").status_code == 404
        )

    def test_reach_followers_when_wanted(self, enrolled, in_app, announce):
        with in_app():
            ours, theirs = enrolled.section(), enrolled.section("jiayang")
            ours.offering.kind, ours.offering.authorisation = "lead", "open"
            db.session.flush()
            theirs.offering.kind, theirs.offering.lead_id = "satellite", ours.offering_id
            guest = student("guest", "jiayang")
            learning.enrol(guest, theirs)
            db.session.commit()
        with in_app():
            offering = enrolled.section().offering
            for wanted in (False, True):
                operations.announce(
                    enrolled.person("lin"),
                    Audience(offering=offering),
                    told(title=f"Followers {wanted}", with_followers=wanted),
                    uuid.uuid4(),
                )
        page = enrolled.browser("guest").get("/announcements").text
        assert "Followers True" in page and "Followers False" not in page


class TestTheWholeSite:
    @pytest.fixture
    def school(self, in_app, enrolled):
        with in_app():
            found = db.session.scalars(
                sa.select(Organisation).where(Organisation.slug == "rongnan")
            ).one()
            return str(found.id)

    @pytest.mark.parametrize(
        ("who", "hears"),
        [
            ({}, {"mei", "lin", "wang", "yun", "fang"}),
            ({"roles": ["instructor"]}, {"lin", "wang"}),
            ({"roles": ["student"], "school": True}, {"mei"}),
            ({"school": True}, {"mei", "lin"}),
        ],
    )
    def test_or_schools_and_roles_of_it(self, enrolled, in_app, school, who, hears):
        wanted = {"roles": who.get("roles", []), "school_ids": [school] if "school" in who else []}
        ting = enrolled.browser("ting")
        with in_app():
            is_officer = enrolled.person("fang").has_role("officer")
        officer = enrolled.browser("fang") if is_officer else ting
        made = officer.post("/programme/announcements", data=form("Everybody", **wanted))
        assert made.status_code == 302
        found = {
            handle
            for handle in ("mei", "lin", "wang", "yun", "fang")
            if "Everybody" in enrolled.browser(handle).get("/announcements").text
        }
        assert found == hears
        with in_app():
            announcement = db.session.scalars(sa.select(Announcement)).one()
            operations.tell_of_announcement(announcement.id)
            author = announcement.author.handle
        assert {h for h in told_handles(in_app) if h in hears} == hears - {author}
        assert {h for h in told_handles(in_app) if h in {"mei", "lin", "wang", "yun"}} <= hears


class TestTimes:
    def test_nobody_sees_or_hears_before_it_is_published(self, enrolled, announce, in_app, frozen):
        later = clock.now() + timedelta(hours=2)
        made = announce(title="Later", publish_at=later)
        with in_app():
            assert operations.begin_due_announcements() == 0
            operations.tell_of_announcement(made)
        assert told_handles(in_app) == []
        mei = enrolled.browser("mei")
        assert mei.get(f"/announcements/{made}").status_code == 404
        assert "Later" not in mei.get("/").text
        assert "Planned" in enrolled.browser("lin").get(f"/announcements/{made}").text
        with frozen(later + timedelta(minutes=1)):
            with in_app():
                assert operations.begin_due_announcements() == 1
                assert operations.begin_due_announcements() == 0
                operations.tell_of_announcement(made)
            assert "Later" in enrolled.browser("mei").get("/").text
        assert told_handles(in_app) == ["hao", "mei", "ping"]

    def test_pinned_ones_stay_at_the_top_until_their_time(self, enrolled, announce, frozen):
        soon = clock.now() + timedelta(minutes=30)
        announce(title="Pinned", pinned_until=soon)
        announce(title="Newer")
        mei = enrolled.browser("mei")

        def order():
            page = mei.get("/announcements").text
            return page.index("Pinned") < page.index("Newer")

        assert order()
        with frozen(soon + timedelta(minutes=1)):
            assert not order()

    def test_are_checked(self, enrolled):
        path = f"/teaching/{enrolled.code}/announcements"
        lin = enrolled.browser("lin")
        past = {"pinned_until": "2020-01-01T10:00"}
        for data in (
            form("", ""),
            form(text=""),
            form("", "x"),
            form(**past),
            form() | {"title_zh": "只有標題"},
            form("x" * 201),
            form(text="x" * 20_001),
            form(publish_at="tomorrow"),
        ):
            answer = lin.post(path, data=data)
            assert answer.status_code == 422, data


class TestChanging:
    def test_shows_that_it_was_corrected_and_tells_nobody_again(self, enrolled, announce, in_app):
        made = announce()
        with in_app():
            operations.tell_of_announcement(made)
        before = told_handles(in_app)
        lin = enrolled.browser("lin")
        assert 'value="News"' in lin.get(f"/announcements/{made}/edit").text
        answer = lin.post(f"/announcements/{made}/edit", data=form("Better news"))
        assert answer.status_code == 302
        page = enrolled.browser("mei").get(f"/announcements/{made}").text
        assert "Better news" in page and "corrected" in page
        with in_app():
            assert operations.begin_due_announcements() == 0
            operations.tell_of_announcement(made)
        assert told_handles(in_app) == before

    def test_withdrawn_ones_are_gone_until_they_are_shown_again(self, enrolled, announce, in_app):
        made = announce()
        lin, mei = enrolled.browser("lin"), enrolled.browser("mei")
        lin.post(f"/announcements/{made}/withdrawal")
        with in_app():
            operations.tell_of_announcement(made)
        assert told_handles(in_app) == []
        assert mei.get(f"/announcements/{made}").status_code == 404
        assert "News" not in mei.get(f"/learn/{enrolled.code}").text.partition("<main")[2]
        assert lin.get(f"/announcements/{made}").status_code == 200
        lin.post(f"/announcements/{made}/withdrawal", data={"wanted": "0"})
        assert mei.get(f"/announcements/{made}").status_code == 200

    def test_script_in_it_does_nothing(self, enrolled, announce):
        made = announce(text="<script>alert(1)</script> [x](javascript:alert(1))")
        page = enrolled.browser("mei").get(f"/announcements/{made}").text.partition("</head>")[2]
        assert "<script>" not in page and 'href="javascript:' not in page

    def test_one_form_sent_twice_announces_once(self, enrolled, in_app):
        path, key = f"/teaching/{enrolled.code}/announcements", str(uuid.uuid4())
        lin = enrolled.browser("lin")
        for _time in range(2):
            assert lin.post(path, data=form(key=key)).status_code == 302
        with in_app():
            assert db.session.scalar(sa.select(sa.func.count(Announcement.id))) == 1


class TestTellingThousands:
    def test_goes_in_chunks_and_each_hears_once_though_workers_die(
        self, enrolled, announce, in_app, monkeypatch
    ):
        with in_app():
            for n in range(23):
                learning.enrol(student(f"crowd-{n:02}"), enrolled.section())
        made = announce()
        jobs = [{}]
        monkeypatch.setattr(operations, "CHUNK", 5)
        monkeypatch.setattr(
            operations, "defer", lambda _name, after, **_ids: jobs.append({"after": after})
        )
        calls = []

        class Died(Exception):
            pass

        real = operations.tell

        def dying(person, *given, **more):
            calls.append(person.handle)
            if len(calls) in (3, 9, 10, 17, 30):
                raise Died  # in the midst of a chunk
            return real(person, *given, **more)

        monkeypatch.setattr(operations, "tell", dying)
        while jobs:
            job = jobs.pop(0)
            after = uuid.UUID(job["after"]) if job.get("after") else None
            while True:
                try:
                    with in_app():
                        operations.tell_of_announcement(made, after)
                    break
                except Died:
                    continue
        handles = told_handles(in_app)
        assert len(calls) > 30
        assert len(handles) == len(set(handles)) == 26  # 23, mei, hao and ping
        with in_app():
            found = db.session.get_one(Announcement, made)
            assert found.told_at is not None
            assert queries.recipients_count(found) == (26, 0)


def test_lists_ask_the_database_as_often_for_many_as_for_few(enrolled, announce, count_queries):
    announce()
    mei, lin = enrolled.browser("mei"), enrolled.browser("lin")
    pages = [
        (mei, "/announcements"),
        (mei, f"/learn/{enrolled.code}"),
        (lin, f"/teaching/{enrolled.code}/announcements"),
        (mei, "/"),
    ]
    few = []
    for browser, path in pages:
        browser.get(path)
        with count_queries() as seen:
            browser.get(path)
        few.append(len(seen))
    for n in range(9):
        announce(("lin", "ping")[n % 2], title=f"Number {n}")
    for (browser, path), known in zip(pages, few, strict=True):
        with count_queries() as seen:
            browser.get(path)
        assert len(seen) == known, path
