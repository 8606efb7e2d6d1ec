"""Marking twenty submissions by keyboard alone, in a real browser."""

import json
import uuid

import pytest
from playwright.sync_api import Page, expect

from app.kernel import blobs
from app.marking.rules import rubric_key
from tests.journeys.conftest import COURSE, LAB, House

INSTRUCTOR = "lin@rongnan.example"
WORKS = 20
PART = f"{LAB}/reasons"
RUBRIC = {
    "scoring": "levels",
    "title": {"en": "Reasons", "zh-Hant-TW": "理由"},
    "description": {},
    "criteria": [
        {
            "id": name, "title": {"en": name.title(), "zh-Hant-TW": name}, "description": {},
            "points": "4", "critical": False, "least": "",
            "levels": [
                {"id": f"l{worth}", "title": {"en": f"{worth} points"}, "description": {},
                 "points": str(worth)}
                for worth in (4, 2, 0)
            ],
        }
        for name in ("clear", "right")
    ],
}  # fmt: skip


def feedback(number: int) -> bytes:
    cell = {
        "grade_id": "reasons", "score": None, "max_score": 10.0, "outcome": "manual",
        "assurance": "shared", "kind": "solution", "message": None, "hint": None, "params": {},
        "staff_message": None, "trace": None,
    }  # fmt: skip
    rest = {"outputs": [], "message": None, "params": {}, "failing_line": None, "notes": []}
    return json.dumps(
        [
            {"kind": "markdown", "text": "Why does it pay?", "cell": None, **rest},
            {"kind": "markdown", "text": f"Answer number {number:02d}.", "cell": cell, **rest},
        ]
    ).encode()


@pytest.fixture(scope="module")
def section(house: House):
    """The code of lin's section, in which twenty classmates' answers wait for points."""
    with pytest.MonkeyPatch.context() as patch, house.database() as db:
        patch.setattr(blobs, "_root", house.instance / "blobs")
        section_id, code = db.execute(
            "SELECT id, code FROM sections WHERE code LIKE %s", [f"{COURSE}%-rongnan"]
        ).fetchone()
        (version,) = db.execute(
            "SELECT i.lab_version_id FROM course_items i JOIN modules m ON m.id = i.module_id"
            " JOIN offerings o ON o.course_version_id = m.course_version_id"
            " JOIN sections s ON s.offering_id = o.id WHERE s.id = %s AND i.slug = %s",
            [section_id, LAB],
        ).fetchone()
        for number in range(WORKS):
            hand_in(db, section_id, version, number)
    return str(code)


def hand_in(db, section_id, version, number: int) -> None:
    """A student, her submission, and a graded attempt whose one cell waits for a person."""
    person, submission, attempt, notebook = (uuid.uuid4() for _ in range(4))
    handle = f"hand-{person.hex[:8]}"
    db.execute(
        "INSERT INTO people (id, email, handle, name, locale, created_at, is_demo)"
        " VALUES (%s, %s, %s, %s, 'zh-Hant-TW', now(), false)",
        [person, f"{handle}@rongnan.example", handle, f"Student number {number:02d}"],
    )
    db.execute(
        "INSERT INTO enrolments (id, section_id, person_id, enrolled_at, via)"
        " VALUES (%s, %s, %s, now(), 'self')",
        [uuid.uuid4(), section_id, person],
    )
    db.execute(
        "INSERT INTO submissions (id, section_id, person_id, lab_slug, lab_version_id, number,"
        " submitted_at, receipt, via, size)"
        " VALUES (%s, %s, %s, %s, %s, 1, now() + make_interval(secs => %s), %s, 'lab', 100)",
        [submission, section_id, person, LAB, version, number, submission.hex * 2],
    )
    db.execute(
        "INSERT INTO attempts (id, submission_id, section_id, number, state, queued_at,"
        " finished_at, score, max_score, claim_count, pending_count, priority, turn,"
        " reason_params, without_sandbox) VALUES (%s, %s, %s, 1, 'graded', now(), now(), 0, 10, 1,"
        " 1, 10, 0, '{}', false)",
        [attempt, submission, section_id],
    )
    db.execute(
        "INSERT INTO notebook_scores (id, attempt_id, name, state, reason_params, seconds,"
        " feedback_blob) VALUES (%s, %s, %s, 'graded', '{}', 1, %s)",
        [notebook, attempt, LAB, blobs.put(feedback(number))],
    )
    db.execute(
        "INSERT INTO cell_scores (id, notebook_score_id, grade_id, kind, position, score,"
        " max_score, outcome, assurance, params) VALUES (%s, %s, 'reasons', 'solution', 1, NULL,"
        " 10, 'manual', 'shared', '{}')",
        [uuid.uuid4(), notebook],
    )


def use_rubric(house: House, code: str) -> None:
    """From now on the answers are judged by a rubric of two criteria."""
    with house.database() as db:
        (owner,) = db.execute("SELECT id FROM people WHERE email = %s", [INSTRUCTOR]).fetchone()
        (section_id,) = db.execute("SELECT id FROM sections WHERE code = %s", [code]).fetchone()
        rubric, version = uuid.uuid4(), uuid.uuid4()
        title = json.dumps(RUBRIC["title"])
        db.execute(
            "INSERT INTO rubrics (id, owner_id, visibility, title, version_number, created_at,"
            " changed_at, draft_revision) VALUES (%s, %s, 'mine', %s, 1, now(), now(), 1)",
            [rubric, owner, title],
        )
        db.execute(
            "INSERT INTO rubric_versions (id, rubric_id, number, document, title, maximum,"
            " criteria_count, note, by_id, at) VALUES (%s, %s, 1, %s, %s, 8, 2, '', %s, now())",
            [version, rubric, json.dumps(RUBRIC), title, owner],
        )
        db.execute(
            "INSERT INTO rubric_attachments (id, key, version_id, by_id, at)"
            " VALUES (%s, %s, %s, %s, now())",
            [uuid.uuid4(), rubric_key(section_id, f"lab:{LAB}", PART), version, owner],
        )


def points_in(house: House) -> list[tuple[str, float, str]]:
    with house.database() as db:
        return db.execute(
            "SELECT p.name, m.score, m.comment FROM manual_scores m"
            " JOIN submissions s ON s.id = m.submission_id JOIN people p ON p.id = s.person_id"
            " WHERE m.superseded_at IS NULL AND m.grade_id = 'reasons' ORDER BY p.name"
        ).fetchall()


def reads(page: Page, number: int) -> None:
    """The work of student NUMBER is before her, its answer beside the points."""
    expect(page.locator(".marking-head h1")).to_have_text(f"Student number {number:02d}")
    expect(page.get_by_text(f"Answer number {number:02d}.")).to_be_visible()


def test_twenty_submissions_by_keyboard_alone(house, visit, section):
    page = visit(INSTRUCTOR)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"/teaching/{section}/marking/lab/{LAB}/next?part={PART}")
    page.wait_for_selector("[data-show-keys]:not([hidden])")

    reads(page, 0)
    page.keyboard.press("?")
    expect(page.locator("dialog.marking-keys")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("dialog.marking-keys")).to_be_hidden()
    for number in range(10):
        reads(page, number)
        expect(page.locator("[data-points]")).to_be_focused()
        page.keyboard.type(str(number))
        if number == 3:
            page.keyboard.press("c")
            expect(page.locator("[data-comment]")).to_be_focused()
            page.keyboard.type("Say what it costs.")
            page.keyboard.press("Control+Enter")
        else:
            page.keyboard.press("Enter")
    reads(page, 10)
    expect(page.locator("[data-waiting]")).to_have_text("10 wait")

    # Back to what was graded, and forward again, with what was typed still there.
    page.keyboard.type("5")
    page.keyboard.press("k")
    reads(page, 9)
    expect(page.locator("[data-points]")).to_have_value("9")
    page.keyboard.press("j")
    reads(page, 10)
    expect(page.locator("[data-points]")).to_have_value("5")
    page.keyboard.press("Enter")
    reads(page, 11)

    use_rubric(house, section)
    page.reload()
    page.wait_for_selector("[data-show-keys]:not([hidden])")
    for number in range(11, WORKS):
        reads(page, number)
        expect(page.locator("[data-criterion='clear'].is-current")).to_be_visible()
        page.keyboard.press("1")
        expect(page.locator("[data-criterion='right'].is-current")).to_be_visible()
        page.keyboard.press("2")
        expect(page.locator("[data-criterion='right'] input[value='l2']")).to_be_checked()
        page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_contain_text("Nothing more waits here.")
    expect(page.locator("[data-waiting]")).to_have_text("0 wait")

    given = points_in(house)
    assert [score for _name, score, _comment in given] == [*range(10), 5, *[7.5] * 9]
    assert given[3][2] == "Say what it costs."
    assert faults == []


def test_two_graders_see_each_other(house, visit, section):
    first, second = visit(INSTRUCTOR), visit("ping@rongnan.example")
    with house.database() as db:
        (work,) = db.execute(
            "SELECT s.id FROM submissions s JOIN people p ON p.id = s.person_id"
            " WHERE p.name = 'Student number 01'"
        ).fetchone()
        db.execute("UPDATE rubric_attachments SET detached_at = now(), detached_by_id = by_id")
    address = f"/teaching/{section}/marking/lab/{LAB}/{work}"
    for page in (first, second):
        page.goto(address)
        page.wait_for_selector("[data-show-keys]:not([hidden])")
        expect(page.locator("[data-points]")).to_be_focused()
    first.keyboard.type("8")
    first.keyboard.press("Enter")
    expect(first.locator("[data-said]")).to_contain_text("Saved")
    second.keyboard.type("2")
    second.keyboard.press("Enter")
    expect(second.get_by_role("alert")).to_contain_text("gave 8 of 10 points")
    expect(second.locator("[data-points]")).to_have_value("2")
    second.keyboard.press("Enter")
    expect(second.locator("[data-said]")).to_contain_text("Saved")
    assert dict((row[0], row[1]) for row in points_in(house))["Student number 01"] == 2
