"""Reading what a grader typed beside a work."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.kernel.i18n import LazyText
from app.kernel.i18n import lazy_gettext as _l
from app.marking.operations import Given
from app.marking.queries import Work, WorkPart
from app.rubrics.forms import JudgementInput, read_judgement
from app.rubrics.models import SavedComment
from app.rubrics.rules import BadPoints, marks_to_json, plain, points_of

LONGEST_COMMENT = 5000
_NO_NUMBER = _l("Points are a number, as 7 or 7.5.")


@dataclass(frozen=True)
class Typed:
    """What stands in the fields of one part; shown again when it is refused."""

    part: WorkPart
    prefix: str
    points: str
    comment: str
    given: Given
    judgement: JudgementInput | None = None
    error: LazyText | str = ""
    is_conflict: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing was typed, and nothing is there to be changed."""
        return not (self.points or self.comment or self.given.marks)

    @property
    def is_same(self) -> bool:
        """What counts already says just this."""
        part = self.part
        if part.points is None or self.given.comment.strip() != part.comment:
            return False
        if part.rubric is not None:
            kept = part.judgement
            return kept is not None and kept.marks == marks_to_json(self.given.marks or {})
        return self.given.points == part.points


def read_work(form: Any, work: Work, comments: Sequence[SavedComment]) -> list[Typed]:
    """What FORM gives for the parts of WORK that it had fields for, in their order."""
    found = []
    for number, part in enumerate(work.parts):
        prefix = prefix_of(number)
        if form.get(f"{prefix}part") == part.key:
            found.append(_read(form, part, prefix, comments))
    return found


def prefix_of(number: int) -> str:
    """What the names of the fields of the part at NUMBER begin with."""
    return f"p{number}."


def _read(form: Any, part: WorkPart, prefix: str, comments: Sequence[SavedComment]) -> Typed:
    typed = form.get(f"{prefix}points", "").strip()
    comment = _text(form.get(f"{prefix}comment", ""))[:LONGEST_COMMENT]
    bank: Mapping[str, SavedComment] = {str(row.id): row for row in comments}
    used = {one for one in map(_id, form.getlist(f"{prefix}used")) if one is not None}
    chosen = bank.get(form.get(f"{prefix}bank", ""))
    if chosen is not None:
        used.add(chosen.id)
        if str(chosen.text) not in comment:
            comment = f"{comment}\n{chosen.text}".strip()
    judgement = None
    if part.rubric is not None:
        judgement = read_judgement(part.rubric, form, prefix, comments)
        comment, used = judgement.comment, used | set(judgement.used)
    points, error = _points(typed)
    if judgement is not None and not judgement.is_readable:
        error = _NO_NUMBER
    return Typed(
        part,
        prefix,
        typed,
        comment,
        Given(
            points,
            comment,
            judgement.marks if judgement is not None else None,
            seen=_id(form.get(f"{prefix}seen", "")),
            judged_seen=_id(form.get(f"{prefix}judged", "")),
            used_comments=tuple(used),
        ),
        judgement,
        error,
    )


def _points(typed: str) -> tuple[Decimal | None, LazyText | str]:
    try:
        return points_of(typed), ""
    except BadPoints:
        return None, _NO_NUMBER


def _text(written: str) -> str:
    return written.replace("\r\n", "\n").replace("\0", "").strip()


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def shown_points(part: WorkPart, typed: Typed | None) -> str:
    """What the field of the points begins with."""
    return typed.points if typed is not None else plain(part.points)
