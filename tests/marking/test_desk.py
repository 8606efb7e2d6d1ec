"""The desk: who may enter, what waits, points with and without rubrics, notes, conflicts."""

import uuid

import pytest
from sqlalchemy import select

from app.grading.models import Annotation, ManualScore
from app.kernel.database import db
from app.learning import operations as learning
from app.learning import queries as sections
from app.learning.rules import StaffRole
from app.marking import operations as marking
from app.marking import queries
from app.marking.queries import Asked, Scope
from app.marking.rules import State
from tests.cast import SOURCE
from tests.marking.marking import (
    HOSTILE,
    WHY,
    address,
    graded_body,
    rubric,
    students,
    wait_for_points,
)
from tests.marking.scores import LAB, live_scores
from tests.quizzes.quizzing import ESSAY, place_quiz, quiz_document


class TestWhoMayEnter:
    def paths(self, cast, work_id):
        base = address(cast)
        work = address(cast, work_id)
        return [
            ("get", f"/teaching/{cast.code}/marking"), ("get", base), ("get", f"{base}/next"),
            ("get", work), ("post", work), ("post", f"{base}/rubric"), ("post", f"{work}/notes"),
            ("get", f"{work}/files/1"), ("post", f"{work}/notes/{uuid.uuid4()}/removal"),
        ]  # fmt: skip

    @pytest.mark.parametrize("who", ["mei", "wang", "jia-office"])
    def test_nobody_but_the_staff_of_the_section(self, enrolled, waiting, who):
        """mei learns in it, wang teaches at another school."""
        browser = enrolled.browser(who)
        for method, path in self.paths(enrolled, waiting[1]):
            answer = getattr(browser, method)(path)
            assert answer.status_code in (403, 404), path
            assert "Because squares" not in answer.text

    def test_an_assistant_of_another_section_is_told_that_there_is_nothing(self, enrolled, waiting):
        with enrolled.app.app_context():
            lin, ping = enrolled.person("lin"), enrolled.person("ping")
            beside = learning.add_section(
                lin, enrolled.section().offering, learning.SectionSettings(capacity=9)
            )
            learning.appoint(ping, beside, StaffRole.TEACHING_ASSISTANT)
            place = next(p for p in enrolled.section().staff if p.person_id == ping.id)
            learning.dismiss(lin, enrolled.section(), place)
        browser = enrolled.browser("ping")
        for method, path in self.paths(enrolled, waiting[0]):
            assert getattr(browser, method)(path).status_code == 404, path

    def test_a_work_is_found_only_in_its_own_item(self, enrolled, waiting):
        with enrolled.app.app_context():
            place_quiz(enrolled.section(), quiz_document(ESSAY))
        wrong = address(enrolled, waiting[0], item="quiz/check")
        assert enrolled.browser("lin").get(wrong).status_code == 404

    def test_an_assistant_marks_but_chooses_no_rubric(self, enrolled, waiting):
        with enrolled.app.app_context():
            version = rubric(enrolled.person("lin"), 4, 0)
            chosen = {"part": WHY, "version": str(version.id)}
        ping = enrolled.browser("ping")
        assert ping.get(address(enrolled, waiting[0])).status_code == 200
        assert ping.post(f"{address(enrolled)}/rubric", data=chosen).status_code == 404


class TestWhatWaits:
    def test_is_counted_by_item_and_by_part(self, enrolled, waiting):
        page = enrolled.browser("lin").get(f"/teaching/{enrolled.code}/marking").text
        assert "Squares" in page and '<td class="number">2</td><td class="number">0</td>' in page
        with enrolled.app.app_context():
            tally = queries.tallies(enrolled.section(), enrolled.person("lin"))[LAB]
            assert (tally.waiting, tally.done) == (2, 0)
            assert [(p.part, p.waiting, p.done) for p in tally.parts] == [(WHY, 2, 0)]

    def test_only_the_newest_work_of_each_student(self, enrolled, waiting):
        with enrolled.app.app_context():
            again = wait_for_points(enrolled, "mei")
            scope = Scope(enrolled.section(), LAB, enrolled.person("lin"))
            listed = queries.works_in(scope, Asked(), 2)
            assert {row.id for row in listed.rows} == {waiting[1], again.id}

    def test_her_own_work_is_not_before_her(self, enrolled, waiting):
        with enrolled.app.app_context():
            scope = Scope(enrolled.section(), LAB, enrolled.person("mei"))
            assert queries.counts(scope).all == 1

    def test_work_of_who_has_left_does_not_wait(self, enrolled, waiting):
        with enrolled.app.app_context():
            learning.withdraw(enrolled.person("hao"), enrolled.section())
            scope = Scope(enrolled.section(), LAB, enrolled.person("lin"))
            assert queries.counts(scope) == queries.Counts(1, 0, 1)

    def test_goes_round_from_one_to_the_next(self, enrolled, waiting):
        mei, hao = waiting
        with enrolled.app.app_context():
            lin = enrolled.person("lin")
            scope = Scope(enrolled.section(), LAB, lin)
            rows = {row.id: (row.at, row.id) for row in queries.works_in(scope, Asked(), 2).rows}
            assert queries.first_work(scope, Asked()) == mei
            assert queries.next_work(scope, Asked(), rows[mei]) == hao
            assert queries.next_work(scope, Asked(), rows[hao]) == mei
            assert queries.previous_work(scope, rows[hao]) == mei
            assert queries.previous_work(scope, rows[mei]) is None
            assert queries.next_work(scope, Asked(State.DONE), rows[mei]) is None

    def test_with_what_is_shared_out_only_hers(self, enrolled, waiting):
        with enrolled.app.app_context():
            scope = Scope(enrolled.section(), LAB, enrolled.person("lin"), mine={waiting[1]})
            assert queries.first_work(scope, Asked()) == waiting[1]
            assert queries.counts(scope).waiting == 1


class TestPoints:
    def test_are_saved_and_the_next_work_comes(self, enrolled, waiting):
        lin = enrolled.browser("lin")
        page = lin.get(address(enrolled, waiting[0])).text
        body = graded_body(page, points="1.5", comment="Say more.")
        answer = lin.post(address(enrolled, waiting[0]), data=body)
        assert answer.status_code == 303
        assert answer.headers["Location"].endswith(str(waiting[1]))
        with enrolled.app.app_context():
            (score,) = live_scores(waiting[0])
            assert (score.score, score.comment) == (1.5, "Say more.")
        read = enrolled.browser("mei").get(f"/submissions/{waiting[0]}").text
        assert "Say more." in read and "1.5" in read

    def test_for_the_script_the_address_of_the_next_work_is_enough(self, enrolled, waiting):
        lin = enrolled.browser("lin")
        headers = {"X-Desk": "1"}
        page = lin.get(address(enrolled, waiting[0]), headers=headers).text
        assert "<html" not in page and "data-given" in page
        told = lin.post(
            address(enrolled, waiting[0]), data=graded_body(page, points="2"), headers=headers
        ).json
        assert told["next"].endswith(str(waiting[1])) and told["waiting"] == "1 waits"
        page = lin.get(told["next"], headers=headers).text
        told = lin.post(told["next"], data=graded_body(page, points="0"), headers=headers).json
        assert (told["next"], told["waiting"]) == ("", "0 wait")

    @pytest.mark.parametrize(("points", "words"), [("many", "a number"), ("7", "between 0 and 2")])
    def test_that_cannot_be_are_shown_again_as_typed(self, enrolled, waiting, points, words):
        lin = enrolled.browser("lin")
        page = lin.get(address(enrolled, waiting[0])).text
        body = graded_body(page, points=points, comment="Kept words")
        answer = lin.post(address(enrolled, waiting[0]), data=body)
        assert answer.status_code == 422
        assert words in answer.text and f'value="{points}"' in answer.text
        assert "Kept words" in answer.text
        with enrolled.app.app_context():
            assert live_scores(waiting[0]) == []

    def test_unchanged_ones_are_not_written_again(self, enrolled, waiting):
        lin = enrolled.browser("lin")
        for _ in range(2):
            page = lin.get(address(enrolled, waiting[0])).text
            lin.post(address(enrolled, waiting[0]), data=graded_body(page, points="1"))
        with enrolled.app.app_context():
            every = select(ManualScore).where(ManualScore.submission_id == waiting[0])
            assert len(db.session.scalars(every).all()) == 1

    def test_of_somebody_who_was_faster_are_shown_and_nothing_is_lost(self, enrolled, waiting):
        lin = enrolled.browser("lin")
        seen = lin.get(address(enrolled, waiting[0])).text
        lin.post(address(enrolled, waiting[0]), data=graded_body(seen, points="2", comment="Good"))
        late = graded_body(seen, points="0.5", comment="My long explanation")
        answer = lin.post(address(enrolled, waiting[0]), data=late)
        assert answer.status_code == 409
        for words in ("My long explanation", "Good", 'value="0.5"', "gave 2 of 2 points"):
            assert words in answer.text
        with enrolled.app.app_context():
            assert [row.score for row in live_scores(waiting[0])] == [2.0]
        # What came back knows the newer score: sent again, it is meant.
        body = graded_body(answer.text, comment="My long explanation")
        assert lin.post(address(enrolled, waiting[0]), data=body).status_code == 303
        with enrolled.app.app_context():
            assert [row.score for row in live_scores(waiting[0])] == [0.5]


class TestOneQuestion:
    def test_across_all_students_goes_by_that_cell(self, enrolled, waiting):
        lin = enrolled.browser("lin")
        answer = lin.get(f"{address(enrolled)}/next?part={WHY}")
        assert answer.status_code == 303 and str(waiting[0]) in answer.headers["Location"]
        page = lin.get(answer.headers["Location"]).text
        assert "3 cells before" in page and "Because squares are areas." in page
        posted = lin.post(answer.headers["Location"], data=graded_body(page, points="1"))
        assert str(waiting[1]) in posted.headers["Location"]
        assert "part=squares" in posted.headers["Location"]

    def test_that_nobody_has_is_no_question(self, enrolled, waiting):
        answer = enrolled.browser("lin").get(f"{address(enrolled)}/next?part=squares/nothing")
        assert answer.headers["Location"].split("?")[0] == address(enrolled)


class TestNotes:
    def write(self, cast, work_id, **changes):
        data = {"notebook": "squares", "position": "1", "text": "Look at zero."} | changes
        return cast.browser("lin").post(f"{address(cast, work_id)}/notes", data=data)

    def test_at_any_cell_reach_the_students_page(self, enrolled, waiting):
        assert self.write(enrolled, waiting[0]).status_code == 303
        read = enrolled.browser("mei").get(f"/submissions/{waiting[0]}").text
        assert read.index("squares(3)") < read.index("Look at zero.")
        assert "Look at zero." not in enrolled.browser("hao").get(f"/submissions/{waiting[1]}").text

    def test_taken_away_they_are_gone_for_her_and_kept_for_the_record(self, enrolled, waiting):
        self.write(enrolled, waiting[0])
        with enrolled.app.app_context():
            note = db.session.scalars(select(Annotation)).one().id
        lin = enrolled.browser("lin")
        lin.post(f"{address(enrolled, waiting[0])}/notes/{note}/removal")
        assert "Look at zero." not in enrolled.browser("mei").get(f"/submissions/{waiting[0]}").text
        with enrolled.app.app_context():
            assert db.session.scalars(select(Annotation)).one().removed_by_id is not None

    def test_of_another_work_cannot_be_taken_away(self, enrolled, waiting):
        self.write(enrolled, waiting[0])
        with enrolled.app.app_context():
            note = db.session.scalars(select(Annotation)).one().id
        path = f"{address(enrolled, waiting[1])}/notes/{note}/removal"
        assert enrolled.browser("lin").post(path).status_code == 404

    @pytest.mark.parametrize(
        "wrong", [{"text": "  "}, {"notebook": "other"}, {"position": "-1"}, {"text": "a" * 5001}]
    )
    def test_that_say_nothing_or_stand_nowhere_are_refused(self, enrolled, waiting, wrong):
        self.write(enrolled, waiting[0], **wrong)
        with enrolled.app.app_context():
            assert db.session.scalars(select(Annotation)).all() == []


class TestWhatIsShown:
    def test_is_never_the_students_own_html(self, enrolled, waiting):
        page = enrolled.browser("lin").get(address(enrolled, waiting[0])).text
        assert HOSTILE not in page and "&lt;script&gt;alert(2)" in page

    def test_files_are_read_as_text_and_come_as_downloads(self, enrolled):
        files = {
            "squares.ipynb": SOURCE,
            "notes.html": HOSTILE.encode(),
            "plan.txt": b"My plan <b>",
        }
        with enrolled.app.app_context():
            work = wait_for_points(enrolled, "mei", files).id
        lin = enrolled.browser("lin")
        page = lin.get(address(enrolled, work)).text
        assert "My plan &lt;b&gt;" in page and "notes.html" in page and HOSTILE not in page
        answer = lin.get(f"{address(enrolled, work)}/files/1")
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert lin.get(f"{address(enrolled, work)}/files/9").status_code == 404

    def test_takes_as_many_statements_for_fifty_as_for_five(self, enrolled, count_queries):
        def look():
            seen = []
            for path in (
                f"/teaching/{enrolled.code}/marking",
                address(enrolled),
                address(enrolled, first),
                f"{address(enrolled, first)}?part={WHY}",
            ):
                browser = enrolled.browser("lin")
                with count_queries() as statements:
                    assert browser.get(path).status_code == 200
                seen.append(len(statements))
            return seen

        with enrolled.app.app_context():
            works = [wait_for_points(enrolled, one).id for one in students(enrolled, 5)]
            db.session.commit()
        first = works[0]
        look()  # what a course is computed from once is computed
        few = look()
        with enrolled.app.app_context():
            for one in students(enrolled, 45):
                wait_for_points(enrolled, one)
            db.session.commit()
        assert look() == few


def test_points_without_a_number_are_refused(enrolled, waiting):
    with enrolled.app.app_context():
        lin = enrolled.person("lin")
        view = sections.section_taught_by(lin, enrolled.section().code)
        work = queries.work_of(Scope(view.section, LAB, lin), view, waiting[0])
        with pytest.raises(marking.PointsMissing):
            marking.mark_part(lin, work, work.parts[0], marking.Given(None, "only words"))
        assert live_scores(waiting[0]) == []
