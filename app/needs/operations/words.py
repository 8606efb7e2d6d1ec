"""What a form or a file says of an interview and of a pain point."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.kernel.localized import LocalizedText
from app.needs.rules import Measure, RecordingConsent

__all__ = ["FigureWords", "InterviewWords", "PainWords"]


@dataclass(frozen=True)
class FigureWords:
    label: str
    value: Decimal
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class InterviewWords:
    """The fields of ``models.Interview`` that people write."""

    organisation_id: uuid.UUID | None = None
    company_name: str = ""
    tax_id: str | None = None
    contact_name: str = ""
    contact_title: str = ""
    contact_email: str = ""
    held_on: date
    place: str = ""
    industry: str
    county: str
    process: str = ""
    notes: str = ""
    figures: tuple[FigureWords, ...] = ()
    recording_consent: RecordingConsent = RecordingConsent.NOT_ASKED


@dataclass(frozen=True, kw_only=True)
class PainWords:
    """The fields of ``models.PainPoint`` that people write."""

    title: LocalizedText
    description: LocalizedText | None = None
    process: str = ""
    measure: Measure
    now_value: Decimal | None = None
    target_value: Decimal | None = None
    unit: str = ""
    industries: tuple[str, ...]
    technologies: tuple[str, ...] = ()
    company_count: int = 1
    people_count: int | None = None
