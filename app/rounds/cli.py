"""``banyan rounds``: how rounds stand, and the clock's work done by hand on the machine itself."""

import click
from flask import current_app

from app.rounds import operations, queries
from app.rounds.models import Round
from app.rounds.rules import STATE_NAMES, Kind, State


@click.group()
def rounds() -> None:
    """Ranking rounds."""


@rounds.command("status")
@click.argument("code", required=False)
def status(code: str | None) -> None:
    """How every round that is going on stands, or the round CODE. Shows nobody's rankings."""
    states = [one for one in State if one not in (State.DRAFT, State.ENDED, State.CANCELLED)]
    found = queries.going(states) if code is None else [_known(code)]
    for round_ in found:
        counts = queries.counts_of(round_)
        click.echo(
            f"{round_.code}: {STATE_NAMES[round_.state]}, {counts.applicants} applicants,"
            f" {counts.projects} projects, closes {round_.closes_at:%Y-%m-%d %H:%M} UTC"
        )
        if round_.seed_hash:
            click.echo(f"  seed hash {round_.seed_hash}")
        closing = queries.closing_of(round_)
        if closing is not None:
            click.echo(f"  digest    {closing.digest}")
        result = queries.result_of(round_)
        if result is not None:
            pairs = (
                "" if result.blocking_count is None else f", {result.blocking_count} pairs block"
            )
            click.echo(
                f"  drawn {result.at:%Y-%m-%d %H:%M} UTC, {result.placed_count} placed{pairs}"
            )


@rounds.command("run")
@click.argument("code")
def run(code: str) -> None:
    """Take every step of the round CODE whose date has come, as the worker does: open, close, draw,
    publish, move free places, end. What was done already is not done again."""
    round_ = _known(code)
    before = None
    while before is not round_.state:
        before = round_.state
        if before is State.CLOSED:
            operations.draw(current_app.extensions["config"].secret_key, round_.id)
        else:
            operations.go_on(round_.id)
        round_ = _known(code)
        if round_.state is not before:
            click.echo(f"{code}: {STATE_NAMES[round_.state]}")
    if round_.state is State.PUBLISHED and round_.kind is Kind.PROJECTS:
        click.echo(f"{code}: {operations.fill(round_.id)} places moved")


def _known(code: str) -> Round:
    found = queries.round_by_code(code)
    if found is None:
        raise click.ClickException(f"there is no round {code!r}")
    return found


commands = [rounds]
