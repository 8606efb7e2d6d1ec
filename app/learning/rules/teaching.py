"""Words of teaching and learning."""

from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l


class StaffRole(StrEnum):
    INSTRUCTOR = "instructor"
    TEACHING_ASSISTANT = "teaching_assistant"


class OfferingKind(StrEnum):
    """What an offering is within a cluster that several schools teach."""

    LEAD = "lead"
    MIRROR = "mirror"
    SATELLITE = "satellite"
    REGULAR = "regular"


class Authorisation(StrEnum):
    """What the lead lets other schools do."""

    CLOSED = "closed"
    CONDITIONAL = "conditional"
    OPEN = "open"


class Way(StrEnum):
    """How students come into a section. A roster can be loaded in every case."""

    SELF = "self"
    APPROVAL = "approval"
    CODE = "code"
    ROSTER = "roster"


class EnrolledVia(StrEnum):
    SELF = "self"
    APPROVAL = "approval"
    CODE = "code"
    ROSTER = "roster"
    WAITLIST = "waitlist"


class RequestState(StrEnum):
    """A request for a place. The first two are live."""

    ASKED = "asked"
    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"
    LEFT = "left"


LIVE_REQUESTS = (RequestState.ASKED, RequestState.WAITING)

FOLLOWERS: dict[Authorisation, OfferingKind] = {
    Authorisation.CLOSED: OfferingKind.MIRROR,
    Authorisation.CONDITIONAL: OfferingKind.SATELLITE,
    Authorisation.OPEN: OfferingKind.SATELLITE,
}
"""What another school may open beside a lead course: under a closed authorisation the lead grades,
under the others a co-instructor of the school does."""

KIND_NAMES: dict[OfferingKind, LazyText] = {
    OfferingKind.LEAD: _l("Lead course"),
    OfferingKind.MIRROR: _l("Mirror course"),
    OfferingKind.SATELLITE: _l("Satellite course"),
    OfferingKind.REGULAR: _l("Regular course"),
}
AUTHORISATION_NAMES: dict[Authorisation, LazyText] = {
    Authorisation.CLOSED: _l("Closed: the lead instructor teaches and grades every school"),
    Authorisation.CONDITIONAL: _l("Conditional: local co-instructors grade to the lead’s design"),
    Authorisation.OPEN: _l("Open: local co-instructors may change the assessment"),
}
WAY_NAMES: dict[Way, LazyText] = {
    Way.SELF: _l("Students of the school enrol themselves"),
    Way.APPROVAL: _l("Students ask, and you approve"),
    Way.CODE: _l("Students with the invitation code enrol themselves"),
    Way.ROSTER: _l("Only those on a roster that you load"),
}
VIA_NAMES: dict[EnrolledVia, LazyText] = {
    EnrolledVia.SELF: _l("Enrolled by themselves"),
    EnrolledVia.APPROVAL: _l("Approved"),
    EnrolledVia.CODE: _l("Invitation code"),
    EnrolledVia.ROSTER: _l("Roster"),
    EnrolledVia.WAITLIST: _l("Waitlist"),
}
STAFF_NAMES: dict[StaffRole, LazyText] = {
    StaffRole.INSTRUCTOR: _l("Instructor"),
    StaffRole.TEACHING_ASSISTANT: _l("Teaching assistant"),
}
