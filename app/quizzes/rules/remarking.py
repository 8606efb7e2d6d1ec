"""Whether a corrected question is still the one that was answered. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from app import questions


def questions_in(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every question of a quiz document."""
    for section in document.get("sections") or ():
        yield from section.get("questions") or ()


def corrected(document: Mapping[str, Any], drawn: Mapping[str, Any], seed: str) -> Any:
    """DRAWN with the key, points and explanation that DOCUMENT has for it now.

    None when it is no longer the same question: it has gone, its options or blanks differ, or a
    variant would have other numbers. The wording of a question without variants may differ.
    """
    source = next((q for q in questions_in(document) if q["id"] == drawn["id"]), None)
    if source is None or source["type"] != drawn["type"]:
        return None
    again = questions.draw_question(source, seed)
    before, after = dict(drawn["ask"]), dict(again["ask"])
    if not source.get("variables"):
        for text in ("text", "hint"):
            before.pop(text, None)
            after.pop(text, None)
    # Whether parts earn points is part of how it is marked, not of what was asked.
    before.pop("marking", None)
    after.pop("marking", None)
    return again if before == after else None
