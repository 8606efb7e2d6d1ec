"""Who may do what with requests about people's data."""

from enum import Enum
from typing import Any

from app.accounts.models import Person
from app.accounts.policies import is_officer, is_operator


class Permission(Enum):
    ANSWER_REQUESTS = "see and answer what people ask about their data"


GRANTS = {Permission.ANSWER_REQUESTS: [[is_officer], [is_operator]]}


def answers_requests(person: Person, *_subject: Any) -> bool:
    return is_officer(person) or is_operator(person)
