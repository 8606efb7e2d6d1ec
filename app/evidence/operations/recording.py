"""Evidence from rooms above: deliverables, reviews, whatever they release to a student."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from app.evidence.operations import ledger
from app.evidence.operations.ledger import Standing, Work
from app.evidence.rules import Piece, Vouching, Withdrawn
from app.kernel.localized import LocalizedText
from app.kernel.transaction import operation

__all__ = ["record"]


@operation
def record(
    *,
    person_id: uuid.UUID,
    source_id: uuid.UUID,
    item: str,
    title: LocalizedText,
    pieces: Iterable[Piece],
    work_hash: str,
    grader: str,
    environment_digest: str = "0" * 64,
    section_id: uuid.UUID | None = None,
    valid_until: datetime | None = None,
    vouched_by_id: uuid.UUID | None = None,
    note: str = "",
) -> None:
    """Say what a work proves now; call it in the transaction that releases the result, never
    before. Again with other points: superseded; without pieces: withdrawn.

    ``source_id`` names the work (a deliverable, a review), ``item`` what was worked on.
    ``vouched_by_id``: the person whose judgement it is, so that it counts as confirmed.
    """
    work = Work(
        person_id=person_id, source_id=source_id, item=item, title=title, work_hash=work_hash,
        grader=grader, environment_digest=environment_digest, section_id=section_id,
        valid_until=valid_until,
    )  # fmt: skip
    made = list(pieces)
    ledger.bring_to([Standing(work, made, Withdrawn.NO_RESULT)])
    if vouched_by_id is not None:
        for piece in made:
            ledger.add(work, piece, vouching=Vouching.CONFIRMED, by_id=vouched_by_id, note=note)
