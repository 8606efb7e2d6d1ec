"""Jobs of operators: look at what runs, stop it when its time has come."""

import logging
import uuid

from flask import current_app

from app.kernel.jobs import task
from app.operations import operations
from app.operations.queries.lines import queued_profiles
from app.workspaces import hub
from app.workspaces.gates import NotNow

log = logging.getLogger(__name__)


@task(queue_name="workspaces", retry=0, periodic="* * * * * */10", queueing_lock="look")
def look(timestamp: int) -> None:
    """Every ten seconds: which servers run, and what they use."""
    try:
        operations.look(current_app.extensions["config"].instance)
    except hub.HubUnavailable:
        log.info("the Hub does not answer; its servers are looked at later")


@task(queue_name="workspaces", retry=0, periodic="* * * * * */5", queueing_lock="serve_lines")
def serve_lines(timestamp: int) -> None:
    """Every five seconds: who waits for a scarce profile gets it when one is free."""
    profiles = queued_profiles()
    if not profiles:
        return
    try:
        operations.serve_lines(profiles)
    except hub.HubUnavailable:
        log.info("the Hub does not answer; those who wait keep their places")


@task(queue_name="workspaces", retry=20)
def carry_out_stop(*, run_id: str) -> None:
    """Stop a server whose owner has been told."""
    operations.carry_out_stop(uuid.UUID(run_id))


@task(queue_name="workspaces", retry=20)
def restart(*, run_id: str, section_id: str, lab_slug: str, environment: str, locale: str) -> None:
    """End a server whose owner needs another one, and start that."""
    try:
        operations.restart(
            uuid.UUID(run_id),
            uuid.UUID(section_id),
            lab_slug,
            environment=environment,
            locale=locale,
        )
    except NotNow as refusal:
        log.info("a server does not start anew: %s", refusal.message)


@task(queue_name="workspaces", retry=20)
def put_away(*, drain_id: str) -> None:
    """Stop all servers for maintenance."""
    operations.put_away(uuid.UUID(drain_id))
