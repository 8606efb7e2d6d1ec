"""Offerings, sections, enrolment and what a person has done of a course."""
