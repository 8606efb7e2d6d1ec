"""The ledger itself: rows are only added. What a work proves now is compared with what is on
record; what differs is superseded, and what it proves no more is withdrawn."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.evidence import rules
from app.evidence.events import EvidenceRecorded, EvidenceWithdrawn
from app.evidence.models import Evidence, EvidenceWithdrawal
from app.evidence.rules import PASS, Piece, Vouching, Withdrawn
from app.kernel import clock
from app.kernel.database import db
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation

__all__ = ["Work", "add", "bring_to", "on_record", "withdraw"]


@dataclass(frozen=True, kw_only=True)
class Work:
    """A graded work of one person, as the ledger keeps it."""

    person_id: uuid.UUID
    source_id: uuid.UUID
    item: str
    """``COURSE/lab:SLUG``; of one item only the best piece counts."""
    title: LocalizedText
    work_hash: str
    grader: str
    environment: dict[str, Any] = field(default_factory=dict)
    environment_digest: str
    section_id: uuid.UUID | None = None
    lab_version_id: uuid.UUID | None = None
    lab_version_number: int | None = None
    submission_id: uuid.UUID | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """What a work proves now: pieces, or nothing for a reason."""

    work: Work
    pieces: Sequence[Piece]
    otherwise: Withdrawn = Withdrawn.NOT_MAPPED
    watched_by_id: uuid.UUID | None = None
    """Who attests that it was done under supervision."""
    note: str = ""


def on_record(source_ids: Collection[uuid.UUID]) -> list[Evidence]:
    """Everything that was ever written of these works, oldest first."""
    return list(
        db.session.scalars(
            select(Evidence)
            .where(Evidence.source_id.in_(list(source_ids)))
            .options(joinedload(Evidence.withdrawal))
            .order_by(Evidence.recorded_at, Evidence.id)
        )
    )


def bring_to(standings: Iterable[Standing]) -> None:
    """Make the ledger say what works prove now. Within an operation; news is told at its end."""
    wanted = list(standings)
    rows = on_record({one.work.source_id for one in wanted})
    ledger = _Ledger(rows)
    for one in wanted:
        ledger.bring_to(one)
    ledger.write()


def add(
    work: Work, piece: Piece, *, vouching: Vouching, by_id: uuid.UUID, note: str = ""
) -> Evidence:
    """Somebody vouches for what a work proves. What she said of it before is superseded."""
    rows = on_record([work.source_id])
    ledger = _Ledger(rows)
    before = ledger.live(work, vouching).get(piece.place)
    made = ledger.make(work, piece, vouching, before=before, by_id=by_id, note=note)
    ledger.write()
    return made


@operation
def withdraw(
    evidence: Iterable[Evidence], reason: Withdrawn, by_id: uuid.UUID | None = None
) -> list[Evidence]:
    """Take live pieces back; those that hold no more already are left alone."""
    ids = sorted(row.id for row in evidence)
    superseded = set(
        db.session.scalars(select(Evidence.supersedes_id).where(Evidence.supersedes_id.in_(ids)))
    )
    rows = db.session.scalars(
        select(Evidence)
        .where(Evidence.id.in_(ids), Evidence.id.not_in(superseded))
        .options(joinedload(Evidence.withdrawal))
        .order_by(Evidence.id)
    ).all()
    gone = [row for row in rows if row.withdrawal is None]
    for row in gone:
        row.withdrawal = EvidenceWithdrawal(evidence_id=row.id, reason=reason, by_id=by_id)
    db.session.flush()
    if gone:
        publish(EvidenceWithdrawn(tuple(row.id for row in gone)))
    return gone


Place = tuple[uuid.UUID, int]
Whose = tuple[uuid.UUID, uuid.UUID, Vouching]


class _Ledger:
    """What is on record of some works, and what is to be added."""

    def __init__(self, rows: Sequence[Evidence]) -> None:
        superseded = {row.supersedes_id for row in rows if row.supersedes_id is not None}
        self.revisions: dict[tuple[Whose, Place], int] = {}
        self.alive: dict[Whose, dict[Place, Evidence]] = {}
        for row in rows:
            whose, place = (row.person_id, row.source_id, row.vouching), (row.skill_id, row.level)
            self.revisions[whose, place] = max(row.revision, self.revisions.get((whose, place), 0))
            if row.id not in superseded and row.withdrawal is None:
                self.alive.setdefault(whose, {})[place] = row
        self.made: list[Evidence] = []
        self.gone: list[tuple[Evidence, Withdrawn]] = []

    def live(self, work: Work, vouching: Vouching) -> dict[Place, Evidence]:
        return self.alive.get((work.person_id, work.source_id, vouching), {})

    def bring_to(self, standing: Standing) -> None:
        work, pieces = standing.work, {piece.place: piece for piece in standing.pieces}
        held = self.live(work, Vouching.AUTOGRADED)
        for place, piece in pieces.items():
            before = held.get(place)
            if before is None or _differs(work, piece, before):
                self.make(work, piece, Vouching.AUTOGRADED, before=before)
        self.gone += [(row, standing.otherwise) for p, row in held.items() if p not in pieces]
        watched = self.live(work, Vouching.SUPERVISED)
        if standing.watched_by_id is not None:
            for place, piece in pieces.items():
                if place not in watched and piece.share >= PASS:
                    self.make(
                        work, piece, Vouching.SUPERVISED,
                        by_id=standing.watched_by_id, note=standing.note,
                    )  # fmt: skip
        for vouching in (Vouching.CONFIRMED, Vouching.SUPERVISED):
            for place, row in self.live(work, vouching).items():
                now = pieces.get(place)
                if now is None:
                    self.gone.append((row, standing.otherwise))
                elif now.share < PASS:
                    self.gone.append((row, Withdrawn.CONFIRMATION_LOST))
                elif _differs(work, now, row):
                    self.make(
                        work, now, vouching, before=row, by_id=row.vouched_by_id, note=row.note
                    )

    def make(
        self,
        work: Work,
        piece: Piece,
        vouching: Vouching,
        *,
        before: Evidence | None = None,
        by_id: uuid.UUID | None = None,
        note: str = "",
    ) -> Evidence:
        whose = work.person_id, work.source_id, vouching
        revision = self.revisions.get((whose, piece.place), 0) + 1
        self.revisions[whose, piece.place] = revision
        now = clock.now()
        # What held before a correction holds since then, if it passed already.
        stays = before is not None and before.share >= PASS
        made = Evidence(
            id=new_id(),
            person_id=work.person_id,
            skill_id=piece.skill_id,
            level=piece.level,
            weight=piece.weight,
            source=piece.source,
            source_id=work.source_id,
            revision=revision,
            supersedes_id=before.id if before is not None else None,
            item=work.item,
            title=work.title,
            section_id=work.section_id,
            lab_version_id=work.lab_version_id,
            lab_version_number=work.lab_version_number,
            submission_id=work.submission_id,
            work_hash=work.work_hash,
            score=piece.score,
            max_score=piece.max_score,
            cells=list(piece.cells),
            grader=work.grader,
            environment=work.environment,
            environment_digest=work.environment_digest,
            vouching=vouching,
            vouched_by_id=by_id,
            note=note,
            valid_from=before.valid_from if before is not None and stays else now,
            valid_until=work.valid_until,
            recorded_at=now,
        )
        self.made.append(made)
        return made

    def write(self) -> None:
        db.session.add_all(self.made)
        for row, reason in self.gone:
            row.withdrawal = EvidenceWithdrawal(evidence_id=row.id, reason=reason)
        db.session.flush()
        if self.gone:
            publish(EvidenceWithdrawn(tuple(row.id for row, _reason in self.gone)))
        if self.made:
            publish(EvidenceRecorded(tuple(row.id for row in self.made)))


def _differs(work: Work, piece: Piece, row: Evidence) -> bool:
    return rules.changed(
        piece, score=row.score, max_score=row.max_score, cells=row.cells,
        weight=row.weight, source=row.source,
    ) or (work.lab_version_id, work.work_hash, work.grader, work.environment_digest) != (
        row.lab_version_id, row.work_hash, row.grader, row.environment_digest,
    )  # fmt: skip
