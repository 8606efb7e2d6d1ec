"""No test leaves its maintenance to the next."""

import pytest


@pytest.fixture(autouse=True)
def no_banner_stays(site):
    site.extensions.pop("lab_drain", None)
    yield
    site.extensions.pop("lab_drain", None)
