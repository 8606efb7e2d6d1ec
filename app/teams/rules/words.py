"""Words and numbers of teams."""

from datetime import timedelta
from enum import StrEnum

LARGEST = 12
"""No team has more members, whatever it is for."""
MOST_NAME = 80
MOST_WORDS = 1000
MOST_WAITING = 30
"""How many invitations of a team may be open at a time."""
INVITATION_LASTS = timedelta(days=14)


class Way(StrEnum):
    """How somebody is asked to join."""

    PERSON = "person"
    """By her handle: the invitation waits for her in the site."""
    MAIL = "mail"
    LINK = "link"
    """Whoever holds it may join while there is room."""


class Answer(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class How(StrEnum):
    """How somebody became the lead."""

    FOUNDED = "founded"
    VOTED = "voted"
    APPOINTED = "appointed"
    """The lead before her, or whoever looks after the teams, named her."""
    FOLLOWED = "followed"
    """The lead left without naming anybody: who has been there longest follows."""


def is_full(count: int, most: int) -> bool:
    return count >= most


def lacks(count: int, least: int) -> int:
    """How many members are missing to the smallest size."""
    return max(0, least - count)
