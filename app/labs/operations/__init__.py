"""Writing: publish a lab, plan where its tests are judged."""

from app.labs.operations.publishing import LabContent, LabInvalid, publish
from app.labs.operations.roads import plan_roads, plan_waiting

__all__ = ["LabContent", "LabInvalid", "plan_roads", "plan_waiting", "publish"]
