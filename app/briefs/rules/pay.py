"""What may be paid, and as what: the law's two classes of internships and the minimum wage."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path

import yaml

from app.briefs.rules.words import Kind, LegalClass, Pay

FILE = Path(__file__).parent / "data" / "minimum_wage.yaml"
FULL_WEEK = 40
"""Hours of a full week: Labour Standards Act, article 30."""


@dataclass(frozen=True)
class MinimumWage:
    """What the Minimum Wage Act wants from one day on, in New Taiwan dollars."""

    since: date
    monthly: int
    hourly: int
    announced: date
    source: str


class PayFault(Enum):
    """What is wrong with a pay."""

    AMOUNT_MISSING = "amount missing"
    CLASS_MISSING = "class missing"
    WAGE_OUTSIDE_WORK = "wage outside work"
    """A wage by the hour or month makes it employment: only the work type may have it."""
    WORK_WITHOUT_WAGE = "work without wage"
    BELOW_MINIMUM = "below minimum"


@cache
def minimum_wages() -> tuple[MinimumWage, ...]:
    """All that are known, oldest first; sources are in the file."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))["wages"]
    found = [
        MinimumWage(row["since"], row["monthly"], row["hourly"], row["announced"], row["source"])
        for row in rows
    ]
    return tuple(sorted(found, key=lambda wage: wage.since))


def minimum_wage(day: date) -> MinimumWage:
    """The one that holds on DAY as far as is known; before the first, the first."""
    known = minimum_wages()
    return max((w for w in known if w.since <= day), key=lambda w: w.since, default=known[0])


def is_sure_of(day: date) -> bool:
    """Whether the wage of DAY's year is known; a new one holds from every first of January."""
    return minimum_wage(day).since.year >= day.year


def least_pay(pay: Pay, hours_per_week: int, day: date) -> int:
    """The least wage for HOURS_PER_WEEK on DAY, in dollars an hour or a month.

    A month of fewer hours than a full week's is worth its share of the monthly minimum, rounded up.
    Sources: Minimum Wage Act (2023-12-27), articles 4 and 5; Enforcement Rules of the Labour
    Standards Act, article 13 (in proportion to the working time).
    """
    wage = minimum_wage(day)
    if pay is Pay.HOURLY:
        return wage.hourly
    return -(-wage.monthly * min(hours_per_week, FULL_WEEK) // FULL_WEEK)


def pay_fault(
    kind: Kind,
    legal_class: LegalClass | None,
    pay: Pay,
    amount: int | None,
    hours_per_week: int,
    day: date,
) -> PayFault | None:
    """What is wrong with paying AMOUNT for HOURS_PER_WEEK from DAY on; None: nothing."""
    is_wage = pay in (Pay.HOURLY, Pay.MONTHLY)
    if kind is Kind.INTERNSHIP and legal_class is None:
        return PayFault.CLASS_MISSING
    is_work = kind is Kind.INTERNSHIP and legal_class is LegalClass.WORK
    if is_wage and not is_work:
        return PayFault.WAGE_OUTSIDE_WORK
    if is_work and not is_wage:
        return PayFault.WORK_WITHOUT_WAGE
    if pay is Pay.NONE:
        return None
    if not amount or amount <= 0:
        return PayFault.AMOUNT_MISSING
    if is_wage and amount < least_pay(pay, hours_per_week, day):
        return PayFault.BELOW_MINIMUM
    return None
