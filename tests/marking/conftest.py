"""Work that waits at the desk."""

import pytest

from tests.marking.marking import (
    wait_for_points,
)


@pytest.fixture
def waiting(enrolled):
    """The ids of mei's and hao's works that wait for points, mei's first."""
    with enrolled.app.app_context():
        return [wait_for_points(enrolled, handle).id for handle in ("mei", "hao")]
