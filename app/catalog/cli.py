"""``banyan courses``: put a ``courses/`` folder into the catalogue."""

import sys
from pathlib import Path

import click
from flask import current_app

from app.catalog import operations
from app.catalog.folder import read_courses
from app.labs.operations import LabInvalid

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("courses")
def courses() -> None:
    """Course clusters, courses and labs as files."""


@courses.command("load")
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)
def load(folder: Path | None) -> None:
    """Publish what FOLDER (default: BANYAN_COURSES) holds. Doing it again changes nothing."""
    folder = folder or current_app.extensions["config"].courses
    reading = _read(folder)
    try:
        loaded = operations.load_clusters(reading)
    except LabInvalid as error:
        for problem in error.problems:
            place = problem.notebook or "?"
            if problem.cell_index is not None:
                place += f", cell {problem.cell_index + 1}"
            detail = f" ({problem.detail})" if problem.detail else ""
            click.echo(f"{place}: {problem}{detail}", err=True)
        sys.exit(1)
    for name in loaded.published:
        click.echo(f"published  {name}")
    for name in loaded.unchanged:
        click.echo(f"unchanged  {name}")


@courses.command("check")
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)
def check(folder: Path | None) -> None:
    """Say what is wrong with FOLDER, without publishing anything."""
    reading = _read(folder or current_app.extensions["config"].courses)
    click.echo(f"{sum(len(cluster.courses) for cluster in reading)} course(s), no problem found")


def _read(folder: Path) -> tuple[operations.ClusterSpec, ...]:
    reading = read_courses(folder)
    for error in reading.errors:
        click.echo(str(error), err=True)
    if reading.errors:
        click.echo(f"{len(reading.errors)} problem(s): nothing was published.", err=True)
        sys.exit(1)
    return reading.clusters


commands = [courses]
