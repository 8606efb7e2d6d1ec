"""``credentials``: everybody of a finished cluster gets hers, though the worker is killed."""

import time

from sqlalchemy import text

from app.credentials import operations
from app.credentials.rules import AchievementKind
from app.kernel.database import db
from benchmarks import house, report, size, world

CLUSTER = "benchmark-cluster-0"
COURSES = tuple(f"benchmark-course-0-{n}" for n in range(world.EXTRA_COURSES))

FEW, MANY = 60, 5000


def run(chosen: size.Size) -> None:
    """Print ``credentials.issue``: seconds from the button to the last signature."""
    people = FEW if chosen is size.SMALL else MANY
    with house.running("worker", with_courses=False) as place, place.app.app_context():
        report.say(f"  {people} students complete a cluster of {len(COURSES)} courses")
        world.fill_catalogue(1)
        _finish(people)
        began = time.perf_counter()
        operations.begin_run(None, AchievementKind.CLUSTER, CLUSTER)
        db.session.remove()
        _wait(people // 5)
        killed = place.part("worker")
        report.say(f"  the worker is killed with {_issued()} of {people} awards signed")
        killed.kill()
        before = _issued()
        _wait(people)
        cpu = place.cpu_seconds("worker") / (people - before)
        seconds = time.perf_counter() - began
        row = db.session.execute(text(_COUNT)).one()
        if (row.awards, row.badges, row.records, row.twice) != (people, people, people, 0):
            raise RuntimeError(f"Not each exactly once: {row}")
        db.session.remove()
    report.line(
        "credentials.issue", seconds, "s", awards=people, credentials=2 * people,
        per_second=2 * people / seconds, worker_cpu=cpu,
    )  # fmt: skip


def _finish(people: int) -> None:
    sections = [world.section(slug).id for slug in COURSES]
    for statement in _STATEMENTS:
        db.session.execute(text(statement), {"count": people, "sections": sections})
    db.session.commit()


def _issued() -> int:
    found = db.session.execute(text("SELECT count(*) FROM awards WHERE issued_number > 0")).scalar()
    db.session.rollback()
    return found or 0


def _wait(count: int) -> None:
    what = f"the signing of {count} awards"
    house.wait_for(lambda: _issued() >= count, what, seconds=1200, step=0.5)


_STATEMENTS = (
    """
    INSERT INTO people (id, email, handle, name, locale, created_at, is_demo)
    SELECT gen_random_uuid(), 'graduate-' || n || '@rongnan.example', 'graduate-' || n,
        '學生 ' || lpad(n::text, 5, '0'), 'zh-Hant-TW', now(), false
    FROM generate_series(1, :count) AS n
    """,
    """
    INSERT INTO enrolments (id, section_id, person_id, via, enrolled_at, completed_at)
    SELECT gen_random_uuid(), s, p.id, 'self', now(), now()
    FROM people p CROSS JOIN unnest(CAST(:sections AS uuid[])) AS s
    WHERE p.handle LIKE 'graduate-%'
    """,
    "ANALYZE",
)
_COUNT = """
    SELECT (SELECT count(*) FROM awards) AS awards,
        (SELECT count(*) FROM credentials WHERE kind = 'badge') AS badges,
        (SELECT count(*) FROM credentials WHERE kind = 'clr') AS records,
        (SELECT count(*) FROM (SELECT 1 FROM credentials GROUP BY award_id, kind
            HAVING count(*) > 1) AS t) AS twice
"""
