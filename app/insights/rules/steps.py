"""What can be done about somebody who may need attention. Pure."""

from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = ["MOST_WORDS", "STEP_NAMES", "StepKind"]

MOST_WORDS = 2000


class StepKind(StrEnum):
    NOTE = "note"
    MESSAGE = "message"
    EXTENSION = "extension"
    SETTLED = "settled"
    SNOOZED = "snoozed"
    REOPENED = "reopened"


STEP_NAMES: dict[StepKind, LazyText] = {
    StepKind.NOTE: _l("Note"),
    StepKind.MESSAGE: _l("Message sent"),
    StepKind.EXTENSION: _l("More time given"),
    StepKind.SETTLED: _l("Taken care of"),
    StepKind.SNOOZED: _l("Put off"),
    StepKind.REOPENED: _l("Taken up again"),
}
