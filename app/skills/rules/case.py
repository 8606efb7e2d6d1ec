"""1EdTech CASE 1.1 packages: whether one can be taken in, and what stands in it.

A package is kept whole, as the JSON it came as; what this house does not know stays in it. See
Competencies and Academic Standards Exchange (CASE) Service 1.1, REST/JSON binding.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

Package = Mapping[str, Any]

MOST_ITEMS = 20_000
MOST_ASSOCIATIONS = 100_000
DEEPEST = 30
MOST_BYTES = 25 * 1024 * 1024

COLLECTIONS = {
    "CFItems": ("CFItems",),
    "CFAssociations": ("CFAssociations",),
    "CFRubrics": ("CFRubrics",),
    "CFConcepts": ("CFDefinitions", "CFConcepts"),
    "CFSubjects": ("CFDefinitions", "CFSubjects"),
    "CFLicenses": ("CFDefinitions", "CFLicenses"),
    "CFItemTypes": ("CFDefinitions", "CFItemTypes"),
    "CFAssociationGroupings": ("CFDefinitions", "CFAssociationGroupings"),
}
"""Where a package holds what the service serves one by one."""


class CaseInvalid(ValueError):
    """It is no package that can be kept; the sentence says where and why."""


def parts_of(package: Package, collection: str) -> list[dict[str, Any]]:
    """The objects of one of COLLECTIONS in PACKAGE."""
    found: Any = package
    for name in COLLECTIONS[collection]:
        found = found.get(name) if isinstance(found, Mapping) else None
    return [part for part in found or [] if isinstance(part, dict)]


def digest_of(package: Package) -> str:
    """SHA-256 (hex) over canonical JSON: the same content in another order is the same."""
    text = json.dumps(package, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def check_package(package: Any) -> None:
    """Raises CaseInvalid when PACKAGE cannot be kept and served again as it is."""
    if not isinstance(package, dict):
        raise CaseInvalid("a CASE package is a JSON object")
    document = package.get("CFDocument")
    if not isinstance(document, dict):
        raise CaseInvalid("CFDocument is missing: a CASE package begins with its document")
    for name in ("identifier", "title"):
        if not isinstance(document.get(name), str) or not document[name].strip():
            raise CaseInvalid(f"CFDocument: {name} is missing")
    for name, most in (("CFItems", MOST_ITEMS), ("CFAssociations", MOST_ASSOCIATIONS)):
        rows = package.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise CaseInvalid(f"{name} is a list of objects")
        if len(rows) > most:
            raise CaseInvalid(f"{name} has {len(rows)} entries; at most {most} can be kept")
    seen: set[str] = set()
    for number, item in enumerate(package.get("CFItems", []), 1):
        identifier = item.get("identifier")
        if not isinstance(identifier, str) or not 1 <= len(identifier) <= 200:
            raise CaseInvalid(f"CFItems[{number}]: identifier is missing")
        if identifier in seen:
            raise CaseInvalid(f"CFItems[{number}]: {identifier} is there twice")
        seen.add(identifier)
        if not isinstance(item.get("fullStatement"), str) or not item["fullStatement"].strip():
            raise CaseInvalid(f"CFItems[{number}] ({identifier}): fullStatement is missing")
    for problem in _unkeepable(package, 0):
        raise CaseInvalid(problem)


def _unkeepable(value: Any, depth: int) -> Iterator[str]:
    """What the database cannot hold as it is."""
    if depth > DEEPEST:
        yield f"it is nested more than {DEEPEST} deep"
    elif isinstance(value, str):
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            yield "it has characters that are no text (NUL or half a surrogate pair)"
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _unkeepable(key, depth)
            yield from _unkeepable(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _unkeepable(inner, depth + 1)
    elif isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        yield "it has a number that JSON does not know"
