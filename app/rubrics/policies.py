"""Who writes rubrics, who finds and reads them, and with whom they can be shared."""

import uuid
from enum import Enum
from typing import Any

from app.accounts.models import Person
from app.accounts.rules import Role
from app.rubrics.models import Rubric, SavedComment
from app.rubrics.rules import Visibility

WRITERS = (Role.INSTRUCTOR, Role.TEACHING_ASSISTANT, Role.MENTOR, Role.OFFICER)


class Permission(Enum):
    WRITE_RUBRICS = "write rubrics and comments to use again, and find those that are shared"


def writes_rubrics(person: Person, *_subject: Any) -> bool:
    return person.has_role(*WRITERS)


GRANTS = {Permission.WRITE_RUBRICS: [[writes_rubrics]]}


def organisations_of(person: Person) -> set[uuid.UUID]:
    """Where she holds a role with which one writes rubrics, and so may share them."""
    return person.organisations_as(*WRITERS)


def can_read(person: Person, rubric: Rubric) -> bool:
    """On the rubric's own page. What is attached to somebody's work, she reads there."""
    if rubric.owner_id == person.id:
        return True
    if rubric.version_number == 0 or rubric.archived_at is not None:
        return False
    if rubric.visibility is Visibility.EVERYBODY:
        return True
    return (
        rubric.visibility is Visibility.ORGANISATION
        and rubric.organisation_id in organisations_of(person)
    )


def can_edit(person: Person, rubric: Rubric) -> bool:
    """Its owner, while she holds a role that writes rubrics. Others take a copy."""
    return rubric.owner_id == person.id and writes_rubrics(person)


def can_use_comment(person: Person, comment: SavedComment) -> bool:
    return comment.owner_id == person.id or comment.organisation_id in organisations_of(person)


def can_edit_comment(person: Person, comment: SavedComment) -> bool:
    return comment.owner_id == person.id
