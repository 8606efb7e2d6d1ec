"""Works given by name, taken over and handed over."""

import uuid
from collections.abc import Mapping

from app.accounts.models import Person
from app.kernel import audit
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning.models import Section
from app.marking import policies
from app.marking.operations.shares_dealing import NoGrader, Whose, hold, write
from app.marking.queries import shares_progress as reading

__all__ = ["NotYours", "assign", "hand_over"]


class NotYours(Refused):
    message = _l("Only an instructor hands over works that are somebody’s.")


@operation
def assign(
    actor: Person, section: Section, item: str, wanted: Mapping[uuid.UUID, uuid.UUID]
) -> int:
    """Give works by name, owner → grader; what is marked stays. Returns how many moved.

    Raises NotVisible for others than instructors.
    """
    if not policies.can_set_up(actor, section):
        raise NotVisible(item)
    hold(section.id, item)
    here = {person.id for person in reading.graders_here(section)}
    return _move(
        actor,
        section,
        item,
        {owner: grader for owner, grader in wanted.items() if grader in here and owner != grader},
    )


@operation
def hand_over(
    actor: Person,
    section: Section,
    item: str,
    *,
    source: uuid.UUID | None,
    target: uuid.UUID,
    most: int | None = None,
) -> int:
    """Give TARGET the works of SOURCE (None: what is nobody's) that still wait, MOST of them.

    Instructors hand over between any two; others take over for themselves what is nobody's, or
    somebody's who has left. Returns how many moved. Raises NotVisible, NotYours, NoGrader.
    """
    if not policies.can_mark(actor, section):
        raise NotVisible(item)
    here = {person.id for person in reading.graders_here(section)}
    if not policies.can_set_up(actor, section) and (target != actor.id or source in here):
        raise NotYours
    if target not in here:
        raise NoGrader
    hold(section.id, item)
    states, given = reading.states(section, item), reading.given_by(section, item)
    there = reading.shares_in(section, item)
    moving = []
    for owner, state in states.items():
        share = there.get(owner)
        grader = share.grader_id if share else None
        is_sources = grader == source or (source is None and grader not in here)
        has_given = grader is not None and given[grader, owner] >= state.pending
        if state.waits and is_sources and not has_given and owner != target:
            moving.append(owner)
    chosen = sorted(moving, key=str)[:most]
    moved = _move(actor, section, item, dict.fromkeys(chosen, target))
    if source is not None and most is None:
        _move_seconds(actor, section, item, source, target)
    audit.record(
        actor.id,
        "marking.handed_over",
        "section",
        section.id,
        item=item,
        source=str(source) if source else None,
        target=str(target),
        count=moved,
    )
    return moved


def _move(actor: Person, section: Section, item: str, wanted: Mapping[uuid.UUID, uuid.UUID]) -> int:
    """Works to graders; those that wait and are somebody else's. The item is held."""
    states, there = reading.states(section, item), reading.shares_in(section, item)
    moved = {}
    for owner, grader in wanted.items():
        share = there.get(owner)
        if owner not in states or not states[owner].waits or (share and share.grader_id == grader):
            continue
        second = share.second_id if share and share.second_id != grader else None
        moved[owner] = Whose(grader, bool(share and share.needs_second), second)
    write(section, item, moved, actor)
    return len(moved)


def _move_seconds(
    actor: Person, section: Section, item: str, source: uuid.UUID, target: uuid.UUID
) -> None:
    """What SOURCE has yet to look at as second grader."""
    states, given = reading.states(section, item), reading.given_by(section, item)
    moved = {}
    for owner, share in reading.shares_in(section, item).items():
        state = states.get(owner)
        if share.second_id != source or state is None or not state.waits:
            continue
        if given[source, owner] < state.pending:
            second = target if target not in (share.grader_id, owner) else None
            moved[owner] = Whose(share.grader_id, True, second)
    write(section, item, moved, actor)
