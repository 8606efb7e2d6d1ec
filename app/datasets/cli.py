"""``banyan data``: data sets on the machine itself."""

import sys
from pathlib import Path

import click
from flask import current_app

from app.accounts.queries import person_by_email
from app.datasets import operations, queries
from app.datasets.rules import Access
from app.kernel.errors import Refused
from app.kernel.i18n import speaking
from app.kernel.localized import LocalizedText


@click.group("data")
def data() -> None:
    """Data sets that labs and challenges read."""


@data.command("add")
@click.argument(
    "files", type=click.Path(exists=True, dir_okay=False, path_type=Path), nargs=-1, required=True
)
@click.option("--name", required=True, help="Small letters, digits and hyphens.")
@click.option("--version", "number", type=click.IntRange(1), help="Default: the next one.")
@click.option("--title", "english", required=True, help="In English.")
@click.option("--title-zh", "chinese", help="In Chinese; default: the same.")
@click.option("--licence", required=True, help="Under which licence the data may be used.")
@click.option("--source", required=True, help="Where the data come from.")
@click.option("--hidden", is_flag=True, help="No notebook ever sees it: answers of a challenge.")
@click.option("--by", "email", help="Whose it is: she may add versions and use it when hidden.")
@click.option("--sha256", help="The digest that the only FILE should have.")
def add(
    files: tuple[Path, ...], name: str, number: int | None, english: str, chinese: str | None,
    licence: str, source: str, hidden: bool, email: str | None, sha256: str | None,
) -> None:  # fmt: skip
    """Keep FILES as a version of a data set; labs find them at /data/NAME/VERSION."""
    person = person_by_email(email) if email else None
    if email and person is None:
        raise click.ClickException(f"there is nobody with the address {email}")
    if sha256 and len(files) > 1:
        raise click.ClickException("--sha256 is for one file")
    with speaking("en"):
        try:
            kept = []
            for path in files:
                with path.open("rb") as stream:
                    kept.append(operations.incoming(path.name, stream, wanted=sha256))
            made = operations.keep(
                person,
                operations.Content(
                    name=name,
                    number=number,
                    title=LocalizedText({"en": english, "zh-Hant-TW": chinese or english}),
                    licence=licence,
                    source=source,
                    access=Access.HIDDEN if hidden else Access.OPEN,
                    files=kept,
                ),
            )
        except Refused as refusal:
            raise click.ClickException(str(refusal.message)) from refusal
    where = "hidden" if hidden else made.place
    click.echo(f"{made.address}  {made.digest}  {made.size} bytes  {where}")


@data.command("list")
def list_sets() -> None:
    """Every version of every data set."""
    for row in queries.every_set():
        rows = "" if row.rows is None else f"  {row.rows} rows"
        click.echo(f"{row.address}  {row.access.value}  {row.size} bytes{rows}  {row.licence}")


@data.command("load")
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)
def load(folder: Path | None) -> None:
    """Keep the data sets of a FOLDER of courses (default: BANYAN_COURSES)."""
    try:
        for row in operations.load_folder(folder or current_app.extensions["config"].courses):
            click.echo(row.address)
    except Refused as refusal:
        raise click.ClickException(str(refusal.message)) from refusal


@data.command("check")
def check() -> None:
    """Compare every file with its digest, and put folders right that lack one."""
    damaged = operations.lay_out_all()
    for address in damaged:
        click.echo(f"{address}: a file is missing or is not what it was", err=True)
    if damaged:
        sys.exit(1)
    click.echo("every data set is whole")


commands = [data]
