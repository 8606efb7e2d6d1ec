"""A grade's trace as it is kept for good, and back: readable in every language afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from quicktions import Fraction

from app.gradebook.rules import CourseGrade, Step, StepKind
from app.kernel.localized import LocalizedText

__all__ = ["KeptItem", "KeptPart", "KeptTrace", "dump_trace", "parse_trace"]


@dataclass(frozen=True)
class KeptItem:
    """One work as it counted. ``points`` is None when it counted nothing."""

    key: str
    title: LocalizedText | str
    points: Fraction | None
    possible: Fraction
    is_dropped: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class KeptPart:
    """One category as it counted."""

    title: str
    percent: Fraction | None
    weight: Fraction
    items: tuple[KeptItem, ...]


@dataclass(frozen=True)
class KeptTrace:
    parts: tuple[KeptPart, ...]
    steps: tuple[Step, ...]


def dump_trace(grade: CourseGrade, titles: Mapping[str, LocalizedText | str]) -> dict[str, Any]:
    """GRADE's trace as JSON, with TITLES of the works by key in every language they have."""
    return {
        "parts": [
            {
                "title": part.category.title,
                "percent": _number(part.percent),
                "weight": str(part.category.weight),
                "items": [
                    {
                        "key": row.item.key,
                        "title": _title(titles.get(row.item.key, row.item.title)),
                        "points": _number(row.points),
                        "possible": str(row.item.points),
                        "is_dropped": row.is_dropped,
                        "steps": [_step(step) for step in row.steps],
                    }
                    for row in part.items
                ],
            }
            for part in grade.categories
        ],
        "steps": [_step(step) for step in grade.steps],
    }


def _title(title: LocalizedText | str) -> str | dict[str, str]:
    return title if isinstance(title, str) else dict(title)


def _number(value: Fraction | None) -> str | None:
    return None if value is None else f"{value.numerator}/{value.denominator}"


def _step(step: Step) -> list[Any]:
    return [step.kind.value, {name: _param(value) for name, value in step.params.items()}]


def _param(value: Any) -> Any:
    if isinstance(value, Fraction):
        return {"n": _number(value)}
    if isinstance(value, Decimal):
        return {"n": _number(Fraction(value))}
    return value


def parse_trace(document: Mapping[str, Any]) -> KeptTrace:
    """What ``dump_trace`` wrote."""
    return KeptTrace(
        tuple(
            KeptPart(
                part["title"],
                _read_number(part["percent"]),
                Fraction(part["weight"]),
                tuple(_read_item(row) for row in part["items"]),
            )
            for part in document["parts"]
        ),
        tuple(_read_step(row) for row in document["steps"]),
    )


def _read_item(row: Mapping[str, Any]) -> KeptItem:
    title = row["title"]
    return KeptItem(
        row["key"],
        title if isinstance(title, str) else LocalizedText(title),
        _read_number(row["points"]),
        Fraction(row["possible"]),
        row["is_dropped"],
        tuple(_read_step(step) for step in row["steps"]),
    )


def _read_number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _read_step(row: list[Any]) -> Step:
    kind, params = row
    return Step(
        StepKind(kind),
        {
            name: Fraction(value["n"]) if isinstance(value, dict) else value
            for name, value in params.items()
        },
    )
