"""What is left of points that came late."""

from quicktions import Fraction

from app.gradebook.rules.scales import exact
from app.gradebook.rules.scheme import LatePolicy, LateUnit

__all__ = ["Lateness", "after_lateness"]

ZERO = Fraction(0)
UNITS = {LateUnit.DAY: 86_400, LateUnit.HOUR: 3_600}

Lateness = tuple[int, Fraction, Fraction]
"""Days or hours begun, percent off, what is left."""


def after_lateness(
    late: LatePolicy, late_seconds: int, points: Fraction, possible: Fraction
) -> Lateness | None:
    """What LATE leaves of POINTS (of POSSIBLE) for work LATE_SECONDS after its due date.

    None when it came within the grace time.
    """
    seconds = late_seconds - 60 * late.grace_minutes
    if seconds <= 0:
        return None
    units = -(-seconds // UNITS[late.per])
    percent = min(units * exact(late.percent), exact(late.cap))
    return (
        units,
        percent,
        max(ZERO, points - (possible if late.of_possible else points) * percent / 100),
    )
