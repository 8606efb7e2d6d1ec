"""Jobs of notifications."""

import uuid

from flask import current_app

from app.kernel.config import Config
from app.kernel.jobs import defer, task
from app.kernel.transaction import operation
from app.notifications import operations, queries


def _config() -> Config:
    config: Config = current_app.extensions["config"]
    return config


@task(queue_name="mail", retry=5)
def mail_one(*, notification_id: str) -> None:
    """Mail one piece of news to whom it is for."""
    config = _config()
    operations.mail_one(config.site_url, config.secret_key, uuid.UUID(notification_id))


@task(queue_name="mail", retry=5)
def mail_digest(*, person_id: str) -> None:
    operations.mail_digest(_config().site_url, uuid.UUID(person_id))


@task(queue_name="mail", retry=0, periodic="30 23 * * *")
def begin_digests(timestamp: int) -> None:
    """Every morning at half past seven in Taipei."""
    _begin()


@operation
def _begin() -> None:
    for person_id in queries.awaiting_digest():
        defer(mail_digest, person_id=str(person_id))
