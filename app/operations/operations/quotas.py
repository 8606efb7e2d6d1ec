"""Setting quotas, and holding starts to them."""

from sqlalchemy import text

from app.accounts.models import Person
from app.catalog.models import Course
from app.kernel import audit
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import gettext as _
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning.models import Section
from app.learning.policies import is_on_the_staff
from app.operations.models import LabQuota
from app.operations.queries import quotas as queries
from app.operations.rules.quotas import Limits, nearest
from app.workspaces.gates import NotNow

__all__ = [
    "HoursUsed",
    "NoSuchTarget",
    "QuotaReached",
    "hold_to_quotas",
    "remove_quota",
    "set_quota",
]


class QuotaReached(NotNow):
    """All places are taken; the message says what helps."""


class HoursUsed(NotNow):
    """She has used her hours; the message says when there are more."""


class NoSuchTarget(Refused):
    message = _l("There is no section and no course of this name.")


def hold_to_quotas(person: Person, section: Section) -> Limits:
    """What holds for PERSON's server of a lab of SECTION, once there is a place for it.

    Within an operation: whoever asks at the same time waits until this one is counted. Raises
    QuotaReached, HoursUsed.
    """
    quotas = queries.quotas_over(section)
    for quota in quotas:
        if quota.servers_at_once is not None:
            db.session.execute(
                text("SELECT pg_advisory_xact_lock(hashtext(:name))"),
                {"name": f"lab_quota:{quota.id}"},
            )
            places = queries.places_of(quota, person)
            if places is not None and places.are_full:
                raise QuotaReached(
                    _(
                        "All %(limit)s places for labs of this course are taken now. A place is "
                        "free as soon as somebody closes her lab or leaves it unused: try again in "
                        "some minutes. Your files are kept, and you can hand in from this "
                        "computer meanwhile.",
                        limit=places.limit,
                    )
                )
    for quota in quotas:
        if quota.weekly_hours is None:
            continue
        if is_on_the_staff(person, section):
            break
        if queries.hours_used(person, quota) >= quota.weekly_hours:
            raise HoursUsed(
                _(
                    "You have used your %(hours)s lab hours of the last seven days in this "
                    "course. Hours come back day by day, a week after you used them. Your files "
                    "are kept; you can hand in from this computer, or ask your instructor for "
                    "more hours.",
                    hours=f"{quota.weekly_hours:g}",
                )
            )
        break  # of hours the section's own quota goes before its course's
    return nearest(map(queries.limits_of, quotas))


@operation
def set_quota(
    actor: Person | None,
    name: str,
    *,
    servers_at_once: int | None,
    memory_mb: int | None,
    idle_minutes: int | None,
    weekly_hours: float | None,
) -> LabQuota:
    """Set all limits of the section or course called NAME. None: no limit. Raises NoSuchTarget."""
    target = queries.course_or_section(name)
    if target is None:
        raise NoSuchTarget
    quota = queries.quota_of(target)
    if quota is None:
        quota = LabQuota(
            course_id=target.id if isinstance(target, Course) else None,
            section_id=target.id if isinstance(target, Section) else None,
        )
        db.session.add(quota)
    quota.servers_at_once = servers_at_once
    quota.memory_mb = memory_mb
    quota.idle_minutes = idle_minutes
    quota.weekly_hours = weekly_hours
    quota.changed_by_id = actor.id if actor else None
    db.session.flush()
    audit.record(
        quota.changed_by_id, "set_lab_quota", "lab_quota", quota.id,
        name=name, servers_at_once=servers_at_once, memory_mb=memory_mb,
        idle_minutes=idle_minutes, weekly_hours=weekly_hours,
    )  # fmt: skip
    return quota


@operation
def remove_quota(actor: Person | None, quota: LabQuota) -> None:
    """Let labs take what there is."""
    audit.record(actor.id if actor else None, "removed_lab_quota", "lab_quota", quota.id)
    db.session.delete(quota)
