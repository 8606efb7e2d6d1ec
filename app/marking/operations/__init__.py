"""Writes of the desk."""

from app.marking.operations.marking import Given, GivenMeanwhile, PointsMissing, mark_part
from app.marking.operations.rubrics import choose_rubric

__all__ = ["Given", "GivenMeanwhile", "PointsMissing", "choose_rubric", "mark_part"]
