"""Whose each work is by a plan: all of them anew, or those that came since."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from app.accounts.models import Person
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning.models import Group, GroupPlace, Section
from app.marking.models.shares import MarkingShare
from app.marking.queries import shares as queries
from app.marking.queries import shares_progress as reading
from app.marking.queries.shares import Plan
from app.marking.rules.sharing import Sharing, by_group, deal, is_seconded, lot, redeal

__all__ = ["NoGrader", "Whose", "catch_up", "hold", "wanted_shares", "write"]


class NoGrader(Refused):
    message = _l("Choose who marks.")


@dataclass(frozen=True)
class Whose:
    """Whose one work is to be."""

    grader: uuid.UUID | None
    needs_second: bool = False
    second: uuid.UUID | None = None


def wanted_shares(section: Section, item: str, plan: Plan) -> dict[uuid.UUID, Whose]:
    """Whose every work is to be by PLAN. What is marked, or begun by somebody who is still here,
    stays whose it is."""
    states = reading.states(section, item)
    here = {person.id for person in reading.graders_here(section)}
    weights = {key: weight for key, weight in plan.graders.items() if key in here}
    now: dict[uuid.UUID, Whose] = {owner: Whose(None, False, None) for owner in states}
    fixed = set()
    for owner, share in reading.shares_in(section, item).items():
        if owner in states:
            now[owner] = Whose(share.grader_id, share.needs_second, share.second_id)
    for owner, state in states.items():
        if state.is_begun and now[owner].grader is None and state.marker_id != owner:
            now[owner] = replace(now[owner], grader=state.marker_id)
        if state.is_begun and (not state.waits or now[owner].grader in here or state.has_opinion):
            fixed.add(owner)
    graders = {owner: whose.grader for owner, whose in now.items()}
    if plan.sharing is Sharing.RANDOM:
        graders = redeal(graders, fixed, weights, plan.seed)
    elif plan.sharing is Sharing.GROUPS:
        moving = [owner for owner in now if owner not in fixed]
        graders |= by_group(moving, _groups_of(plan, moving), _graders_of(plan, here))
    else:
        is_kept = plan.sharing is Sharing.LISTS
        for owner in set(now) - fixed:
            stays = is_kept and graders[owner] in here
            graders[owner] = graders[owner] if stays else None
    return _with_seconds(plan, now, graders, fixed, weights)


def _with_seconds(
    plan: Plan,
    now: Mapping[uuid.UUID, Whose],
    graders: Mapping[uuid.UUID, uuid.UUID | None],
    fixed: Collection[uuid.UUID],
    weights: Mapping[uuid.UUID, int],
) -> dict[uuid.UUID, Whose]:
    found = {owner: replace(now[owner], grader=graders[owner]) for owner in fixed}
    total, seconded = len(found), sum(whose.needs_second for whose in found.values())
    chosen = []
    for owner in sorted(set(now) - set(fixed), key=lambda one: lot(plan.seed, "second", one)):
        needs = is_seconded(seconded, total, plan.seconds_percent)
        total, seconded = total + 1, seconded + needs
        found[owner] = Whose(graders[owner], needs)
        if needs:
            chosen.append(owner)
    loads = Counter(whose.second for whose in found.values() if whose.second is not None)
    for owner, second in _seconds(plan, chosen, weights, loads, graders).items():
        found[owner] = replace(found[owner], second=second)
    return found


def _seconds(
    plan: Plan,
    owners: Collection[uuid.UUID],
    weights: Mapping[uuid.UUID, int],
    loads: Mapping[uuid.UUID, int],
    graders: Mapping[uuid.UUID, uuid.UUID | None],
) -> dict[uuid.UUID, uuid.UUID | None]:
    if plan.sharing is Sharing.ALL:
        return {}
    return deal(owners, weights, loads, f"{plan.seed}:second", apart=graders)


def _graders_of(plan: Plan, here: Collection[uuid.UUID]) -> dict[object, uuid.UUID]:
    return {group: grader for group, grader in plan.groups.items() if grader in here}


def _groups_of(plan: Plan, owners: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The group of each owner in the plan's set; a team is its own group."""
    rows = db.session.execute(
        select(GroupPlace.person_id, GroupPlace.group_id)
        .join(Group, Group.id == GroupPlace.group_id)
        .where(
            GroupPlace.set_id == plan.group_set_id,
            GroupPlace.until.is_(None),
            Group.ended_at.is_(None),
        )
    ).all()
    found = {person_id: group_id for person_id, group_id in rows}
    return found | {owner: owner for owner in owners if owner in plan.groups}


def write(
    section: Section, item: str, wanted: Mapping[uuid.UUID, Whose], actor: Person | None
) -> None:
    """Make shares what is WANTED: what differs ends and begins anew. The item is held."""
    there = reading.shares_in(section, item)
    now = clock.now()
    ended: list[uuid.UUID] = []
    for owner, whose in wanted.items():
        share = there.get(owner)
        if share is not None:
            if whose == Whose(share.grader_id, share.needs_second, share.second_id):
                continue
            share.ended_at = now
        ended.append(owner)
    db.session.flush()
    for owner in ended:
        whose = wanted[owner]
        db.session.add(
            MarkingShare(
                section_id=section.id,
                item_key=item,
                owner_id=owner,
                grader_id=whose.grader,
                needs_second=whose.needs_second,
                second_id=whose.second if whose.second != whose.grader else None,
                since=now,
                by_id=actor.id if actor else None,
            )
        )
    db.session.flush()


@operation
def catch_up(section: Section, item: str, owners: Collection[uuid.UUID] | None = None) -> None:
    """Share out works that came since (of OWNERS, or all); who has hers keeps it."""
    plan = queries.plan(section, item)
    if plan.number == 0 or (plan.sharing is Sharing.ALL and not plan.seconds_percent):
        return
    hold(section.id, item)
    there = reading.shares_in(section, item)
    open_ways = (Sharing.RANDOM, Sharing.GROUPS)
    wanted_owners = set(reading.states(section, item) if owners is None else owners)
    new = [
        owner
        for owner in wanted_owners
        if owner not in there
        or (owners is None and there[owner].grader_id is None and plan.sharing in open_ways)
    ]
    if not new:
        return
    here = {person.id for person in reading.graders_here(section)}
    weights = {key: weight for key, weight in plan.graders.items() if key in here}
    old = [share for owner, share in there.items() if owner not in new]
    loads = Counter(share.grader_id for share in old if share.grader_id is not None)
    graders: dict[uuid.UUID, uuid.UUID | None] = dict.fromkeys(new)
    if plan.sharing is Sharing.RANDOM:
        graders = deal(new, weights, loads, plan.seed)
    elif plan.sharing is Sharing.GROUPS:
        graders = by_group(new, _groups_of(plan, new), _graders_of(plan, here))
    total, seconded = len(old), sum(share.needs_second for share in old)
    needing = []
    for owner in sorted(new, key=lambda one: lot(plan.seed, "second", one)):
        if is_seconded(seconded, total, plan.seconds_percent):
            needing.append(owner)
            seconded += 1
        total += 1
    second_loads = Counter(share.second_id for share in old if share.second_id is not None)
    seconds = _seconds(plan, needing, weights, second_loads, graders)
    wanted = {owner: Whose(graders[owner], owner in needing, seconds.get(owner)) for owner in new}
    write(section, item, wanted, None)


def hold(section_id: uuid.UUID, item: str) -> None:
    """One at a time shares out an item, until the transaction ends."""
    name = f"marking:{section_id}:{item}"
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
