"""Teams of a section become groups of it, named after their topics. Within operations."""

from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.kernel.database import db
from app.learning import operations as learning
from app.learning.models import Group
from app.rounds.models import Round, RoundEntry, RoundProject, RoundResult

__all__ = ["make_groups"]

NAME = 60


def make_groups(round_: Round) -> None:
    """A set of groups with the round's title; a topic that got nobody has none."""
    result = db.session.scalars(
        select(RoundResult)
        .where(RoundResult.round_id == round_.id)
        .options(undefer(RoundResult.assigned))
    ).one()
    assert round_.section is not None
    projects = {
        p.key: p
        for p in db.session.scalars(
            select(RoundProject)
            .where(RoundProject.round_id == round_.id)
            .order_by(RoundProject.position)
        )
    }
    running = [key for key in projects if key in set(result.assigned.values())]
    if not running:
        return
    made = learning.make_group_set(round_.created_by, round_.section, str(round_.title)[:NAME], ())
    names = _taken(round_)
    groups = {}
    for key in running:
        name = _free(str(projects[key].name), names)
        names.add(name)
        groups[key] = learning.add_group(round_.created_by, round_.section, made, name).id
    people = {
        e.key: e.person_id
        for e in db.session.scalars(select(RoundEntry).where(RoundEntry.round_id == round_.id))
    }
    learning.place_in_groups(
        round_.created_by,
        round_.section,
        made,
        {
            person_id: groups[key]
            for applicant, key in result.assigned.items()
            if key is not None and (person_id := people[applicant]) is not None
        },
    )


def _taken(round_: Round) -> set[str]:
    """Names of groups that the section has: each is the section's alone."""
    return set(
        db.session.scalars(
            select(Group.name).where(
                Group.section_id == round_.section_id, Group.ended_at.is_(None)
            )
        )
    )


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted[:NAME], 1
    while name in taken:
        number += 1
        name = f"{wanted[: NAME - 4]} {number}"
    return name
