"""Servers that ran, maintenance, quotas and lines for what is scarce."""

from app.operations.models.drains import LabDrain
from app.operations.models.quotas import LabQuota, LabTurn
from app.operations.models.runs import LabRun

__all__ = ["LabDrain", "LabQuota", "LabRun", "LabTurn"]
