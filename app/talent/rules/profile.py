"""What a student says of herself, and how a company's question stands."""

from datetime import datetime, timedelta
from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

MOST_STATEMENT = 2000
MOST_LINKS = 5
MOST_FILES = 5
ANSWER_WITHIN = timedelta(days=14)

LANGUAGES: dict[str, LazyText] = {
    "zh": _l("Mandarin"),
    "nan": _l("Taiwanese"),
    "hak": _l("Hakka"),
    "en": _l("English"),
    "ja": _l("Japanese"),
    "ko": _l("Korean"),
    "vi": _l("Vietnamese"),
    "id": _l("Indonesian"),
    "th": _l("Thai"),
}
"""What she works in; ISO 639 codes."""


class ContactState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


def contact_state(
    *, accepted_at: datetime | None, declined_at: datetime | None, made_at: datetime, now: datetime
) -> ContactState:
    """How a question stands at NOW; unanswered it is over after 14 days."""
    if accepted_at is not None:
        return ContactState.ACCEPTED
    if declined_at is not None:
        return ContactState.DECLINED
    return ContactState.EXPIRED if now >= made_at + ANSWER_WITHIN else ContactState.WAITING
