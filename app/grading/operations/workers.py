"""What workers say of themselves."""

import os
import platform
from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from app.grading.models import WorkerReport
from app.kernel import clock
from app.kernel.database import db
from app.kernel.ids import new_id
from app.kernel.transaction import operation


@operation
def report_worker(
    queue_worker: int,
    *,
    jobs: int,
    obstacle: str | None,
    without_sandbox: bool,
    environments: Mapping[str, str],
) -> None:
    """Say where this process runs, as the queue's QUEUE_WORKER, and what it can grade.

    Forgets what workers said that the queue has forgotten.
    """
    values = {
        "host": platform.node()[:200],
        "pid": os.getpid(),
        "jobs": jobs,
        "obstacle": obstacle,
        "without_sandbox": without_sandbox,
        "environments": dict(environments),
    }
    db.session.execute(
        insert(WorkerReport)
        .values(id=new_id(), queue_worker=queue_worker, started_at=clock.now(), **values)
        .on_conflict_do_update(index_elements=["queue_worker"], set_=values)
    )
    db.session.execute(
        text(
            "DELETE FROM worker_reports"
            " WHERE queue_worker NOT IN (SELECT id FROM procrastinate_workers)"
        )
    )
