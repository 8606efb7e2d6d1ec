"""Points that two give independently, and which of them count."""

import uuid
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import EllipsisType

from sqlalchemy import func, select

from app.accounts.models import Person
from app.grading.models import Submission
from app.grading.operations import ScoreOutOfRange
from app.kernel import audit, clock
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import lazy_gettext as _l
from app.kernel.transaction import operation
from app.learning.models import Section
from app.marking import policies
from app.marking.models.seconds import Opinion, Proposal, Settlement
from app.marking.operations import seconds_levels as levels
from app.marking.operations.seconds_giving import STEP, give, is_giving, item_of, key_of, worth_of
from app.marking.operations.seconds_levels import Levels
from app.marking.queries import seconds as queries
from app.marking.queries import shares
from app.marking.rules.seconds import Settled, is_within, together
from app.quizzes.models import QuizAttempt
from app.rubrics.rules import Marks, marks_to_json

__all__ = [
    "BothHaveMarked",
    "NothingToSettle",
    "Recorded",
    "TwoMarkThis",
    "WordMissing",
    "propose",
    "record",
    "require_alone",
]


class BothHaveMarked(Refused):
    message = _l("Two people have marked this. Settle with each other which points count.")


class NothingToSettle(Refused):
    message = _l("This is settled already.")


class WordMissing(Refused):
    message = _l("Write a word on why these points are right.")


class TwoMarkThis(Refused):
    message = _l("Two people mark this apart from each other: give points in “Marking”.")


@dataclass(frozen=True)
class Recorded:
    """What came of points: they COUNT now, or wait for the second grader, or for an agreement."""

    state: str
    """``given``, ``waits`` (for the other grader) or ``differs`` (to be settled)."""
    opinion: Opinion | None = None
    settlement: Settlement | None = None

    @property
    def counts(self) -> bool:
        return self.state == "given"


@operation
def record(
    person: Person,
    work: Submission | QuizAttempt,
    part: str,
    points: Decimal | float,
    comment: str = "",
    *,
    seen: uuid.UUID | EllipsisType | None = ...,
) -> Recorded:
    """PERSON gives POINTS for PART of WORK, whether or not a second look is due.

    PART is a cell (``NOTEBOOK/GRADE_ID``) or the id of a question. Without a second look, or when
    the part is settled, the points count at once (``grading.give_score``, ``quizzes.give_mark``,
    with SEEN, and with what these raise). Otherwise they are kept as PERSON's opinion, hers to
    change until the other grader has given hers; then both count, or wait to be settled. Raises
    BothHaveMarked, ScoreOutOfRange. That PERSON may mark WORK is for the caller to know.
    """
    hold(work.id, part)
    if not _is_due(work, part):
        give(person, work, part, Decimal(str(points)), comment, seen=seen)
        return Recorded("given")
    worth = worth_of(work, part)
    given = Decimal(str(points))
    if not given.is_finite() or not 0 <= given <= worth.points:
        raise ScoreOutOfRange(
            _l("Give between 0 and %(max)s points.", max=f"{worth.points.normalize():f}")
        )
    there = queries.opinions_on(work.id, part)
    if len(there) > 1:
        raise BothHaveMarked
    now = clock.now()
    made = Opinion(
        section_id=work.section_id,
        item_key=item_of(work),
        work_id=work.id,
        part=part,
        grader_id=person.id,
        points=given.quantize(STEP, ROUND_HALF_UP),
        out_of=worth.points,
        comment=comment.strip()[:5000],
        was_open=worth.is_open,
        at=now,
    )
    others = [row for row in there if row.grader_id != person.id]
    for row in there:
        if row.grader_id == person.id:
            row.superseded_at = now
    db.session.flush()
    db.session.add(made)
    db.session.flush()
    audit.record(person.id, "marking.opinion", key_of(work), work.id, part=part)
    if not others:
        return Recorded("waits", made)
    first, second = _in_order(work, others[0], made)
    plan = shares.plan(work.section, item_of(work))
    if not is_within(first.points, second.points, worth.points, plan.threshold):
        return Recorded("differs", made)
    judged = levels.judgements_of(work, first, second)
    settled = _settle(
        person,
        work,
        first,
        second,
        together(first.points, second.points, plan.agreeing),
        Settled.WITHIN,
        levels=levels.by_themselves(judged, plan.agreeing) if judged is not None else None,
        is_within=True,
    )
    return Recorded("given", made, settled)


@operation
def propose(
    person: Person,
    section: Section,
    work: Submission | QuizAttempt,
    part: str,
    points: Decimal | None,
    word: str,
    *,
    marks: Marks | None = None,
) -> Settlement | None:
    """PERSON says which POINTS are right for what two marked differently, with a WORD why.

    Where both judged by a rubric she says it by MARKS, from which its points follow. An
    instructor's word settles it; so does the second of the two graders who proposes the same as the
    other did last. Returns what was settled, or None. Raises NotVisible for others than these,
    NothingToSettle, WordMissing, ScoreOutOfRange, LevelsMissing, and what rubrics refuse.
    """
    hold(work.id, part)
    pair = queries.pair_of(section, item_of(work), work.id, part)
    is_instructor = policies.can_set_up(person, section)
    if pair is None:
        raise NothingToSettle
    if work.person_id == person.id or not (is_instructor or pair.is_of(person)):
        raise NotVisible(str(work.id))
    word = word.strip()[:500]
    if not word:
        raise WordMissing
    worth = pair.first.out_of
    judged = levels.judgements_of(work, pair.first, pair.second)
    chosen = levels.chosen(judged, marks, points, (pair.first, pair.second)) if judged else None
    if chosen is not None and chosen.version.scale.has_points:
        points = chosen.points_of(worth)
    if points is None or not points.is_finite() or not 0 <= points <= worth:
        raise ScoreOutOfRange(
            _l("Give between 0 and %(max)s points.", max=f"{worth.normalize():f}")
        )
    points = points.quantize(STEP, ROUND_HALF_UP)
    db.session.add(
        Proposal(
            work_id=work.id,
            part=part,
            by_id=person.id,
            points=points,
            word=word,
            marks=marks_to_json(chosen.marks) if chosen is not None else None,
        )
    )
    db.session.flush()
    last = next(
        (
            row
            for row in reversed(pair.proposals)
            if row.by_id != person.id and row.by_id in (pair.first.grader_id, pair.second.grader_id)
        ),
        None,
    )
    agreed = (
        pair.is_of(person)
        and last is not None
        and last.points == points
        and (chosen is None or chosen.is_what(last))
    )
    if not agreed and not is_instructor:
        return None
    way = Settled.BOTH if agreed else Settled.INSTRUCTOR
    return _settle(person, work, pair.first, pair.second, points, way, levels=chosen, word=word)


def require_alone(work: Submission | QuizAttempt, part: str) -> None:
    """Points that are given anywhere but here count only where nobody else is to mark as well.

    Raises TwoMarkThis."""
    if not is_giving() and _is_due(work, part):
        raise TwoMarkThis


def hold(work_id: uuid.UUID, part: str) -> None:
    """One at a time at a part of a work, until the transaction ends."""
    name = f"marking:{work_id}:{part}"
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _is_due(work: Submission | QuizAttempt, part: str) -> bool:
    """Whether two mark this, and it is not settled."""
    if db.session.scalar(
        select(Settlement.id).where(Settlement.work_id == work.id, Settlement.part == part)
    ):
        return False
    return bool(queries.due(work.section, item_of(work), [work.id]))


def _in_order(
    work: Submission | QuizAttempt, earlier: Opinion, later: Opinion
) -> tuple[Opinion, Opinion]:
    """Whose the work is goes first; where it is nobody's, who gave points first."""
    grader = queries.first_graders(work.section, item_of(work)).get(work.id)
    return (later, earlier) if grader == later.grader_id else (earlier, later)


def _settle(
    person: Person,
    work: Submission | QuizAttempt,
    first: Opinion,
    second: Opinion,
    points: Decimal,
    way: Settled,
    *,
    levels: Levels | None = None,
    is_within: bool = False,
    word: str = "",
) -> Settlement:
    comments = dict.fromkeys(text for text in (first.comment, second.comment) if text)
    comment = "\n\n".join(comments)
    if levels is not None:
        levels.keep(person, work.id, first.part, comment)
        if levels.version.scale.has_points:
            points = levels.points_of(first.out_of)
    made = Settlement(
        section_id=work.section_id,
        item_key=item_of(work),
        work_id=work.id,
        part=first.part,
        first_id=first.id,
        second_id=second.id,
        is_within=is_within,
        points=points,
        way=way,
        word=word,
        by_id=person.id,
    )
    db.session.add(made)
    db.session.flush()
    give(person, work, first.part, points, comment)
    audit.record(
        person.id,
        "marking.settled",
        key_of(work),
        work.id,
        part=first.part,
        points=str(points),
        way=way.value,
    )
    return made
