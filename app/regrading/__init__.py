"""Corrected labs and tests, what they change, and students' requests to look again."""
