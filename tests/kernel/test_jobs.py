"""Jobs are put on the queue in the transaction they belong to, by requests and by other jobs."""

import asyncio
from datetime import timedelta

import sqlalchemy as sa

from app.kernel import clock, jobs
from app.kernel.database import db
from app.kernel.transaction import operation


def waiting(name: str) -> int:
    return db.session.scalar(
        sa.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name"), {"name": name}
    )


@operation
def put() -> None:
    jobs.defer("kernel.mail.deliver", to="a@b.test", subject="s", text="t")


def test_a_job_may_put_a_job_on_the_queue(app, cluster):
    """Within a worker the queue's connector is asynchronous; jobs run in threads beside it."""

    def as_a_job() -> int:
        with app.app_context():
            put()
            return waiting("kernel.mail.deliver")

    async def as_a_worker() -> int:
        with jobs.queue.replace_connector(jobs.worker_connector(cluster.url())) as queue:
            async with queue.open_async():
                return await asyncio.to_thread(as_a_job)

    with app.app_context():
        before = waiting("kernel.mail.deliver")
    assert asyncio.run(as_a_worker()) == before + 1


def test_a_job_can_wait_until_its_time(in_app):
    with in_app():
        at = clock.now() + timedelta(minutes=40)
        job = jobs.defer("notifications.tasks.mail_digest", person_id="nobody", at=at)
        row = db.session.execute(
            sa.text("SELECT scheduled_at, status FROM procrastinate_jobs WHERE id = :id"),
            {"id": job},
        ).one()
        assert (row.scheduled_at, row.status) == (at, "todo")


def test_a_job_of_a_transaction_that_fails_is_gone(in_app):
    with in_app():
        with db.session.begin_nested() as savepoint:
            job = jobs.defer("notifications.tasks.mail_digest", person_id="nobody")
            savepoint.rollback()
        found = db.session.execute(
            sa.text("SELECT count(*) FROM procrastinate_jobs WHERE id = :id"), {"id": job}
        ).scalar_one()
        assert found == 0
