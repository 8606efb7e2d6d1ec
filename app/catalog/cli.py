"""``banyan courses``: put a ``courses/`` folder into the catalogue."""

import sys
from pathlib import Path

import click
from flask import current_app

from app.accounts.queries import person_by_email
from app.catalog import operations, queries
from app.catalog.folder import ClusterSpec, read_courses
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


@courses.command("export")
@click.argument("slug")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--version", "number", type=int, help="Which version; without it the newest.")
def export(slug: str, folder: Path, number: int | None) -> None:
    """Write the course SLUG into FOLDER, as CLUSTER/SLUG/course.yaml and what belongs to it."""
    files = queries.exported_files(slug, number)
    if files is None:
        raise click.ClickException(
            f"there is no such course or version: {slug}; or it was published before sources were"
            " kept, and 'banyan courses load' has to run once"
        )
    if any((folder / path).exists() for path in files):
        raise click.ClickException(f"{folder} holds such a course already: name an empty folder")
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    click.echo(f"wrote {len(files)} file(s) into {folder}")


@courses.command("editor")
@click.argument("slug")
@click.argument("email")
def editor(slug: str, email: str) -> None:
    """Let the instructor with the address EMAIL write the course SLUG."""
    person, course = person_by_email(email), queries.course(slug)
    if person is None or course is None:
        raise click.ClickException("there is no such person" if course else "no such course")
    operations.add_editor(course, person, by=None)
    click.echo(f"{person.name} may write {slug} as long as she is an instructor")


def _read(folder: Path) -> tuple[ClusterSpec, ...]:
    reading = read_courses(folder)
    for error in reading.errors:
        click.echo(str(error), err=True)
    if reading.errors:
        click.echo(f"{len(reading.errors)} problem(s): nothing was published.", err=True)
        sys.exit(1)
    return reading.clusters


commands = [courses]
