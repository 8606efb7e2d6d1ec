"""How much each benchmark does. ``BENCH_SIZE=small`` only shows that they run."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Counts of the benchmarks' own data and of what they measure."""

    students: int = 120
    """In the section whose pages are read; also its capacity."""
    courses: int = 200
    """Each taught at ten schools."""
    campus_people: int = 20_000
    enrolments: int = 200_000
    requests: int = 2000
    """Per page."""
    light_submissions: int = 60
    lab_submissions: int = 8
    """Per lab of ``courses/``."""
    classes: tuple[str, ...] = ("light", "scientific")
    class_students: int = 20
    class_notebooks: int = 2
    class_rounds: int = 1
    """How often nbgrader and the engine take turns with a class."""
    gradings: int = 1000
    """In a row, to see what they leave behind."""
    assurance: tuple[str, ...] = ("courses", "nbgrader")
    """Labs whose tests are counted by the road on which they are judged."""
    storm_submissions: int = 2000
    storm_seconds: float = 60.0
    storm_students: int = 500
    storm_pinned: int = 400
    """Submissions that one and two pinned workers grade, after each other."""
    storm_settle: float = 8.0
    """Seconds for a second worker to come up, before its throughput is measured."""
    spawn_warm_up: int = 1
    """People whose way is not counted: the first one's programs come from the disk."""
    spawns: int = 10
    visits: int = 5
    """People who come in Chromium."""
    people: int = 20
    """Whose servers are up when their memory is measured."""
    crowd: int = 60
    """Who all come at once."""
    applicants: int = 10_000
    projects: int = 500
    """At which they are matched."""
    team_students: int = 1000


SMALL = Size(
    students=3,
    courses=12,
    campus_people=60,
    enrolments=180,
    requests=40,
    light_submissions=2,
    lab_submissions=0,
    classes=("light",),
    class_students=1,
    class_notebooks=1,
    class_rounds=1,
    gradings=12,
    assurance=("courses",),
    storm_submissions=6,
    storm_seconds=1.0,
    storm_students=3,
    storm_pinned=4,
    storm_settle=0.0,
    spawn_warm_up=0,
    spawns=1,
    visits=1,
    people=1,
    crowd=2,
    applicants=60,
    projects=6,
    team_students=20,
)


def chosen(environ: Mapping[str, str] = os.environ) -> Size:
    """The size that BENCH_SIZE names: ``full`` (the default) or ``small``."""
    name = environ.get("BENCH_SIZE") or "full"
    sizes = {"full": Size(), "small": SMALL}
    if name not in sizes:
        raise SystemExit(f"BENCH_SIZE is {name!r}. Say {' or '.join(sizes)}.")
    return sizes[name]
