"""What other rooms bring to the desk, and who is written to about it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.accounts.models import Organisation
from app.accounts.queries import organisation_by_slug
from app.accounts.rules import Standing
from app.kernel import clock, queues
from app.kernel.database import db
from app.steering import queries
from app.steering.queries import AUDIENCES, people_of


def test_the_desk_has_the_queues_of_all_rooms(app):
    assert {
        "company-approvals",
        "brief-reviews",
        "rounds",
        "unanswered",
        "reports",
        "data-requests",
    } <= {queue.name for queue in queues.queues()}


def test_a_company_that_applied_waits_until_it_is_decided(cast, in_app, frozen):
    with in_app():
        fang = cast.person("fang")
        waits = organisation_by_slug("jiayuan-fruit")
        (row,) = queries.desk(fang, queue="company-approvals").listed.rows
        assert row.organisation is not None and row.organisation.id == waits.id
        assert row.item.values == {"slug": "jiayuan-fruit"} and row.urgency.value != "overdue"
        assert [person.handle for person in people_of(AUDIENCES["companies-waiting"], "")] == [
            "asheng"
        ]
        with frozen(clock.now() + timedelta(days=30)):
            (row,) = queries.desk(fang, queue="company-approvals", state="overdue").listed.rows
            assert row.age == 30
    browser = cast.browser("fang")
    page = browser.get("/steering?queue=company-approvals").text
    assert "/companies/approvals/jiayuan-fruit" in page
    with in_app():
        db.session.execute(
            update(Organisation)
            .where(Organisation.slug == "jiayuan-fruit")
            .values(standing=Standing.REFUSED)
        )
        assert queries.desk(cast.person("fang"), queue="company-approvals").listed.total == 0


@pytest.mark.parametrize("name", list(AUDIENCES))
def test_every_set_of_people_can_be_asked_for(cast, in_app, name):
    with in_app():
        audience = AUDIENCES[name]
        for key in [row.key for row in audience.choices()] if audience.choices else [""]:
            people = people_of(audience, key)
            assert len({person.id for person in people}) == len(people)
            assert all(person.suspended_at is None for person in people)
