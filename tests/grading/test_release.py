"""A held score is nowhere that its student can get at; a released one is, and she is told once."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from app.gradebook import tasks as gradebook_tasks
from app.gradebook.operations.releases import tell_of_release
from app.grading import operations
from app.kernel import clock, live
from app.kernel.database import db
from app.learning.models import GradeRelease
from app.learning.operations import releases
from app.notifications.models import Notification
from tests.grading.helpers import grade_with, hand_in, result

LAB = "lab:squares"
REMARK = "BLAMEMARKER"
TELLING = ("3.6875", "3.69", "1.25", "4.9375", "4.94", "4.938", "82.29", "82.3", REMARK)
"""What only somebody can say who knows her points: of a test, of an answer, sums, percents."""


@pytest.fixture
def graded(enrolled):
    """mei's lab is graded by tests and by lin, while it is held; hao's waits for a person."""
    with enrolled.app.app_context():
        lin, section = enrolled.person("lin"), enrolled.section()
        releases.hold(lin, [section], [LAB])
        mine = hand_in(enrolled, "mei")
        grade_with(mine, result(3.6875))
        operations.give_score(lin, mine, operations.CellRef("squares", "why"), 1.25, REMARK)
        grade_with(hand_in(enrolled, "hao"), result(2.0))
        db.session.commit()
        enrolled.submission_id = str(mine.id)
    return enrolled


def addresses(cast):
    """Every address of the site that a GET may be sent to, with what mei knows filled in."""
    with cast.app.app_context():
        person_id = str(cast.person("mei").id)
    known = {
        "code": cast.code, "slug": "squares", "submission_id": cast.submission_id, "number": "1",
        "course_id": cast.code, "assignment_id": "squares", "path": "squares.ipynb",
        "person_id": person_id, "key": LAB, "handle": "mei", "name": "squares",
        "filename": "nothing.css", "form": "html",
    }  # fmt: skip
    found = []
    for rule in cast.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        if "sign_out" in rule.endpoint or not set(rule.arguments) <= known.keys():
            continue
        filled = {name: known[name] for name in rule.arguments}
        with cast.app.test_request_context():
            made = rule.build(filled, append_unknown=False)
        if made is not None:
            found.append(made[1])
    return sorted(set(found))


def text_of(answer) -> str:
    """What a person can read in an answer."""
    if answer.mimetype == "application/pdf":
        return " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    return answer.data.decode(errors="replace")


def tells(cast, handle):
    """The addresses that answer HANDLE's browser, or programs in her lab, with her points."""
    browser, token = cast.browser(handle), cast.lab_token(handle)
    found, asked = {}, 0
    for address in addresses(cast):
        headers = token if address.startswith("/api/exchange/") else {}
        answer = browser.get(address, headers=headers, buffered=False)
        asked += 1
        if answer.mimetype == "text/event-stream":
            answer.close()
            continue
        said = text_of(answer)
        if address == "/metrics":  # seconds that may be any number
            said = re.sub(r" [\d.e+-]+$", "", said, flags=re.MULTILINE)
        answer.close()
        shown = [word for word in TELLING if word in said]
        if shown:
            found[address] = shown
    assert asked > 60
    return found


class TestWhileHeld:
    def test_no_address_of_the_site_tells_the_student_her_points(self, graded):
        assert tells(graded, "mei") == {}

    def test_the_same_addresses_tell_them_when_they_are_out(self, graded):
        with graded.app.app_context():
            releases.release_now(graded.person("lin"), [graded.section()], [LAB])
        told = tells(graded, "mei")
        base = f"/learn/{graded.code}"
        for address in (
            "/", base, f"{base}/grades", f"{base}/labs/squares", f"{base}/labs/squares/results",
            f"/submissions/{graded.submission_id}", "/api/exchange/v1/assignments",
        ):  # fmt: skip
            assert address in told, address

    def test_the_student_reads_that_it_is_being_graded_and_when_it_comes(self, graded, frozen):
        at = clock.now() + timedelta(days=2)
        with graded.app.app_context():
            releases.release_at(graded.person("lin"), [graded.section()], [LAB], at)
        mei, base = graded.browser("mei"), f"/learn/{graded.code}"
        day = at.astimezone(clock.TAIPEI).strftime("%Y-%m-%d")
        for address in (
            f"{base}/labs/squares", f"/submissions/{graded.submission_id}", f"{base}/grades",
        ):  # fmt: skip
            text = mei.get(address).text
            assert "Handed in, is being graded." in text and day in text, address
        assert "not released yet" in mei.get("/").text
        with frozen(at):
            assert "4.94" in graded.browser("mei").get(f"{base}/labs/squares").text

    def test_staff_see_the_points_as_ever_and_that_they_are_held(self, graded):
        lin = graded.browser("lin")
        assert "4.94" in lin.get(f"/submissions/{graded.submission_id}").text
        grid = lin.get(f"/teaching/{graded.code}/gradebook").text
        assert f"/teaching/{graded.code}/release?key={LAB}" in grid

    def test_the_exchange_gives_no_feedback(self, graded):
        api = f"/api/exchange/v1/assignments/{graded.code}/squares/submissions/1/feedback"
        client, token = graded.app.test_client(), graded.lab_token("mei")
        refused = client.get(api, headers=token)
        assert (refused.status_code, refused.json["error"]["code"]) == (404, "not_released")
        ((row,),) = [
            lab["submissions"]
            for lab in client.get("/api/exchange/v1/assignments", headers=token).json["assignments"]
        ]
        assert (row["state"], row["score"], row["feedback"]) == ("held", None, False)
        with graded.app.app_context():
            releases.release_now(graded.person("lin"), [graded.section()], [LAB])
        assert client.get(api, headers=token).status_code == 200

    def test_what_open_pages_hear_is_that_something_changed_and_nothing_else(
        self, enrolled, monkeypatch
    ):
        heard = []
        monkeypatch.setattr(live, "announce", heard.append)
        with enrolled.app.app_context():
            releases.hold(enrolled.person("lin"), [enrolled.section()], [LAB])
            work = hand_in(enrolled, "mei")
            grade_with(work, result(3.6875))
        assert heard
        assert not [word for word in TELLING for topic in heard if word in topic]

    def test_nobody_is_told_of_a_result(self, graded):
        with graded.app.app_context():
            mei = graded.person("mei").id
            assert db.session.scalar(_count(mei)) == 0


def _count(person_id, kind="%"):
    return (
        select(func.count())
        .select_from(Notification)
        .where(Notification.person_id == person_id, Notification.kind.like(kind))
    )


class TestTelling:
    def test_is_one_message_for_several_items_to_each_whose_work_came(self, graded):
        with graded.app.app_context():
            section, mei = graded.section(), graded.person("mei")
            batch = db.session.scalars(select(GradeRelease.batch_id)).one()
            releases.release_now(graded.person("lin"), [section], [LAB])
            batch = db.session.scalars(select(GradeRelease.batch_id)).one()
            for _twice in range(2):
                gradebook_tasks.tell_of_release(
                    section_id=str(section.id), keys=[LAB], batch_id=str(batch)
                )
            rows = db.session.scalars(
                select(Notification).where(Notification.kind == "gradebook.released")
            ).all()
            assert {row.person_id for row in rows} == {mei.id, graded.person("hao").id}
            assert len(rows) == 2
            assert "Squares" in rows[0].body["en"] and rows[0].path.endswith("/grades")
            assert not [w for w in TELLING for row in rows if w in f"{row.subject} {row.body}"]

    def test_says_nothing_of_what_was_taken_back_before_the_job_ran(self, graded):
        with graded.app.app_context():
            lin, section = graded.person("lin"), graded.section()
            releases.release_now(lin, [section], [LAB])
            batch = db.session.scalars(select(GradeRelease.batch_id)).one()
            releases.hold(lin, [section], [LAB])
            assert tell_of_release(section.id, [LAB], batch) == 0

    def test_is_a_job_of_the_release_itself(self, graded):
        with graded.app.app_context():
            releases.release_now(graded.person("lin"), [graded.section()], [LAB])
            names = db.session.scalars(
                func.array_agg(db.text("task_name"))
                .select()
                .select_from(db.text("procrastinate_jobs"))
            ).one()
            assert "gradebook.tasks.tell_of_release" in names
            assert "grading.tasks.announce_release" in names


def posted(cast, who="lin", **form):
    return cast.browser(who).post(
        f"/teaching/{cast.code}/release", data={"key": LAB, "act": "now"} | form
    )


class TestThePage:
    def test_shows_what_would_happen_before_it_does(self, graded):
        text = graded.browser("lin").get(f"/teaching/{graded.code}/release").text
        assert "Held" in text
        shown = posted(graded)
        assert "1 work still waits for a person." in shown.text
        assert "2 students are told, each once." in shown.text
        with graded.app.app_context():
            names = [graded.person(handle).name for handle in ("mei", "hao")]
            assert all(name in shown.text for name in names)
            assert releases_held(graded) == {LAB}
        assert posted(graded, sure="1").status_code == 303
        with graded.app.app_context():
            assert releases_held(graded) == set()

    def test_warns_when_something_is_taken_back(self, graded):
        posted(graded, sure="1")
        shown = posted(graded, act="hold")
        assert "Students may have read these already" in shown.text
        posted(graded, act="hold", sure="1")
        with graded.app.app_context():
            assert releases_held(graded) == {LAB}

    def test_takes_a_time_in_taipei(self, graded):
        at = (clock.now() + timedelta(days=1)).astimezone(clock.TAIPEI).replace(microsecond=0)
        typed = at.replace(tzinfo=None).isoformat()
        assert posted(graded, act="at", at=typed, sure="1").status_code == 303
        with graded.app.app_context():
            assert db.session.scalars(select(GradeRelease.released_at)).one() == at
        assert posted(graded, act="at", at="2020-01-01T00:00", sure="1").status_code == 422
        assert posted(graded, act="at", at="soon", sure="1").status_code == 422

    def test_is_nothing_for_a_teaching_assistant_of_another_section(self, graded):
        for who, status in (("wang", 404), ("mei", 403)):
            assert graded.browser(who).get(f"/teaching/{graded.code}/release").status_code == status
            assert posted(graded, who=who, sure="1").status_code == status
        with graded.app.app_context():
            assert releases_held(graded) == {LAB}

    def test_takes_a_constant_number_of_statements(self, graded, count_queries):
        lin, page = graded.browser("lin"), f"/teaching/{graded.code}/release"
        lin.get(page)
        with count_queries() as one:
            lin.get(page)
        with graded.app.app_context():
            grade_with(hand_in(graded, "hao"), result(4.0))
            db.session.commit()
        with count_queries() as more:
            lin.get(page)
        assert len(more) == len(one) <= 16, "\n".join(one)


def releases_held(cast):
    from app.learning import queries

    return set(queries.held_items(cast.section().id))
