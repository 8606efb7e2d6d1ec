"""A section with grades, open or settled."""

import pytest

from app.gradebook.operations import bring_up_to_date
from app.kernel.database import db
from tests.finals.settling import desk, settle
from tests.gradebook.test_computing import fully
from tests.grading.helpers import grade_with, hand_in, result


@pytest.fixture
def graded(enrolled):
    """mei has all points; hao's work waits for a person's, so that nothing of his counts yet."""
    with enrolled.app.app_context():
        fully(enrolled, "mei")
        grade_with(hand_in(enrolled, "hao"), result(2.0))
        bring_up_to_date(desk(enrolled).book)
        db.session.commit()
    return enrolled


@pytest.fixture
def settled(graded):
    with graded.app.app_context():
        settle(graded)
        db.session.commit()
    return graded
