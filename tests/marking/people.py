"""A section with many students and works that wait for a person."""

from decimal import Decimal
from typing import Any

from app.accounts.models import Membership, Person
from app.accounts.rules import Proof, Role
from app.grading.models import Submission
from app.kernel.database import db
from app.kernel.transaction import operation
from app.learning import operations as learning
from app.marking.operations import shares
from app.marking.queries import shares as queries
from app.marking.queries.shares import Plan
from app.marking.rules.sharing import Sharing
from tests.cast import Cast
from tests.grading.helpers import grade_with, hand_in, result

ITEM = "lab:squares"
PART = "squares/why"
"""The cell that only a person judges; 2 points."""


@operation
def more_students(cast: Cast, count: int, word: str = "student") -> list[str]:
    """COUNT new students of the section; returns their handles."""
    section = cast.section()
    handles = []
    for number in range(count):
        handle = f"{word}-{number}"
        person = Person(email=f"{handle}@rongnan.example", handle=handle, name=f"Name of {handle}")
        db.session.add(person)
        db.session.flush()
        db.session.add(
            Membership(
                person_id=person.id, organisation_id=section.school_id, role=Role.STUDENT,
                proven_by=Proof.MAIL_DOMAIN, student_number=f"N{word}{number}".upper(),
            )
        )  # fmt: skip
        db.session.flush()
        learning.enrol(person, section)
        handles.append(handle)
    return handles


def works_in(cast: Cast, *handles: str) -> list[Submission]:
    """Each hands in; the tests passed, and one cell waits for a person."""
    found = []
    for handle in handles:
        made = hand_in(cast, handle)
        assert grade_with(made, result(4.0))
        found.append(made)
    return found


def plan_with(
    cast: Cast,
    *handles: str,
    actor: str = "lin",
    item: str = ITEM,
    seen: int | None = None,
    sharing: Sharing | None = None,
    reason: str = "",
    anew: bool = False,
    threshold: Any = 0,
    blind: bool = False,
    seconds_percent: int = 0,
    group_set_id: Any = None,
    groups: Any = None,
    agreeing: Any = None,
    **weights: int,
) -> Any:
    """A plan by lot (or SHARING) for HANDLES with weight 1, or for WEIGHTS."""
    section = cast.section()
    graders = dict.fromkeys(handles, 1) | weights
    wanted = Plan(
        blind=blind,
        sharing=sharing or Sharing.RANDOM,
        graders={cast.person(handle).id: weight for handle, weight in graders.items()},
        group_set_id=group_set_id,
        groups=groups or {},
        seconds_percent=seconds_percent,
        threshold=Decimal(threshold),
        **({"agreeing": agreeing} if agreeing else {}),
    )
    number = queries.plan(section, item).number if seen is None else seen
    return shares.save_plan(
        cast.person(actor), section, item, wanted, seen_number=number, reason=reason, anew=anew
    )
