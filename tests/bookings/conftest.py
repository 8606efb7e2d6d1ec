import pytest

from tests.bookings import support


@pytest.fixture
def hours(cast, frozen):
    """Office hours of lin for mei and hao; the clock stands at NOW."""
    made = support.opened(cast, "mei", "hao")
    with frozen(support.NOW):
        yield made
    support.closed()
