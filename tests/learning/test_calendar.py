"""Calendars show what is hers and when, and a secret address tells programs the same."""

import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import sqlalchemy as sa
import vobject

from app.kernel import clock
from app.kernel.database import db
from app.learning import operations as learning
from app.learning import queries
from app.learning.models import CalendarFeed
from app.learning.operations import PlanDates
from app.learning.operations import calendars as operations
from app.web import calendar as registry
from app.web.calendar import Event, EventKind

NOW = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)
TAIPEI = clock.TAIPEI


def at(day: int, hour: int = 23, minute: int = 59) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=TAIPEI).astimezone(UTC)


@pytest.fixture
def now(frozen):
    with frozen(NOW):
        yield NOW


@pytest.fixture
def dated(enrolled, in_app, now):
    """The lab opens on 6 October, is due on the 12th, closes on the 14th; one session."""
    with in_app():
        lin = enrolled.person("lin")
        view = queries.offering_for(lin, enrolled.section().offering_id)
        learning.save_dates(
            lin,
            view.offering,
            view.version,
            {"lab:squares": PlanDates(at(6, 8, 0), at(12), at(14))},
        )
        learning.plan_session(
            lin,
            enrolled.section(),
            title="Kick-off; all, welcome\r\nBEGIN:VEVENT",
            starts_at=at(8, 10, 0),
            minutes=90,
            place="Room 101",
        )
    return enrolled


def days(page: str) -> dict[str, str]:
    """What stands on each day of a month's page, as text."""
    cells = re.findall(r'<td[^>]*>.*?datetime="([0-9-]+)".*?</time>(.*?)</td>', page, re.S)
    return {day: " ".join(re.sub(r"<[^>]+>", " ", text).split()) for day, text in cells}


class TestPages:
    def test_a_month_shows_each_date_on_its_day_in_taipei(self, dated):
        found = days(dated.browser("mei").get("/calendar").text)
        assert "08:00 Opens Squares" in found["2026-10-06"]
        assert "23:59 Deadline Squares" in found["2026-10-12"]
        assert "Closes Squares" in found["2026-10-14"]
        assert "10:00 Live session Kick-off" in found["2026-10-08"]
        assert found["2026-10-09"] == ""

    def test_an_agenda_lists_the_days_on_which_something_is(self, dated):
        page = dated.browser("mei").get("/calendar?view=agenda").text
        assert page.count('class="agenda-day"') == 4
        assert "Room 101" in page and "Thursday" in page

    def test_is_hers_alone(self, dated):
        for handle in ("wang", "fang", "yun"):
            assert "Squares" not in dated.browser(handle).get("/calendar").text
        for handle in ("hao", "lin"):
            assert "Squares" in dated.browser(handle).get("/calendar").text

    def test_follows_her_extensions(self, dated, in_app):
        with in_app():
            learning.grant_extension(
                dated.person("lin"),
                dated.section(),
                dated.person("mei"),
                item_key="lab:squares",
                due_at=at(20),
                extra_days=0,
                time_factor=1,
                reason="",
            )
        hers = days(dated.browser("mei").get("/calendar").text)
        others = days(dated.browser("hao").get("/calendar").text)
        assert "Deadline Squares" in hers["2026-10-20"] and hers["2026-10-12"] == ""
        assert "Deadline Squares" in others["2026-10-12"] and others["2026-10-20"] == ""

    def test_leads_to_items_through_lasting_addresses(self, dated):
        mei = dated.browser("mei")
        address = f"/learn/{dated.code}/items/lab/squares"
        assert address in mei.get("/calendar").text
        assert mei.get(address).location.endswith("/labs/squares")
        for gone in ("lab/nothing", "other/squares", "lesson/squares"):
            assert mei.get(f"/learn/{dated.code}/items/{gone}").status_code == 404

    def test_leaves_out_what_was_cancelled(self, dated, in_app):
        with in_app():
            session = queries.sessions_of([dated.section().id])[0]
            learning.cancel_session(dated.person("lin"), session)
        assert "Kick-off" not in dated.browser("mei").get("/calendar").text

    def test_can_be_narrowed_to_a_course(self, dated):
        mei = dated.browser("mei")
        assert "Squares" in mei.get(f"/calendar?course={dated.code}").text
        assert "Squares" not in mei.get("/calendar?course=other").text

    def test_goes_from_month_to_month(self, dated):
        mei = dated.browser("mei")
        page = mei.get("/calendar?month=2026-12").text
        assert "December 2026" in page and "month=2026-11" in page and "month=2027-01" in page
        mei.set_cookie("locale", "zh-Hant-TW")
        assert "2026年12月" in mei.get("/calendar?month=2026-12").text

    @pytest.mark.parametrize("month", ["", "x", "0000-01", "9999-12", "2026-13", "%00"])
    def test_survives_strange_months(self, dated, month):
        assert dated.browser("mei").get(f"/calendar?month={month}").status_code == 200

    def test_asks_the_database_as_often_for_many_dates_as_for_few(
        self, dated, in_app, count_queries
    ):
        mei = dated.browser("mei")
        mei.get("/calendar")
        with count_queries() as few:
            mei.get("/calendar")
        with in_app():
            for n in range(15):
                learning.plan_session(
                    dated.person("lin"),
                    dated.section(),
                    title=f"Session {n}",
                    starts_at=at(9 + n, 9, 0),
                    minutes=60,
                    place="",
                )
        with count_queries() as many:
            mei.get("/calendar")
        assert len(many) == len(few)


class TestOtherRooms:
    def test_can_give_dates_of_their_own(self, dated, monkeypatch):
        monkeypatch.setattr(registry, "PROVIDERS", dict(registry.PROVIDERS))

        def bookings(person, begin, end):
            assert begin < end
            yield Event("booking:1", EventKind.MEETING, f"With {person.name}", at(9, 9, 0), "/b")
            yield Event("booking:2", EventKind.MEETING, "Far away", at(9) + timedelta(9999), "/b")

        registry.provide("bookings", bookings)
        page = dated.browser("mei").get("/calendar").text
        assert "With 林小梅" in days(page)["2026-10-09"] and "Far away" not in page


@pytest.fixture
def subscribed(dated):
    """mei's browser, and the path of the secret address that she was given."""
    mei = dated.browser("mei")
    page = mei.post("/calendar/feed")
    assert page.headers["Cache-Control"] == "no-store"
    address = re.search(r'value="(http[^"]+\.ics)"', page.text)
    assert address
    return mei, "/" + address[1].split("/", 3)[3]


def parsed(answer) -> icalendar.Calendar:
    assert answer.status_code == 200
    return icalendar.Calendar.from_ical(answer.data)


def entries(answer) -> dict[str, icalendar.Event]:
    return {str(one["UID"]).split("@")[0].split(":")[0]: one for one in parsed(answer).events}


class TestFeed:
    def test_tells_programs_what_the_page_shows(self, subscribed, client):
        answer = client.get(subscribed[1])
        assert answer.content_type == "text/calendar; charset=utf-8"
        found = entries(answer)
        assert set(found) == {"opens", "due", "closes", "session"}
        due, session = found["due"], found["session"]
        assert due.start == datetime(2026, 10, 12, 23, 59, tzinfo=TAIPEI)
        assert due["DTSTART"].params["TZID"] == "Asia/Taipei"
        assert session.end - session.start == timedelta(minutes=90)
        assert session["LOCATION"] == "Room 101"
        assert {one["UID"] for one in found.values()} == {
            one["UID"] for one in entries(client.get(subscribed[1])).values()
        }

    def test_escapes_what_people_wrote(self, subscribed, client):
        answer = client.get(subscribed[1])
        summary = entries(answer)["session"]["SUMMARY"]
        assert summary == "Kick-off; all, welcome\nBEGIN:VEVENT"
        assert answer.data.count(b"\r\nBEGIN:VEVENT\r\n") == 4
        assert b"Kick-off\\; all\\, welcome\\nBEGIN:VEVENT" in answer.data
        assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))

    def test_knows_the_time_of_taipei(self, subscribed, client):
        (zone,) = parsed(client.get(subscribed[1])).timezones
        assert zone.tz_name == "Asia/Taipei"
        offset = zone.to_tz().utcoffset(datetime(2026, 10, 1))  # noqa: DTZ001
        assert offset == timedelta(hours=8)

    def test_says_the_same_to_a_library_that_others_wrote(self, subscribed, client):
        answer = client.get(subscribed[1])
        ours = {(str(e["SUMMARY"]), e.start, str(e["UID"])) for e in parsed(answer).events}
        read = vobject.readOne(answer.data.decode())
        theirs = {(e.summary.value, e.dtstart.value, e.uid.value) for e in read.vevent_list}
        assert len(ours) == 4 and theirs == ours
        assert all(e.dtstamp and e.sequence for e in read.vevent_list)

    def test_speaks_her_language(self, subscribed, client, dated, in_app):
        assert entries(client.get(subscribed[1]))["due"]["SUMMARY"] == "繳交期限：平方"
        with in_app():
            dated.person("mei").locale = "en"
            db.session.commit()
        english = client.get(subscribed[1], headers={"Accept-Language": "zh-TW"})
        assert entries(english)["due"]["SUMMARY"] == "Deadline: Squares"

    def test_counts_changes_and_is_the_same_to_the_byte_without_any(
        self, subscribed, client, dated, in_app, frozen
    ):
        first = client.get(subscribed[1])
        with frozen(NOW + timedelta(hours=3)):
            again = client.get(subscribed[1])
            assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
            with in_app():
                lin = dated.person("lin")
                view = queries.offering_for(lin, dated.section().offering_id)
                dates = {"lab:squares": PlanDates(at(6, 8, 0), at(13), at(14))}
                learning.save_dates(lin, view.offering, view.version, dates)
            changed = entries(client.get(subscribed[1]))
        assert changed["due"]["SEQUENCE"] == 1 and changed["closes"]["SEQUENCE"] == 0
        assert changed["due"]["LAST-MODIFIED"].dt == NOW + timedelta(hours=3)
        assert changed["closes"]["LAST-MODIFIED"].dt == NOW
        assert changed["due"]["UID"] == entries(first)["due"]["UID"]

    def test_answers_conditional_requests_with_nothing_new(self, subscribed, client):
        tag = client.get(subscribed[1]).headers["ETag"]
        answer = client.get(subscribed[1], headers={"If-None-Match": tag})
        assert (answer.status_code, answer.data) == (304, b"")

    def test_says_when_it_was_last_read(self, subscribed, client):
        assert "never" in subscribed[0].get("/calendar/feed").text
        client.get(subscribed[1])
        assert "2026-10-05 10:00" in subscribed[0].get("/calendar/feed").text

    def test_shows_the_address_once_and_keeps_only_a_digest(self, subscribed, in_app):
        mei, path = subscribed
        token = path.split("/")[-1].removesuffix(".ics")
        assert token not in mei.get("/calendar/feed").text
        with in_app():
            row = db.session.execute(sa.text("SELECT * FROM calendar_feeds")).mappings().one()
            assert token not in str(dict(row)) and len(token) >= 43

    def test_ends_when_it_is_renewed_or_revoked(self, subscribed, client, in_app):
        mei, path = subscribed
        renewed = mei.post("/calendar/feed").text
        assert client.get(path).status_code == 404
        newer = "/" + re.search(r'value="(http[^"]+\.ics)"', renewed)[1].split("/", 3)[3]
        assert client.get(newer).status_code == 200
        assert mei.post("/calendar/feed", data={"end": "1"}).status_code == 302
        assert client.get(newer).status_code == 404
        with in_app():
            live = sa.select(CalendarFeed).where(CalendarFeed.revoked_at.is_(None))
            assert db.session.scalars(live).all() == []

    def test_is_closed_for_the_suspended(self, subscribed, client, dated, in_app):
        with in_app():
            dated.person("mei").suspended_at = clock.now()
            db.session.commit()
        assert client.get(subscribed[1]).status_code == 404

    @pytest.mark.parametrize("token", ["x", "%00", "a" * 500, "..", "%F0%9F%98%80"])
    def test_opens_for_no_other_token(self, subscribed, client, token):
        assert client.get(f"/calendar/{token}.ics").status_code == 404

    def test_is_not_read_without_end(self, subscribed, client):
        codes = [client.get(subscribed[1]).status_code for _time in range(62)]
        assert codes == [200] * 60 + [429] * 2
        assert int(client.get(subscribed[1]).headers["Retry-After"]) > 0

    def test_is_made_by_a_form_with_its_token(self, site, dated):
        site.config["WTF_CSRF_ENABLED"] = True
        try:
            assert dated.browser("mei").post("/calendar/feed").status_code == 400
        finally:
            site.config["WTF_CSRF_ENABLED"] = False

    def test_asks_the_database_as_often_for_many_dates_as_for_few(
        self, subscribed, client, dated, in_app, count_queries
    ):
        client.get(subscribed[1])
        with count_queries() as few:
            client.get(subscribed[1])
        with in_app():
            for n in range(15):
                learning.plan_session(
                    dated.person("lin"),
                    dated.section(),
                    title=f"Session {n}",
                    starts_at=at(9 + n, 9, 0),
                    minutes=60,
                    place="",
                )
        client.get(subscribed[1])
        with count_queries() as many:
            client.get(subscribed[1])
        assert len(many) == len(few)

    def test_of_two_tabs_that_renew_one_is_left(self, dated, in_app):
        with in_app():
            mei = dated.person("mei")
            first, second = operations.renew_feed(mei), operations.renew_feed(mei)
            live = sa.select(CalendarFeed).where(CalendarFeed.revoked_at.is_(None))
            assert len(db.session.scalars(live).all()) == 1
            assert first != second


class TestOneSession:
    def test_is_a_file_for_who_takes_the_section(self, dated, in_app):
        with in_app():
            session = queries.sessions_of([dated.section().id])[0].id
        path = f"/learn/{dated.code}/sessions/{session}.ics"
        assert path in dated.browser("mei").get(f"/learn/{dated.code}").text
        answer = dated.browser("mei").get(path)
        assert entries(answer)["session"].start == datetime(2026, 10, 8, 10, 0, tzinfo=TAIPEI)
        assert "attachment" in answer.headers["Content-Disposition"]
        assert dated.browser("wang").get(path).status_code == 404
        assert (
            dated.browser("mei")
            .get(f"/learn/{dated.other_code}/sessions/{session}.ics")
            .status_code
            == 404
        )
