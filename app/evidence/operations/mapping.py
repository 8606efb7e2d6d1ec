"""Who edits a course says which of its items prove which skills."""

from decimal import Decimal

from sqlalchemy import select

from app.accounts.models import Person
from app.catalog.models import Course
from app.evidence.models import SkillMapping
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.skills.models import Skill

__all__ = ["AlreadyMapped", "MappingWrong", "end_mapping", "map_item"]


class AlreadyMapped(Refused):
    message = _l("This item is mapped to this skill already.")


class MappingWrong(Refused):
    message = _l("Choose a level of the skill and a weight above 0, at most 1.")


@operation
def map_item(
    actor: Person, course: Course, item_key: str, skill: Skill, level: int, weight: Decimal
) -> SkillMapping:
    """From now on results of the item prove SKILL; what was released before is left as it is.

    Raises AlreadyMapped, MappingWrong.
    """
    if not 1 <= level <= skill.framework.highest_level or not 0 < weight <= 1:
        raise MappingWrong
    db.session.execute(select(Course.id).where(Course.id == course.id).with_for_update())
    if db.session.scalar(
        select(SkillMapping.id).where(
            SkillMapping.course_id == course.id,
            SkillMapping.item_key == item_key,
            SkillMapping.skill_id == skill.id,
            SkillMapping.ended_at.is_(None),
        )
    ):
        raise AlreadyMapped
    made = SkillMapping(
        course_id=course.id, item_key=item_key, skill=skill, level=level, weight=weight,
        made_by_id=actor.id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(
        actor.id, "skill.mapped", "course", course.id, item=item_key, skill=skill.key, level=level
    )
    return made


@operation
def end_mapping(actor: Person, mapping: SkillMapping) -> None:
    """Results from now on prove nothing by it; what was recorded stays."""
    if mapping.ended_at is None:
        mapping.ended_at, mapping.ended_by_id = clock.now(), actor.id
        audit.record(actor.id, "skill.unmapped", "course", mapping.course_id, item=mapping.item_key)
