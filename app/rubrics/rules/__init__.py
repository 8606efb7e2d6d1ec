"""Rubrics, how they are judged by, checked, compared and written to files: no database, no HTTP."""

from app.rubrics.rules.assessing import (
    Assessment,
    Mark,
    Marks,
    Row,
    Wrong,
    assess,
    marks_of,
    marks_to_json,
)
from app.rubrics.rules.checking import Problem, check
from app.rubrics.rules.comparing import SCORING_NAMES, changes
from app.rubrics.rules.editing import Edit, edited
from app.rubrics.rules.files import (
    FORMATS,
    LARGEST_FILE,
    canvas_rows,
    read_file,
    to_json,
    to_yaml,
)
from app.rubrics.rules.shape import (
    BadPoints,
    Criterion,
    Level,
    NotARubric,
    Raw,
    Scale,
    Scoring,
    Visibility,
    blank,
    plain,
    points_of,
    raw_of,
    scale_of,
    tidy,
)
from app.rubrics.rules.starters import STARTERS, starter, starter_scale

__all__ = [
    "FORMATS", "LARGEST_FILE", "SCORING_NAMES", "STARTERS", "Assessment", "BadPoints", "Criterion",
    "Edit", "Level", "Mark", "Marks", "NotARubric", "Problem", "Raw", "Row", "Scale", "Scoring",
    "Visibility", "Wrong", "assess", "blank", "canvas_rows", "changes", "check", "edited",
    "marks_of", "marks_to_json", "plain", "points_of", "raw_of", "read_file", "scale_of",
    "starter", "starter_scale", "tidy", "to_json", "to_yaml",
]  # fmt: skip
