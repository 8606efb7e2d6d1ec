"""Writing: publish a lab, plan where its tests are judged; try a lab out before it is published."""

from app.labs.operations.checking import RUNS, Finding, check, steps
from app.labs.operations.publishing import LabContent, LabInvalid, plan_ahead, publish
from app.labs.operations.roads import plan_roads, plan_version, plan_waiting
from app.labs.operations.trying import try_out

__all__ = [
    "RUNS",
    "Finding",
    "LabContent",
    "LabInvalid",
    "check",
    "plan_ahead",
    "plan_roads",
    "plan_version",
    "plan_waiting",
    "publish",
    "steps",
    "try_out",
]
