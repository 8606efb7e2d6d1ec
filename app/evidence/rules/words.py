"""Words of evidence."""

from enum import StrEnum

from app.kernel.i18n import lazy_gettext as _l


class Vouching(StrEnum):
    """Who stands for a piece of evidence. The three are always shown, never merged."""

    AUTOGRADED = "autograded"
    """自動評分: the result was graded by this house and released."""
    CONFIRMED = "confirmed"
    """教師確認: somebody who teaches the section looked at the work and stands for it."""
    SUPERVISED = "supervised"
    """監考重作: the work was done again while somebody watched who it was."""


RANK = {Vouching.AUTOGRADED: 1, Vouching.CONFIRMED: 2, Vouching.SUPERVISED: 3}


def at_least(vouching: Vouching, least: Vouching) -> bool:
    return RANK[vouching] >= RANK[least]


class Source(StrEnum):
    """What kind of work it was."""

    LAB = "lab"
    CELLS = "cells"
    """Some tests of a lab."""
    QUIZ = "quiz"
    CHALLENGE = "challenge"
    DELIVERABLE = "deliverable"
    REVIEW = "review"


class Withdrawn(StrEnum):
    """Why a piece does not hold any more, and nothing took its place."""

    TAMPERED = "tampered"
    NO_RESULT = "no-result"
    """Graded again, the work has no result."""
    NOT_MAPPED = "not-mapped"
    """By the lab that it was graded by last, the work proves another skill."""
    OTHER_ENTRY = "other-entry"
    """Of a challenge that was scored again, another entry stands on the leaderboard."""
    CONFIRMATION_LOST = "confirmation-lost"
    """It was confirmed for a result that was corrected to less than passes."""
    BY_PERSON = "by-person"
    """Somebody who vouched took that back."""


VOUCHING_NAMES = {
    Vouching.AUTOGRADED: _l("Graded automatically"),
    Vouching.CONFIRMED: _l("Confirmed by an instructor"),
    Vouching.SUPERVISED: _l("Repeated under supervision"),
}
VOUCHING_TEXTS = {
    Vouching.AUTOGRADED: _l("The work was run and graded here, and the result was released."),
    Vouching.CONFIRMED: _l("An instructor of the section looked at the work and vouches for it."),
    Vouching.SUPERVISED: _l("The work was done again while an instructor watched who did it."),
}
SOURCE_NAMES = {
    Source.LAB: _l("Lab"),
    Source.CELLS: _l("Tests of a lab"),
    Source.QUIZ: _l("Quiz"),
    Source.CHALLENGE: _l("Challenge"),
    Source.DELIVERABLE: _l("Deliverable"),
    Source.REVIEW: _l("Review"),
}
WITHDRAWAL_NAMES = {
    Withdrawn.TAMPERED: _l("The checks around the tests did not hold."),
    Withdrawn.NO_RESULT: _l("Graded again, the work has no result."),
    Withdrawn.NOT_MAPPED: _l("By the corrected lab, the work proves other skills."),
    Withdrawn.OTHER_ENTRY: _l("Scored again, another entry of yours counts."),
    Withdrawn.CONFIRMATION_LOST: _l("The result that was confirmed was corrected to less."),
    Withdrawn.BY_PERSON: _l("Whoever vouched took it back."),
}
