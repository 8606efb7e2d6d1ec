"""Which items of which courses prove a skill: by what their labs say and what was mapped."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, or_, select

from app.catalog.models import Course, CourseItem, CourseVersion, Module
from app.catalog.rules import ItemKind
from app.evidence.models import SkillMapping
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.labs.models import LabVersion
from app.skills import queries as skills
from app.skills.models import Skill
from app.skills.rules import Named, named_in

__all__ = ["Proof", "named_by_labs", "proofs_by_skill", "proofs_of"]


@dataclass(frozen=True)
class Proof:
    """An item of a course as it is taught now that proves a skill."""

    course_slug: str
    course: LocalizedText
    item_key: str
    item: LocalizedText
    level: int
    weight: Decimal
    cells: tuple[str, ...] = ()


def proofs_of(skill: Skill) -> list[Proof]:
    """By course and place in it; two statements."""
    return proofs_by_skill([skill])[skill.id]


def proofs_by_skill(wanted: Collection[Skill]) -> dict[uuid.UUID, list[Proof]]:
    """What proves each of several skills, by course and place in it; two statements for all."""
    found: dict[uuid.UUID, list[Proof]] = {skill.id: [] for skill in wanted}
    if not found:
        return found
    newest = (
        select(CourseVersion.course_id, func.max(CourseVersion.number).label("number"))
        .group_by(CourseVersion.course_id)
        .subquery()
    )
    here = (
        select(
            Course.slug, CourseVersion.title, CourseItem.kind, CourseItem.slug, CourseItem.title,
            LabVersion.skills, Course.id,
        )
        .select_from(CourseItem)
        .join(Module, Module.id == CourseItem.module_id)
        .join(CourseVersion, CourseVersion.id == Module.course_version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .join(
            newest,
            (newest.c.course_id == CourseVersion.course_id)
            & (newest.c.number == CourseVersion.number),
        )
        .outerjoin(LabVersion, LabVersion.id == CourseItem.lab_version_id)
        .where(
            Course.withdrawn_at.is_(None),
            or_(
                LabVersion.skills != [],
                select(SkillMapping.id)
                .where(SkillMapping.skill_id.in_(found), SkillMapping.course_id == Course.id)
                .exists(),
            ),
        )
        .order_by(Course.slug, Module.position, CourseItem.position)
    )  # fmt: skip
    mapped = {
        (row.skill_id, row.course_id, row.item_key): row
        for row in db.session.scalars(
            select(SkillMapping).where(
                SkillMapping.skill_id.in_(found), SkillMapping.ended_at.is_(None)
            )
        )
    }
    names = {skill.id: {skill.key, *skill.aliases} for skill in wanted}
    for slug, course, kind, item_slug, title, named, course_id in db.session.execute(here):
        key = f"{ItemKind(kind).value}:{item_slug}"
        for skill_id, proofs in found.items():
            said = mapped.get((skill_id, course_id, key))
            if said is not None:
                proofs.append(Proof(slug, course, key, title, said.level, said.weight))
                continue
            for one in named_in(named or ()):
                if one.key in names[skill_id]:
                    proofs.append(Proof(slug, course, key, title, one.level, one.weight, one.cells))
    return found


def named_by_labs(version: CourseVersion) -> dict[str, list[tuple[Named, Skill | None]]]:
    """What the labs of a course say themselves, by item key; None: no framework knows it."""
    ids = {item.lab_version_id: item.key for item in version.items if item.lab_version_id}
    rows = db.session.execute(
        select(LabVersion.id, LabVersion.skills).where(LabVersion.id.in_(list(ids)))
    )
    said = {ids[lab_id]: named_in(named) for lab_id, named in rows}
    known = skills.resolve({one.key for named in said.values() for one in named})
    return {key: [(one, known.get(one.key)) for one in named] for key, named in said.items()}
