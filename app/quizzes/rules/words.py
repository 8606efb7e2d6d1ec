"""Words of taking quizzes."""

from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l


class Ending(StrEnum):
    """How an attempt ended."""

    HANDED_IN = "handed_in"
    TIME_OVER = "time_over"
    BY_STAFF = "by_staff"


class Marker(StrEnum):
    """Who gave the points of an answer."""

    KEY = "key"
    PERSON = "person"
    CORRECTED_KEY = "corrected_key"


class Standing(StrEnum):
    """How far a student is with a quiz."""

    NOT_BEGUN = "not_begun"
    AT_WORK = "at_work"
    WAITING = "waiting"
    HANDED_IN = "handed_in"


ENDING_NAMES: dict[Ending, LazyText] = {
    Ending.HANDED_IN: _l("Quiz handed in"),
    Ending.TIME_OVER: _l("Time was over"),
    Ending.BY_STAFF: _l("Ended by staff"),
}

MARKER_NAMES: dict[Marker, LazyText] = {
    Marker.KEY: _l("Marked by its key"),
    Marker.PERSON: _l("Marked by a person"),
    Marker.CORRECTED_KEY: _l("Marked again by a corrected key"),
}

STATE_NAMES: dict[Standing, LazyText] = {
    Standing.NOT_BEGUN: _l("Not begun"),
    Standing.AT_WORK: _l("At work"),
    Standing.WAITING: _l("Waits for marks"),
    Standing.HANDED_IN: _l("Has handed in"),
}


def difficulty_name(mean: float) -> LazyText:
    """MEAN share of the points (0 to 1) in a word."""
    if mean > 0.85:
        return _l("very easy")
    if mean >= 0.6:
        return _l("easy")
    return _l("medium") if mean >= 0.3 else _l("hard")


def discrimination_name(value: float) -> LazyText:
    """A corrected item-total correlation in a word."""
    if value < 0:
        return _l("negative: look at the key")
    if value < 0.15:
        return _l("hardly any")
    return _l("moderate") if value < 0.3 else _l("good")
