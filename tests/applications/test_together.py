"""Fifty accept the last place at once, over HTTP and real connections: exactly one has it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Person
from app.applications.models import Application, ApplicationPerson, ApplicationStep
from app.applications.rules import Actor, Move, State
from app.kernel import clock
from app.kernel.database import db
from tests.applications.conftest import prepare
from tests.grading.conftest import site_of_its_own

MANY = 50


def offered(field, count):
    """COUNT people who are all offered the last place: (handle, application) of each."""
    now = clock.now()
    made = []
    for number in range(1, count + 1):
        person = Person(
            handle=f"guest-{number}",
            email=f"guest-{number}@example.com",
            name=f"Guest {number}",
            email_verified_at=now,
        )
        db.session.add(person)
        db.session.flush()
        application = Application(
            brief_id=field.brief_id,
            version_id=field.brief.terms.id,
            person_id=person.id,
            state=State.OFFERED,
            number=number,
            sent_by_id=person.id,
            applied_at=now,
            offered_at=now,
            offer_until=now + timedelta(days=1),
        )
        db.session.add(application)
        db.session.flush()
        db.session.add(
            ApplicationPerson(
                application_id=application.id, brief_id=field.brief_id, person_id=person.id
            )
        )
        made.append((person.handle, application.id))
    db.session.commit()
    return made


def test_of_fifty_who_accept_the_last_place_one_has_it(cluster, config):
    with site_of_its_own(cluster, config, "applications_together") as cast:
        with cast.app.app_context():
            field = prepare(cast, quota=1)
            made = offered(field, MANY)
            db.session.remove()
        doors = [(cast.browser(handle), application_id) for handle, application_id in made]
        start = threading.Barrier(MANY)

        def accept(door):
            browser, application_id = door
            start.wait(60)
            return browser.post(f"/me/applications/{application_id}/acceptance").status_code

        with ThreadPoolExecutor(MANY) as pool:
            answers = list(pool.map(accept, doors, timeout=120))
        assert set(answers) == {303}
        with cast.app.app_context():
            states = dict(
                db.session.execute(
                    select(Application.state, func.count()).group_by(Application.state)
                ).all()
            )
            assert states == {State.ACCEPTED: 1, State.EXPIRED: MANY - 1}
            accepted = db.session.scalars(
                select(ApplicationStep).where(ApplicationStep.move == Move.ACCEPT)
            ).all()
            assert [row.actor for row in accepted] == [Actor.APPLICANT]
            db.session.remove()


def test_the_database_gives_no_seat_twice_and_none_beyond_the_quota(field, in_app):
    with in_app():
        rows = [field.offered("mei"), field.offered("hao")]
        ids = [row.id for row in rows]

    def seat(application_id, number):
        db.session.execute(
            text("UPDATE applications SET state = 'accepted', seat = :seat WHERE id = :id"),
            {"seat": number, "id": application_id},
        )

    with in_app():
        with pytest.raises(IntegrityError, match="only 2 places"), db.session.begin_nested():
            seat(ids[0], 3)
        seat(ids[0], 1)
        with pytest.raises(IntegrityError, match="one_seat_each"), db.session.begin_nested():
            seat(ids[1], 1)
        with pytest.raises(IntegrityError, match="never changed"), db.session.begin_nested():
            db.session.execute(text("UPDATE application_steps SET reason = 'another'"))
