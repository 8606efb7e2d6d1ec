"""Tables of the desk."""

from app.marking.models.seconds import Opinion, Proposal, Settlement
from app.marking.models.shares import MarkingPlan, MarkingShare

__all__ = ["MarkingPlan", "MarkingShare", "Opinion", "Proposal", "Settlement"]
