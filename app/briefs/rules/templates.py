"""Briefs to begin from, one for each industry, in both languages: files of ``data/templates``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.briefs.rules.shape import GAPS, TEXTS, Raw, blank
from app.briefs.rules.words import Kind, LegalClass, Pay, Takes
from app.kernel.industries import INDUSTRIES
from app.kernel.localized import LocalizedText

FOLDER = Path(__file__).parent / "data" / "templates"
APPLY_WITHIN = timedelta(days=28)
STARTS_AFTER = timedelta(days=42)


@dataclass(frozen=True)
class Template:
    """A brief to begin from. ``says`` has fields of a document."""

    industry: str
    title: LocalizedText
    weeks: int
    says: Mapping[str, Any]


@cache
def templates() -> tuple[Template, ...]:
    """All there are, in the order of the industries."""
    return tuple(_read(FOLDER / f"{industry}.yaml", industry) for industry in INDUSTRIES)


def _read(path: Path, industry: str) -> Template:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Template(industry, LocalizedText(found["title"]), found.pop("weeks"), found)


def template_of(industry: str) -> Template | None:
    return next((row for row in templates() if row.industry == industry), None)


def begun(kind: Kind, template: Template | None, today: date, language: str = "") -> Raw:
    """The document of a new brief of KIND; with TEMPLATE filled in, and its days from TODAY on.

    Texts with gaps come in LANGUAGE alone (without one: in both): nobody fills them twice.
    """
    raw = blank(kind)
    if template is None:
        return raw
    starts = today + STARTS_AFTER
    raw |= {
        name: _in_one(value, language) if name in TEXTS else value
        for name, value in template.says.items()
        if name in raw
    }
    raw |= {
        "industry": template.industry,
        "apply_on": (today + APPLY_WITHIN).isoformat(),
        "starts_on": starts.isoformat(),
        "ends_on": (starts + timedelta(weeks=template.weeks) - timedelta(days=1)).isoformat(),
    }
    if kind is not Kind.PROJECT:
        raw |= {"takes": Takes.INDIVIDUALS.value, "team_min": None, "team_max": None}
    if kind is Kind.INTERNSHIP:
        raw |= {"legal_class": LegalClass.GENERAL.value, "pay": Pay.ALLOWANCE.value}
    return raw


def _in_one(text: Mapping[str, str], language: str) -> dict[str, str]:
    has_gaps = any(gap in words for words in text.values() for gap in GAPS)
    return {code: words for code, words in text.items() if not has_gaps or language in ("", code)}
