"""Keeping rounds, ranking in them, drawing them, and what follows."""

from app.rounds.operations.changing import (
    ByHand,
    CannotBePlaced,
    Looked,
    NotClean,
    change_by_hand,
    look,
)
from app.rounds.operations.common import NotNow, ReasonNeeded
from app.rounds.operations.drawing import ProofDoesNotHold, draw, go_on, publish, rounds_due
from app.rounds.operations.keeping import (
    CodeTaken,
    DatesWrong,
    NothingToRank,
    Plan,
    TopicPlan,
    WrongBrief,
    add_brief,
    add_topic,
    announce,
    bar,
    cancel,
    change,
    create,
    delete_draft,
    postpone,
    remove_project,
    supervise,
    unbar,
)
from app.rounds.operations.offers import PlacedByRound, answer, fill, note_move
from app.rounds.operations.ranking import (
    AlreadyIn,
    LeadDecides,
    NothingApplied,
    Stale,
    TooManyChoices,
    enter,
    leave,
    note_looks,
    save_choices,
    save_ranks,
)

__all__ = [
    "AlreadyIn", "ByHand", "CannotBePlaced", "CodeTaken", "DatesWrong", "LeadDecides", "Looked",
    "NotClean", "NotNow", "NothingApplied", "NothingToRank", "PlacedByRound", "Plan",
    "ProofDoesNotHold", "ReasonNeeded", "Stale", "TooManyChoices", "TopicPlan", "WrongBrief",
    "add_brief", "add_topic", "announce", "answer", "bar", "cancel", "change", "change_by_hand",
    "create", "delete_draft", "draw", "enter", "fill", "go_on", "leave", "look",
    "note_looks", "note_move", "postpone", "publish", "remove_project", "rounds_due",
    "save_choices", "save_ranks",
    "supervise", "unbar",
]  # fmt: skip
