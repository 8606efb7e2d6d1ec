"""Dates and release conditions of an offering's items; more time for single students."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from app.accounts.models import Person
from app.catalog.models import CourseVersion
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning import policies, queries
from app.learning.models import Extension, ItemPlan, LiveSession, Offering, Section
from app.learning.rules.conditions import ConditionInvalid, Tree, check, cycle, items_of, shifted

FURTHEST_DAYS = 3660


class DatesOutOfOrder(Refused):
    """An item would be due before it opens, or close before it is due."""


class ConditionRefused(Refused):
    message = _l("This condition cannot be read. Check each line.")


class UnknownItem(Refused):
    message = _l("The condition asks for an item that the course does not have.")


class Circle(Refused):
    """Items would wait for each other."""


class DesignIsTheLeads(Refused):
    message = _l(
        "The release conditions come with the lead course: its authorisation does not let other "
        "schools change the design. You can still set dates."
    )


class NothingGranted(Refused):
    message = _l("Give more days, a later date or more time.")


class TooFar(Refused):
    message = _l("Dates can be moved by at most ten years.")


@dataclass(frozen=True)
class PlanDates:
    """When an item opens, is due and closes; UTC, None where nothing is set."""

    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None

    @property
    def is_in_order(self) -> bool:
        opens, due, closes = self.opens_at, self.due_at, self.closes_at
        return not (
            (opens and due and opens >= due)
            or (opens and closes and opens >= closes)
            or (due and closes and due > closes)
        )


@operation
def save_dates(
    actor: Person, offering: Offering, version: CourseVersion, dates: Mapping[str, PlanDates]
) -> None:
    """Set the dates of items by key; keys that VERSION does not have are refused.

    All or nothing. Raises DatesOutOfOrder, which names the item, or UnknownItem.
    """
    titles = {item.key: item.title for item in version.items}
    for key, wanted in dates.items():
        if key not in titles:
            raise UnknownItem
        if not wanted.is_in_order:
            raise DatesOutOfOrder(
                _l(
                    "“%(item)s”: it opens first, then it is due, then it closes.",
                    item=str(titles[key]),
                )
            )
    plans = _locked_plans(offering)
    for key, wanted in dates.items():
        plan = plans.get(key)
        if plan is None and wanted == PlanDates():
            continue
        if plan is None:
            plan = ItemPlan(offering_id=offering.id, item_key=key)
            db.session.add(plan)
        plan.opens_at, plan.due_at = wanted.opens_at, wanted.due_at
        plan.closes_at = wanted.closes_at
    db.session.flush()
    audit.record(actor.id, "offering.dates_set", "offering", offering.id)


@operation
def shift_dates(actor: Person, offering: Offering, days: int) -> int:
    """Move every date of OFFERING by DAYS: items, conditions, live sessions that are to come, the
    end of enrolment, and the semester itself. Returns how many dates moved. Raises TooFar."""
    if abs(days) > FURTHEST_DAYS:
        raise TooFar
    by, moved = timedelta(days=days), 0
    for plan in _locked_plans(offering).values():
        moved += sum(d is not None for d in (plan.opens_at, plan.due_at, plan.closes_at))
        plan.opens_at = plan.opens_at and plan.opens_at + by
        plan.due_at = plan.due_at and plan.due_at + by
        plan.closes_at = plan.closes_at and plan.closes_at + by
        plan.condition = shifted(plan.condition, by)
    offering.starts_on += by
    offering.ends_on += by
    for section in offering.sections:
        if section.enrolment_closes_at is not None:
            section.enrolment_closes_at += by
            moved += 1
    for session in db.session.scalars(
        select(LiveSession).where(
            LiveSession.section_id.in_([section.id for section in offering.sections]),
            LiveSession.starts_at > clock.now(),
        )
    ).all():
        session.starts_at += by
        moved += 1
    db.session.flush()
    audit.record(actor.id, "offering.dates_shifted", "offering", offering.id, days=days)
    return moved


@operation
def set_condition(
    actor: Person, offering: Offering, version: CourseVersion, key: str, tree: Tree | None
) -> None:
    """What opens the item KEY of OFFERING from now on; None opens it to everybody.

    Raises DesignIsTheLeads, ConditionRefused, UnknownItem or Circle.
    """
    if not policies.may_change_conditions(offering):
        raise DesignIsTheLeads
    try:
        check(tree)
    except ConditionInvalid:
        raise ConditionRefused from None
    titles = {item.key: str(item.title) for item in version.items}
    if key not in titles or items_of(tree) - titles.keys():
        raise UnknownItem
    plans = _locked_plans(offering)
    trees = {other: plan.condition for other, plan in plans.items()} | {key: tree}
    circle = cycle(trees)
    if circle:
        raise Circle(
            _l(
                "These would wait for each other, so none would ever open: %(items)s.",
                items=" → ".join(titles.get(part, part) for part in circle),
            )
        )
    plan = plans.get(key)
    if plan is None:
        plan = ItemPlan(offering_id=offering.id, item_key=key)
        db.session.add(plan)
    plan.condition = tree
    db.session.flush()
    audit.record(actor.id, "offering.condition_set", "offering", offering.id, item=key)


def _locked_plans(offering: Offering) -> dict[str, ItemPlan]:
    """The plans, with the offering held: two editors could close a circle between them."""
    session: OrmSession = db.session()
    session.execute(select(Offering.id).where(Offering.id == offering.id).with_for_update())
    return queries.plans_of([offering.id]).get(offering.id, {})


@operation
def grant_extension(
    actor: Person,
    section: Section,
    person: Person,
    *,
    item_key: str | None = None,
    due_at: datetime | None = None,
    extra_days: int = 0,
    time_factor: float = 1.0,
    reason: str = "",
) -> Extension:
    """More time for PERSON, who takes SECTION: for one item, or for all when ITEM_KEY is None.

    TIME_FACTOR (1 to 5) multiplies time limits of quizzes. Raises NothingGranted.
    """
    if item_key is None:
        due_at = None
    if due_at is None and extra_days <= 0 and time_factor <= 1:
        raise NothingGranted
    extension = Extension(
        section_id=section.id,
        person_id=person.id,
        item_key=item_key,
        due_at=due_at,
        extra_days=max(0, extra_days),
        time_factor=max(1.0, time_factor),
        reason=reason.strip()[:500],
        granted_by_id=actor.id,
    )
    db.session.add(extension)
    db.session.flush()
    audit.record(actor.id, "extension.granted", "extension", extension.id)
    return extension


@operation
def end_extension(actor: Person, extension: Extension) -> None:
    """It counts no longer; what it was stays on record."""
    if extension.ended_at is None:
        extension.ended_at, extension.ended_by_id = clock.now(), actor.id
        audit.record(actor.id, "extension.ended", "extension", extension.id)
