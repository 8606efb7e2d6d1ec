"""Who meets challenges where, and what each sees there."""

import io
import re
from datetime import timedelta

import pytest

from app.challenges import operations, queries
from app.challenges.models import Challenge
from app.kernel import clock
from app.kernel.database import db
from app.learning.forms import taipei
from app.skills import operations as skills
from tests.challenges.field import ANSWERS, make, off_by, table


@pytest.fixture
def challenge(enrolled, in_app):
    """Its address; mei has an entry that is scored, hao one that is not."""
    with in_app():
        made = make(enrolled)
        good = operations.hand_in(enrolled.person("mei"), made, "p.csv", off_by(2))
        bad = operations.hand_in(enrolled.person("hao"), made, "p.csv", table({"r0": 1}))
        operations.score_entry(good.id)
        operations.score_entry(bad.id)
        return {"code": enrolled.code, "good": good.id, "bad": bad.id}


def student(at, rest=""):
    return f"/learn/{at['code']}/challenges/run-times{rest}"


def desk(at, rest=""):
    return f"/teaching/{at['code']}/challenges/run-times{rest}"


class TestStudents:
    def test_read_hand_in_and_see_the_score(self, enrolled, challenge, in_app):
        mei = enrolled.browser("mei")
        page = mei.get(student(challenge)).text
        assert "<strong>How long</strong>" in page
        assert "2 attempts left today" in page
        answer = mei.post(
            student(challenge, "/entries"), data={"file": (io.BytesIO(off_by(1)), "b.csv")}
        )
        assert answer.status_code == 303
        assert "1 attempt left today" in mei.get(student(challenge, "/mine")).text
        with in_app():
            _view, found = queries.challenge_for(
                enrolled.person("mei"), challenge["code"], "run-times"
            )
            newest = queries.my_entries(enrolled.person("mei"), found).rows[0]
            operations.score_entry(newest.id)
        assert re.search(r'class="number">1<', mei.get(student(challenge, "/mine")).text)
        assert "Challenges" in mei.get(f"/learn/{challenge['code']}").text
        assert "Run times" in mei.get("/").text

    def test_read_what_is_wrong_in_their_language(self, enrolled, challenge):
        page = enrolled.browser("hao").get(student(challenge, "/entries")).text
        assert "9 rows have no prediction; the first of them is “r1”." in page
        assert "3 attempts left today" in enrolled.browser("hao").get(student(challenge)).text

    def test_are_told_what_was_refused_and_keep_their_page(self, enrolled, challenge):
        mei = enrolled.browser("mei")
        wrong = mei.post(student(challenge, "/entries"), data={"file": (io.BytesIO(b"x"), "b.exe")})
        assert wrong.status_code == 422 and "Hand in a CSV file" in wrong.text
        assert mei.post(student(challenge, "/entries"), data={}).status_code == 422

    def test_see_no_final_score_before_the_end(self, enrolled, challenge, in_app):
        mei = enrolled.browser("mei")
        pages = [
            student(challenge, f"/entries/{challenge['good']}"),
            student(challenge, "/leaderboard?board=final"),
        ]
        assert "shown after the end" in mei.get(pages[0]).text
        assert "Final score" not in mei.get(pages[1]).text
        csv = mei.get(student(challenge, "/leaderboard.csv?board=final")).text
        assert csv.splitlines()[1].split(",")[3] == ""
        with in_app():
            found = db.session.query(Challenge).one()
            operations.end_early(enrolled.person("lin"), found)
        assert "shown after the end" not in mei.get(pages[0]).text
        assert "Final leaderboard" in mei.get(student(challenge, "/leaderboard")).text

    def test_see_nobody_elses_work(self, enrolled, challenge):
        mei = enrolled.browser("mei")
        for rest in ("", "/file"):
            assert (
                mei.get(student(challenge, f"/entries/{challenge['good']}{rest}")).status_code
                == 200
            )
            assert (
                mei.get(student(challenge, f"/entries/{challenge['bad']}{rest}")).status_code == 404
            )

    def test_choose_how_they_are_called(self, enrolled, challenge):
        mei = enrolled.browser("mei")
        assert "Participant 1" in mei.get(student(challenge, "/leaderboard")).text
        mei.post(student(challenge, "/name"), data={"shown_as": "handle"})
        assert "@mei" in mei.get(student(challenge, "/leaderboard")).text

    def test_see_no_draft(self, enrolled, in_app):
        with in_app():
            make(enrolled, published=False)
        at = {"code": enrolled.code}
        assert enrolled.browser("mei").get(student(at)).status_code == 404
        assert enrolled.browser("lin").get(student(at)).status_code == 200


OUTSIDE = ["", "/entries", "/leaderboard", "/leaderboard.csv", "/mine", "/events"]
STAFF = ["", "/edit", "/entries.csv", "/runs/progress"]


class TestOthers:
    def test_of_another_section_see_nothing(self, enrolled, challenge):
        browser = enrolled.browser("wang")
        for rest in OUTSIDE:
            assert browser.get(student(challenge, rest)).status_code == 404, rest
        for rest in STAFF:
            assert browser.get(desk(challenge, rest)).status_code in (403, 404), rest
        for rest in ("/publication", "/end", "/runs"):
            assert browser.post(desk(challenge, rest)).status_code in (403, 404), rest

    def test_students_do_not_enter_the_desk(self, enrolled, challenge):
        mei = enrolled.browser("mei")
        for rest in STAFF:
            assert mei.get(desk(challenge, rest)).status_code in (403, 404)
        assert mei.post(desk(challenge, "/end")).status_code in (403, 404)


FORM = {
    "slug": "second",
    "title_zh": "第二題",
    "title_en": "Second",
    "summary_zh": "摘要",
    "summary_en": "Summary",
    "description_zh": "說明",
    "description_en": "Words",
    "attempts_per_day": "5",
    "group_set": "",
    "metric": "mae",
    "kind": "number",
    "id_column": "id",
    "target_column": "y",
    "public_percent": "30",
}


def typed(**changes):
    now = clock.now()
    dates = {
        "opens_at": f"{taipei(now):%Y-%m-%dT%H:%M}",
        "ends_at": f"{taipei(now + timedelta(days=7)):%Y-%m-%dT%H:%M}",
    }
    return {**FORM, **dates, "answers": (io.BytesIO(ANSWERS), "a.csv"), **changes}


class TestStaff:
    def test_write_try_publish_and_end(self, enrolled, in_app):
        lin, at = enrolled.browser("lin"), f"/teaching/{enrolled.code}/challenges"
        assert lin.get(at).status_code == 200
        made = lin.post(f"{at}/new", data=typed())
        assert made.status_code == 303, made.text
        trial = lin.post(
            f"/learn/{enrolled.code}/challenges/second/entries",
            data={"file": (io.BytesIO(off_by(1)), "b.csv")},
        )
        assert trial.status_code == 303
        assert "Trial" in lin.get(f"{at}/second").text
        lin.post(f"{at}/second/publication")
        assert "Second" in enrolled.browser("mei").get(f"/learn/{enrolled.code}/challenges").text
        edited = typed(title_en="Second, again", metric="rmse")
        del edited["answers"]
        answer = lin.post(f"{at}/second/edit", data=edited, follow_redirects=True)
        assert "Second, again" in answer.text and "version 2" in answer.text
        lin.post(f"{at}/second/end")
        assert "Over" in lin.get(at).text

    def test_keep_what_they_typed_when_something_is_wrong(self, enrolled):
        lin = enrolled.browser("lin")
        answer = lin.post(
            f"/teaching/{enrolled.code}/challenges/new",
            data=typed(answers=(io.BytesIO(b"id,z\nr0,1\nr1,2\n"), "a.csv")),
        )
        assert answer.status_code == 422
        assert "Row 2 of the answers" in answer.text and "第二題" in answer.text

    def test_say_which_skills_it_shows(self, enrolled, in_app):
        with in_app():
            skills.load_own()
        lin, at = enrolled.browser("lin"), f"/teaching/{enrolled.code}/challenges"
        for wrong, said in (
            ("juggling 1", "There is no skill juggling."),
            ("model-evaluation", "Write a key and a score on each line"),
            ("model-evaluation much", "Write a key and a score on each line"),
            ("model-evaluation 1 2 3", "A skill needs a score to reach"),
        ):
            answer = lin.post(f"{at}/new", data=typed(skills=wrong))
            assert answer.status_code == 422 and said in answer.text, wrong
        lines = "model-evaluation 2\nmodel-evaluation 1.5 2 0.5"
        assert lin.post(f"{at}/new", data=typed(skills=lines)).status_code == 303
        assert lines in lin.get(f"{at}/second/edit").text
        lin.post(f"{at}/second/publication")
        page = enrolled.browser("mei").get(f"/learn/{enrolled.code}/challenges/second").text
        assert "Model evaluation" in page and "≤ 1.5 · weight 0.5" in page

    def test_read_every_entry_and_the_reason(self, enrolled, challenge):
        lin = enrolled.browser("lin")
        page = lin.get(desk(challenge)).text
        assert "9 rows have no prediction" in page
        assert lin.get(desk(challenge, "/entries.csv")).text.count("\n") == 3
        assert "9 rows" not in lin.get(desk(challenge, "?state=scored")).text

    def test_see_how_far_scoring_again_is(self, enrolled, challenge, in_app):
        lin = enrolled.browser("lin")
        lin.post(desk(challenge, "/runs"))
        assert "Scoring everything again" in lin.get(desk(challenge, "/runs/progress")).text
        with in_app():
            found = db.session.query(Challenge).one()
            operations.score_again(queries.run_of(found).id)
        assert "Done: see what changed" in lin.get(desk(challenge, "/runs/progress")).text
        assert "0 of 2 have another score now." in lin.get(desk(challenge)).text

    def test_of_everybody_the_desk_asks_as_much_as_of_one(
        self, enrolled, challenge, in_app, count_queries
    ):
        lin = enrolled.browser("lin")
        lin.get(desk(challenge))
        with count_queries() as few:
            lin.get(desk(challenge))
        with in_app():
            found = db.session.query(Challenge).one()
            for error in (3, 4):
                entry = operations.hand_in(enrolled.person("hao"), found, "p.csv", off_by(error))
                operations.score_entry(entry.id)
        with count_queries() as many:
            lin.get(desk(challenge))
        assert len(many) == len(few)
