"""What is marked and how it is called: pure."""

from app.marking.rules.items import (
    KINDS,
    Ref,
    State,
    lab_part,
    part_cell,
    rubric_key,
    rubric_subject,
    scaled,
)

__all__ = [
    "KINDS",
    "Ref",
    "State",
    "lab_part",
    "part_cell",
    "rubric_key",
    "rubric_subject",
    "scaled",
]
