"""Rubrics to begin with, as files in ``data/``."""

from functools import cache
from pathlib import Path

import yaml

from app.rubrics.rules.shape import Raw, Scale, scale_of, tidy

__all__ = ["STARTERS", "starter", "starter_scale"]

STARTERS = ("notebook-analysis", "written-report", "presentation", "team-project")
_FOLDER = Path(__file__).parent / "data"


@cache
def starter(slug: str) -> Raw:
    """The raw rubric of a starter. Raises KeyError."""
    if slug not in STARTERS:
        raise KeyError(slug)
    return tidy(yaml.safe_load((_FOLDER / f"{slug}.yaml").read_text("utf-8")))


def starter_scale(slug: str) -> Scale:
    return scale_of(starter(slug))
