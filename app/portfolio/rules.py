"""What a portfolio is made of, who sees which part, and how an order changes. Pure functions."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

T = TypeVar("T")

MOST_PAGES = 20
MOST_BLOCKS = 40
MOST_SHARES = 30
MOST_LINKS = 12
MOST_FILES = 60
MOST_FILES_IN_A_BLOCK = 24
MOST_FILE_BYTES = 20 * 1024**2
MOST_BYTES_TOGETHER = 200 * 1024**2
MOST_TITLE = 120
MOST_BODY = 20_000
MOST_CODE_LINES = 120
TAIPEI = ZoneInfo("Asia/Taipei")


class Audience(StrEnum):
    """Whom a page is shown to; a page that is shown to nobody has no live share."""

    LINK = "link"
    COMPANY = "company"
    PUBLIC = "public"


class SeenBy(StrEnum):
    """Which of those who see a page see one part of it."""

    EVERYBODY = "everybody"
    COMPANIES = "companies"
    """Only the companies that the page is shown to by name."""
    NOBODY = "nobody"


class BlockKind(StrEnum):
    TEXT = "text"
    PROJECT = "project"
    SKILLS = "skills"
    CREDENTIALS = "credentials"
    COURSES = "courses"
    LABS = "labs"
    CHALLENGES = "challenges"
    PICTURES = "pictures"
    FILES = "files"
    LINKS = "links"


CHOOSING = frozenset(
    {
        BlockKind.SKILLS,
        BlockKind.CREDENTIALS,
        BlockKind.COURSES,
        BlockKind.LABS,
        BlockKind.CHALLENGES,
    }
)
"""Parts that show what the house knows of her, read anew for every reader."""

SHOWS: dict[BlockKind, tuple[str, ...]] = {
    BlockKind.SKILLS: ("evidence",),
    BlockKind.COURSES: ("grade",),
    BlockKind.LABS: ("score", "cells", "code"),
    BlockKind.CHALLENGES: ("score",),
}
"""What she may add to a thing that she chose."""


def may_see(seen_by: SeenBy, audience: Audience) -> bool:
    """Whether a reader of AUDIENCE sees a part that SEEN_BY says."""
    if seen_by is SeenBy.EVERYBODY:
        return True
    return seen_by is SeenBy.COMPANIES and audience is Audience.COMPANY


def is_live(ended_at: datetime | None, until: datetime | None, now: datetime) -> bool:
    """Whether a share holds at NOW; UNTIL is the first instant at which it does not."""
    return ended_at is None and (until is None or now < until)


def end_of_day(day: date) -> datetime:
    """The first instant after DAY in Taipei."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=TAIPEI)


def last_day(until: datetime) -> date:
    """The last day in Taipei on which a share with UNTIL holds."""
    return (until.astimezone(TAIPEI) - timedelta(microseconds=1)).date()


def slug_from(title: str, taken: Collection[str]) -> str:
    """An address for a page called TITLE that is not in TAKEN: small letters, digits, hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "page"
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def moved(order: Sequence[T], what: T, to: int) -> list[T]:
    """ORDER with WHAT at place TO (0 is the first); a place outside is the nearest one."""
    rest = [one for one in order if one != what]
    to = max(0, min(to, len(rest)))
    return [*rest[:to], what, *rest[to:]]


def is_address(text: str) -> bool:
    """Whether TEXT is an absolute web address that a reader may follow."""
    if len(text) > 500 or re.search(r"[\s<>\"\x00-\x1f]", text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def code_is_free(now: datetime, closes: datetime | None, over: datetime) -> bool:
    """Whether readers may see her answers to an item: when nobody hands it in any more.

    CLOSES is the last instant of the item for her section, OVER the end of the course.
    """
    return now >= (closes or over)


@dataclass(frozen=True)
class Chosen:
    """One thing that she shows: its reference, and what of it besides its name."""

    ref: str
    shows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True)
class FileUse:
    """A file in a part, with her words under it (of a picture: what it shows)."""

    id: str
    words: str = ""


@dataclass(frozen=True)
class Content:
    """What a part holds besides its heading and text."""

    chosen: tuple[Chosen, ...] = ()
    links: tuple[Link, ...] = ()
    files: tuple[FileUse, ...] = ()
    role: str = ""
    begun: str = ""
    """``2026-02``, or empty."""
    ended: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "chosen": [{"ref": one.ref, "shows": list(one.shows)} for one in self.chosen],
            "links": [{"label": one.label, "url": one.url} for one in self.links],
            "files": [{"id": one.id, "words": one.words} for one in self.files],
            "role": self.role,
            "begun": self.begun,
            "ended": self.ended,
        }


def content_from(stored: dict[str, Any]) -> Content:
    """What ``Content.as_json`` wrote."""
    return Content(
        tuple(Chosen(one["ref"], tuple(one["shows"])) for one in stored.get("chosen", ())),
        links_from(stored.get("links", ())),
        tuple(FileUse(one["id"], one["words"]) for one in stored.get("files", ())),
        stored.get("role", ""),
        stored.get("begun", ""),
        stored.get("ended", ""),
    )


def links_from(stored: Collection[dict[str, str]]) -> tuple[Link, ...]:
    return tuple(Link(one["label"], one["url"]) for one in stored)
