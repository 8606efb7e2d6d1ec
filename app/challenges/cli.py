"""``banyan challenges``: challenges from folders."""

from pathlib import Path

import click
from sqlalchemy import select

from app.challenges import operations
from app.kernel.database import db
from app.kernel.errors import Refused
from app.learning.models import Section


@click.group("challenges")
def challenges() -> None:
    """Challenges of sections."""


@challenges.command("add")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--section", "code", required=True, help="The section's code.")
@click.option("--publish", is_flag=True, help="Let students see it at once.")
def add(folder: Path, code: str, publish: bool) -> None:
    """Take the challenge in FOLDER into a section; it opens now, for as long as it says."""
    section = db.session.scalar(select(Section).where(Section.code == code))
    if section is None:
        raise click.ClickException(f"there is no section {code}")
    try:
        made = operations.load_folder(folder.resolve(), section, published=publish)
    except Refused as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    click.echo(f"{code}/{made.slug}: until {made.ends_at:%Y-%m-%d %H:%M} UTC")


commands = [challenges]
