"""Settling and correcting, as people do it."""

from datetime import timedelta
from decimal import Decimal

from app.finals import operations, queries
from app.gradebook.operations import bring_up_to_date
from app.kernel import clock


def desk(cast, who="lin"):
    return queries.desk_for(cast.person(who), cast.section().code)


def settle(cast, who="lin", **changes):
    """Settle what is there, having looked at it."""
    found = desk(cast)
    bring_up_to_date(found.book)
    name, _incompletes = queries.unsettled_of(found.book)
    options = {
        "seen": name, "is_looked_at": True,
        "until": clock.now().astimezone(clock.TAIPEI).date() + timedelta(days=30),
    } | changes  # fmt: skip
    return operations.settle(cast.person(who), found.section, **options)


def standing(cast, handle):
    return queries.student_for(cast.section(), cast.person(handle).id)


def corrected(cast, percent="70", approver="jia-office"):
    """mei's grade, proposed by lin and approved by the office."""
    made = operations.propose(
        cast.person("lin"), standing(cast, "mei").final,
        percent=Decimal(percent), reason="A page was overlooked", attachment="Page 3: 4 points",
    )  # fmt: skip
    operations.decide(cast.person(approver), made, approve=True, words="Seen")
    return made
