"""A queue of our own, with things that wait since long and since today."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from app.accounts.operations.memberships import add_membership
from app.accounts.operations.registration import create_person
from app.accounts.queries import organisation_by_slug
from app.accounts.rules import Proof, Role
from app.kernel import clock, queues
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.queues import Queue, Waiting
from app.kernel.transaction import operation


@dataclass
class Desk:
    cast: Any
    in_app: Any
    items: list[Waiting]

    def person(self, handle: str) -> Any:
        return self.cast.person(handle)


def waiting(key: str, title: str, days: int, **more: Any) -> Waiting:
    return Waiting(
        key=key,
        title=title,
        since=clock.now() - timedelta(days=days),
        endpoint="accounts.people",
        **more,
    )


@operation
def _second_officer() -> None:
    person = create_person(
        name="Officer Two", email="two@programme.example", handle="two", password_hash="x",
        is_demo=True,
    )  # fmt: skip
    office = organisation_by_slug("programme-office")
    assert person is not None and office is not None
    add_membership(person, office.id, Role.OFFICER, Proof.OPERATOR)


@pytest.fixture
def desk(cast: Any, in_app: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Only our queue stands on it: ``old`` is overdue, ``new`` and ``=risky`` have time."""
    with in_app():
        _second_officer()
        rongguang = organisation_by_slug("rongguang")
        assert rongguang is not None
        items = [
            waiting("old", "An old thing", 30, organisation_id=rongguang.id),
            waiting("new", "A new thing", 0, detail="about lathes"),
            waiting("risky", "=cmd()", 0),
        ]
    queue = Queue(name="tests", title=_l("Tests"), items=lambda: items, working_days=5)
    monkeypatch.setattr(queues, "_queues", {"tests": queue})
    return Desk(cast, in_app, items)
