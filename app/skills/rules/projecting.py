"""What of a CASE package becomes rows: skills with their places, texts and links. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.skills.rules.building import CHINESE, ENGLISH, EXTENSION
from app.skills.rules.case import Package, parts_of

LONGEST_TITLE = 300
LONGEST_CODE = 120


@dataclass(frozen=True)
class Link:
    """An association from a skill to something that is not in the same framework."""

    kind: str
    url: str
    title: str


@dataclass(frozen=True)
class ProjectedSkill:
    """A node of a framework's tree. Only what ``is_claimed`` can be shown by somebody."""

    case_id: str
    code: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    kind: str
    parent: str | None
    """The case_id of the node above it."""
    position: int
    is_claimed: bool
    aliases: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Projected:
    """A framework as it is shown."""

    case_id: str
    slug: str
    version: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    publisher: str
    licence: str
    source_url: str
    levels: tuple[Mapping[str, Any], ...] = ()
    industries: tuple[Mapping[str, Any], ...] = ()
    elsewhere: tuple[Mapping[str, Any], ...] = ()
    skills: tuple[ProjectedSkill, ...] = field(default=())


def project(package: Package) -> Projected:
    """PACKAGE, which ``check_package`` has let pass, as rows."""
    document = package["CFDocument"]
    own = _own(document)
    language = _language(document.get("language"))
    licences = parts_of(package, "CFLicenses")
    return Projected(
        case_id=document["identifier"],
        slug=_slug(str(own.get("slug") or document["title"])) or _slug(document["identifier"]),
        version=str(document.get("version") or document.get("lastChangeDateTime") or "")[:80],
        title=_texts(own.get("title")) or {language: document["title"].strip()[:LONGEST_TITLE]},
        text=_texts(own.get("text")) or _some(language, document.get("description")),
        publisher=str(document.get("publisher") or document.get("creator") or "")[:300],
        licence=str(own.get("licence") or (licences[0].get("title") if licences else "") or "")[
            :300
        ],
        source_url=_address(document.get("officialSourceURL")),
        levels=tuple(_rows(own.get("levels"))),
        industries=tuple(_rows(own.get("industries"))),
        elsewhere=tuple(_rows(own.get("elsewhere"))),
        skills=tuple(_skills(package, language)),
    )


def _skills(package: Package, language: str) -> list[ProjectedSkill]:
    items = {item["identifier"]: item for item in parts_of(package, "CFItems")}
    parents: dict[str, tuple[int, str | None]] = {}
    links: dict[str, list[Link]] = {}
    for association in parts_of(package, "CFAssociations"):
        origin = _node(association.get("originNodeURI"))
        target = _node(association.get("destinationNodeURI"))
        kind = str(association.get("associationType") or "")
        if origin["identifier"] not in items:
            continue
        if kind == "isChildOf":
            number = association.get("sequenceNumber")
            place = number if isinstance(number, int) else len(parents) + 1
            inside = target["identifier"] if target["identifier"] in items else None
            parents.setdefault(origin["identifier"], (place, inside))
        elif target["identifier"] not in items and _address(target["uri"]):
            links.setdefault(origin["identifier"], []).append(
                Link(kind[:40], _address(target["uri"]), target["title"][:LONGEST_TITLE])
            )
    above = {parent for _number, parent in parents.values() if parent is not None}
    codes = _codes(items)
    found = []
    for position, (case_id, item) in enumerate(items.items(), 1):
        own, spoken = _own(item), _language(item.get("language"), language)
        place, parent = parents.get(case_id, (position, None))
        full = item["fullStatement"].strip()
        short = str(item.get("abbreviatedStatement") or full).strip()
        found.append(
            ProjectedSkill(
                case_id=case_id,
                code=codes[case_id],
                title=_texts(own.get("title")) or {spoken: short[:LONGEST_TITLE]},
                text=_texts(own.get("text")) or {spoken: full},
                kind=str(item.get("CFItemType") or "")[:80],
                parent=None if _is_circle(case_id, parents) else parent,
                position=min(place, 2_000_000_000),
                is_claimed=case_id not in above,
                aliases=tuple(str(a) for a in own.get("aliases") or ()),
                industries=tuple(str(i) for i in own.get("industries") or ()),
                links=tuple(links.get(case_id, ())),
            )
        )
    return found


def _codes(items: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """A code for each item that fits an address: its human one where it is the only one so."""
    wanted = {
        case_id: re.sub(r"[^A-Za-z0-9._-]+", "-", str(item.get("humanCodingScheme") or "")).strip(
            "-."
        )
        for case_id, item in items.items()
    }
    often: dict[str, int] = {}
    for code in wanted.values():
        often[code.lower()] = often.get(code.lower(), 0) + 1
    return {
        case_id: code
        if code and often[code.lower()] == 1 and len(code) <= LONGEST_CODE
        else re.sub(r"[^A-Za-z0-9._-]+", "-", case_id)[:LONGEST_CODE]
        for case_id, code in wanted.items()
    }


def _is_circle(case_id: str, parents: Mapping[str, tuple[int, str | None]]) -> bool:
    """Whether the way up from a node comes back to it."""
    seen, here = set(), case_id
    while True:
        seen.add(here)
        above = parents.get(here, (0, None))[1]
        if above is None:
            return False
        if above in seen:
            return above == case_id
        here = above


def _own(part: Mapping[str, Any]) -> Mapping[str, Any]:
    extensions = part.get("extensions")
    own = extensions.get(EXTENSION) if isinstance(extensions, Mapping) else None
    return own if isinstance(own, Mapping) else {}


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {}
    return {code: str(value[code]) for code in (CHINESE, ENGLISH) if value.get(code)}


def _some(language: str, value: Any) -> dict[str, str]:
    return {language: str(value).strip()} if value else {}


def _rows(value: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in value or () if isinstance(row, Mapping)]


def _language(value: Any, usual: str = ENGLISH) -> str:
    """The language of the house that is nearest to a BCP 47 tag."""
    tag = str(value or "").lower()
    if not tag:
        return usual
    return CHINESE if tag.startswith(("zh", "cmn")) else ENGLISH


def _node(value: Any) -> dict[str, str]:
    """A LinkGenURI; of what is none, empty texts."""
    link = value if isinstance(value, Mapping) else {}
    return {name: str(link.get(name) or "") for name in ("identifier", "uri", "title")}


def _address(value: Any) -> str:
    """An address that a page may link to, or nothing."""
    text = str(value or "").strip()
    return text if re.match(r"https?://[^\s<>\"]{1,900}$", text) else ""


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-")
