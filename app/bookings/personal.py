"""What this room keeps of people, and what becomes of it (see ``kernel.personal``)."""

from app.kernel.i18n import lazy_gettext as _l
from app.kernel.personal import Fate, Table, declare

_OTHERS = _l("Somebody else’s appointment hangs on it; what you wrote there is gone.")

declare(
    "bookings",
    Table(
        name="booking_slots",
        title=_l("Time that you offered"),
        fate=Fate.CUT,
        whose=("host_id",),
        by=("offered_by_id", "withdrawn_by_id"),
        cut={"place": "", "link": "", "note": ""},
        words=("purpose", "subject_key"),
        reason=_OTHERS,
        correct="bookings.index",
    ),
    Table(
        name="bookings",
        title=_l("Appointments that you booked"),
        fate=Fate.CUT,
        whose=("booked_by_id",),
        by=("cancelled_by_id",),
        cut={"reason": ""},
        words=("party_key",),
        reason=_OTHERS,
        correct="bookings.index",
    ),
    Table(
        name="booking_seats",
        title=_l("Your appointments"),
        whose=("person_id",),
        correct="bookings.index",
    ),
)
