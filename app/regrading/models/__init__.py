"""Requests to look again; corrected labs and what they changed."""

from app.regrading.models.requests import RegradeRequest, RequestSettings
from app.regrading.models.runs import Regrade, RegradeWork

__all__ = ["Regrade", "RegradeRequest", "RegradeWork", "RequestSettings"]
