"""Ranking windows: both sides rank, a matching with a proof decides, everybody reads why."""
