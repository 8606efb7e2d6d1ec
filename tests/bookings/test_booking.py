"""Slots: offered, taken once, moved, given back; nobody sits twice at one time."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.bookings import operations, queries
from app.bookings.events import Booked, BookingCancelled, BookingMoved
from app.bookings.models import Booking, BookingSeat
from app.bookings.rules import BookingState, SlotState
from app.kernel import events
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.notifications.models import Notification
from tests.bookings.support import KEY, NOW, offered, span


def states():
    return [view.state for view in queries.slots_for("test-hours", KEY)]


class TestOffering:
    def test_adds_slots_in_their_order(self, hours, cast, in_app):
        with in_app():
            offered(cast.person("lin"), span(3), span(2))
            views = queries.slots_for("test-hours", KEY)
            assert [view.slot.starts_at - NOW for view in views] == [
                timedelta(hours=2),
                timedelta(hours=3),
            ]
            assert states() == [SlotState.FREE, SlotState.FREE]

    @pytest.mark.parametrize(
        "spans",
        [
            (),
            (span(-1),),
            (span(0),),
            (span(2, 5),),
            (span(2, 600),),
            (span(24 * 200),),
            (span(2), span(2.25)),
            tuple(span(n, 20) for n in range(1, 110)),
        ],
        ids=["none", "past", "now", "short", "long", "far", "overlap", "many"],
    )
    def test_refuses_times_that_cannot_be(self, hours, cast, in_app, spans):
        with in_app(), pytest.raises(operations.CannotOffer):
            offered(cast.person("lin"), *spans)

    def test_of_an_hour_that_is_offered_for_the_same_is_refused(self, hours, cast, in_app):
        with in_app():
            offered(cast.person("lin"), span(2))
            with pytest.raises(operations.CannotOffer):
                offered(cast.person("lin"), span(5), span(2.25))
            assert len(states()) == 1

    def test_of_the_same_hour_for_something_else_is_fine_until_one_is_booked(
        self, hours, cast, in_app
    ):
        with in_app():
            lin, mei, hao = (cast.person(name) for name in ("lin", "mei", "hao"))
            (one,) = offered(lin, span(2))
            (other,) = offered(lin, span(2.25), subject_key="hours:2")
            operations.book(mei, one)
            (view,) = queries.slots_for("test-hours", "hours:2")
            assert view.state is SlotState.BUSY
            assert queries.slots_for("test-hours", "hours:2", free_only=True) == []
            with pytest.raises(operations.SlotTaken):
                operations.book(hao, other)

    def test_again_after_withdrawing_is_fine(self, hours, cast, in_app):
        with in_app():
            lin = cast.person("lin")
            (slot,) = offered(lin, span(2))
            operations.withdraw_slot(lin, slot)
            operations.withdraw_slot(lin, slot)
            offered(lin, span(2))
            assert states() == [SlotState.FREE]


class TestBooking:
    def test_takes_a_slot_once(self, hours, cast, in_app):
        with in_app():
            mei, hao = cast.person("mei"), cast.person("hao")
            (slot,) = offered(cast.person("lin"), span(2))
            booking = operations.book(mei, slot)
            assert [(seat.person_id, seat.is_host) for seat in booking.seats] == [
                (cast.person("lin").id, True),
                (mei.id, False),
            ]
            assert booking.state is BookingState.COMING
            assert states() == [SlotState.BOOKED]
            with pytest.raises(operations.SlotTaken):
                operations.book(hao, slot)
            assert queries.slots_for("test-hours", KEY, free_only=True) == []

    def test_of_two_slots_for_one_thing_is_refused(self, hours, cast, in_app):
        with in_app():
            mei = cast.person("mei")
            one, other = offered(cast.person("lin"), span(2), span(4))
            operations.book(mei, one)
            with pytest.raises(operations.AlreadyBooked):
                operations.book(mei, other)

    def test_when_she_sits_elsewhere_is_refused(self, hours, cast, in_app):
        with in_app():
            mei = cast.person("mei")
            (one,) = offered(cast.person("lin"), span(2))
            (other,) = offered(cast.person("wang"), span(2.25), subject_key="hours:2")
            operations.book(mei, one)
            with pytest.raises(operations.GuestBusy):
                operations.book(mei, other)
            (touching,) = offered(cast.person("wang"), span(2.5), subject_key="hours:3")
            operations.book(mei, touching)

    def test_for_a_team_seats_everybody_and_one_who_is_busy_refuses_all(self, hours, cast, in_app):
        with in_app():
            mei, hao = cast.person("mei"), cast.person("hao")
            one, other = offered(cast.person("lin"), span(2), span(4))
            booking = operations.book(mei, one, guests=(mei.id, hao.id), party_key="team:1")
            assert len(booking.seats) == 3
            (elsewhere,) = offered(cast.person("wang"), span(4), subject_key="hours:2")
            operations.book(hao, elsewhere)
            with pytest.raises(operations.GuestBusy):
                operations.book(mei, other, guests=(mei.id, hao.id), party_key="team:2")
            assert db.session.scalar(select(Booking).where(Booking.slot_id == other.id)) is None

    def test_is_not_for_the_host_herself(self, hours, cast, in_app):
        with in_app():
            lin = cast.person("lin")
            (slot,) = offered(lin, span(2))
            with pytest.raises(operations.NotForYou):
                operations.book(lin, slot)

    def test_of_what_has_begun_or_is_withdrawn_is_refused(self, hours, cast, in_app, frozen):
        with in_app():
            lin, mei = cast.person("lin"), cast.person("mei")
            one, other = offered(lin, span(2), span(4))
            operations.withdraw_slot(lin, other)
            with pytest.raises(operations.SlotTaken):
                operations.book(mei, other)
            with frozen(NOW + timedelta(hours=2)), pytest.raises(operations.SlotTaken):
                operations.book(mei, one)

    def test_is_heard_of_by_the_host_alone_and_says_no_name(self, hours, cast, in_app):
        with in_app():
            (slot,) = offered(cast.person("lin"), span(2))
            operations.book(cast.person("mei"), slot)
            (note,) = db.session.scalars(
                select(Notification).where(Notification.kind.startswith("bookings."))
            ).all()
            assert note.person_id == cast.person("lin").id
            assert "2026-11-23 11:00–11:30" in str(note.subject)
            assert cast.person("mei").name not in str(note.subject) + str(note.body)


class TestMovingAndCancelling:
    def test_moving_takes_the_new_time_and_frees_the_old(self, hours, cast, in_app):
        with in_app():
            mei = cast.person("mei")
            one, other = offered(cast.person("lin"), span(2), span(2.5))
            before = operations.book(mei, one)
            after = operations.move(mei, before, other)
            assert before.state is BookingState.MOVED and before.moved_to_id == after.id
            assert states() == [SlotState.FREE, SlotState.BOOKED]
            assert {seat.released_at is None for seat in before.seats} == {False}
            operations.book(cast.person("hao"), one)

    def test_moving_by_half_an_hour_does_not_meet_itself(self, hours, cast, in_app):
        with in_app():
            lin, mei = cast.person("lin"), cast.person("mei")
            (one,) = offered(lin, span(2, 60))
            (other,) = offered(cast.person("wang"), span(2.5, 60))
            assert operations.move(mei, operations.book(mei, one), other).is_live

    def test_moving_to_what_is_taken_changes_nothing(self, hours, cast, in_app):
        with in_app():
            mei = cast.person("mei")
            one, other = offered(cast.person("lin"), span(2), span(4))
            mine = operations.book(mei, one)
            operations.book(cast.person("hao"), other)
            mine_id = mine.id
            with pytest.raises(operations.SlotTaken):
                operations.move(mei, mine, other)
            assert db.session.get_one(Booking, mine_id).is_live

    def test_cancelling_frees_everybody_and_tells_the_others(self, hours, cast, in_app):
        with in_app():
            lin, mei = cast.person("lin"), cast.person("mei")
            (slot,) = offered(lin, span(2))
            booking = operations.book(mei, slot)
            operations.cancel(lin, booking, reason="Ill today")
            operations.cancel(lin, booking)
            assert booking.state is BookingState.CANCELLED
            assert states() == [SlotState.FREE]
            told = db.session.scalars(
                select(Notification).where(Notification.person_id == mei.id)
            ).all()
            assert [str(note.body) for note in told] == ["Ill today"]

    def test_what_has_begun_is_not_cancelled(self, hours, cast, in_app, frozen):
        with in_app():
            mei = cast.person("mei")
            (slot,) = offered(cast.person("lin"), span(2))
            booking = operations.book(mei, slot)
            with frozen(NOW + timedelta(hours=2, minutes=1)), pytest.raises(operations.NotForYou):
                operations.cancel(mei, booking)

    def test_withdrawing_a_booked_slot_cancels_it(self, hours, cast, in_app):
        with in_app():
            lin, mei = cast.person("lin"), cast.person("mei")
            (slot,) = offered(lin, span(2))
            booking = operations.book(mei, slot)
            operations.withdraw_slot(lin, slot, reason="No room")
            assert booking.state is BookingState.CANCELLED and booking.reason == "No room"

    def test_rooms_above_hear_of_each(self, hours, cast, in_app, monkeypatch):
        heard = []
        for kind in (Booked, BookingMoved, BookingCancelled):
            monkeypatch.setitem(events._subscribers, kind, [lambda e: heard.append(type(e))])
        with in_app():
            mei = cast.person("mei")
            one, other = offered(cast.person("lin"), span(2), span(4))
            operations.cancel(mei, operations.move(mei, operations.book(mei, one), other))
        assert heard == [Booked, BookingMoved, BookingCancelled]


class TestTheDatabase:
    def insert(self, booking, person, is_host=False):
        db.session.add(
            BookingSeat(
                booking_id=booking.id,
                person_id=person.id,
                is_host=is_host,
                starts_at=NOW,
                ends_at=NOW,
            )
        )
        db.session.flush()

    def test_lets_nobody_sit_twice_whatever_times_are_written(self, hours, cast, in_app):
        with in_app():
            lin, mei, wang = (cast.person(name) for name in ("lin", "mei", "wang"))
            (one,) = offered(lin, span(2))
            (other,) = offered(wang, span(2.25), subject_key="hours:2")
            operations.book(mei, one)
            booking = Booking(slot_id=other.id, party_key="x", booked_by_id=mei.id)
            db.session.add(booking)
            db.session.flush()
            with pytest.raises(IntegrityError, match="nobody_sits_twice"):
                self.insert(booking, mei)

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE booking_slots SET starts_at = starts_at + interval '1 minute'",
            "UPDATE bookings SET cancelled_at = NULL, cancelled_by_id = NULL",
        ],
    )
    def test_keeps_what_was_offered_and_what_is_over(self, hours, cast, in_app, sql):
        with in_app():
            mei = cast.person("mei")
            (slot,) = offered(cast.person("lin"), span(2))
            operations.cancel(mei, operations.book(mei, slot))
            with pytest.raises(IntegrityError, match="never changed"):
                db.session.execute(text(sql))

    def test_books_nothing_that_is_withdrawn(self, hours, cast, in_app):
        with in_app():
            lin, mei = cast.person("lin"), cast.person("mei")
            (slot,) = offered(lin, span(2))
            operations.withdraw_slot(lin, slot)
            db.session.add(Booking(slot_id=slot.id, party_key="x", booked_by_id=mei.id))
            with pytest.raises(IntegrityError, match="withdrawn"):
                db.session.flush()


class TestReminding:
    def test_reminds_everybody_once_and_nobody_of_what_is_off(self, hours, cast, in_app):
        with in_app():
            mei = cast.person("mei")
            one, other = offered(cast.person("lin"), span(30), span(40))
            booking = operations.book(mei, one)
            jobs = db.session.execute(
                text(
                    "SELECT scheduled_at, args->>'which' FROM procrastinate_jobs"
                    " WHERE task_name = 'bookings.tasks.remind' ORDER BY scheduled_at"
                )
            ).all()
            assert [(at - NOW, which) for at, which in jobs] == [
                (timedelta(hours=6), "day"),
                (timedelta(hours=29), "hour"),
            ]
            assert operations.remind(booking.id, "day") == 2
            operations.remind(booking.id, "day")
            kinds = db.session.scalars(
                select(Notification.person_id).where(Notification.kind == "bookings.reminder")
            ).all()
            assert sorted(kinds) == sorted([mei.id, cast.person("lin").id])
            operations.move(mei, booking, other)
            assert operations.remind(booking.id, "hour") == 0

    def test_plans_none_for_a_time_that_is_near(self, hours, cast, in_app):
        with in_app():
            (slot,) = offered(cast.person("lin"), span(0.5))
            operations.book(cast.person("mei"), slot)
            assert (
                db.session.scalar(
                    text(
                        "SELECT count(*) FROM procrastinate_jobs"
                        " WHERE task_name = 'bookings.tasks.remind'"
                    )
                )
                == 0
            )


class TestSeeing:
    def test_is_for_who_sits_there(self, hours, cast, in_app):
        with in_app():
            (slot,) = offered(cast.person("lin"), span(2))
            booking = operations.book(cast.person("mei"), slot)
            assert queries.booking_for(cast.person("mei"), booking.id).guests
            assert queries.booking_for(cast.person("lin"), booking.id).is_hosts
            for handle in ("hao", "wang", "yun", "fang"):
                with pytest.raises(NotVisible):
                    queries.booking_for(cast.person(handle), booking.id)

    def test_a_guest_who_took_back_her_consent_has_no_name(self, hours, cast, in_app):
        with in_app():
            mei = cast.person("mei")
            (slot,) = offered(cast.person("lin"), span(2))
            booking = operations.book(mei, slot)
            hours.hidden.add(f"person:{mei.id}")
            assert queries.booking_for(cast.person("lin"), booking.id).guests == []
            assert queries.booking_for(mei, booking.id).guests == [mei]
