"""A brief as it is read: the same for a draft and for a version."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Membership, Person
from app.briefs import rules
from app.briefs.models import Brief, BriefVersion, RequiredSkill
from app.briefs.queries.courses import course_title
from app.briefs.rules import CONTENT, SECRET, Kind, Nda, Raw
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.localized import LocalizedText
from app.skills import queries as skills
from app.skills.models import Skill

__all__ = [
    "AskedSkill", "BriefView", "document_of", "people_of", "public_document", "version_of",
    "view_of_draft", "view_of_version",
]  # fmt: skip


@dataclass(frozen=True)
class AskedSkill:
    """A skill that a brief asks for, with the level in the framework's words."""

    skill: Skill
    level: int
    is_required: bool

    @property
    def level_title(self) -> LocalizedText:
        return self.skill.framework.level_title(self.level)


@dataclass(frozen=True)
class BriefView:
    """What everybody reads of a brief. Nothing confidential is in it."""

    kind: Kind
    company: LocalizedText
    says: Mapping[str, Any]
    """A document without its confidential fields."""
    skills: Sequence[AskedSkill]
    course: LocalizedText | None

    def text(self, name: str) -> LocalizedText:
        return rules.text_of(self.says, name)

    @property
    def deliverables(self) -> list[LocalizedText]:
        return rules.lines_of(self.text("deliverables"))

    @property
    def milestones(self) -> list[tuple[int, LocalizedText]]:
        return [(row["week"], LocalizedText(row["words"])) for row in self.says["milestones"]]

    @property
    def weeks(self) -> int:
        return rules.weeks_of(self.says)

    def day(self, name: str) -> date | None:
        return rules.day_of(self.says, name)


def public_document(version: BriefVersion) -> Raw:
    """The document of a version without what is confidential."""
    raw = rules.blank(version.brief.kind)
    raw |= {name: version.content[name] for name in CONTENT if name in version.content}
    last_day = version.apply_until.astimezone(clock.TAIPEI).date() - rules.ONE_DAY
    return raw | {
        **{name: dict(getattr(version, name)) for name in ("title", "outcome")},
        **{
            name: getattr(version, name)
            for name in (
                *("industry", "quota", "minimum", "team_min", "team_max", "pay_amount"),
                "hours_per_week",
            )
        },
        **{
            name: getattr(version, name).value
            for name in ("place", "takes", "audience", "pay", "ownership", "data_class")
        },
        "county": version.county or "",
        "legal_class": version.legal_class.value if version.legal_class else "",
        "course": str(version.course_id or ""),
        "starts_on": version.starts_on.isoformat(),
        "ends_on": version.ends_on.isoformat(),
        "apply_on": last_day.isoformat(),
        "nda": _nda_of(version),
        "skills": [
            {"key": row.skill.key, "level": row.level, "required": row.is_required}
            for row in sorted(version.skills, key=lambda row: row.position)
        ],
    }


def document_of(version: BriefVersion) -> Raw:
    """The whole document that VERSION was made of, for those who write it."""
    is_own = _nda_of(version) == Nda.OWN
    return public_document(version) | {
        "nda_words": dict(version.nda or {}) if is_own else {},
        "confidential": dict(version.confidential or {}),
    }


def _nda_of(version: BriefVersion) -> str:
    none = Nda.NONE if version.nda_digest is None else Nda.OWN
    return str(version.content.get("nda", none.value))


def view_of_version(version: BriefVersion) -> BriefView:
    return BriefView(
        version.brief.kind,
        version.brief.organisation.name,
        public_document(version),
        [AskedSkill(row.skill, row.level, row.is_required) for row in version.skills],
        course_title(version.course_id),
    )


def view_of_draft(brief: Brief, raw: Raw) -> BriefView:
    """RAW as it would be read once it is published."""
    known = skills.resolve(row["key"] for row in raw["skills"])
    asked = [
        AskedSkill(known[row["key"]], row["level"], row["required"])
        for row in raw["skills"]
        if row["key"] in known
    ]
    try:
        course = course_title(uuid.UUID(raw["course"])) if raw["course"] else None
    except ValueError:
        course = None
    return BriefView(
        brief.kind,
        brief.organisation.name,
        {name: value for name, value in raw.items() if name not in SECRET},
        sorted(asked, key=lambda one: not one.is_required),
        course,
    )


def version_of(brief: Brief, number: int) -> BriefVersion:
    """One version of BRIEF, also an old one. Raises NotVisible."""
    found = db.session.scalar(
        select(BriefVersion)
        .where(BriefVersion.brief_id == brief.id, BriefVersion.number == number)
        .options(
            joinedload(BriefVersion.skills)
            .joinedload(RequiredSkill.skill)
            .joinedload(Skill.framework)
        )
    )
    if found is None:
        raise NotVisible(str(number))
    return found


def people_of(organisation_id: uuid.UUID) -> Sequence[Person]:
    """Who belongs to a company and can be a mentor, by name."""
    return db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.ended_at.is_(None),
            Person.suspended_at.is_(None),
        )
        .distinct()
        .order_by(Person.name, Person.id)
    ).all()
