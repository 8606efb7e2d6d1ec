"""``banyan servers``: what runs, stop one, close the labs and open them, on the machine itself."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click
import psycopg
from flask import current_app

from app.accounts import queries as accounts
from app.hosting import doctor
from app.hosting.doctor import Finding
from app.hosting.postgres import cluster_of
from app.kernel import clock
from app.kernel.config import Config
from app.kernel.errors import Refused
from app.kernel.i18n import set_locale
from app.kernel.localized import LocalizedText
from app.operations import operations, queries
from app.operations.queries import Shown
from app.operations.queries.checks import running_checks
from app.operations.rules import BadTime, in_megabytes, parse_instant
from app.workspaces import hub


class Instant(click.ParamType):
    """``18:30``, ``+45m`` or ``2026-11-23T18:30``, in Taipei."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            return parse_instant(value, clock.now())
        except BadTime:
            self.fail(f"{value!r} is not a time: say 18:30, +45m or 2026-11-23T18:30", param, ctx)


@click.group("servers")
def servers() -> None:
    """People's lab servers: who runs what, stop one, close and open the labs."""


@servers.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--search", default="", help="Person, section or lab.")
def list_servers(as_json: bool, search: str) -> None:
    """Print the servers that run now, as the operators' page shows them."""
    try:
        operations.look(current_app.extensions["config"].instance)
    except hub.HubUnavailable as refusal:
        set_locale("en")
        click.echo(f"{refusal.message} What follows was seen before.", err=True)
    rows = queries.servers(search=search, page=None).rows
    if as_json:
        click.echo(json.dumps([as_data(row) for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        run = row.run
        click.echo(
            f"{run.person.handle:<20} {run.state.value:<9} {row.section or '-':<30} "
            f"{run.lab_slug or '-':<24} {queries.taipei_time(run.asked_at)}  "
            f"{_or_dash(in_megabytes(run.memory_bytes)):>6} MB {_or_dash(run.cpu_percent):>6} %  "
            f"{_or_dash(run.process_count):>4} processes"
        )
    total = queries.totals()
    click.echo(f"{total.count} servers, {in_megabytes(total.memory_bytes)} MB")


@servers.command("stop")
@click.argument("handle")
@click.option("--message", default="", help="What the person reads.")
@click.option("--grace", type=click.IntRange(0, 3600), default=30, help="Seconds before it ends.")
def stop(handle: str, message: str, grace: int) -> None:
    """Stop the server of HANDLE. The person is told; files are kept."""
    person = accounts.person_by_handle(handle)
    run = queries.live_run_of(person.id) if person else None
    if run is None:
        raise click.ClickException(f"{handle} has no server running.")
    operations.order_stop(None, run, message, grace_seconds=grace)
    click.echo(f"The server of {handle} stops in {grace} seconds.")


@servers.command("drain")
@click.option("--until", type=Instant(), required=True, help="What people are told: 18:30, +2h.")
@click.option("--message", required=True, help="Why, in Chinese (or in one language for all).")
@click.option("--message-en", default="", help="Why, in English.")
@click.option("--from", "start", type=Instant(), help="No new labs from then on (default: now).")
@click.option("--put-away", type=Instant(), help="Running labs end then (default: 10 min later).")
def drain(until: Any, message: str, message_en: str, start: Any, put_away: Any) -> None:
    """Close the labs for maintenance."""
    set_locale("en")
    try:
        made = operations.announce_drain(
            None,
            until=until,
            start=start,
            put_away=put_away,
            message=LocalizedText({"zh-Hant-TW": message, "en": message_en}),
        )
    except Refused as refusal:
        raise click.ClickException(str(refusal.message)) from None
    click.echo(queries.drain_words(made))


@servers.command("open")
def open_labs() -> None:
    """Open the labs again."""
    set_locale("en")
    try:
        operations.open_again(None)
    except Refused as refusal:
        raise click.ClickException(str(refusal.message)) from None
    click.echo("Labs are open.")


def as_data(row: Shown) -> dict[str, Any]:
    """A server for programs; sizes in bytes, instants in ISO 8601."""
    run = row.run
    return {
        "person": run.person.handle,
        "name": run.person.name,
        "section": row.section,
        "course": str(row.course) if row.course else None,
        "lab": run.lab_slug,
        "state": run.state.value,
        "since": run.asked_at.isoformat(),
        "last_activity": run.active_at.isoformat() if run.active_at else None,
        "memory_bytes": run.memory_bytes,
        "cpu_percent": run.cpu_percent,
        "processes": run.process_count,
        "home_bytes": run.disk_bytes,
        "measured_at": run.measured_at.isoformat() if run.measured_at else None,
    }


def _or_dash(value: Any) -> str:
    return "-" if value is None else str(value)


def running_parts(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """For ``banyan doctor``: what the page of checks and the probes look at."""
    set_locale("en")
    url = config.database_url
    if not url:
        cluster = cluster_of(config.instance)
        if not cluster.is_running():
            yield Finding(True, "The house is not running, so what runs was not looked at.")
            return
        url = cluster.url("banyan")
    address = url.replace("postgresql+psycopg:", "postgresql:", 1)

    def rows(statement: str) -> Any:
        with psycopg.connect(address, connect_timeout=5) as connection:
            return connection.execute(statement.encode()).fetchall()

    for check in running_checks(config, rows):
        yield Finding(check.is_well, str(check.sentence))


doctor.also(running_parts)

commands = [servers]
