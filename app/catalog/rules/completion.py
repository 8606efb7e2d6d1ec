"""When a student has completed a cluster: the rules as data, read, checked and written. Pure.

The same shape stands in ``cluster.yaml`` under ``completion`` and in the database::

    required: [quality-and-maintenance]
    electives:
      - name: {zh-Hant-TW: 進階, en: Advanced}
        courses: [vision-on-the-line, energy]
        at_least: 1            # courses; or
        credits: 3             # credits from this group
    credits: 6                 # in the whole cluster
    minimum_percent: {quality-and-maintenance: 60}
    average_percent: 70        # over the required courses

A course stands in one place only, so that nobody asks whether it counts twice.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l

__all__ = ["Completion", "Group", "completion_of", "digest_of", "document_of", "problems"]

MOST_GROUPS, MOST_CREDITS, MOST_COURSES = 6, 200, 60
NAME_LENGTH = 80


@dataclass(frozen=True)
class Group:
    """Electives: at least COUNT courses, or CREDITS (or both), of COURSES."""

    name: Mapping[str, str]
    courses: tuple[str, ...]
    count: int = 0
    credits: float = 0


@dataclass(frozen=True)
class Completion:
    """What completes a cluster; courses are named by their slugs."""

    required: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    credits: float = 0
    """In all courses that are counted."""
    least_percent: Mapping[str, int] = field(default_factory=dict)
    """The least share of the points (1 to 100) with which a course counts."""
    average_percent: int = 0
    """Over the required courses, each weighing the same; 0 when nothing is asked."""

    @property
    def courses(self) -> tuple[str, ...]:
        """Every course that is named, once."""
        grouped = [slug for group in self.groups for slug in group.courses]
        return tuple(dict.fromkeys([*self.required, *grouped, *self.least_percent]))


def completion_of(document: Mapping[str, Any]) -> Completion:
    """The rules in a document of the shape above that ``document_of`` wrote."""
    return Completion(
        required=tuple(document.get("required", ())),
        groups=tuple(
            Group(
                name=dict(group["name"]),
                courses=tuple(group["courses"]),
                count=int(group.get("at_least", 0)),
                credits=float(group.get("credits", 0)),
            )
            for group in document.get("electives", ())
        ),
        credits=float(document.get("credits", 0)),
        least_percent={
            slug: int(percent) for slug, percent in document.get("minimum_percent", {}).items()
        },
        average_percent=int(document.get("average_percent", 0)),
    )


def document_of(rules: Completion) -> dict[str, Any]:
    """RULES in the shape above; what is not asked is left out."""
    electives = [
        {
            "name": dict(group.name),
            "courses": list(group.courses),
            **({"at_least": group.count} if group.count else {}),
            **({"credits": _number(group.credits)} if group.credits else {}),
        }
        for group in rules.groups
    ]
    return {
        **({"required": list(rules.required)} if rules.required else {}),
        **({"electives": electives} if electives else {}),
        **({"credits": _number(rules.credits)} if rules.credits else {}),
        **({"minimum_percent": dict(rules.least_percent)} if rules.least_percent else {}),
        **({"average_percent": rules.average_percent} if rules.average_percent else {}),
    }


def digest_of(rules: Completion) -> str:
    """SHA-256 (hex): equal digests mean the same rules."""
    text = json.dumps(document_of(rules), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def problems(rules: Completion, known: Collection[str] | None = None) -> list[LazyText]:
    """Why RULES cannot hold. KNOWN are the courses that there are; None when that is not known."""
    found: list[LazyText] = []
    placed = [*rules.required, *(slug for group in rules.groups for slug in group.courses)]
    if not placed and not rules.credits:
        found.append(
            _l("Ask for something: a required course, a group of electives, or a sum of credits.")
        )
    twice = sorted({slug for slug in placed if placed.count(slug) > 1})
    found += [_l("“%(course)s” is named in two places.", course=slug) for slug in twice]
    if known is not None:
        found += [
            _l("There is no course “%(course)s”.", course=slug)
            for slug in rules.courses
            if slug not in known
        ]
    if len(placed) > MOST_COURSES or len(rules.groups) > MOST_GROUPS:
        found.append(
            _l(
                "This is too much: %(courses)s courses and %(groups)s groups at most.",
                courses=MOST_COURSES,
                groups=MOST_GROUPS,
            )
        )
    for number, group in enumerate(rules.groups, 1):
        found += _group_problems(number, group)
    if not 0 <= rules.credits <= MOST_CREDITS:
        found.append(_l("Credits are a number from 0 to %(most)s.", most=MOST_CREDITS))
    if any(not 1 <= percent <= 100 for percent in rules.least_percent.values()) or not (
        0 <= rules.average_percent <= 100
    ):
        found.append(_l("A grade is a percentage from 1 to 100."))
    if rules.average_percent and not rules.required:
        found.append(_l("The average is over the required courses: name at least one."))
    return found


def _group_problems(number: int, group: Group) -> list[LazyText]:
    found = []
    if not group.courses:
        found.append(_l("Group %(number)s has no course.", number=number))
    if not any(text.strip() for text in group.name.values()):
        found.append(_l("Group %(number)s needs a name.", number=number))
    if any(len(text) > NAME_LENGTH for text in group.name.values()):
        found.append(
            _l(
                "The name of group %(number)s is too long: %(most)s characters at most.",
                number=number,
                most=NAME_LENGTH,
            )
        )
    if not group.count and not group.credits:
        found.append(
            _l("Say how many courses or credits are needed from group %(number)s.", number=number)
        )
    if group.count > len(group.courses) or group.count < 0:
        found.append(
            _l(
                "Group %(number)s has %(courses)s courses: nobody can complete %(count)s of them.",
                number=number,
                courses=len(group.courses),
                count=group.count,
            )
        )
    if not 0 <= group.credits <= MOST_CREDITS:
        found.append(_l("Credits are a number from 0 to %(most)s.", most=MOST_CREDITS))
    return found


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value
