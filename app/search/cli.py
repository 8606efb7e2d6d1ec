"""``banyan search``: the index of the search."""

import click

from app.search import operations


@click.group("search")
def search() -> None:
    """What people find."""


@search.command("rebuild")
def rebuild() -> None:
    """Make the index say what is there. Doing it again changes nothing."""
    documents, written, removed = operations.rebuild()
    click.echo(f"{documents} document(s): {written} written, {removed} removed")


commands = [search]
