"""Writes of the gradebook: one verb per use case."""

from app.gradebook.operations.cells import (
    CellEdit,
    Conflict,
    NotInTheGradebook,
    Outcome,
    OwnGrade,
    ReasonNeeded,
    set_cells,
)
from app.gradebook.operations.computing import Cause, bring_up_to_date, recompute, score_changed
from app.gradebook.operations.imports import Plan, Planned, apply_plan, plan_bulk, plan_import
from app.gradebook.operations.schemes import (
    Difference,
    NothingChanged,
    OthersWereFaster,
    SchemeRefused,
    add_column,
    copied_scheme,
    differences,
    remove_column,
    save_scheme,
)
from app.gradebook.operations.undoing import NotUndoable, undo

__all__ = [
    "Cause", "CellEdit", "Conflict", "Difference", "NotInTheGradebook", "NotUndoable",
    "NothingChanged", "OthersWereFaster", "Outcome", "OwnGrade", "Plan", "Planned", "ReasonNeeded",
    "SchemeRefused", "add_column", "apply_plan", "bring_up_to_date", "copied_scheme", "differences",
    "plan_bulk", "plan_import", "recompute", "remove_column", "save_scheme", "score_changed",
    "set_cells", "undo",
]  # fmt: skip
