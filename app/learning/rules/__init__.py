"""Words and rules of teaching and learning: no database, no clock."""

from app.learning.rules.recognition import (
    LIVE_RECOGNITIONS,
    RECOGNITION_NAMES,
    RecognitionState,
    may_follow,
)
from app.learning.rules.sessions import PRESENCE_NAMES, Presence
from app.learning.rules.teaching import (
    AUTHORISATION_NAMES,
    FOLLOWERS,
    KIND_NAMES,
    LIVE_REQUESTS,
    STAFF_NAMES,
    VIA_NAMES,
    WAY_NAMES,
    Authorisation,
    EnrolledVia,
    OfferingKind,
    RequestState,
    StaffRole,
    Way,
)

__all__ = [
    "AUTHORISATION_NAMES",
    "FOLLOWERS",
    "KIND_NAMES",
    "LIVE_RECOGNITIONS",
    "LIVE_REQUESTS",
    "PRESENCE_NAMES",
    "RECOGNITION_NAMES",
    "STAFF_NAMES",
    "VIA_NAMES",
    "WAY_NAMES",
    "Authorisation",
    "EnrolledVia",
    "OfferingKind",
    "Presence",
    "RecognitionState",
    "RequestState",
    "StaffRole",
    "Way",
    "may_follow",
]
