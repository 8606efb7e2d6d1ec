"""``marking``: 5,000 submissions that wait for a person, one after the other."""

import http.client
import json
import re
import time
import urllib.parse

from sqlalchemy import text

from app.grading.models import Submission
from app.kernel import blobs
from app.kernel.database import count_statements, db
from benchmarks import house, report, size, world
from benchmarks.pages import UNCOUNTED

LAB = world.LIGHT_LAB
PART = f"{LAB}/reasons"
CELLS = 30
_sessions: dict[str, str] = {}
"""What the site made of a cookie since: forms are bound to it."""


def run(chosen: size.Size) -> None:
    """Print the lines of ``marking``."""
    works, requests = (60, 8) if chosen is size.SMALL else (5000, 60)
    with house.running("proxy", "site", with_courses=False) as place:
        with place.app.app_context():
            report.say(f"  {works} students hand in a lab with an answer that a person judges")
            world.fill_catalogue(1)
            code = _fill(works)
        cookie = place.sign_in(world.TEACHER)
        item = f"/teaching/{code}/marking/lab/{LAB}"
        _get(place, cookie, item)
        _walk(place, cookie, item, requests, "marking.next")
        with place.app.app_context():
            _mark_all_but(requests)
        _walk(place, cookie, item, requests, "marking.next-at-the-end")
        for name, path in (("marking.desk", f"/teaching/{code}/marking"), ("marking.item", item)):
            times = [_get(place, cookie, path)[0] for _ in range(max(5, requests // 10))]
            report.spread(name, times, queries=_statements(place, cookie, path), works=works)


def _walk(place: house.House, cookie: str, item: str, requests: int, name: str) -> None:
    """Save one and fetch the next, as often as REQUESTS; what is timed is both together."""
    where = _get(place, cookie, f"{item}/next?part={urllib.parse.quote(PART)}")[2]
    page = _get(place, cookie, where)[1]
    times = []
    before = place.cpu_seconds("gunicorn")
    statements = _statements(place, cookie, where)
    for number in range(requests):
        began = time.perf_counter()
        where = _save(place, cookie, where, page, number % 11)
        page = _get(place, cookie, where)[1]
        times.append(time.perf_counter() - began)
    cpu = (place.cpu_seconds("gunicorn") - before) / requests
    report.spread(name, times, queries=statements, site_cpu=cpu)


def _fill(works: int) -> str:
    """Students with a graded submission each, one cell of which waits for a person."""
    section = world.section(world.LIGHT_COURSE)
    version = world.lab_version(world.LIGHT_COURSE, LAB)
    values = {
        "section": section.id,
        "slug": LAB,
        "version": version.id,
        "count": works,
        "blob": blobs.put(_feedback()),
    }
    for statement in _STATEMENTS:
        db.session.execute(text(statement), values)
    db.session.commit()
    return section.code


def _feedback() -> bytes:
    """A notebook of some length, as it is kept for its student."""
    rest = {"outputs": [], "message": None, "params": {}, "failing_line": None, "notes": []}
    cells = [
        {"kind": "code", "text": "total = sum(range(10))\n" * 10, "cell": None, **rest}
        for _ in range(CELLS)
    ]
    score = {
        "grade_id": "reasons", "score": None, "max_score": 10.0, "outcome": "manual",
        "assurance": "shared", "kind": "solution",
    }  # fmt: skip
    answer = {"kind": "markdown", "text": "Because it *pays*.\n" * 20, "cell": score, **rest}
    return json.dumps([*cells, answer]).encode()


def _mark_all_but(count: int) -> None:
    """Give everybody points but those who come last, so that what is left is far down the list."""
    db.session.execute(text(_GIVE), {"count": count, "lab": LAB, "teacher": world.TEACHER})
    db.session.execute(text(_SETTLE))
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    left = db.session.query(Submission).count()
    report.say(f"  {left - count} of {left} are marked")


def _save(place: house.House, cookie: str, where: str, page: str, points: int) -> str:
    """Send the form of PAGE; returns where the next work is."""
    fields = dict(re.findall(r'type="hidden" name="([\w.]+)" value="([^"]*)"', page))
    body = urllib.parse.urlencode({**fields, "p0.points": points})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    status, _text, location = _ask(place, cookie, "POST", where, body, headers)
    if status != 303 or not location:
        raise RuntimeError(f"{where}: {status}")
    return location


def _get(place: house.House, cookie: str, path: str) -> tuple[float, str, str]:
    """Seconds until the last byte of PATH is here, its text, and where it leads."""
    began = time.perf_counter()
    status, answer, location = _ask(place, cookie, "GET", path, None, {})
    if status not in (200, 303):
        raise RuntimeError(f"{path}: {status}")
    return time.perf_counter() - began, answer, location


def _ask(
    place: house.House, cookie: str, method: str, path: str, body: str | None, more: dict[str, str]
) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=60)
    try:
        headers = {
            "Host": f"localhost:{place.port}",
            "Cookie": f"banyan={_sessions.get(cookie, cookie)}",
            **more,
        }
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            if line.startswith("banyan="):
                _sessions[cookie] = line.partition(";")[0].removeprefix("banyan=")
        return answer.status, answer.read().decode(), answer.headers.get("Location") or ""
    finally:
        connection.close()


def _statements(place: house.House, cookie: str, path: str) -> int:
    client = place.app.test_client(use_cookies=False)
    headers = {"Host": f"localhost:{place.port}", "Cookie": f"banyan={cookie}"}
    with place.app.app_context():
        bound = db.engine
    seen: list[str] = []
    assert client.get(path, headers=headers).status_code == 200
    end = count_statements(bound, seen.append)
    try:
        assert client.get(path, headers=headers).status_code == 200
    finally:
        end()
    return sum(1 for statement in seen if not statement.startswith(UNCOUNTED))


_STATEMENTS = (
    """
    INSERT INTO people (id, email, handle, name, locale, created_at, is_demo)
    SELECT gen_random_uuid(), 'works-' || n || '@rongnan.example', 'works-' || n,
        '學生 ' || lpad(n::text, 5, '0'), 'zh-Hant-TW', now(), false
    FROM generate_series(1, :count) AS n
    """,
    """
    INSERT INTO enrolments (id, section_id, person_id, via, enrolled_at)
    SELECT gen_random_uuid(), :section, p.id, 'self', now()
    FROM people p WHERE p.handle LIKE 'works-%'
    """,
    """
    INSERT INTO submissions (id, section_id, person_id, lab_slug, lab_version_id, number,
        submitted_at, receipt, via, size)
    SELECT gen_random_uuid(), :section, p.id, :slug, :version, 1,
        now() - make_interval(secs => substr(p.handle, 7)::int), md5(p.id::text) || md5(p.handle),
        'lab', 100
    FROM people p WHERE p.handle LIKE 'works-%'
    """,
    """
    INSERT INTO attempts (id, submission_id, section_id, number, state, queued_at, finished_at,
        score, max_score, claim_count, pending_count, priority, turn, reason_params,
        without_sandbox)
    SELECT gen_random_uuid(), s.id, s.section_id, 1, 'graded', now(), now(), 0, 10, 1, 1, 10, 0,
        '{}', false
    FROM submissions s WHERE s.section_id = :section
    """,
    """
    INSERT INTO notebook_scores (id, attempt_id, name, state, reason_params, seconds,
        feedback_blob)
    SELECT gen_random_uuid(), a.id, :slug, 'graded', '{}', 1, :blob
    FROM attempts a WHERE a.section_id = :section
    """,
    """
    INSERT INTO cell_scores (id, notebook_score_id, grade_id, kind, position, score, max_score,
        outcome, assurance, params)
    SELECT gen_random_uuid(), n.id, 'reasons', 'solution', 30, NULL, 10, 'manual', 'shared', '{}'
    FROM notebook_scores n
    """,
    "ANALYZE",
)
_GIVE = """
    INSERT INTO manual_scores (id, submission_id, notebook, grade_id, score, comment,
        graded_by_id, graded_at)
    SELECT gen_random_uuid(), s.id, :lab, 'reasons', 7, '', t.id, now()
    FROM (SELECT id, submitted_at, row_number() OVER (ORDER BY submitted_at DESC) AS place
        FROM submissions) s
    JOIN people t ON t.handle = :teacher
    WHERE s.place > :count + 1 AND NOT EXISTS (
        SELECT 1 FROM manual_scores m WHERE m.submission_id = s.id AND m.superseded_at IS NULL)
"""
_SETTLE = """
    UPDATE attempts a SET pending_count = 0, score = 7 FROM manual_scores m
    WHERE m.submission_id = a.submission_id AND a.pending_count > 0
"""
