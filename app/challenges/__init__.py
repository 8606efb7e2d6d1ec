"""Challenges: open data, hidden answers, a metric, and two leaderboards."""
