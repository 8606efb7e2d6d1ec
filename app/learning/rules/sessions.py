"""Attendance of live sessions."""

from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l


class Presence(StrEnum):
    PRESENT = "present"
    LATE = "late"
    EXCUSED = "excused"
    ABSENT = "absent"


PRESENCE_NAMES: dict[Presence, LazyText] = {
    Presence.PRESENT: _l("Present"),
    Presence.LATE: _l("Came late"),
    Presence.EXCUSED: _l("Excused"),
    Presence.ABSENT: _l("Absent"),
}
