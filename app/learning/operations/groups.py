"""Groups of a section: make sets, put people into groups, divide them by lot or from a list."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning import queries
from app.learning.models import Enrolment, Group, GroupPlace, GroupSet, Section
from app.learning.rules.conditions import leaves
from app.learning.rules.groups import (
    MOST_GROUPS,
    NAME_LENGTH,
    Fate,
    GroupLine,
    Placed,
    fates,
    split,
)


class BadGroupName(Refused):
    message = _l("A group’s name has 1 to 60 characters.")


class GroupNameTaken(Refused):
    message = _l("This section has a group of this name already: conditions ask for names.")


class TooManyGroups(Refused):
    message = _l("A section has %(most)s groups at most.", most=MOST_GROUPS)


class GroupNamed(Refused):
    message = _l(
        "A release condition of this offering asks for this group. Change the condition first."
    )


@operation
def make_group_set(
    actor: Person, section: Section, name: str, group_names: Sequence[str]
) -> GroupSet:
    """A set with groups. Raises BadGroupName, GroupNameTaken, TooManyGroups."""
    made = GroupSet(section_id=section.id, name=_name(name), made_by_id=actor.id)
    db.session.add(made)
    db.session.flush()
    for group_name in group_names:
        add_group(actor, section, made, group_name)
    audit.record(actor.id, "section.groups_made", "section", section.id, name=made.name)
    return made


@operation
def rename_group_set(actor: Person, group_set: GroupSet, name: str) -> None:
    """Raises BadGroupName."""
    group_set.name = _name(name)


@operation
def end_group_set(actor: Person, section: Section, group_set: GroupSet) -> None:
    """Nobody is in its groups any more; who was stays known. Raises GroupNamed."""
    live = [group for group in group_set.groups if group.ended_at is None]
    _require_unnamed(section, {group.name for group in live})
    now = clock.now()
    for group in live:
        group.ended_at = now
    group_set.ended_at = now
    _end_places(GroupPlace.set_id == group_set.id)
    audit.record(actor.id, "section.groups_ended", "section", section.id, name=group_set.name)


@operation
def add_group(actor: Person, section: Section, group_set: GroupSet, name: str) -> Group:
    """Raises BadGroupName, GroupNameTaken, TooManyGroups."""
    count, last = db.session.execute(
        select(func.count(), func.max(Group.position)).where(
            Group.section_id == section.id, Group.ended_at.is_(None)
        )
    ).one()
    if count >= MOST_GROUPS:
        raise TooManyGroups
    group = Group(
        set_id=group_set.id,
        section_id=section.id,
        name=_name(name),
        position=0 if last is None else last + 1,
    )
    try:
        with db.session.begin_nested():
            db.session.add(group)
    except IntegrityError:
        raise GroupNameTaken from None
    return group


@operation
def rename_group(actor: Person, section: Section, group: Group, name: str) -> None:
    """Raises BadGroupName, GroupNameTaken, GroupNamed."""
    wanted = _name(name)
    if wanted == group.name:
        return
    _require_unnamed(section, {group.name})
    try:
        with db.session.begin_nested():
            group.name = wanted
            db.session.flush()
    except IntegrityError:
        raise GroupNameTaken from None


@operation
def end_group(actor: Person, section: Section, group: Group) -> None:
    """Who is in it is in no group of its set from now on. Raises GroupNamed."""
    _require_unnamed(section, {group.name})
    group.ended_at = clock.now()
    _end_places(GroupPlace.group_id == group.id)
    audit.record(actor.id, "section.group_ended", "section", section.id, name=group.name)


@operation
def place_in_groups(
    actor: Person,
    section: Section,
    group_set: GroupSet,
    wanted: Mapping[uuid.UUID, uuid.UUID | None],
) -> int:
    """Put people into groups of a set, or into none; answers how many changed.

    WANTED maps people to groups. People who do not take SECTION now and groups that are not of
    the set are passed over.
    """
    db.session.scalars(select(GroupSet.id).where(GroupSet.id == group_set.id).with_for_update())
    board = queries.group_set_in(section, group_set.id)
    groups = {group.id for group in board.groups}
    students = set(
        db.session.scalars(
            select(Enrolment.person_id).where(
                Enrolment.section_id == section.id, Enrolment.withdrawn_at.is_(None)
            )
        )
    )
    changed = {
        person_id: group_id
        for person_id, group_id in wanted.items()
        if person_id in students
        and (group_id is None or group_id in groups)
        and board.places.get(person_id) != group_id
    }
    if not changed:
        return 0
    _end_places(GroupPlace.set_id == group_set.id, GroupPlace.person_id.in_(changed))
    db.session.add_all(
        GroupPlace(
            group_id=group_id, set_id=group_set.id, person_id=person_id, placed_by_id=actor.id
        )
        for person_id, group_id in changed.items()
        if group_id is not None
    )
    db.session.flush()
    audit.record(actor.id, "section.grouped", "section", section.id, count=len(changed))
    return len(changed)


@operation
def divide_by_lot(
    actor: Person, section: Section, group_set: GroupSet, *, seed: str, everybody: bool
) -> int:
    """Put who is in no group of the set, or EVERYBODY anew, into its groups by lot. The same SEED
    and people give the same groups. Answers how many changed; 0 when there is no group."""
    board = queries.group_set_in(section, group_set.id)
    students = [row.person_id for row in queries.roster(section)]
    free = students if everybody else [p for p in students if p not in board.places]
    if not board.groups:
        return 0
    sizes = [
        0 if everybody else sum(board.places.get(person) == group.id for person in students)
        for group in board.groups
    ]
    lots = split(free, sizes, seed)
    audit.record(
        actor.id, "section.divided_by_lot", "section", section.id, seed=seed, anew=everybody
    )
    return place_in_groups(
        actor, section, group_set, {person: board.groups[n].id for person, n in lots.items()}
    )


def preview_groups(
    section: Section, group_set: GroupSet, lines: Sequence[GroupLine]
) -> list[Placed]:
    """What ``load_groups`` would do with each line; nothing is written."""
    boards = queries.board_of(section)
    board = next(one for one in boards if one.set.id == group_set.id)
    names = {group.id: group.name for group in board.groups}
    known: dict[str, uuid.UUID] = {}
    for row in queries.roster(section):
        known[row.person.email.lower()] = row.person_id
        number = queries.student_number(row, section.school_id)
        if number:
            known[number.lower()] = row.person_id
    return fates(
        lines,
        known,
        {person: names[group] for person, group in board.places.items()},
        {group.name for other in boards if other is not board for group in other.groups},
    )


@operation
def load_groups(
    actor: Person, section: Section, group_set: GroupSet, lines: Sequence[GroupLine]
) -> int:
    """Put people into groups as a list says, making groups that are not there; answers how many
    changed. Raises TooManyGroups."""
    done = preview_groups(section, group_set, lines)
    board = queries.group_set_in(section, group_set.id)
    groups = {group.name: group.id for group in board.groups}
    wanted: dict[uuid.UUID, uuid.UUID | None] = {}
    for row in done:
        if row.fate in (Fate.PLACED, Fate.MOVED) and isinstance(row.person, uuid.UUID):
            if row.line.group not in groups:
                made = add_group(actor, section, group_set, row.line.group)
                groups[made.name] = made.id
            wanted[row.person] = groups[row.line.group]
    return place_in_groups(actor, section, group_set, wanted)


def leave_groups(section: Section, person_id: uuid.UUID) -> None:
    """Who leaves a section is in none of its groups any more."""
    groups = select(Group.id).where(Group.section_id == section.id)
    _end_places(GroupPlace.person_id == person_id, GroupPlace.group_id.in_(groups))


def _end_places(*which: object) -> None:
    db.session.execute(
        update(GroupPlace)
        .where(GroupPlace.until.is_(None), *which)  # type: ignore[arg-type]
        .values(until=clock.now())
        .execution_options(synchronize_session=False)
    )


def _require_unnamed(section: Section, names: set[str]) -> None:
    plans = queries.plans_of([section.offering_id]).get(section.offering_id, {})
    asked = {leaf.get("group") for plan in plans.values() for leaf in leaves(plan.condition)}
    if names & asked:
        raise GroupNamed


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= NAME_LENGTH:
        raise BadGroupName
    return name
