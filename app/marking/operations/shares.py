"""The plan of an item: made, looked at beforehand, kept in versions."""

import secrets
import uuid
from collections import Counter
from dataclasses import replace

from app.accounts.models import Person
from app.kernel import audit
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning.models import Section
from app.marking import policies
from app.marking.models.shares import MarkingPlan
from app.marking.operations.shares_dealing import NoGrader, catch_up, hold, wanted_shares, write
from app.marking.operations.shares_moving import NotYours, assign, hand_over
from app.marking.queries import shares as queries
from app.marking.queries import shares_progress as reading
from app.marking.queries.shares import Plan
from app.marking.rules.sharing import MOST_WEIGHT, Sharing

__all__ = [
    "LiftedWithoutReason",
    "NoGrader",
    "NoSecondGrader",
    "NotYours",
    "PlanChangedMeanwhile",
    "assign",
    "catch_up",
    "foreseen",
    "hand_over",
    "save_plan",
]


class PlanChangedMeanwhile(Refused):
    message = _l("Somebody else has changed this plan meanwhile. Look at hers first.")


class NoSecondGrader(Refused):
    message = _l("Two people mark only where there are two.")


class LiftedWithoutReason(Refused):
    message = _l("Write why names are shown from now on. It is kept.")


@operation
def save_plan(
    actor: Person,
    section: Section,
    item: str,
    wanted: Plan,
    *,
    seen_number: int,
    reason: str = "",
    anew: bool = False,
) -> MarkingPlan:
    """Make WANTED the plan of ITEM from now on, and share out what nobody has begun.

    A plan that shares as the one before moves nothing; ANEW casts the lots again. Raises
    NotVisible for others than instructors, PlanChangedMeanwhile, NoGrader, NoSecondGrader, and
    LiftedWithoutReason when it ends blind marking without REASON.
    """
    if not policies.can_set_up(actor, section):
        raise NotVisible(item)
    hold(section.id, item)
    before = queries.plan(section, item)
    if before.number != seen_number:
        raise PlanChangedMeanwhile
    wanted = checked(section, wanted)
    is_lifted = before.blind and not wanted.blind
    reason = reason.strip()[:500]
    if is_lifted and not reason:
        raise LiftedWithoutReason
    seed = before.seed if before.seed and not anew else secrets.token_hex(16)
    made = MarkingPlan(
        section_id=section.id,
        item_key=item,
        number=before.number + 1,
        is_blind=wanted.blind,
        sharing=wanted.sharing,
        seed=seed,
        graders={str(key): weight for key, weight in wanted.graders.items()},
        group_set_id=wanted.group_set_id,
        groups={str(key): str(value) for key, value in wanted.groups.items()},
        seconds_percent=wanted.seconds_percent,
        threshold=wanted.threshold,
        agreeing=wanted.agreeing,
        reason=reason if is_lifted else "",
        by_id=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor.id, "marking.plan", "section", section.id, item=item, number=made.number)
    if is_lifted:
        audit.record(
            actor.id, "marking.blind_lifted", "section", section.id, item=item, reason=reason
        )
    after = queries.plan_of(made)
    if anew or _shares_otherwise(before, after):
        write(section, item, wanted_shares(section, item, after), actor)
    else:
        catch_up(section, item)
    return made


def checked(section: Section, wanted: Plan) -> Plan:
    """WANTED as it can be used. Raises NoGrader, NoSecondGrader."""
    here = {person.id for person in reading.graders_here(section)}
    graders = {
        key: min(weight, MOST_WEIGHT)
        for key, weight in wanted.graders.items()
        if key in here and weight > 0
    }
    groups = {key: value for key, value in wanted.groups.items() if value in here}
    if wanted.sharing is Sharing.GROUPS:
        graders = {key: graders.get(key, 1) for key in [*graders, *groups.values()]}
    else:
        groups = {}
    if wanted.sharing is not Sharing.ALL and not graders:
        raise NoGrader
    possible = here if wanted.sharing is Sharing.ALL else graders
    if wanted.seconds_percent > 0 and len(possible) < 2:
        raise NoSecondGrader
    return replace(
        wanted,
        graders={} if wanted.sharing is Sharing.ALL else graders,
        groups=groups,
        group_set_id=wanted.group_set_id if groups else None,
    )


def _shares_otherwise(before: Plan, after: Plan) -> bool:
    return any(
        getattr(before, name) != getattr(after, name)
        for name in ("sharing", "graders", "groups", "group_set_id", "seconds_percent")
    )


def foreseen(section: Section, item: str, wanted: Plan) -> Counter[uuid.UUID | None]:
    """How many works each grader would have by WANTED (None: nobody); nothing is written."""
    wanted = checked(section, wanted)
    seed = wanted.seed or secrets.token_hex(16)
    found = wanted_shares(section, item, replace(wanted, seed=seed))
    return Counter(whose.grader for whose in found.values())
