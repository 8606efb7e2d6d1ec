"""Credit recognition between schools (認抵／抵免) as a request with a state."""

from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l


class RecognitionState(StrEnum):
    REQUESTED = "requested"
    UNDER_REVIEW = "under_review"
    RECOGNISED = "recognised"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


LIVE_RECOGNITIONS = (RecognitionState.REQUESTED, RecognitionState.UNDER_REVIEW)

FOLLOWS: dict[RecognitionState, frozenset[RecognitionState]] = {
    RecognitionState.REQUESTED: frozenset(
        {RecognitionState.UNDER_REVIEW, RecognitionState.WITHDRAWN}
    ),
    RecognitionState.UNDER_REVIEW: frozenset(
        {RecognitionState.RECOGNISED, RecognitionState.REFUSED, RecognitionState.WITHDRAWN}
    ),
    RecognitionState.RECOGNISED: frozenset(),
    RecognitionState.REFUSED: frozenset(),
    RecognitionState.WITHDRAWN: frozenset(),
}
"""Which state may follow which. A decision is final: another one needs another request."""

RECOGNITION_NAMES: dict[RecognitionState, LazyText] = {
    RecognitionState.REQUESTED: _l("Requested"),
    RecognitionState.UNDER_REVIEW: _l("Under review"),
    RecognitionState.RECOGNISED: _l("Recognised"),
    RecognitionState.REFUSED: _l("Refused"),
    RecognitionState.WITHDRAWN: _l("Request withdrawn"),
}


def may_follow(before: RecognitionState, after: RecognitionState) -> bool:
    return after in FOLLOWS[before]
