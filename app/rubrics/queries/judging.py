"""What rubrics are attached to, and how work was judged. Bulk: one statement for many keys.

Rooms above decide who may see a subject; these answer for whatever they ask.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.kernel.database import db
from app.rubrics.models import Rubric, RubricAttachment, RubricJudgement, RubricVersion


def attached(keys: Collection[str]) -> dict[str, RubricVersion]:
    """The version that is used at each of KEYS; keys without one are left out. One statement."""
    if not keys:
        return {}
    rows = db.session.execute(
        select(RubricAttachment.key, RubricVersion)
        .join(RubricVersion, RubricVersion.id == RubricAttachment.version_id)
        .where(RubricAttachment.key.in_(keys), RubricAttachment.detached_at.is_(None))
    )
    return {key: version for key, version in rows}


def judgements(subjects: Collection[str]) -> dict[str, RubricJudgement]:
    """The final judgement that counts for each of SUBJECTS, with judge and version.

    Subjects not judged yet are left out. One statement.
    """
    if not subjects:
        return {}
    rows = db.session.scalars(
        select(RubricJudgement)
        .where(
            RubricJudgement.subject.in_(subjects),
            RubricJudgement.is_draft.is_(False),
            RubricJudgement.superseded_at.is_(None),
        )
        .options(joinedload(RubricJudgement.judge), joinedload(RubricJudgement.version))
    )
    return {row.subject: row for row in rows}


def drafts_of(judge: Person, subjects: Collection[str]) -> dict[str, RubricJudgement]:
    """What JUDGE has begun for each of SUBJECTS. One statement."""
    if not subjects:
        return {}
    rows = db.session.scalars(
        select(RubricJudgement)
        .where(
            RubricJudgement.subject.in_(subjects),
            RubricJudgement.judge_id == judge.id,
            RubricJudgement.is_draft,
        )
        .options(joinedload(RubricJudgement.judge), joinedload(RubricJudgement.version))
    )
    return {row.subject: row for row in rows}


def judgement_history(subject: str) -> Sequence[RubricJudgement]:
    """Every final judgement of SUBJECT, the newest (which counts) first."""
    return db.session.scalars(
        select(RubricJudgement)
        .where(RubricJudgement.subject == subject, RubricJudgement.is_draft.is_(False))
        .order_by(RubricJudgement.at.desc(), RubricJudgement.id.desc())
        .options(joinedload(RubricJudgement.judge), joinedload(RubricJudgement.version))
    ).all()


def use_count(rubric: Rubric) -> tuple[int, int]:
    """At how many places any version of RUBRIC is attached now, and how often it was judged by."""
    versions = select(RubricVersion.id).where(RubricVersion.rubric_id == rubric.id)
    places = select(func.count()).where(
        RubricAttachment.version_id.in_(versions), RubricAttachment.detached_at.is_(None)
    )
    times = select(func.count()).where(
        RubricJudgement.version_id.in_(versions), RubricJudgement.is_draft.is_(False)
    )
    both = db.session.execute(select(places.scalar_subquery(), times.scalar_subquery())).one()
    return both[0], both[1]
