"""``banyan skills``: competency frameworks on the machine itself."""

import json
import sys
from pathlib import Path

import click
from flask import current_app

from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import speaking
from app.skills import operations, queries


@click.group("skills")
def skills() -> None:
    """Competency frameworks."""


@skills.command("load")
def load() -> None:
    """Take in the frameworks that come with the house, unless they are here as they are."""
    for version in operations.load_own(current_app.extensions["config"].site_url):
        click.echo(
            f"{version.framework.slug} {version.version}: {version.item_count} entries"
            f" (version {version.number} here)"
        )


@skills.command("list")
@click.argument("words", nargs=-1)
def list_(words: tuple[str, ...]) -> None:
    """Print the keys by which labs name skills; with WORDS only those that match."""
    for row in queries.claimed_skills(" ".join(words)):
        click.echo(f"{row.key:<44} {row.title.in_language('en')} · {row.title.in_language()}")


@skills.command("import")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--slug", default="", help="Its address here; default: made of its title.")
def import_(file: Path, slug: str) -> None:
    """Take in a CASE 1.0 or 1.1 package (JSON) from FILE, or from - for standard input."""
    content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    with speaking("en"):
        try:
            made = operations.adopt(None, operations.read_package(content), slug=slug)
        except Refused as refusal:
            raise click.ClickException(str(refusal.message)) from refusal
    click.echo(f"{made.framework.slug}: {made.item_count} entries, version {made.number} here")


@skills.command("export")
@click.argument("slug")
def export(slug: str) -> None:
    """Print the newest version of a framework as its CASE package."""
    try:
        found = queries.framework(slug, retired=True)
    except NotVisible:
        raise click.ClickException(f"there is no framework {slug}") from None
    click.echo(json.dumps(queries.newest_version(found).package, ensure_ascii=False, indent=2))


commands = [skills]
