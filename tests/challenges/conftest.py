"""What is told of challenges, heard."""

import pytest

from app.challenges.events import ChallengeEnded, ChallengeScored
from app.kernel.events import _subscribers


@pytest.fixture
def heard(monkeypatch):
    """What was told of challenges."""
    told = []
    for kind in (ChallengeScored, ChallengeEnded):
        monkeypatch.setitem(_subscribers, kind, [*_subscribers.get(kind, []), told.append])
    return told
