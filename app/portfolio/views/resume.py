"""A page as JSON Resume (https://jsonresume.org, schema 1.0.0): for programs of employers."""

from datetime import datetime
from typing import Any

from app.evidence.rules import VOUCHING_NAMES
from app.kernel import clock
from app.kernel.i18n import gettext as _
from app.portfolio.queries import Shown, ShownBlock
from app.portfolio.rules import BlockKind
from app.web.filters import points

__all__ = ["resume"]

SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"


def resume(shown: Shown, address: str | None, credential_address: Any) -> dict[str, Any]:
    """What SHOWN shows, in the reader's language, and nothing besides.

    ADDRESS is where the page can be read, None when it is shown to nobody;
    CREDENTIAL_ADDRESS(id) is where a credential is verified.
    """
    profile = shown.profile
    basics = {
        "name": str(profile.name),
        "label": str(profile.headline or ""),
        "email": profile.email or "",
        "url": address or "",
        "summary": _summary(shown),
        "location": {"city": str(profile.place)} if profile.place else {},
        "profiles": [{"network": link.label, "url": link.url} for link in profile.links],
    }
    made: dict[str, Any] = {
        "$schema": SCHEMA,
        "basics": _without_empty(basics),
        "education": _education(shown),
        "skills": _skills(shown),
        "projects": _projects(shown),
        "awards": _awards(shown),
        "certificates": _certificates(shown, credential_address),
        "meta": _without_empty(
            {
                "canonical": address or "",
                "version": "v1.0.0",
                "lastModified": shown.changed_at.strftime("%Y-%m-%dT%H:%M:%S"),
            }
        ),
    }
    return {key: value for key, value in made.items() if value}


def _summary(shown: Shown) -> str:
    texts = [str(shown.page.lede)] if shown.page.lede else []
    for block in _of(shown, BlockKind.TEXT):
        if block.body:
            texts.append((f"{block.heading}\n" if block.heading else "") + str(block.body))
    return "\n\n".join(texts)


def _education(shown: Shown) -> list[dict[str, Any]]:
    schools: dict[str, list[Any]] = {}
    for item in _items(shown, BlockKind.COURSES):
        schools.setdefault(str(item.fact.school), []).append(item)
    made = []
    for school, items in schools.items():
        courses = []
        for item in items:
            grade = item.fact.words if "grade" in item.shows else ""
            courses.append(f"{item.fact.title} ({grade})" if grade else str(item.fact.title))
        starts = min(item.fact.enrolled_at for item in items)
        made.append({"institution": school, "startDate": _day(starts), "courses": courses})
    return made


def _skills(shown: Shown) -> list[dict[str, Any]]:
    return [
        {
            "name": str(item.fact.title),
            "level": " · ".join(
                f"{VOUCHING_NAMES[way.vouching]}: {way.level_title or way.level}"
                for way in item.fact.ways
            ),
            "keywords": [str(piece.title) for piece in item.fact.proofs]
            if "evidence" in item.shows
            else [item.fact.code],
        }
        for item in _items(shown, BlockKind.SKILLS)
    ]


def _projects(shown: Shown) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for block in _of(shown, BlockKind.PROJECT):
        made.append(
            {
                "name": str(block.heading or _("Project")),
                "description": str(block.body or ""),
                "startDate": block.begun,
                "endDate": block.ended,
                "roles": [block.role] if block.role else [],
                "url": block.links[0].url if block.links else "",
            }
        )
    for item in _items(shown, BlockKind.LABS):
        fact = item.fact
        points_of = f"{points(fact.score)} / {points(fact.max_score)}"
        made.append(
            {
                "name": str(fact.title),
                "description": str(fact.course),
                "endDate": _day(fact.submitted_at),
                "highlights": [points_of] if "score" in item.shows else [],
                "type": "lab",
            }
        )
    return [_without_empty(row) for row in made]


def _awards(shown: Shown) -> list[dict[str, Any]]:
    return [
        {
            "title": str(item.fact.title),
            "date": _day(item.fact.settled_at),
            "awarder": str(item.fact.course),
            "summary": _("Place %(rank)s of %(of)s", rank=item.fact.rank, of=item.fact.of),
        }
        for item in _items(shown, BlockKind.CHALLENGES)
    ]


def _certificates(shown: Shown, address: Any) -> list[dict[str, Any]]:
    return [
        {
            "name": str(item.fact.title),
            "date": _day(item.fact.issued_at),
            "issuer": str(item.fact.issuer or _("The programme")),
            "url": address(item.fact.id),
        }
        for item in _items(shown, BlockKind.CREDENTIALS)
    ]


def _of(shown: Shown, kind: BlockKind) -> list[ShownBlock]:
    return [block for block in shown.blocks if block.kind is kind]


def _items(shown: Shown, kind: BlockKind) -> list[Any]:
    return [item for block in _of(shown, kind) for item in block.items]


def _day(at: datetime) -> str:
    return at.astimezone(clock.TAIPEI).date().isoformat()


def _without_empty(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value}
