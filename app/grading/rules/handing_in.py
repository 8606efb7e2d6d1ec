"""Limits of how labs are handed in: pure."""

MOST_LIMIT = 1000
