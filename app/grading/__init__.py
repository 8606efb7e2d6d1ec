"""Submissions, attempts, the queue, scores, manual grading, feedback, the exchange API."""
