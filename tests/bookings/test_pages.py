"""Appointments over HTTP: who sees what, booking, moving, cancelling, files of calendars."""

import pytest
from icalendar import Calendar

from app.bookings import operations, queries
from app.kernel.database import db
from app.privacy.models import Looking
from tests.bookings.company import approved, suspend
from tests.bookings.support import KEY, offered, span

PAGE = f"/bookings/for/test-hours/{KEY}"


@pytest.fixture
def slots(hours, cast, in_app):
    """Two free slots of lin; their ids."""
    with in_app():
        made = offered(
            cast.person("lin"), span(2), span(4), link="https://meet.example/SECRET", note="NOTE"
        )
        return [slot.id for slot in made]


def booked(cast, in_app, slot_id, handle="mei"):
    with in_app():
        person = cast.person(handle)
        slot, _meeting = queries.slot_for(person, slot_id)
        return operations.book(person, slot).id


class TestTheSubject:
    def test_shows_free_times_to_who_may_book_without_the_link(self, slots, cast):
        html = cast.browser("mei").get(PAGE).text
        assert "11:00–11:30" in html and "Room 3" in html
        assert "SECRET" not in html and "Offer these times" not in html

    def test_is_nothing_to_anybody_else(self, slots, cast):
        for handle in ("wang", "ping", "yun", "fang"):
            browser = cast.browser(handle)
            assert browser.get(PAGE).status_code == 404
            assert browser.post(f"/bookings/slots/{slots[0]}/booking").status_code == 404
            assert browser.post(f"/bookings/slots/{slots[0]}/withdrawal").status_code == 404
            assert browser.post(f"{PAGE}/slots").status_code == 404
        assert cast.browser("mei").post(f"{PAGE}/slots").status_code == 404
        assert cast.browser("mei").post(f"/bookings/slots/{slots[0]}/withdrawal").status_code == 404
        assert cast.browser("lin").post(f"/bookings/slots/{slots[0]}/booking").status_code == 404
        assert cast.browser("mei").get("/bookings/for/unknown/x:1").status_code == 404

    def test_lets_the_host_offer_days_cut_into_slots(self, hours, cast, in_app):
        sent = {
            "first_day": "2026-11-24", "last_day": "2026-12-01", "weekdays": ["1", "3"],
            "begin": "09:00", "end": "11:00", "minutes": "45", "pause": "15",
            "zone": "Asia/Taipei", "place": "Room 3",
        }  # fmt: skip
        answer = cast.browser("lin").post(f"{PAGE}/slots", data=sent)
        assert answer.status_code == 303
        with in_app():
            starts = [view.slot.starts_at for view in queries.slots_for("test-hours", KEY)]
        assert [f"{at:%d %H:%M}" for at in starts] == [
            "24 01:00", "24 02:00", "26 01:00", "26 02:00", "01 01:00", "01 02:00",
        ]  # fmt: skip

    def test_keeps_what_was_typed_when_times_cannot_be(self, hours, cast):
        sent = {
            "first_day": "2026-11-20", "begin": "09:00", "end": "11:00", "minutes": "45",
            "pause": "0", "zone": "Asia/Taipei", "place": "Room 77",
        }  # fmt: skip
        answer = cast.browser("lin").post(f"{PAGE}/slots", data=sent)
        assert answer.status_code == 422
        assert "Time that has begun cannot be offered." in answer.text and "Room 77" in answer.text
        sent |= {"first_day": "2026-11-24", "link": "javascript:alert(1)", "begin": ""}
        answer = cast.browser("lin").post(f"{PAGE}/slots", data=sent)
        assert "A link begins with https://." in answer.text


class TestBooking:
    def test_leads_to_the_appointment_with_the_link(self, slots, cast):
        browser = cast.browser("mei")
        answer = browser.post(f"/bookings/slots/{slots[0]}/booking")
        assert answer.status_code == 303
        html = browser.get(answer.location).text
        assert "SECRET" in html and "NOTE" in html and "2026-11-23 11:00–11:30" in html
        assert "11:00–11:30" in browser.get("/bookings").text

    def test_of_what_somebody_else_has_says_so(self, slots, cast, in_app):
        booked(cast, in_app, slots[0], "hao")
        browser = cast.browser("mei")
        answer = browser.post(f"/bookings/slots/{slots[0]}/booking", follow_redirects=True)
        assert "This time is taken by now" in answer.text
        assert "11:00–11:30" not in answer.text.partition("Choose a time")[2]

    def test_moves_with_one_press(self, slots, cast, in_app):
        booking_id = booked(cast, in_app, slots[0])
        browser = cast.browser("mei")
        assert "Move it" in browser.get(f"/bookings/{booking_id}").text
        answer = browser.post(
            f"/bookings/slots/{slots[1]}/booking", data={"instead_of": str(booking_id)}
        )
        assert "13:00–13:30" in browser.get(answer.location).text
        assert "Where it was moved to" in browser.get(f"/bookings/{booking_id}").text

    @pytest.mark.parametrize("thing", ["not-an-id", "hers"])
    def test_moves_nothing_of_somebody_else(self, slots, cast, in_app, thing):
        if thing == "hers":
            thing = str(booked(cast, in_app, slots[0], "hao"))
        answer = cast.browser("mei").post(
            f"/bookings/slots/{slots[1]}/booking", data={"instead_of": thing}
        )
        assert answer.status_code == 404

    def test_is_cancelled_with_words(self, slots, cast, in_app):
        booking_id = booked(cast, in_app, slots[0])
        answer = cast.browser("lin").post(
            f"/bookings/{booking_id}/cancellation", data={"reason": "Ill"}
        )
        assert answer.status_code == 303
        html = cast.browser("mei").get(f"/bookings/{booking_id}").text
        assert "Ill" in html and "Cancelled" in html and "SECRET" not in html
        assert cast.browser("hao").get(f"/bookings/{booking_id}").status_code == 404
        refused = cast.browser("hao").post(f"/bookings/{booking_id}/cancellation", data={})
        assert refused.status_code == 404


class TestCalendars:
    def test_a_booking_is_a_file(self, slots, cast, in_app):
        booking_id = booked(cast, in_app, slots[0])
        answer = cast.browser("mei").get(f"/bookings/{booking_id}.ics")
        assert answer.mimetype == "text/calendar"
        (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
        assert str(event["summary"]) == "Office hours"
        assert event["dtstart"].dt.isoformat() == "2026-11-23T11:00:00+08:00"
        assert event["dtend"].dt.isoformat() == "2026-11-23T11:30:00+08:00"
        assert "Room 3" in event["location"]

    def test_it_stands_in_the_calendar_of_both_until_it_is_off(self, slots, cast, in_app):
        booking_id = booked(cast, in_app, slots[0])
        for handle in ("mei", "lin"):
            assert f"/bookings/{booking_id}" in cast.browser(handle).get("/calendar").text
        with in_app():
            mei = cast.person("mei")
            operations.cancel(mei, queries.booking_for(mei, booking_id).booking)
        assert f"/bookings/{booking_id}" not in cast.browser("lin").get("/calendar").text

    def test_home_says_what_comes(self, slots, cast, in_app):
        booking_id = booked(cast, in_app, slots[0])
        assert f"/bookings/{booking_id}" in cast.browser("mei").get("/").text
        assert "/bookings/" not in cast.browser("hao").get("/").text.replace('href="/bookings"', "")


class TestManyRows:
    def test_cost_no_more_statements(self, hours, cast, in_app, count_queries):
        def seen(browser, path):
            with count_queries() as statements:
                assert browser.get(path).status_code == 200
            return len(statements)

        with in_app():
            lin, mei = cast.person("lin"), cast.person("mei")
            first, *rest = offered(lin, *(span(n) for n in range(2, 14)))
            operations.book(mei, first, party_key="a:0")
            ids = [slot.id for slot in rest[:8]]
        mei_browser, lin_browser = cast.browser("mei"), cast.browser("lin")
        for browser in (mei_browser, lin_browser):
            browser.get("/bookings"), browser.get(PAGE)
        few = [seen(b, p) for b in (mei_browser, lin_browser) for p in ("/bookings", PAGE)]
        with in_app():
            mei = cast.person("mei")
            for n, slot_id in enumerate(ids):
                operations.book(mei, queries.slot_for(mei, slot_id)[0], party_key=f"a:{n + 1}")
        many = [seen(b, p) for b in (mei_browser, lin_browser) for p in ("/bookings", PAGE)]
        assert many == few


class TestACompany:
    @pytest.fixture
    def interview(self, hours, cast, in_app):
        """yun of an approved company meets mei; the booking's id and the company's."""
        with in_app():
            yun = cast.person("yun")
            organisation = approved(yun, "rongguang")
            hours.hosts.add(yun.id)
            hours.organisation_id = organisation.id
            (slot,) = offered(yun, span(2), organisation_id=organisation.id)
            mei = cast.person("mei")
            return operations.book(mei, slot).id, organisation.id

    def test_sees_who_comes_and_that_is_written_down(self, interview, cast, in_app):
        booking_id, organisation_id = interview
        html = cast.browser("yun").get(f"/bookings/{booking_id}").text
        with in_app():
            mei = cast.person("mei")
            assert mei.name in html
            (look,) = db.session.query(Looking).filter_by(person_id=mei.id).all()
            assert (look.what, look.organisation_id) == ("appointment", organisation_id)

    def test_sees_nobody_once_she_withdrew_or_it_is_suspended(self, interview, cast, in_app, hours):
        booking_id, organisation_id = interview
        with in_app():
            mei = cast.person("mei")
            name, party = mei.name, f"person:{mei.id}"
        hours.hidden.add(party)
        assert name not in cast.browser("yun").get(f"/bookings/{booking_id}").text
        hours.hidden.clear()
        assert name in cast.browser("yun").get(f"/bookings/{booking_id}").text
        with in_app():
            suspend(organisation_id)
        browser = cast.browser("yun")
        for path in (f"/bookings/{booking_id}", "/bookings", PAGE, "/", "/calendar"):
            assert name not in browser.get(path).text
