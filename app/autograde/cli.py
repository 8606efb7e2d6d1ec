"""``banyan autograde``: what an instructor types. Needs no site and no configuration of it."""

import json
import os
import sys
import warnings
from pathlib import Path

import click

from app.autograde.errors import CourseError, SubmissionError

__all__ = ["commands"]


@click.command()
@click.argument("assignment")
@click.option(
    "--course-dir",
    type=click.Path(path_type=Path),
    help="The nbgrader course folder; by default what nbgrader_config.py says, or this folder.",
)
@click.option("--student", help="Only this student (or all whose id matches, as in 'a*').")
@click.option("--notebook", help="Only this notebook, without .ipynb (or all that match).")
@click.option("-f", "--force", is_flag=True, help="Grade again what was graded before.")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 256),
    help="Submissions at a time; by default one for each core.",
)
@click.option(
    "--memory",
    type=click.IntRange(64),
    metavar="MB",
    help="Memory for a notebook; 1024 by default.",
)
@click.option("--db", metavar="URL", help="The gradebook's database; as nbgrader's --db.")
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Write the results as JSON to this file; - is standard output.",
)
def autograde(
    assignment: str,
    course_dir: Path | None,
    student: str | None,
    notebook: str | None,
    force: bool,
    jobs: int | None,
    memory: int | None,
    db: str | None,
    json_file: Path | None,
) -> None:
    """Grade the submissions of ASSIGNMENT in an nbgrader course folder.

    Does what `nbgrader autograde` does, in a sandbox and faster: reads source/ and submitted/,
    writes autograded/ and gradebook.db. Ends with 1 when a submission failed.
    """
    from app.autograde import answer, settings
    from app.autograde.course import open_course
    from app.autograde.display import Display
    from app.autograde.run import autograde as run

    # Libraries of the Jupyter stack warn about each other; an instructor can do nothing with that.
    warnings.simplefilter("ignore")
    display = Display()
    target = None if json_file is None or str(json_file) == "-" else json_file.absolute()
    try:
        if target is not None and not target.parent.is_dir():
            raise CourseError(f"There is no folder {target.parent} for --json.")
        course = open_course(
            course_dir, assignment, student=student, notebook=notebook, db=db, force=force
        )
        limits = settings.limits(course, memory_mb=memory)
        with display.showing():
            outcome = run(course, display, jobs=jobs or _cores(), limits=limits)
    except (CourseError, SubmissionError) as error:
        click.echo(f"banyan: {error.message}", err=True)
        sys.exit(1)
    display.end(outcome)
    if json_file is not None:
        text = json.dumps(answer.as_json(outcome), indent=1, ensure_ascii=False) + "\n"
        if target is None:
            click.echo(text, nl=False)
        else:
            target.write_text(text, encoding="utf-8")
    sys.exit(1 if outcome.failed else 0)


def _cores() -> int:
    return len(os.sched_getaffinity(0))


commands = [autograde]
