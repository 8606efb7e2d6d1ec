"""``banyan credentials``: issuers, keys, runs; and what the doctor looks at."""

from collections.abc import Iterator, Mapping, Sequence

import click
import psycopg
from flask import current_app

from app.credentials import operations, queries
from app.credentials.rules import PROGRAMME, AchievementKind
from app.hosting import doctor
from app.hosting.doctor import Finding
from app.hosting.postgres import cluster_of
from app.kernel.config import Config
from app.kernel.errors import Refused
from app.kernel.i18n import set_locale


@click.group()
def credentials() -> None:
    """Signed credentials: who issues, with which keys, for whom."""
    set_locale("en")


def _house() -> operations.House:
    config: Config = current_app.extensions["config"]
    return operations.House(config.site_url, config.instance)


@credentials.command("issuers")
def issuers() -> None:
    """List issuers with their keys."""
    fixed = queries.fixed_address()
    click.echo(f"address: {fixed or 'not fixed before the first credential'}")
    for row in queries.all_issuers():
        for key in row.keys:
            state = (
                "compromised" if key.compromised_at else "retired" if key.retired_at else "signs"
            )
            there = "" if (_house().keys / key.multibase).exists() else " (private key is missing)"
            click.echo(f"{row.slug}  {key.fragment}  {state}{there}  {key.multibase}")


@credentials.command("run")
@click.argument("kind", type=click.Choice(["cluster", "course"]))
@click.argument("subject")
def run(kind: str, subject: str) -> None:
    """Issue to everybody who has reached the course or cluster SUBJECT; a worker does it."""
    try:
        made = operations.begin_run(None, AchievementKind(kind), subject)
    except Refused as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo(f"{made.candidate_count} people are looked at: /issuers/runs/{made.id}")


@credentials.command("key")
@click.argument("issuer", default=PROGRAMME)
def key(issuer: str) -> None:
    """Make the first key of ISSUER (default: the programme), to publish it before it signs."""
    found = queries.issuer_by_slug(issuer)
    try:
        if found is None:
            school = queries.school_by_slug(issuer) if issuer != PROGRAMME else None
            if issuer != PROGRAMME and school is None:
                raise click.ClickException(f"there is no school {issuer!r}")
            found = operations.issuer_for(school)
        row = operations.open_key(_house(), found)
    except Refused as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo(f"{found.slug}  {row.fragment}  {row.multibase}")


def fixed_address(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """For ``banyan doctor``: the address in credentials, and whether the keys are there."""
    url = config.database_url
    if not url:
        cluster = cluster_of(config.instance)
        if not cluster.is_running():
            return
        url = cluster.url("banyan")
    try:
        with psycopg.connect(
            url.replace("postgresql+psycopg:", "postgresql:", 1), connect_timeout=5
        ) as connection:
            row = connection.execute("SELECT address FROM credential_sites").fetchone()
            signing = connection.execute(
                "SELECT multibase FROM credential_issuer_keys WHERE retired_at IS NULL"
            ).fetchall()
    except psycopg.Error as error:
        yield Finding(True, f"Credentials were not looked at: {str(error).splitlines()[0]}")
        return
    yield from about(config, row[0] if row else None, [name for (name,) in signing])


def about(config: Config, fixed: str | None, signing: Sequence[str]) -> Iterator[Finding]:
    """What there is to say of the FIXED address and of the keys that sign (their public halves)."""
    if fixed is None:
        yield Finding(
            True,
            f"No credential has been issued. With the first one {config.site_url} (BANYAN_URL) is "
            "fixed for good: set it to the address that will last before.",
        )
        return
    if fixed == config.site_url:
        yield Finding(True, f"Credentials carry this address, for good: {fixed}")
    else:
        yield Finding(
            False,
            f"BANYAN_URL is {config.site_url}, but credentials were issued under {fixed}. Nothing "
            f"is issued until it is set back: BANYAN_URL={fixed}",
        )
    folder = config.instance / "secrets" / "issuers"
    missing = sum(not (folder / name).exists() for name in signing)
    if missing:
        yield Finding(
            False,
            f"{missing} private keys of issuers are not in {folder}. Restore them from a backup, "
            "or make new keys on the pages of the issuers.",
        )


doctor.also(fixed_address)

commands = [credentials]
"""Every group here is added to ``banyan``."""
