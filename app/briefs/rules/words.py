"""Kinds, states and choices of briefs, with their words."""

from enum import StrEnum

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l


class Kind(StrEnum):
    """What a company offers."""

    PROJECT = "project"
    CHALLENGE = "challenge"
    INTERNSHIP = "internship"


class State(StrEnum):
    """Where a brief is on its way."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Act(StrEnum):
    """What was done with a brief; a line of its history."""

    SUBMITTED = "submitted"
    TAKEN_BACK = "taken_back"
    APPROVED = "approved"
    RETURNED = "returned"
    PUBLISHED = "published"
    CHANGED = "changed"
    CLOSED = "closed"
    REOPENED = "reopened"
    ARCHIVED = "archived"


class Side(StrEnum):
    """Who speaks. A review needs both the instructor's and the officer's; a change of scope needs
    the company and one of the other two, who together are the programme's side."""

    COMPANY = "company"
    INSTRUCTOR = "instructor"
    OFFICER = "officer"


class Takes(StrEnum):
    """Who applies: single students or whole teams, never both."""

    INDIVIDUALS = "individuals"
    TEAMS = "teams"


class Audience(StrEnum):
    """Who may apply."""

    OPEN = "open"
    COURSE = "course"
    """Those who take one course."""


class Place(StrEnum):
    ON_SITE = "on_site"
    HYBRID = "hybrid"
    REMOTE = "remote"


class Pay(StrEnum):
    NONE = "none"
    ALLOWANCE = "allowance"
    """A sum for costs or as a scholarship; no wage."""
    HOURLY = "hourly"
    MONTHLY = "monthly"


class LegalClass(StrEnum):
    """Of an internship: whether the Labour Standards Act applies."""

    GENERAL = "general"
    WORK = "work"


class DataClass(StrEnum):
    """What data the work rests on."""

    NONE = "none"
    OPEN = "open"
    SYNTHETIC = "synthetic"
    COMPANY = "company"


class Nda(StrEnum):
    """What is promised before the confidential part opens."""

    NONE = "none"
    STANDARD = "standard"
    """The house's own words."""
    OWN = "own"
    """The company's words."""


class Ownership(StrEnum):
    """Who owns what comes out."""

    COMPANY = "company"
    STUDENTS = "students"
    SHARED = "shared"
    OPEN = "open"


KIND_NAMES: dict[Kind, LazyText] = {
    Kind.PROJECT: _l("Project"),
    Kind.CHALLENGE: _l("Challenge"),
    Kind.INTERNSHIP: _l("Internship"),
}
TAKES_NAMES: dict[Takes, LazyText] = {
    Takes.TEAMS: _l("Teams"),
    Takes.INDIVIDUALS: _l("Single students"),
}
AUDIENCE_NAMES: dict[Audience, LazyText] = {
    Audience.OPEN: _l("Every student"),
    Audience.COURSE: _l("Students of one course"),
}
PLACE_NAMES: dict[Place, LazyText] = {
    Place.ON_SITE: _l("On site"),
    Place.HYBRID: _l("Partly on site"),
    Place.REMOTE: _l("From anywhere"),
}
PAY_NAMES: dict[Pay, LazyText] = {
    Pay.NONE: _l("Nothing"),
    Pay.ALLOWANCE: _l("An allowance or scholarship, in all"),
    Pay.HOURLY: _l("A wage by the hour"),
    Pay.MONTHLY: _l("A wage by the month"),
}
CLASS_NAMES: dict[LegalClass, LazyText] = {
    LegalClass.GENERAL: _l("General type (learning, no employment)"),
    LegalClass.WORK: _l("Work type (employment, Labour Standards Act)"),
}
DATA_NAMES: dict[DataClass, LazyText] = {
    DataClass.NONE: _l("No data"),
    DataClass.OPEN: _l("Open data"),
    DataClass.SYNTHETIC: _l("Made-up data of the same shape"),
    DataClass.COMPANY: _l("The company’s own data"),
}
OWNERSHIP_NAMES: dict[Ownership, LazyText] = {
    Ownership.SHARED: _l("Both may use it"),
    Ownership.STUDENTS: _l("The students own it, the company may use it"),
    Ownership.COMPANY: _l("The company owns it, the students are named"),
    Ownership.OPEN: _l("It is published under an open licence"),
}
NDA_NAMES: dict[Nda, LazyText] = {
    Nda.NONE: _l("No: everything about it is public"),
    Nda.STANDARD: _l("Yes, with the platform’s standard promise"),
    Nda.OWN: _l("Yes, with our own words"),
}
ACT_NAMES: dict[Act, LazyText] = {
    Act.SUBMITTED: _l("Handed in for review"),
    Act.TAKEN_BACK: _l("Taken back"),
    Act.APPROVED: _l("Approved"),
    Act.RETURNED: _l("Returned"),
    Act.PUBLISHED: _l("Published"),
    Act.CHANGED: _l("Changed by agreement"),
    Act.CLOSED: _l("Closed"),
    Act.REOPENED: _l("Opened again"),
    Act.ARCHIVED: _l("Archived"),
}
SIDE_NAMES: dict[Side, LazyText] = {
    Side.COMPANY: _l("Company"),
    Side.INSTRUCTOR: _l("Instructor"),
    Side.OFFICER: _l("Programme officer"),
}
STATE_NAMES: dict[State, LazyText] = {
    State.DRAFT: _l("Draft"),
    State.SUBMITTED: _l("In review"),
    State.RETURNED: _l("Returned"),
    State.PUBLISHED: _l("Published"),
    State.CLOSED: _l("Closed"),
    State.ARCHIVED: _l("Archived"),
}
