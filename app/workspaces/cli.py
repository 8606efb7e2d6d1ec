"""``banyan labs check`` and ``publish``: what an author does in JupyterLab, from a terminal."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from app.accounts.queries import person_by_email
from app.catalog.folder import read_course
from app.catalog.operations.publishing import lab_content
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import speaking
from app.labs import operations as labs
from app.labs.cli import labs as group
from app.workspaces import operations, queries

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@group.command("check")
@click.argument("folder", type=FOLDER)
def check(folder: Path) -> None:
    """Try out the lab in FOLDER (…/COURSE/labs/LAB) as students would meet it.

    Its solution gets all points in five runs, hidden tests stay hidden, every test has points, it
    keeps its limits. Leaves with 1 when something is wrong.
    """
    reading = read_course(folder.resolve().parent.parent)
    mine = [one for one in reading.errors if folder.resolve() in one.file.resolve().parents]
    for error in mine:
        click.echo(str(error), err=True)
    written = reading.course.labs if reading.course else ()
    spec = next((one for one in written if one.slug == folder.resolve().name), None)
    if mine or spec is None:
        raise click.ClickException(f"{folder} cannot be read as a lab of a course")
    with speaking("en"):
        found = _checked(lab_content(spec))
    sys.exit(1 if any(one.is_wrong for one in found) else 0)


@group.command("publish")
@click.argument("course")
@click.argument("lab")
@click.argument("folder", type=FOLDER)
@click.option("--by", "email", required=True, help="Mail address of who publishes.")
@click.option("--note", default="", help="What is new, for those who read the course's versions.")
def publish(course: str, lab: str, folder: Path, email: str, note: str) -> None:
    """Publish the source notebooks and files in FOLDER as the next version of a course's LAB.

    They are checked first. Sections stay on their version until an instructor moves them.
    """
    person = person_by_email(email)
    if person is None:
        raise click.ClickException(f"nobody has the address {email}")
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }
    with speaking("en"):
        try:
            sources = queries.sources_for(person, course, lab)
            operations.refuse_bad(files)
            written = sources.course_with(files)
            operations.refuse_unreadable(sources, written)
            content = lab_content(next(one for one in written.labs if one.slug == lab))
            if any(one.is_wrong for one in _checked(content)):
                raise click.ClickException("nothing was published")
            labs.plan_ahead(content)
            version, differs = operations.publish_sources(
                person, sources, written, base_number=sources.number, note=note
            )
        except NotVisible as error:
            raise click.ClickException(
                f"{email} does not write a course {course} with a published lab {lab}"
            ) from error
        except Refused as refusal:
            raise click.ClickException(str(refusal.message)) from refusal
    item = next(one for one in version.items if one.key == f"lab:{lab}")
    assert item.lab_version is not None
    click.echo(f"published  {lab} (version {item.lab_version.number}) in {course} {version.number}")
    if differs:
        click.echo("the course's draft has another state of this lab, which was left alone")


def _checked(content: labs.LabContent) -> list[labs.Finding]:
    found = labs.check(content)
    for one in found:
        click.echo(f"{'WRONG' if one.is_wrong else 'look '}  {_place(one)}{one.sentence()}")
    if not found:
        click.echo(f"nothing wrong in {labs.RUNS} runs")
    return found


def _place(finding: labs.Finding) -> str:
    parts: Iterable[str | None] = (finding.notebook, finding.cell)
    where = " ".join(part for part in parts if part)
    return f"{where}: " if where else ""


commands = [group]
