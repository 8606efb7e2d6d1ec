"""What one cell of the grid shows, small enough to keep sixty of them in one row. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.gradebook.rules.work import WorkState

__all__ = ["NO_CELL", "Cell"]


@dataclass(slots=True)
class Cell:
    """One item of one person, as staff see it."""

    state: WorkState
    shown: str = ""
    """Points that count in the end, as text; what is there so far while it waits; or empty."""
    raw: str = ""
    """Points before lateness, curves and overrides."""
    late_seconds: int = 0
    is_dropped: bool = False
    is_set: bool = False
    """Somebody's override stands instead of what was computed."""
    revision: int = 0
    """Of what people set by hand; 0 when nobody did."""
    submission: str = ""
    """The id of the submission that counts."""

    def as_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {"s": self.state.value}
        if self.shown:
            row["p"] = self.shown
        if self.raw and self.raw != self.shown:
            row["r"] = self.raw
        if self.late_seconds:
            row["l"] = self.late_seconds
        if self.is_dropped:
            row["d"] = 1
        if self.is_set:
            row["o"] = 1
        if self.revision:
            row["v"] = self.revision
        if self.submission:
            row["u"] = self.submission
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Cell":
        shown = row.get("p", "")
        return cls(
            WorkState(row["s"]),
            shown,
            row.get("r", shown),
            row.get("l", 0),
            bool(row.get("d")),
            bool(row.get("o")),
            row.get("v", 0),
            row.get("u", ""),
        )


NO_CELL = Cell(WorkState.NOT_DUE)
