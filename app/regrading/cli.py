"""``banyan grading regrade``: grade a section's lab again from the machine itself."""

import click

from app.accounts.queries import person_by_handle
from app.grading.cli import grading
from app.kernel.database import db
from app.kernel.errors import NotVisible, Refused
from app.kernel.i18n import set_locale
from app.regrading import operations, queries
from app.regrading.models import Regrade
from app.regrading.rules import EFFECT_NAMES, Effect, Which, WorkState


@grading.command("regrade")
@click.argument("section")
@click.argument("lab")
@click.option("--by", "handle", required=True, help="The instructor in whose name it is done.")
@click.option("--why", default="The lab was corrected.", help="Students read it.")
@click.option("--version", "number", type=int, help="The lab's version (default: the newest).")
@click.option(
    "--which", type=click.Choice([which.value for which in Which]), default=Which.COUNTING.value
)
@click.option("--never-lower", is_flag=True, help="Nobody's score becomes lower.")
@click.option("--apply/--dry-run", "is_real", default=False, help="Let it count (default: look).")
def regrade(
    section: str,
    lab: str,
    handle: str,
    why: str,
    number: int | None,
    which: str,
    never_lower: bool,
    is_real: bool,
) -> None:
    """Grade the submissions to LAB in SECTION again; say what changes. Workers help if there are
    any."""
    set_locale("en")
    try:
        made = _tried(section, lab, handle, why, number, which, never_lower=never_lower)
        _work_off(made)
        for line in lines(made):
            click.echo(line)
        if not is_real:
            click.echo(f"Nothing was changed. It waits as regrade #{made.number} of {section}.")
            return
        person = person_by_handle(handle)
        assert person is not None
        operations.apply(person, made)
        _work_off(made)
        click.echo(f"It counts now, as regrade #{made.number} of {section}.")
    except Refused as error:
        raise click.ClickException(str(error.message)) from None
    except NotVisible:
        raise click.ClickException(f"{handle} teaches no section {section} with {lab}.") from None


def _tried(
    section: str,
    lab: str,
    handle: str,
    why: str,
    number: int | None,
    which: str,
    *,
    never_lower: bool,
) -> Regrade:
    person = person_by_handle(handle)
    if person is None:
        raise click.ClickException(f"Nobody is called {handle}.")
    found = queries.lab_to_regrade(person, section, lab)
    version = next((v for v in found.versions if number in (None, v.number)), None)
    if version is None:
        raise click.ClickException(f"The lab has no version {number} that could be used here.")
    plan = operations.Plan(version=version, reason=why, which=Which(which), never_lower=never_lower)
    return operations.try_out(person, found, plan)


def _work_off(made: Regrade) -> None:
    """Do in this process what is left to do; jobs of it that a worker begins later find nothing."""
    regrade_id = made.id
    while works := operations.open_works(regrade_id):
        for work_id, state in works:
            if state is WorkState.TRIED:
                operations.take_over(work_id)
            else:
                operations.grade_again(work_id)
        operations.conclude(regrade_id)
    operations.conclude(regrade_id)
    db.session.refresh(made)


def lines(made: Regrade) -> list[str]:
    """What a regrade changes, as lines of text."""
    found = queries.summary_of(made)
    said = [f"{found.total} submissions"]
    said += [f"  {EFFECT_NAMES[effect]}: {found.effects.get(effect, 0)}" for effect in Effect]
    said.append(f"  could not be graded again: {found.count(WorkState.FAILED)}")
    for work in queries.works_in(made, page=None).rows:
        if work.before is None or work.after is None or work.effect is Effect.SAME:
            continue
        before, after = work.before["score"], work.after["score"]
        said.append(f"  {work.submission.person.name}  {before} → {after} of {work.after['max']:g}")
    return said


commands = [grading]
__all__ = ["commands", "lines", "regrade"]
