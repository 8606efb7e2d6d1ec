"""Writing pain points, correcting them, taking them away and back."""

import uuid
from dataclasses import fields
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.ids import new_id
from app.kernel.industries import INDUSTRIES
from app.kernel.transaction import operation
from app.needs import policies, rules
from app.needs.models import Interview, PainPoint
from app.needs.operations import history
from app.needs.operations.interviews import OutOfRange, record_interview
from app.needs.operations.merging import StillTheHead, has_others_behind, one_at_a_time
from app.needs.operations.words import InterviewWords, PainWords

__all__ = [
    "add_pain_point",
    "correct_pain_point",
    "record_need",
    "remove_pain_point",
    "restore_pain_point",
]


@operation
def add_pain_point(
    actor: Person, interview: Interview, words: PainWords, *, key: uuid.UUID
) -> PainPoint:
    """Keep what hurts in INTERVIEW. The same KEY again answers what was kept the first time.

    Raises NotVisible, OutOfRange.
    """
    if not policies.can_correct(actor, interview):
        raise NotVisible(str(interview.id))
    # A form that is sent twice at once: the second waits and finds what the first one made.
    db.session.execute(select(Person.id).where(Person.id == actor.id).with_for_update())
    known = db.session.scalar(
        select(PainPoint).where(PainPoint.recorded_by_id == actor.id, PainPoint.key == key)
    )
    if known is not None:
        return known
    words = _checked(words)
    made_id = new_id()
    made = PainPoint(
        id=made_id, head_id=made_id, interview=interview, recorded_by_id=actor.id, key=key
    )
    _write(made, words)
    db.session.add(made)
    db.session.flush()
    audit.record(actor.id, "needs.pain_point.add", "pain_point", made.id)
    return made


@operation
def record_need(
    actor: Person, about: InterviewWords, words: PainWords, *, key: uuid.UUID
) -> PainPoint:
    """Keep a company's own words: ABOUT its work and what hurts in it, both under one KEY.

    Raises what ``record_interview`` and ``add_pain_point`` raise.
    """
    interview = record_interview(actor, about, key=key, recorded_for=about.organisation_id)
    return add_pain_point(actor, interview, words, key=key)


@operation
def correct_pain_point(
    actor: Person, pain_point: PainPoint, words: PainWords, *, revision: int
) -> bool:
    """As ``correct_interview``. Raises NotVisible, CorrectedMeanwhile, OutOfRange."""
    if not policies.can_correct(actor, pain_point.interview):
        raise NotVisible(str(pain_point.id))
    history.lock(pain_point)
    if pain_point.revision != revision:
        raise history.CorrectedMeanwhile
    changes = _write(pain_point, _checked(words))
    if not changes:
        return False
    pain_point.revision += 1
    pain_point.changed_at = clock.now()
    history.note(actor, pain_point.interview, changes, pain_point_id=pain_point.id)
    audit.record(
        actor.id, "needs.pain_point.correct", "pain_point", pain_point.id, fields=sorted(changes)
    )
    db.session.flush()
    return True


@operation
def remove_pain_point(actor: Person, pain_point: PainPoint) -> None:
    """Take it out of every list. Raises NotVisible, and StillTheHead while others stand behind."""
    if not policies.can_remove(actor, pain_point.interview):
        raise NotVisible(str(pain_point.id))
    one_at_a_time()
    if has_others_behind(pain_point.id):
        raise StillTheHead
    if pain_point.removed_at is None:
        pain_point.removed_at, pain_point.removed_by_id = clock.now(), actor.id
        audit.record(actor.id, "needs.pain_point.remove", "pain_point", pain_point.id)


@operation
def restore_pain_point(actor: Person, pain_point: PainPoint) -> None:
    if not policies.can_remove(actor, pain_point.interview):
        raise NotVisible(str(pain_point.id))
    if pain_point.removed_at is not None:
        pain_point.removed_at = pain_point.removed_by_id = None
        audit.record(actor.id, "needs.pain_point.restore", "pain_point", pain_point.id)


def _checked(words: PainWords) -> PainWords:
    if not words.title:
        raise OutOfRange(_l("Write a title in at least one language."))
    if not words.industries or not set(words.industries) <= set(INDUSTRIES):
        raise OutOfRange(_l("Choose an industry."))
    if not set(words.technologies) <= set(rules.TECHNOLOGIES):
        raise OutOfRange(_l("Choose technologies from the list."))
    if words.company_count < 1:
        raise OutOfRange(_l("At least one company has it."))
    if words.people_count is not None and words.people_count < 0:
        raise OutOfRange(_l("People are counted from 0."))
    return words


def _write(pain_point: PainPoint, words: PainWords) -> dict[str, tuple[Any, Any]]:
    """Put WORDS into the row; answers what changed, by field."""
    changes: dict[str, tuple[Any, Any]] = {}
    for field in fields(words):
        before, after = getattr(pain_point, field.name), getattr(words, field.name)
        if isinstance(after, tuple):
            after = list(after)
        if before != after:
            changes[field.name] = (before, after)
            setattr(pain_point, field.name, after)
    told = pain_point.description.values() if pain_point.description else ()
    pain_point.grams = sorted(rules.grams(*pain_point.title.values(), *told, pain_point.process))
    return changes
