"""Groups of a section, for who teaches it and for who is in them."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.accounts.models import Person
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning.models import Enrolment, Group, GroupPlace, GroupSet, Section

__all__ = [
    "GroupBoard",
    "MyGroup",
    "board_of",
    "group_in",
    "group_names",
    "group_names_in_offering",
    "group_names_of",
    "group_set_in",
    "my_groups",
]


@dataclass(frozen=True)
class GroupBoard:
    """A set of groups and who is where; PLACES maps people to groups."""

    set: GroupSet
    groups: tuple[Group, ...]
    places: dict[uuid.UUID, uuid.UUID]

    def members(self, group: Group | None, students: Sequence[Enrolment]) -> list[Enrolment]:
        """Those of STUDENTS who are in GROUP, or in none."""
        wanted = group.id if group else None
        return [row for row in students if self.places.get(row.person_id) == wanted]


def board_of(section: Section) -> list[GroupBoard]:
    """Every set of SECTION that has not ended, oldest first, in three statements."""
    sets = db.session.scalars(
        select(GroupSet)
        .where(GroupSet.section_id == section.id, GroupSet.ended_at.is_(None))
        .order_by(GroupSet.made_at, GroupSet.id)
        .options(selectinload(GroupSet.groups))
        .execution_options(populate_existing=True)
    ).all()
    places: dict[uuid.UUID, dict[uuid.UUID, uuid.UUID]] = {}
    for set_id, person_id, group_id in db.session.execute(
        select(GroupPlace.set_id, GroupPlace.person_id, GroupPlace.group_id).where(
            GroupPlace.set_id.in_([one.id for one in sets]), GroupPlace.until.is_(None)
        )
    ):
        places.setdefault(set_id, {})[person_id] = group_id
    return [
        GroupBoard(
            one,
            tuple(group for group in one.groups if group.ended_at is None),
            places.get(one.id, {}),
        )
        for one in sets
    ]


def group_set_in(section: Section, set_id: uuid.UUID) -> GroupBoard:
    """One set of SECTION. Raises NotVisible."""
    found = next((board for board in board_of(section) if board.set.id == set_id), None)
    if found is None:
        raise NotVisible(str(set_id))
    return found


def group_in(section: Section, group_id: uuid.UUID) -> Group:
    """One group of SECTION that has not ended. Raises NotVisible."""
    found = db.session.scalar(
        select(Group)
        .where(Group.id == group_id, Group.section_id == section.id, Group.ended_at.is_(None))
        .options(joinedload(Group.set))
    )
    if found is None:
        raise NotVisible(str(group_id))
    return found


def group_names_of(
    person: Person, section_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, frozenset[str]]:
    """The names of PERSON's groups by section, in one statement."""
    found: dict[uuid.UUID, set[str]] = {}
    for section_id, name in db.session.execute(
        select(Group.section_id, Group.name)
        .join(GroupPlace, GroupPlace.group_id == Group.id)
        .where(
            GroupPlace.person_id == person.id,
            GroupPlace.until.is_(None),
            Group.section_id.in_(section_ids),
        )
    ):
        found.setdefault(section_id, set()).add(name)
    return {section_id: frozenset(names) for section_id, names in found.items()}


def group_names() -> ColumnElement[str]:
    """The groups of an enrolment's student in its section, as one text, for lists."""
    return (
        select(func.string_agg(Group.name, ", "))
        .join(GroupPlace, GroupPlace.group_id == Group.id)
        .where(
            GroupPlace.person_id == Enrolment.person_id,
            GroupPlace.until.is_(None),
            Group.section_id == Enrolment.section_id,
        )
        .correlate(Enrolment)
        .scalar_subquery()
    )


def group_names_in_offering(offering_id: uuid.UUID) -> Sequence[str]:
    """Every group that a release condition of an offering can ask for."""
    return db.session.scalars(
        select(Group.name)
        .join(Section, Section.id == Group.section_id)
        .where(Section.offering_id == offering_id, Group.ended_at.is_(None))
        .group_by(Group.name)
        .order_by(Group.name)
    ).all()


@dataclass(frozen=True)
class MyGroup:
    """A group as somebody in it sees it."""

    set_name: str
    name: str
    others: tuple[str, ...]


def my_groups(person: Person, section: Section) -> list[MyGroup]:
    """PERSON's groups in SECTION and who else is in them, in one statement."""
    hers = aliased(GroupPlace)
    found: dict[uuid.UUID, tuple[str, str, list[str]]] = {}
    for group_id, set_name, name, other_id, other in db.session.execute(
        select(Group.id, GroupSet.name, Group.name, Person.id, Person.name)
        .join(GroupSet, GroupSet.id == Group.set_id)
        .join(hers, hers.group_id == Group.id)
        .join(GroupPlace, GroupPlace.group_id == Group.id)
        .join(Person, Person.id == GroupPlace.person_id)
        .where(
            Group.section_id == section.id,
            hers.person_id == person.id,
            hers.until.is_(None),
            GroupPlace.until.is_(None),
        )
        .order_by(GroupSet.made_at, GroupSet.id, Person.name)
    ):
        row = found.setdefault(group_id, (set_name, name, []))
        if other_id != person.id:
            row[2].append(other)
    return [MyGroup(set_name, name, tuple(others)) for set_name, name, others in found.values()]
