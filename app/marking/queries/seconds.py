"""Works that two people mark: what is due, who has given what, where they are too far apart."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import Person
from app.catalog.rules import ItemKind
from app.grading.models import Attempt, Submission
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning.models import Section
from app.marking.models.seconds import Opinion, Proposal, Settlement
from app.marking.models.shares import MarkingShare
from app.marking.queries.shares import works_of
from app.marking.queries.sources import Mine
from app.marking.rules.items import Ref
from app.quizzes.models import QuizAttempt

__all__ = [
    "Pair",
    "done_by",
    "due",
    "first_graders",
    "given_by_me",
    "mine_of",
    "opinions_on",
    "pair_of",
    "pairs",
    "people_of",
    "settled_parts",
    "unsettled",
    "work_in",
]


@dataclass(frozen=True)
class Pair:
    """A part of a work that two have marked and that is not settled."""

    work_id: uuid.UUID
    part: str
    first: Opinion
    second: Opinion
    proposals: tuple[Proposal, ...]
    """The oldest first."""

    def is_of(self, person: Person) -> bool:
        return person.id in (self.first.grader_id, self.second.grader_id)


def due(section: Section, item: str, work_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of WORK_IDS that two people mark, in one statement."""
    works = works_of(section.id, item).subquery()
    return set(
        db.session.scalars(
            select(works.c.work_id)
            .join(
                MarkingShare,
                and_(
                    MarkingShare.section_id == section.id,
                    MarkingShare.item_key == item,
                    MarkingShare.owner_id == works.c.owner_id,
                    MarkingShare.ended_at.is_(None),
                    MarkingShare.needs_second,
                ),
            )
            .where(works.c.work_id.in_(list(work_ids)))
        )
    )


def mine_of(person: Person, work_id: uuid.UUID) -> dict[str, Opinion]:
    """What PERSON gave for parts of a work that two mark, by part; nobody else's, in one
    statement. That is all she may see of what is not settled."""
    return {
        row.part: row
        for row in db.session.scalars(
            live().where(Opinion.work_id == work_id, Opinion.grader_id == person.id)
        )
    }


def live() -> Select[Opinion]:
    return select(Opinion).where(Opinion.superseded_at.is_(None))


def unsettled() -> Select[Opinion]:
    """Opinions of which nothing counts yet."""
    return live().where(
        ~exists().where(Settlement.work_id == Opinion.work_id, Settlement.part == Opinion.part)
    )


def opinions_on(work_id: uuid.UUID, part: str) -> list[Opinion]:
    """The live opinions on a part, the earliest first."""
    return list(
        db.session.scalars(
            live()
            .where(Opinion.work_id == work_id, Opinion.part == part)
            .order_by(Opinion.at, Opinion.id)
        )
    )


def done_by(person: Person, section: Section, item: str) -> set[uuid.UUID]:
    """The works of ITEM that wait for points and of which PERSON has given hers: what is open of
    them is for the other grader, or to be settled. In one statement."""
    given = (
        unsettled()
        .with_only_columns(Opinion.work_id, func.count().label("given"))
        .where(
            Opinion.section_id == section.id,
            Opinion.item_key == item,
            Opinion.grader_id == person.id,
            Opinion.was_open,
        )
        .group_by(Opinion.work_id)
        .subquery()
    )
    if Ref.of(item).kind is ItemKind.QUIZ:
        statement = select(given.c.work_id).join(
            QuizAttempt,
            and_(
                QuizAttempt.id == given.c.work_id,
                QuizAttempt.waiting_count <= given.c.given,
            ),
        )
    else:
        later = aliased(Attempt)
        statement = (
            select(given.c.work_id)
            .join(Submission, Submission.id == given.c.work_id)
            .join(
                Attempt,
                and_(
                    Attempt.submission_id == given.c.work_id,
                    Attempt.pending_count <= given.c.given,
                ),
            )
            .where(
                ~exists().where(
                    later.submission_id == Attempt.submission_id, later.number > Attempt.number
                )
            )
        )
    return set(db.session.scalars(statement))


def given_by_me(person: Person, section: Section, item: str) -> Mine:
    """What PERSON has given for ITEM that waits for another, in two statements."""
    parts: dict[str, set[uuid.UUID]] = {}
    for part, work_id in db.session.execute(
        unsettled()
        .with_only_columns(Opinion.part, Opinion.work_id)
        .where(
            Opinion.section_id == section.id,
            Opinion.item_key == item,
            Opinion.grader_id == person.id,
        )
    ):
        parts.setdefault(part, set()).add(work_id)
    return Mine(
        frozenset(done_by(person, section, item)),
        {part: frozenset(works) for part, works in parts.items()},
    )


def settled_parts(work_id: uuid.UUID) -> set[str]:
    """The parts of a work of which it is settled which points count."""
    return set(db.session.scalars(select(Settlement.part).where(Settlement.work_id == work_id)))


def pairs(section: Section, item: str) -> list[Pair]:
    """What two have marked and nobody has settled, for those who may see both: the longest
    waiting first, in four statements. Whose the work is stands first."""
    first, second = aliased(Opinion), aliased(Opinion)
    rows = db.session.execute(
        select(first, second)
        .join(
            second,
            and_(
                second.work_id == first.work_id,
                second.part == first.part,
                second.superseded_at.is_(None),
                or_(second.at > first.at, and_(second.at == first.at, second.id > first.id)),
            ),
        )
        .where(
            first.section_id == section.id,
            first.item_key == item,
            first.superseded_at.is_(None),
            ~exists().where(Settlement.work_id == first.work_id, Settlement.part == first.part),
        )
        .order_by(second.at, second.id)
        .options(joinedload(first.grader), joinedload(second.grader))
    ).all()
    said: dict[tuple[uuid.UUID, str], list[Proposal]] = {}
    for proposal in db.session.scalars(
        select(Proposal)
        .where(Proposal.work_id.in_({one.work_id for one, _other in rows}))
        .order_by(Proposal.at, Proposal.id)
        .options(joinedload(Proposal.by))
    ):
        said.setdefault((proposal.work_id, proposal.part), []).append(proposal)
    graders = first_graders(section, item) if rows else {}
    return [
        Pair(
            one.work_id,
            one.part,
            *((other, one) if graders.get(one.work_id) == other.grader_id else (one, other)),
            tuple(said.get((one.work_id, one.part), ())),
        )
        for one, other in rows
    ]


def first_graders(section: Section, item: str) -> dict[uuid.UUID, uuid.UUID]:
    """Whose each work of ITEM is as first grader, of those that are somebody's."""
    works = works_of(section.id, item).subquery()
    rows = db.session.execute(
        select(works.c.work_id, MarkingShare.grader_id)
        .join(MarkingShare, MarkingShare.owner_id == works.c.owner_id)
        .where(
            MarkingShare.section_id == section.id,
            MarkingShare.item_key == item,
            MarkingShare.ended_at.is_(None),
            MarkingShare.grader_id.is_not(None),
        )
    )
    return {work_id: grader_id for work_id, grader_id in rows}


def pair_of(section: Section, item: str, work_id: uuid.UUID, part: str) -> Pair | None:
    """One of ``pairs``."""
    return next(
        (pair for pair in pairs(section, item) if (pair.work_id, pair.part) == (work_id, part)),
        None,
    )


def work_in(section: Section, item: str, work_id: uuid.UUID) -> Submission | QuizAttempt:
    """A work of ITEM. Raises NotVisible."""
    ref = Ref.of(item)
    found: Submission | QuizAttempt | None
    if ref.kind is ItemKind.LAB:
        found = db.session.get(Submission, work_id)
        slug = found.lab_slug if found else ""
    else:
        found = db.session.get(QuizAttempt, work_id)
        slug = found.slug if found else ""
    if found is None or found.section_id != section.id or slug != ref.slug:
        raise NotVisible(str(work_id))
    return found


def people_of(item: str, work_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID, str]]:
    """(person, name) by work, in one statement."""
    work = Submission if Ref.of(item).kind is ItemKind.LAB else QuizAttempt
    rows = db.session.execute(
        select(work.id, Person.id, Person.name)
        .join(Person, Person.id == work.person_id)
        .where(work.id.in_(list(work_ids)))
    )
    return {work_id: (person_id, name) for work_id, person_id, name in rows}
