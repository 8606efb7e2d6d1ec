"""``banyan grading``: the queue of gradings, on the machine itself."""

from datetime import datetime
from pathlib import Path

import click
from flask import current_app

from app.grading import queries
from app.grading.queries import QueueState
from app.grading.rules.matching import Which
from app.kernel.i18n import gettext as _
from app.kernel.i18n import set_locale
from app.learning import queries as learning


@click.group("grading")
def grading() -> None:
    """What waits to be graded, what is being graded, and by whom."""


@grading.command("queue")
def queue() -> None:
    """Print what the operators' page of the queue shows."""
    set_locale("en")
    for line in lines(queries.queue_state()):
        click.echo(line)


@grading.command("download")
@click.argument("section")
@click.argument("lab")
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--which", type=click.Choice([one.value for one in Which]), default="counting")
@click.option("--blind", is_flag=True, help="Codes instead of names.")
def download(section: str, lab: str, target: Path, which: str, blind: bool) -> None:
    """Write all work of LAB in SECTION into a ZIP archive, as the page of the lab does."""
    found = learning.section_by_code(section)
    if found is None:
        raise click.ClickException(f"There is no section {section}.")
    secret = current_app.extensions["config"].secret_key
    boxes = queries.boxes_of(found, lab, secret=secret)
    if not boxes:
        raise click.ClickException(f"Nothing was handed in to {lab} in {section}.")
    draft = target.with_name(target.name + ".part")
    with draft.open("wb") as file:
        for part in queries.archive_of(
            queries.root_name(section, lab), boxes, Which(which), blind=blind
        ):
            file.write(part)
    draft.replace(target)
    click.echo(f"{target}: {sum(len(box.chosen(Which(which))) for box in boxes)} submissions")


def lines(state: QueueState) -> list[str]:
    """The queue as lines of text."""

    def age(instant: datetime | None) -> str:
        return "–" if instant is None else f"{(state.at - instant).total_seconds():.0f} s"

    said = ["Waiting"]
    said += [
        f"  {line.name:<14} {line.count:>6}   oldest {age(line.oldest_queued_at)}"
        for line in (*state.classes, *state.sections)
    ]
    said.append(f"Running ({len(state.running)})")
    said += [
        f"  {row.section}  worker {row.worker or '?'}  since {age(row.claimed_at)}"
        f"  claim {row.claim_count}"
        for row in state.running
    ]
    said.append(
        f"Finished: {state.finished_in_5_minutes} in 5 minutes, "
        f"{state.finished_in_60_minutes} in 60 minutes"
    )
    said.append(f"Workers ({sum(worker.is_alive for worker in state.workers)} alive)")
    for worker in state.workers:
        report = worker.report
        where = f"{report.host} pid {report.pid}, {report.jobs} at a time" if report else "?"
        said.append(
            f"  {worker.number}  {where}  heartbeat {age(worker.last_heartbeat)} ago"
            f"{'' if worker.is_alive else '  DEAD'}"
        )
        if report is None:
            continue
        if report.obstacle:
            said.append(f"     cannot grade: {report.obstacle}")
        if report.without_sandbox:
            said.append("     grades WITHOUT A SANDBOX")
        said += [f"     {name}: {how}" for name, how in sorted(report.environments.items())]
    said.append("Last failures")
    said += [
        f"  {age(row.at)} ago  {row.what}: {_(row.reason, **row.params)}" for row in state.failures
    ]
    said += [f"  {row.what}: {row.reason} job(s) given up" for row in state.forgotten_jobs]
    return said


commands = [grading]
