"""Saying when something is awarded. A rule is never changed: another one ends it."""

from sqlalchemy import update

from app.accounts.models import Person
from app.credentials import policies
from app.credentials.models import AwardRule
from app.credentials.rules import Condition
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.kernel.transaction import operation

__all__ = ["end_rule", "set_rule"]


@operation
def set_rule(actor: Person, condition: Condition, subject: str, *, is_on: bool) -> AwardRule:
    """From now on CONDITION holds for SUBJECT ("" for all of its kind). What was awarded stays.

    Raises NotVisible.
    """
    if not policies.can_manage_rules(actor):
        raise NotVisible(subject)
    db.session.execute(
        update(AwardRule)
        .where(
            AwardRule.kind == condition.kind,
            AwardRule.subject == subject,
            AwardRule.ended_at.is_(None),
        )
        .values(ended_at=clock.now(), ended_by_id=actor.id)
    )
    made = AwardRule(
        kind=condition.kind,
        subject=subject,
        is_on=is_on,
        condition=condition.as_json(),
        made_by_id=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        actor.id, "award_rule.set", "award_rule", made.id, what=condition.kind.value,
        of=subject, is_on=is_on, condition=made.condition,
    )  # fmt: skip
    return made


@operation
def end_rule(actor: Person, rule: AwardRule) -> None:
    """What holds without a rule holds again. Raises NotVisible."""
    if not policies.can_manage_rules(actor):
        raise NotVisible(str(rule.id))
    rule.ended_at = rule.ended_at or clock.now()
    rule.ended_by_id = rule.ended_by_id or actor.id
    audit.record(actor.id, "award_rule.ended", "award_rule", rule.id)
