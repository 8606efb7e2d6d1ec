"""Competency frameworks, pure: their words, how files become CASE packages, and packages rows."""

from app.skills.rules.building import FrameworkInvalid, package_of
from app.skills.rules.case import (
    COLLECTIONS,
    MOST_BYTES,
    CaseInvalid,
    check_package,
    digest_of,
    parts_of,
)
from app.skills.rules.projecting import Link, Projected, ProjectedSkill, project
from app.skills.rules.words import (
    AREAS,
    LEVELS,
    PROGRAMME,
    RELATIONS,
    Named,
    named_in,
)

__all__ = [
    "AREAS",
    "COLLECTIONS",
    "LEVELS",
    "MOST_BYTES",
    "PROGRAMME",
    "RELATIONS",
    "CaseInvalid",
    "FrameworkInvalid",
    "Link",
    "Named",
    "Projected",
    "ProjectedSkill",
    "check_package",
    "digest_of",
    "named_in",
    "package_of",
    "parts_of",
    "project",
]
