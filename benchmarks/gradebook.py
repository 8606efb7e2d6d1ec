"""``gradebook``: a grid of 2,000 students and 60 labs, a weight changed, and a large export."""

import http.client
import time
import uuid
from decimal import Decimal

from sqlalchemy import text

from app import demo
from app.catalog import operations as catalog
from app.catalog.folder_specs import ClusterSpec, CourseSpec, LabSpec, ModuleSpec
from app.catalog.rules import INDUSTRIES
from app.gradebook import operations, queries
from app.gradebook.rules import Category, Item, LatePolicy, Scheme
from app.kernel.database import count_statements, db
from app.learning import operations as learning
from app.learning.models import Section
from benchmarks import house, report, size, world
from benchmarks.memory import Peak
from benchmarks.pages import UNCOUNTED

COURSE = "benchmark-of-sixty-labs"
WINDOW = 50
ROUNDS = 3


def run(chosen: size.Size) -> None:
    """Print the lines of ``gradebook``."""
    small = chosen is size.SMALL
    people, many, labs, requests = (60, 80, 4, 5) if small else (2000, 5000, 60, 60)
    with house.running("proxy", "site", with_courses=False) as place:
        with place.app.app_context():
            report.say(f"  {people} and {many} students hand in {labs} labs")
            world.fill_catalogue(1)
            code, large = _fill(people, many, labs)
        cookie = place.sign_in(world.TEACHER)
        # What a course, a school and a clock change is computed once, before anybody measures.
        for each in (code, large):
            _get(place, cookie, f"/teaching/{each}/gradebook")
        _windows(place, cookie, code, people, requests)
        _recompute(place, cookie, code, people, labs)
        _exports(place, cookie, large, many, labs)


def _windows(place: house.House, cookie: str, code: str, people: int, requests: int) -> None:
    page = f"/teaching/{code}/gradebook"
    firsts, others = [], []
    sorts = ("name", "number", "total", "missing", "lab:lab-1")
    before = place.cpu_seconds("gunicorn")
    for number in range(requests):
        firsts.append(_get(place, cookie, f"{page}?sort={sorts[number % len(sorts)]}"))
        first = number * WINDOW % people // WINDOW * WINDOW
        window = f"{page}/rows?first={first}&sort={sorts[number % len(sorts)]}"
        others.append(_get(place, cookie, window))
    # What the site computes for a page is the same however busy the machine is.
    cpu = (place.cpu_seconds("gunicorn") - before) / (2 * requests)
    report.spread(
        "gradebook.first-window", firsts, queries=_statements(place, cookie, page), site_cpu=cpu
    )
    report.spread("gradebook.window", others, queries=_statements(place, cookie, f"{page}/rows"))


def _recompute(place: house.House, cookie: str, code: str, people: int, labs: int) -> None:
    """From saving a changed weight until all totals are computed, kept and shown."""
    best, cpu = float("inf"), float("inf")
    for number in range(ROUNDS):
        with place.app.app_context():
            teacher = world.person(world.TEACHER)
            book = queries.book_taught_by(teacher, code)
            scheme = _scheme(labs, 40 + number)
            began, worked = time.perf_counter(), time.process_time()
            operations.save_scheme(teacher, book, scheme, note="", seen_number=book.number)
            computed = time.perf_counter() - began
            cpu = min(cpu, time.process_time() - worked)
            db.session.remove()
        shown = _get(place, cookie, f"/teaching/{code}/gradebook?sort=total")
        best = min(best, computed + shown)
    report.line("gradebook.recompute", best, "s", students=people, items=labs, site_cpu=cpu)


def _scheme(labs: int, weight: int) -> Scheme:
    """Two categories, the worst two of each left out, ten percent a day off."""
    names = ("first", "second")
    weights = (Decimal(weight), Decimal(100 - weight))
    return Scheme(
        categories=tuple(
            Category(name, name, w, drop=2) for name, w in zip(names, weights, strict=True)
        ),
        items=tuple(
            Item(f"lab:lab-{n}", f"Lab {n}", Decimal(2), names[n % 2]) for n in range(labs)
        ),
        late=LatePolicy(Decimal(10)),
    )


def _exports(place: house.House, cookie: str, code: str, many: int, labs: int) -> None:
    for kind in ("csv", "xlsx"):
        before = place.cpu_seconds("gunicorn")
        with Peak(place.part("gunicorn")) as peak:
            seconds = _get(place, cookie, f"/teaching/{code}/gradebook.{kind}")
        name = "gradebook.export" if kind == "csv" else "gradebook.export-xlsx"
        cpu = place.cpu_seconds("gunicorn") - before
        report.line(name, seconds, "s", peak_mb=peak.mb, site_cpu=cpu, students=many, items=labs)


def _get(place: house.House, cookie: str, path: str) -> float:
    """Seconds until the last byte of PATH is here."""
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=120)
    try:
        began = time.perf_counter()
        headers = {"Host": f"localhost:{place.port}", "Cookie": f"banyan={cookie}"}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        length = 0
        while part := answer.read(64 * 1024):
            length += len(part)
        seconds = time.perf_counter() - began
    finally:
        connection.close()
    if answer.status != 200 or not length:
        raise RuntimeError(f"{path}: {answer.status}, {length} bytes")
    return seconds


def _statements(place: house.House, cookie: str, path: str) -> int:
    app = place.app
    client = app.test_client(use_cookies=False)
    headers = {"Host": f"localhost:{place.port}", "Cookie": f"banyan={cookie}"}
    with app.app_context():
        bound = db.engine
    seen: list[str] = []
    assert client.get(path, headers=headers).status_code == 200
    end = count_statements(bound, seen.append)
    try:
        assert client.get(path, headers=headers).status_code == 200
    finally:
        end()
    return sum(1 for statement in seen if not statement.startswith(UNCOUNTED))


def _fill(people: int, many: int, labs: int) -> tuple[str, str]:
    """A section of PEOPLE and one of MANY, everybody with a graded submission to every lab."""
    notebook = world.notebook(*world.LIGHT)
    course = CourseSpec(
        slug=COURSE,
        title=_both("Sixty labs"),
        summary=_both("For the gradebook."),
        description=_both("Made by a benchmark."),
        level="introductory",
        hours=60,
        languages=("zh-Hant-TW", "en"),
        outcomes=(_both("Grade"),),
        modules=(
            ModuleSpec(
                "all",
                _both("All"),
                tuple(
                    LabSpec(
                        slug=f"lab-{n}",
                        title=_both(f"Lab {n}"),
                        summary=_both("Squares."),
                        environment="standard",
                        minutes=20,
                        notebooks={f"lab-{n}": notebook},
                    )
                    for n in range(labs)
                ),
            ),
        ),
    )
    cluster = ClusterSpec(
        slug="benchmark-of-grades",
        title=_both("Grades"),
        summary=_both("For the gradebook."),
        industry=next(iter(INDUSTRIES)),
        body=_both("Made by a benchmark."),
        picture=None,
        courses=(course,),
    )
    catalog.load_clusters((cluster,))
    demo.load_sections()
    first = world.section(COURSE)
    teacher = world.person(world.TEACHER)
    second = learning.add_section(teacher, first.offering, learning.SectionSettings(capacity=many))
    _people(first, people, "a")
    _people(second, many, "b")
    return first.code, second.code


def _both(text_: str) -> dict[str, str]:
    return {"zh-Hant-TW": f"{text_}（測試）", "en": text_}


def _people(section: Section, count: int, letter: str) -> None:
    """COUNT students of SECTION and what they handed in, written as the operations write it."""
    values = {
        "section": section.id,
        "school": section.school_id,
        "count": count,
        "letter": letter,
        "batch": uuid.uuid4(),
    }
    for statement in _STATEMENTS:
        db.session.execute(text(statement), values)
    db.session.commit()


_STATEMENTS = (
    """
    INSERT INTO people (id, email, handle, name, locale, created_at, is_demo)
    SELECT gen_random_uuid(), 'grades-' || :letter || n || '@rongnan.example',
        'grades-' || :letter || n, '學生 ' || :letter || lpad(n::text, 5, '0'), 'zh-Hant-TW',
        now(), false
    FROM generate_series(1, :count) AS n
    """,
    """
    INSERT INTO memberships (id, person_id, organisation_id, role, proven_by, student_number,
        started_at)
    SELECT gen_random_uuid(), p.id, :school, 'student', 'operator',
        upper(substr(p.handle, 8)), now()
    FROM people p WHERE p.handle LIKE 'grades-' || :letter || '%'
    """,
    """
    INSERT INTO enrolments (id, section_id, person_id, via, enrolled_at)
    SELECT gen_random_uuid(), :section, p.id, 'self', now()
    FROM people p WHERE p.handle LIKE 'grades-' || :letter || '%'
    """,
    """
    INSERT INTO submissions (id, section_id, person_id, lab_slug, lab_version_id, number,
        submitted_at, receipt, via, size)
    SELECT gen_random_uuid(), :section, p.id, i.slug, i.lab_version_id, 1, now(),
        md5(p.id::text || i.slug) || md5(i.slug || p.id::text), 'lab', 100
    FROM people p
    JOIN sections s ON s.id = :section
    JOIN offerings o ON o.id = s.offering_id
    JOIN modules m ON m.course_version_id = o.course_version_id
    JOIN course_items i ON i.module_id = m.id AND i.kind = 'lab'
    WHERE p.handle LIKE 'grades-' || :letter || '%'
    """,
    """
    INSERT INTO attempts (id, submission_id, section_id, number, state, queued_at, finished_at,
        score, max_score, claim_count, pending_count, priority, turn, reason_params,
        without_sandbox)
    SELECT gen_random_uuid(), s.id, s.section_id, 1, 'graded', now(), now(),
        (get_byte(decode(md5(s.id::text), 'hex'), 0) % 3)::float, 2, 1, 0, 10, 0, '{}', false
    FROM submissions s WHERE s.section_id = :section
    """,
    "ANALYZE",
)
