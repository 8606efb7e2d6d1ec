"""``banyan labs``: what is done with labs on the machine itself."""

import click

from app.labs import operations, queries


@click.group("labs")
def labs() -> None:
    """Labs and how their tests are judged."""


@labs.command("plan")
def plan() -> None:
    """Decide for every lab that has no plan where each of its tests is judged.

    Publishing does it where notebooks can be run; this is for labs that were published elsewhere.
    """
    planned = operations.plan_waiting()
    for version in planned:
        roads = [cell.road for cell in queries.cell_roads(version)]
        tests = [road for road in roads if road in ("separate", "shared")]
        click.echo(
            f"{version.lab.course_slug}/{version.lab.slug} (version {version.number}): "
            f"{tests.count('separate')} of {len(tests)} tests separate"
        )
    if not planned:
        click.echo("Every lab has its plan.")


commands = [labs]
