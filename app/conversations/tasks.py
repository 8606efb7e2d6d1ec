"""Jobs of discussions: telling people."""

import uuid

from flask import current_app

from app.conversations import operations
from app.kernel.jobs import task


@task()
def tell_of_thread(*, thread_id: str) -> None:
    operations.tell_of_thread(uuid.UUID(thread_id))


@task()
def tell_of_post(*, post_id: str, after: str | None = None) -> None:
    site_url: str = current_app.extensions["config"].site_url
    operations.tell_of_post(site_url, uuid.UUID(post_id), uuid.UUID(after) if after else None)


@task()
def tell_of_answer(*, post_id: str) -> None:
    operations.tell_of_answer(uuid.UUID(post_id))


@task()
def tell_of_report(*, report_id: str) -> None:
    operations.tell_of_report(uuid.UUID(report_id))
