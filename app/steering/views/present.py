"""Who has a desk, for the first page."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists

from app.accounts.models import Membership
from app.accounts.rules import Role


@cache
def sits_at_the_desk() -> ColumnElement[bool]:
    """Whether ``person_id`` is an officer or an operator now."""
    her_id: Any = bindparam("person_id")
    return exists().where(
        Membership.person_id == her_id,
        Membership.ended_at.is_(None),
        Membership.role.in_([Role.OFFICER, Role.OPERATOR]),
    )
