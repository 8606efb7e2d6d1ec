"""Checks a proof file from the file alone. Shares no line of code with what made it, and needs
nothing but Python: its own reader, its own lottery, its own matching, written in another way.
"""

from app.matching.checker.facts import Fact, Report, verify
from app.matching.checker.reading import MAX_BYTES, Claim, Refused, read

__all__ = ["MAX_BYTES", "Claim", "Fact", "Refused", "Report", "read", "verify"]
