"""Offerings: opening, editing, moving on to another version."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Organisation, Person
from app.catalog import queries as catalog
from app.catalog.models import CourseVersion
from app.kernel import audit
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.events import publish
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning import queries
from app.learning.events import OfferingUpgraded
from app.learning.models import Offering, OfferingUpgrade, Section
from app.learning.rules import FOLLOWERS, Authorisation, OfferingKind
from app.learning.rules.conditions import items_of


class OfferingExists(Refused):
    message = _l("Your school offers this course in this semester already, in this form.")


class LeadNeeded(Refused):
    message = _l("Choose the lead course that this one belongs to.")


class LeadDoesNotAllow(Refused):
    message = _l(
        "The lead course’s authorisation does not allow this: under a closed authorisation other "
        "schools open mirror courses, under a conditional or open one satellite courses."
    )


class LeadIsFollowed(Refused):
    message = _l("Other schools follow this lead course, so its authorisation stays as it is.")


class DatesReversed(Refused):
    message = _l("It cannot end before it starts.")


class ConditionsBroken(Refused):
    """The new version lacks items that release conditions ask for."""


@dataclass(frozen=True, kw_only=True)
class SectionPlan:
    """What an offering's section is to be. The semester is 1 or 2 of a ROC academic year."""

    course_version: CourseVersion
    school: Organisation
    academic_year: int
    semester: int
    starts_on: date
    ends_on: date
    code: str
    capacity: int
    enrolment_closes_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OfferingPlan:
    """What an offering is to be."""

    course_version: CourseVersion
    school: Organisation
    academic_year: int
    semester: int
    starts_on: date
    ends_on: date
    credits: int = 0
    kind: OfferingKind = OfferingKind.REGULAR
    authorisation: Authorisation | None = None
    lead: Offering | None = None


@operation
def open_section(plan: SectionPlan) -> Section:
    """The section PLAN.code, with its school's regular offering, made unless it is there."""
    known = db.session.scalar(select(Section).where(Section.code == plan.code))
    if known is not None:
        return known
    offering = db.session.scalar(
        select(Offering).where(
            Offering.course_version_id == plan.course_version.id,
            Offering.school_id == plan.school.id,
            Offering.academic_year == plan.academic_year,
            Offering.semester == plan.semester,
            Offering.kind == OfferingKind.REGULAR,
        )
    ) or Offering(
        course_version_id=plan.course_version.id,
        school_id=plan.school.id,
        academic_year=plan.academic_year,
        semester=plan.semester,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        kind=OfferingKind.REGULAR,
    )
    section = Section(
        offering=offering,
        school_id=plan.school.id,
        code=plan.code,
        capacity=plan.capacity,
        enrolment_closes_at=plan.enrolment_closes_at,
    )
    db.session.add(section)
    db.session.flush()
    return section


@operation
def create_offering(actor: Person, plan: OfferingPlan) -> Offering:
    """Open an offering; the caller has checked that ACTOR may at this school.

    Raises OfferingExists, LeadNeeded, LeadDoesNotAllow or DatesReversed.
    """
    if plan.ends_on < plan.starts_on:
        raise DatesReversed
    follows = plan.kind in (OfferingKind.MIRROR, OfferingKind.SATELLITE)
    if follows:
        _require_allowed(plan)
    offering = Offering(
        course_version_id=plan.course_version.id,
        school_id=plan.school.id,
        academic_year=plan.academic_year,
        semester=plan.semester,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        credits=plan.credits,
        kind=plan.kind,
        authorisation=(
            (plan.authorisation or Authorisation.CLOSED) if plan.kind is OfferingKind.LEAD else None
        ),
        lead_id=plan.lead.id if follows and plan.lead else None,
        created_by_id=actor.id,
    )
    insert_offering(offering)
    audit.record(actor.id, "offering.created", "offering", offering.id, form=plan.kind.value)
    return offering


def _require_allowed(plan: OfferingPlan) -> None:
    lead = plan.lead
    if lead is None or lead.kind is not OfferingKind.LEAD or lead.authorisation is None:
        raise LeadNeeded
    if (
        lead.school_id == plan.school.id
        or lead.course_version.course_id != plan.course_version.course_id
        or FOLLOWERS[lead.authorisation] is not plan.kind
    ):
        raise LeadDoesNotAllow


def insert_offering(offering: Offering) -> None:
    """Store a new offering. Raises OfferingExists, also for the second of two at once."""
    try:
        with db.session.begin_nested():
            db.session.add(offering)
    except IntegrityError:
        raise OfferingExists from None


@operation
def edit_offering(
    actor: Person,
    offering: Offering,
    *,
    starts_on: date,
    ends_on: date,
    credits: int,
    authorisation: Authorisation | None,
) -> None:
    """Change an offering's semester dates, credits and what others may. Raises DatesReversed or
    LeadIsFollowed."""
    if ends_on < starts_on:
        raise DatesReversed
    if offering.kind is OfferingKind.LEAD and authorisation is not offering.authorisation:
        followed = db.session.scalar(
            select(Offering.id).where(Offering.lead_id == offering.id).limit(1)
        )
        if followed is not None:
            raise LeadIsFollowed
        offering.authorisation = authorisation or Authorisation.CLOSED
    offering.starts_on, offering.ends_on, offering.credits = starts_on, ends_on, credits
    audit.record(actor.id, "offering.edited", "offering", offering.id)


@operation
def upgrade_offering(
    section: Section, version: CourseVersion, *, actor: Person | None = None, note: str = ""
) -> OfferingUpgrade:
    """Teach VERSION from now on, in all sections of the offering. Work already done is kept.

    Learners see what changed and NOTE. Raises ConditionsBroken when a release condition asks for
    an item that VERSION does not have.
    """
    offering = section.offering
    before = offering.course_version
    if version.course_id != before.course_id:
        raise ValueError("an offering keeps its course")
    _require_whole(offering, version)
    offering.course_version = version
    upgrade = OfferingUpgrade(
        offering_id=offering.id,
        before_id=before.id,
        after_id=version.id,
        by_id=actor.id if actor else None,
        note=note.strip()[:500],
    )
    db.session.add(upgrade)
    db.session.flush()
    audit.record(
        actor.id if actor else None,
        "offering.upgraded",
        "offering",
        offering.id,
        before=before.number,
        now=version.number,
    )
    publish(OfferingUpgraded(upgrade.id))
    return upgrade


def _require_whole(offering: Offering, version: CourseVersion) -> None:
    """No release condition of an item that stays may ask for one that goes."""
    full = catalog.course_version(version.id)
    keys = {item.key for item in full.items} if full else set()
    lost = {
        asked
        for key, plan in queries.plans_of([offering.id]).get(offering.id, {}).items()
        if key in keys
        for asked in items_of(plan.condition) - keys
    }
    if lost:
        raise ConditionsBroken(
            _l(
                "Version %(number)s does not have what release conditions ask for: %(items)s. "
                "Change the conditions first.",
                number=version.number,
                items=", ".join(sorted(lost)),
            )
        )
