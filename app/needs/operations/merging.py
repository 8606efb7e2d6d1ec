"""One pain point is the same as another: merging, and undoing it."""

import uuid

from sqlalchemy import select, text, update
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.needs import policies
from app.needs.models import PainPoint, PainPointMerge

__all__ = [
    "AlreadyMerged",
    "NotMerged",
    "StillTheHead",
    "has_others_behind",
    "merge",
    "one_at_a_time",
    "undo_merge",
]


class AlreadyMerged(Refused):
    message = _l("One of the two was merged or removed meanwhile. Look at it again.")


class StillTheHead(Refused):
    message = _l("Others were merged into this one. Undo those merges first.")


class NotMerged(Refused):
    message = _l("This merge was undone already.")


def one_at_a_time() -> None:
    """Whoever changes what stands behind what waits for others who do."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('needs.merges', 0))"))


def has_others_behind(*ids: uuid.UUID) -> bool:
    """Whether something outside of IDS was merged into one of them and still counts."""
    return (
        db.session.scalar(
            select(PainPoint.id)
            .where(
                PainPoint.merged_into_id.in_(ids),
                PainPoint.id.not_in(ids),
                PainPoint.removed_at.is_(None),
            )
            .limit(1)
        )
        is not None
    )


@operation
def merge(actor: Person, pain_point: PainPoint, into: PainPoint) -> PainPointMerge:
    """Let PAIN_POINT count as INTO, with everything that was merged into it before.

    Both stay records of their own. Only officers. Raises NotVisible, AlreadyMerged.
    """
    if not policies.steers(actor):
        raise NotVisible(str(pain_point.id))
    one_at_a_time()
    for row in (pain_point, into):
        db.session.refresh(row)
    if pain_point.id == into.id or not all(
        row.is_head and row.removed_at is None for row in (pain_point, into)
    ):
        raise AlreadyMerged
    # The head of the row itself and its merge change together: a constraint looks at both.
    pain_point.merged_into_id = into.id
    pain_point.head_id = into.id
    made = PainPointMerge(pain_point_id=pain_point.id, into_id=into.id, merged_by_id=actor.id)
    db.session.add(made)
    db.session.flush()
    db.session.execute(
        update(PainPoint).where(PainPoint.head_id == pain_point.id).values(head_id=into.id)
    )
    audit.record(actor.id, "needs.merge", "pain_point", pain_point.id, into=str(into.id))
    return made


@operation
def undo_merge(actor: Person, pain_point: PainPoint) -> None:
    """Let it stand for itself again, with what had been merged into it. Raises NotMerged."""
    if not policies.steers(actor):
        raise NotVisible(str(pain_point.id))
    one_at_a_time()
    db.session.refresh(pain_point)
    if pain_point.merged_into_id is None:
        raise NotMerged
    was = pain_point.merged_into_id
    db.session.execute(
        update(PainPointMerge)
        .where(PainPointMerge.pain_point_id == pain_point.id, PainPointMerge.undone_at.is_(None))
        .values(undone_at=clock.now(), undone_by_id=actor.id)
    )
    behind = _behind(pain_point.id)
    pain_point.merged_into_id = None
    pain_point.head_id = pain_point.id
    db.session.flush()
    if behind:
        db.session.execute(
            update(PainPoint).where(PainPoint.id.in_(behind)).values(head_id=pain_point.id)
        )
    audit.record(actor.id, "needs.merge.undo", "pain_point", pain_point.id, was_in=str(was))


def _behind(pain_point_id: uuid.UUID) -> list[uuid.UUID]:
    """Everything that was merged into it, however many steps away."""
    tree = (
        select(PainPoint.id)
        .where(PainPoint.merged_into_id == pain_point_id)
        .cte("behind", recursive=True)
    )
    next_one = aliased(PainPoint)
    tree = tree.union_all(select(next_one.id).join(tree, next_one.merged_into_id == tree.c.id))
    return list(db.session.scalars(select(tree.c.id)))
