"""A document becomes a version that never changes, and back."""

import uuid
from typing import Any

from app.accounts.models import Person
from app.briefs import queries, rules
from app.briefs.models import Brief, BriefVersion, RequiredSkill
from app.briefs.queries import document_of
from app.briefs.rules import (
    CONTENT,
    Audience,
    DataClass,
    Kind,
    LegalClass,
    Ownership,
    Pay,
    Place,
    Problem,
    Raw,
    Takes,
)
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.skills import queries as skills

__all__ = ["Unfinished", "document_of", "make_version", "problems_of"]


class Unfinished(Refused):
    """What is still wrong is in ``problems``."""

    message = _l("Something is still missing: look at the marked fields.")

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__()


def problems_of(raw: Raw, kind: Kind, before: Raw | None = None) -> list[Problem]:
    """What keeps RAW from being handed in today; one statement for its skills.

    BEFORE: what holds now, for a change: its last day to apply may be over, as long as it stays.
    """
    today = clock.now().astimezone(clock.TAIPEI).date()
    known = skills.resolve(row["key"] for row in raw["skills"])
    found = rules.check(raw, kind, today, known.keys())
    if (
        raw["audience"] == Audience.COURSE
        and raw["course"]
        and not queries.is_offered(raw["course"])
    ):
        found.append(Problem("course", _l("This course is not offered any more.")))
    if before is not None and raw["apply_on"] == before["apply_on"]:
        found = [problem for problem in found if problem.field != "apply_on"]
    return found


def make_version(
    brief: Brief, raw: Raw, by: Person, note: str = "", before: Raw | None = None
) -> BriefVersion:
    """RAW is what a locked BRIEF says from now on; BEFORE: what it says now. Raises Unfinished."""
    if problems := problems_of(raw, brief.kind, before):
        raise Unfinished(problems)
    known = skills.resolve(row["key"] for row in raw["skills"])
    number = brief.version_number + 1
    made = BriefVersion(
        brief_id=brief.id, number=number, by_id=by.id, note=note[:1000], **_terms(brief, raw)
    )
    db.session.add(made)
    db.session.flush()
    for position, row in enumerate(raw["skills"]):
        db.session.add(
            RequiredSkill(
                version_id=made.id,
                skill_id=known[row["key"]].id,
                level=min(max(1, int(row["level"])), known[row["key"]].framework.highest_level),
                is_required=bool(row["required"]),
                position=position,
            )
        )
    brief.version_number = number
    brief.title = made.title
    if brief.published_at is None:
        brief.published_at = clock.now()
    db.session.flush()
    db.session.refresh(brief)
    return made


def _terms(brief: Brief, raw: Raw) -> dict[str, Any]:
    """The columns of a version for a document without problems."""
    starts, ends, apply_on = (
        rules.day_of(raw, name) for name in ("starts_on", "ends_on", "apply_on")
    )
    assert starts is not None and ends is not None and apply_on is not None  # checked
    promise = rules.promise(raw, brief.organisation.name)
    is_team = raw["takes"] == Takes.TEAMS
    is_course = raw["audience"] == Audience.COURSE
    is_paid = raw["pay"] != Pay.NONE
    return {
        **{name: rules.text_of(raw, name) for name in ("title", "outcome")},
        "content": {name: raw[name] for name in CONTENT} | {"nda": raw["nda"]},
        "industry": raw["industry"],
        "county": raw["county"] or None,
        "place": Place(raw["place"]),
        "takes": Takes(raw["takes"]),
        "quota": raw["quota"],
        "minimum": raw["minimum"] or 0,
        "team_min": raw["team_min"] if is_team else None,
        "team_max": raw["team_max"] if is_team else None,
        "audience": Audience(raw["audience"]),
        "course_id": uuid.UUID(raw["course"]) if is_course else None,
        "pay": Pay(raw["pay"]),
        "pay_amount": raw["pay_amount"] if is_paid else None,
        "legal_class": _legal_class(brief.kind, raw),
        "hours_per_week": raw["hours_per_week"],
        "starts_on": starts,
        "ends_on": ends,
        "apply_until": rules.end_of(apply_on),
        "ownership": Ownership(raw["ownership"]),
        "data_class": DataClass(raw["data_class"]),
        "nda": promise,
        "nda_digest": rules.promise_digest(brief.id, promise) if promise else None,
        "confidential": (rules.text_of(raw, "confidential") or None) if promise else None,
        "digest": rules.digest_of(raw),
    }


def _legal_class(kind: Kind, raw: Raw) -> LegalClass | None:
    if kind is not Kind.INTERNSHIP or not raw["legal_class"]:
        return None
    return LegalClass(raw["legal_class"])
