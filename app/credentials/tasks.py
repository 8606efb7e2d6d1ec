"""Jobs of credentials: signing, runs, news."""

import uuid

from flask import current_app

from app.credentials import operations
from app.kernel.config import Config
from app.kernel.jobs import task


def house() -> operations.House:
    config: Config = current_app.extensions["config"]
    return operations.House(config.site_url, config.instance)


@task(retry=5)
def issue(*, award_ids: list[str]) -> None:
    """Sign some awards, one transaction each: who is done is passed by when the job comes again."""
    for award_id in award_ids:
        operations.issue(house(), uuid.UUID(award_id))


@task()
def sign_again(*, issuer_key_id: str, after: str | None = None) -> None:
    operations.sign_again(uuid.UUID(issuer_key_id), uuid.UUID(after) if after else None)


@task()
def go_on(*, run_id: str, after: str | None = None) -> None:
    operations.go_on(uuid.UUID(run_id), uuid.UUID(after) if after else None)


@task()
def tell_revoked(*, award_id: str) -> None:
    operations.tell_revoked(uuid.UUID(award_id))


@task(retry=0, periodic="7 * * * *")
def issue_forgotten(timestamp: int) -> None:
    operations.issue_forgotten()
