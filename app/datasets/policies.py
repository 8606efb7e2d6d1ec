"""Who keeps data sets, and who sees which."""

from enum import Enum
from typing import Any

from app.accounts.models import Person
from app.accounts.policies import is_operator
from app.accounts.rules import Role
from app.datasets.models import DataSet
from app.datasets.rules import Access

KEEPERS = (Role.INSTRUCTOR, Role.TEACHING_ASSISTANT, Role.OFFICER)


class Permission(Enum):
    KEEP_DATA = "keep data sets for labs and challenges, and find those of others"


def keeps_data(person: Person, *_subject: Any) -> bool:
    return person.has_role(*KEEPERS)


GRANTS = {Permission.KEEP_DATA: [[keeps_data], [is_operator]]}


def can_see(person: Person, data_set: DataSet) -> bool:
    """Open ones: everybody who is signed in. Hidden ones: who keeps them, and operators."""
    return data_set.access is Access.OPEN or data_set.kept_by_id == person.id or is_operator(person)


def can_add_version(person: Person, newest: DataSet) -> bool:
    return newest.kept_by_id == person.id or is_operator(person)
