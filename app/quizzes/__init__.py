"""Quizzes that people take in a section: attempts, answers, marks, statistics."""
