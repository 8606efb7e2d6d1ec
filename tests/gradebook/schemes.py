"""Small schemes and works for tests of the engine."""

from decimal import Decimal as D
from fractions import Fraction as F

from app.gradebook.rules import (
    Category,
    Item,
    Scheme,
    Work,
    Works,
    WorkState,
    compute,
)

HUNDRED_AS_ONE = (Category("labs", "Labs", D(100)),)


def graded(points: object, **more: object) -> Work:
    return Work(WorkState.GRADED, D(str(points)), **more)  # type: ignore[arg-type]


def labs(*possible: object, **more: object) -> Scheme:
    """One category with labs 1, 2, … worth POSSIBLE."""
    items = tuple(
        Item(str(number), f"Lab {number}", D(str(points)), "labs")
        for number, points in enumerate(possible, 1)
    )
    category = Category("labs", "Labs", D(100), **more)  # type: ignore[arg-type]
    return Scheme((category,), items)


def works(*each: Work) -> Works:
    return Works({str(number): work for number, work in enumerate(each, 1)})


def percent_of(scheme: Scheme, *each: Work) -> F | None:
    found = compute(scheme, works(*each)).percent
    return None if found is None else F(found.numerator, found.denominator)
