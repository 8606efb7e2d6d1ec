"""A scheme as JSON and back: what a version of it is stored as."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.gradebook.rules.scales import PERCENT, SCALES, Mark, Scale
from app.gradebook.rules.scheme import (
    Category,
    Counting,
    Curve,
    CurveKind,
    Item,
    LatePolicy,
    LateUnit,
    Missing,
    Scheme,
    Totals,
)

__all__ = ["Document", "SchemeUnreadable", "dump", "parse"]

Document = dict[str, Any]


class SchemeUnreadable(ValueError):
    """The document is not one that ``dump`` wrote."""


def dump(scheme: Scheme) -> Document:
    """SCHEME as JSON. Decimals are texts, so that nothing of them is lost."""
    return {
        "totals": scheme.totals.value,
        "missing": scheme.missing.value,
        "late": _late(scheme.late),
        "curve": _curve(scheme.curve),
        "most": str(scheme.most),
        "scale": _scale(scheme.scale),
        "categories": [
            {
                "key": row.key,
                "title": row.title,
                "weight": str(row.weight),
                "counting": row.counting.value,
                "drop": row.drop,
                "keep": row.keep,
                "is_extra": row.is_extra,
                "late": _late(row.late),
                "most": None if row.most is None else str(row.most),
                "curve": _curve(row.curve),
            }
            for row in scheme.categories
        ],
        "items": [
            {
                "key": row.key,
                "title": row.title,
                "points": str(row.points),
                "category": row.category,
                "weight": str(row.weight),
                "is_extra": row.is_extra,
                "late": _late(row.late),
                "curve": _curve(row.curve),
            }
            for row in scheme.items
        ],
    }


def _late(late: LatePolicy | None) -> Document | None:
    if late is None:
        return None
    return {
        "percent": str(late.percent),
        "per": late.per.value,
        "grace_minutes": late.grace_minutes,
        "cap": str(late.cap),
        "of_possible": late.of_possible,
    }


def _curve(curve: Curve | None) -> Document | None:
    if curve is None:
        return None
    return {"kind": curve.kind.value, "percent": str(curve.percent)}


def _scale(scale: Scale) -> Document:
    # Whole, not by name: what a name means may change, what somebody was graded by may not.
    return {
        "name": scale.name,
        "passing": str(scale.passing),
        "digits": scale.digits,
        "marks": [
            [m.name, str(m.lowest), None if m.grade_points is None else str(m.grade_points)]
            for m in scale.marks
        ],
    }


def parse(document: Mapping[str, Any]) -> Scheme:
    """The scheme that DOCUMENT was made of. Raises SchemeUnreadable."""
    try:
        return Scheme(
            categories=tuple(_read_category(row) for row in document["categories"]),
            items=tuple(_read_item(row) for row in document["items"]),
            totals=Totals(document["totals"]),
            late=_read_late(document["late"]),
            missing=Missing(document["missing"]),
            curve=_read_curve(document["curve"]),
            most=Decimal(document["most"]),
            scale=_read_scale(document["scale"]),
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as fault:
        raise SchemeUnreadable(str(fault)) from fault


def _read_category(row: Mapping[str, Any]) -> Category:
    return Category(
        key=row["key"],
        title=row["title"],
        weight=Decimal(row["weight"]),
        counting=Counting(row["counting"]),
        drop=row["drop"],
        keep=row["keep"],
        is_extra=row["is_extra"],
        late=_read_late(row["late"]),
        most=None if row["most"] is None else Decimal(row["most"]),
        curve=_read_curve(row.get("curve")),  # versions from before there were any have none
    )


def _read_item(row: Mapping[str, Any]) -> Item:
    return Item(
        key=row["key"],
        title=row["title"],
        points=Decimal(row["points"]),
        category=row["category"],
        weight=Decimal(row["weight"]),
        is_extra=row["is_extra"],
        late=_read_late(row["late"]),
        curve=_read_curve(row["curve"]),
    )


def _read_late(row: Mapping[str, Any] | None) -> LatePolicy | None:
    if row is None:
        return None
    return LatePolicy(
        percent=Decimal(row["percent"]),
        per=LateUnit(row["per"]),
        grace_minutes=row["grace_minutes"],
        cap=Decimal(row["cap"]),
        of_possible=row["of_possible"],
    )


def _read_curve(row: Mapping[str, Any] | None) -> Curve | None:
    return None if row is None else Curve(CurveKind(row["kind"]), Decimal(row["percent"]))


def _read_scale(row: Mapping[str, Any]) -> Scale:
    marks = tuple(
        Mark(name, Decimal(low), None if points is None else Decimal(points))
        for name, low, points in row["marks"]
    )
    made = Scale(row["name"], Decimal(row["passing"]), marks, row["digits"])
    known = SCALES.get(made.name, PERCENT)
    return known if known == made else made
