"""What final grades are, pure: values, their kept traces, what a correction may be, sheets."""

from app.finals.rules.grades import (
    STATE_NAMES,
    WAY_NAMES,
    Grade,
    State,
    Way,
    chained,
    digest_of,
    grade_of_percent,
    grade_words,
)
from app.finals.rules.traces import KeptItem, KeptPart, KeptTrace, dump_trace, parse_trace

__all__ = [
    "STATE_NAMES", "WAY_NAMES", "Grade", "KeptItem", "KeptPart", "KeptTrace", "State", "Way",
    "chained", "digest_of", "dump_trace", "grade_of_percent", "grade_words", "parse_trace",
]  # fmt: skip
