"""Issuing for many at one go: how far it is."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.credentials.models import Award, IssuingRun
from app.kernel.database import db
from app.kernel.errors import NotVisible

__all__ = ["Progress", "run_progress", "runs"]


@dataclass(frozen=True)
class Progress:
    """A run with its figures."""

    run: IssuingRun
    awarded: int
    issued: int

    @property
    def is_done(self) -> bool:
        return self.run.looked_at is not None and self.issued == self.awarded

    @property
    def percent(self) -> int:
        """0-100: half of the way is looking, half is signing."""
        if self.is_done:
            return 100
        looked = self.run.looked_count / max(1, self.run.candidate_count)
        signed = self.issued / max(1, self.awarded)
        return min(99, int(50 * looked + 50 * signed * looked))


def runs(limit: int = 30) -> Sequence[Progress]:
    """The newest runs, in one statement."""
    awarded = select(func.count()).where(Award.run_id == IssuingRun.id).scalar_subquery()
    issued = (
        select(func.count())
        .where(Award.run_id == IssuingRun.id, Award.issued_number > 0)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(IssuingRun, awarded, issued)
        .order_by(IssuingRun.begun_at.desc())
        .limit(limit)
        .options(joinedload(IssuingRun.begun_by))
    )
    return [Progress(run, a, i) for run, a, i in rows]


def run_progress(run_id: uuid.UUID) -> Progress:
    """Raises NotVisible."""
    row = db.session.execute(
        select(
            IssuingRun,
            select(func.count()).where(Award.run_id == run_id).scalar_subquery(),
            select(func.count())
            .where(Award.run_id == run_id, Award.issued_number > 0)
            .scalar_subquery(),
        )
        .where(IssuingRun.id == run_id)
        .options(joinedload(IssuingRun.begun_by))
    ).one_or_none()
    if row is None:
        raise NotVisible(str(run_id))
    return Progress(*row)
