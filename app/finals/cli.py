"""``banyan finals export SECTION``: final grades for the registrar, on the machine itself."""

from pathlib import Path

import click

from app.finals import operations, queries
from app.finals.rules.sheets import Layout
from app.learning import queries as learning


@click.group()
def finals() -> None:
    """Final grades of sections."""


@finals.command("export")
@click.argument("section")
@click.option(
    "--layout",
    type=click.Choice([row.value for row in Layout]),
    default=Layout.REGISTRAR.value,
    show_default=True,
)
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx"]), default="csv")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A file, or a folder in which one is made. Default: the current folder.",
)
def export(section: str, layout: str, kind: str, out: Path | None) -> None:
    """Write the final grades of SECTION (its code) to a file; leaves a receipt."""
    found = learning.section_by_code(section)
    if found is None:
        raise click.ClickException(f"there is no section {section!r}")
    if not queries.settlements_of(found):
        raise click.ClickException(f"the final grades of {section} are not settled yet")
    done = operations.export(None, found, layout=Layout(layout), as_workbook=kind == "xlsx")
    target = out or Path()
    if target.is_dir():
        target /= done.receipt.filename
    target.write_bytes(done.content)
    click.echo(f"{target}: {done.receipt.row_count} students, SHA-256 {done.receipt.sha256}")


commands = [finals]
