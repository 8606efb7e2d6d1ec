"""``banyan courses``: put a ``courses/`` folder into the catalogue."""

import json
import sys
from pathlib import Path

import click
from flask import current_app

from app.accounts.queries import person_by_email
from app.accounts.rules import Role
from app.catalog import operations, queries
from app.catalog.folder import ClusterSpec, read_courses
from app.catalog.folder_specs import LANGUAGES
from app.catalog.imports import Report, from_json
from app.catalog.rules.naming import slug_from
from app.catalog.rules.zips import MOST_OF_ONE, zipped
from app.datasets import operations as datasets
from app.kernel.errors import Refused
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
        for row in datasets.load_folder(folder):
            click.echo(f"data set   {row.address}")
        loaded = operations.load_clusters(reading)
    except LabInvalid as error:
        for problem in error.problems:
            place = problem.notebook or "?"
            if problem.cell_index is not None:
                place += f", cell {problem.cell_index + 1}"
            detail = f" ({problem.detail})" if problem.detail else ""
            click.echo(f"{place}: {problem}{detail}", err=True)
        sys.exit(1)
    except datasets.FolderInvalid as error:
        raise click.ClickException(str(error.message)) from error
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


@courses.command("import")
@click.argument("package", type=click.Path(exists=True, path_type=Path))
@click.option("--into", help="Slug of a course: what comes over becomes new modules of its draft.")
@click.option("--language", type=click.Choice(LANGUAGES), help="In which its texts are.")
@click.option("--by", "email", help="Mail address of the instructor whose draft it becomes.")
@click.option("--cluster", help="Slug of the cluster of a new course.")
@click.option("--slug", default="", help="Address of a new course; without it from the title.")
@click.option("--title", default="", help="Title of a new course; without it the package's.")
@click.option("--dry-run", is_flag=True, help="Say what would come over, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def import_course(
    package: Path, into: str | None, language: str | None, email: str | None, cluster: str | None,
    slug: str, title: str, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Take PACKAGE over: a zip file, a cartridge (.imscc) or the folder of an nbgrader course."""
    data = _packed(package) if package.is_dir() else package.read_bytes()
    try:
        if dry_run:
            report = operations.look_into(data, language or LANGUAGES[0]).brought.report
        else:
            report = _taken(
                data, package.name, into, language, email, cluster, slug, title
            )  # fmt: skip
    except operations.ImportRefused as refusal:
        lines = [str(refusal.message), *(str(error) for error in refusal.errors)]
        raise click.ClickException("\n".join(lines)) from refusal
    except Refused as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    if as_json:
        click.echo(json.dumps(report.to_words(), ensure_ascii=False, indent=1))
    else:
        click.echo(report.to_text())
        if dry_run:
            click.echo("nothing was written")


def _taken(
    data: bytes, name: str, into: str | None, language: str | None, email: str | None,
    cluster: str | None, slug: str, title: str,
) -> Report:  # fmt: skip
    person = person_by_email(email or "")
    if person is None:
        raise click.ClickException("--by EMAIL has to name somebody: the draft will be hers")
    course = queries.course(into) if into else None
    found = next((c for c in queries.all_clusters() if c.slug == cluster), None)
    if (into and course is None) or (not into and found is None):
        raise click.ClickException("no such course" if into else "--cluster has to name a cluster")
    school = next(iter(sorted(person.organisations_as(Role.INSTRUCTOR))), None)
    pending = operations.prepare_import(person, name, data)
    title = title or pending.title
    plan = operations.ImportPlan(
        language=language or pending.language or LANGUAGES[0],
        into=course,
        slug=slug or slug_from(title),
        title=title,
        cluster_id=found.id if found else None,
        school_id=school,
    )
    if course is not None:
        operations.open_draft(person, course)
    taken = operations.finish_import(person, pending, plan)
    click.echo(f"imported into the draft of {taken.slug}", err=True)
    return from_json(pending.report)


def _packed(folder: Path) -> bytes:
    """The files of FOLDER as a zip, which is read with the same care as one from elsewhere."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= MOST_OF_ONE
    }
    return zipped(files, folder.resolve().name)


def _read(folder: Path) -> tuple[ClusterSpec, ...]:
    reading = read_courses(folder)
    for error in reading.errors:
        click.echo(str(error), err=True)
    if reading.errors:
        click.echo(f"{len(reading.errors)} problem(s): nothing was published.", err=True)
        sys.exit(1)
    return reading.clusters


commands = [courses]
