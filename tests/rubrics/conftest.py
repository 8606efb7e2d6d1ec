"""A published rubric of lin's."""

import pytest

from app.rubrics import operations
from app.rubrics.rules import Visibility
from tests.rubrics.scales import raw


def published(person, *, given=None, share=None):
    """A published rubric of PERSON, perhaps shared; call it in an application context."""
    given = given or raw()
    made = operations.create_rubric(person, given)
    version = operations.publish(person, made, given, revision=1)
    if share is not None:
        where = made.organisation_id if share is Visibility.ORGANISATION else None
        operations.share(person, made, share, where)
    return version


@pytest.fixture
def publish():
    return published
