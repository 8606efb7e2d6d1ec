"""Fifty press at once, over HTTP and real connections: exactly one gets the slot."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, select

from app.accounts.models import Person
from app.bookings.models import Booking, BookingSeat
from app.bookings.rules import Span
from app.kernel import clock
from app.kernel.database import db
from tests.bookings import support
from tests.grading.conftest import site_of_its_own

MANY = 50


def people(count):
    """COUNT students more; their handles."""
    handles = [f"guest-{n}" for n in range(count)]
    db.session.add_all(
        Person(
            handle=handle,
            email=f"{handle}@example.com",
            name=handle,
            email_verified_at=clock.now(),
        )
        for handle in handles
    )
    db.session.commit()
    return handles


def at_once(works):
    """Every one of WORKS in a thread of its own, all begun together; what they answered."""
    start = threading.Barrier(len(works))

    def run(work):
        start.wait(60)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(120) for future in [pool.submit(run, work) for work in works]]


def test_of_fifty_bookings_of_a_slot_there_is_one_and_nobody_sits_twice(cluster, config):
    with site_of_its_own(cluster, config, "bookings_together") as cast:
        with cast.app.app_context():
            handles = people(MANY)
        support.opened(cast, "mei", *handles)
        try:
            with cast.app.app_context():
                lin, wang = cast.person("lin"), cast.person("wang")
                now = clock.now()

                def span(hours):
                    begin = now + timedelta(hours=hours)
                    return Span(begin, begin + timedelta(minutes=30))

                (slot,) = support.offered(lin, span(2))
                # The same hour twice for one guest, with two hosts who do not know of each other.
                (one,) = support.offered(lin, span(24))
                (other,) = support.offered(wang, span(24))
                ids = slot.id, one.id, other.id
                db.session.remove()

            def pressing(browser, slot_id):
                return lambda: browser.post(f"/bookings/slots/{slot_id}/booking")

            browsers = [cast.browser(handle) for handle in handles]
            answers = at_once([pressing(browser, ids[0]) for browser in browsers])
            assert {answer.status_code for answer in answers} == {303}
            won = [a for a in answers if "/bookings/for/" not in a.location]
            assert len(won) == 1

            mei = [cast.browser("mei") for _n in range(10)]
            answers = at_once([pressing(b, ids[1 + n % 2]) for n, b in enumerate(mei)])
            assert {answer.status_code for answer in answers} == {303}
            with cast.app.app_context():
                counts = dict(
                    db.session.execute(
                        select(Booking.slot_id, func.count()).group_by(Booking.slot_id)
                    ).all()
                )
                assert counts.pop(ids[0]) == 1
                assert sum(counts.values()) == 1
                assert db.session.scalar(select(func.count()).select_from(BookingSeat)) == 4
                db.session.remove()
        finally:
            support.closed()
