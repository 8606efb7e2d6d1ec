"""Whom a school put on its roster reads first what happens with her data."""

import pytest

from app.learning import operations
from app.learning.rules import EnrolledVia
from app.privacy import queries
from app.privacy.rules import ENROLMENT, Act

HOME, PAGE = "/", "/learn/notices"


@pytest.fixture
def rostered(cast, in_app):
    """Her school enrolled mei; hao enrolled himself."""
    with in_app():
        operations.enrol(cast.person("mei"), cast.section(), via=EnrolledVia.ROSTER)
        operations.ask_for_place(cast.person("hao"), cast.section())
    return cast


def told(cast, handle):
    rows = queries.ledger_of(cast.person(handle))
    return [row.organisation_id for row in rows if row.purpose == ENROLMENT.name]


class TestTheNotice:
    def test_waits_on_her_first_page_until_she_has_read_it(self, rostered, in_app):
        mei = rostered.browser("mei")
        assert "enrolled you" in mei.get(HOME).text and PAGE in mei.get(HOME).text
        page = mei.get(PAGE).text
        assert "Rongnan" in page and "Your rights" in page
        with in_app():
            assert told(rostered, "mei") == []
        assert mei.post(PAGE).status_code == 303
        with in_app():
            assert told(rostered, "mei") == [rostered.section().school_id]
            lines = queries.ledger_of(rostered.person("mei"))
            (row,) = [line for line in lines if line.purpose == ENROLMENT.name]
            assert row.act is Act.INFORMED and row.notice_version == 1
        assert "enrolled you" not in mei.get(HOME).text
        assert "nothing that you have not been told" in mei.get(PAGE).text
        mei.post(PAGE)
        with in_app():
            assert len(told(rostered, "mei")) == 1

    def test_is_not_asked_of_who_enrolled_herself(self, rostered, in_app):
        assert "enrolled you" not in rostered.browser("hao").get(HOME).text
        with in_app():
            assert len(told(rostered, "hao")) == 1

    def test_goes_with_the_enrolment(self, rostered, in_app):
        with in_app():
            mei = rostered.person("mei")
            operations.withdraw(mei, rostered.section())
        assert "enrolled you" not in rostered.browser("mei").get(HOME).text
