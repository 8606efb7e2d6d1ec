"""Interviews and pain points to try the site with."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.kernel import clock
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation
from app.needs import operations
from app.needs.models import Interview, PainPoint
from app.needs.operations import FigureWords, InterviewWords, PainWords
from app.needs.rules import Measure, RecordingConsent
from app.skills import queries as skills

FILE = Path(__file__).parent / "records.yaml"
KEYS = uuid.UUID("6d0c7c6c-6f0b-4d3f-9a53-3d5f6a0f8a11")
"""What the keys of the demo's records are made from, so that loading twice records once."""


@operation
def load(people: Mapping[str, Person]) -> None:
    """Make the demo's needs, or what is missing of them. Without skills there is none, as of
    briefs."""
    if skills.programme() is None:
        return
    first: dict[str, PainPoint] = {}
    for row in yaml.safe_load(FILE.read_text(encoding="utf-8")):
        actor = people[row["by"]]
        interview = _interview(actor, row)
        for number, point in enumerate(row["points"]):
            made = operations.add_pain_point(
                actor, interview, _words(point, row), key=_key(row["name"], number)
            )
            first.setdefault(row["name"], made)
            into = first.get(point.get("merge_into", ""))
            if into is not None and made.is_head and into.is_head:
                operations.merge(people["fang"], made, into)


def _interview(actor: Person, row: Mapping[str, Any]) -> Interview:
    slug = row.get("company") or row.get("own")
    company = accounts.organisation_by_slug(slug) if slug else None
    name, title = row.get("contact", ("", ""))
    today = clock.now().astimezone(clock.TAIPEI).date()
    return operations.record_interview(
        actor,
        InterviewWords(
            organisation_id=company.id if company else None,
            company_name=row.get("company_name", ""),
            contact_name=name,
            contact_title=title,
            held_on=today - timedelta(days=row["days_ago"]),
            place=row["place"],
            industry=row["industry"],
            county=row["county"],
            process=row["process"],
            notes=row.get("notes", ""),
            figures=tuple(
                FigureWords(label, Decimal(str(value)), unit)
                for label, value, unit in row.get("figures", ())
            ),
            recording_consent=RecordingConsent(row["consent"]),
        ),
        key=_key(row["name"]),
        recorded_for=company.id if company and "own" in row else None,
    )


def _words(point: Mapping[str, Any], row: Mapping[str, Any]) -> PainWords:
    told = LocalizedText({"zh-Hant-TW": point.get("told_zh", ""), "en": point.get("told_en", "")})
    return PainWords(
        title=LocalizedText({"zh-Hant-TW": point["zh"], "en": point["en"]}),
        description=told if told else None,
        process=point["step"],
        measure=Measure(point["measure"]),
        now_value=Decimal(str(point["now"])),
        target_value=Decimal(str(point["target"])),
        unit=point["unit"],
        industries=(row["industry"],),
        technologies=tuple(point["technologies"]),
        company_count=point.get("companies", 1),
        people_count=point["people"],
    )


def _key(*parts: object) -> uuid.UUID:
    return uuid.uuid5(KEYS, "/".join(map(str, parts)))
