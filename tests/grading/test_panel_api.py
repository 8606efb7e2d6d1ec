"""What a lab's panel in JupyterLab is told, and who is told it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.gradebook import operations as gradebook
from app.gradebook import queries as books
from app.gradebook.rules import LatePolicy, LateUnit
from app.grading import operations, queries
from app.grading.operations import RuleSettings
from app.kernel import clock
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.learning.models import ItemPlan
from app.learning.operations import releases
from app.learning.rules.ai_use import AiRule, AiUse
from tests.cast import SOURCE
from tests.grading.helpers import grade_with, hand_in, result
from tests.grading.test_exchange_api import files
from tests.grading.test_teams import team

BASE = "/api/exchange/v1/assignments"
LAB = "lab:squares"


@pytest.fixture
def panel(enrolled):
    """``panel("mei")`` is what mei's lab hears about squares."""
    client = enrolled.app.test_client()

    def ask(handle, *, language="en", lab="squares", path="panel", **options):
        headers = enrolled.lab_token(handle) | {"Accept-Language": language}
        address = f"{BASE}/{enrolled.code}/{lab}/{path}"
        return client.open(address, headers=headers, **options)

    return ask


class TestWhoIsTold:
    def test_nobody_without_her_own_servers_token(self, enrolled, panel):
        address = f"{BASE}/{enrolled.code}/squares/panel"
        assert enrolled.app.test_client().get(address).status_code == 401
        headers = {"Authorization": "token made-up"}
        assert enrolled.app.test_client().get(address, headers=headers).status_code == 401

    def test_not_who_is_elsewhere_nor_of_a_lab_that_is_not_there(self, panel):
        assert panel("wang").status_code == 404
        assert panel("mei", lab="nothing").status_code == 404

    def test_nobody_of_anothers_work(self, enrolled, panel):
        with enrolled.app.app_context():
            grade_with(hand_in(enrolled, "mei"), result(4.0))
        assert panel("hao").json["submissions"] == []
        assert panel("hao").json["newest"] is None
        assert panel("lin").json["newest"] is None, "an instructor's panel is about her own work"

    def test_news_go_the_same_way(self, enrolled, panel):
        address = f"{BASE}/{enrolled.code}/squares/panel/events"
        assert enrolled.app.test_client().get(address).status_code == 401
        assert panel("wang", path="panel/events").status_code == 404
        news = panel("mei", path="panel/events", buffered=False)
        assert (news.status_code, news.mimetype) == (200, "text/event-stream")
        news.close()

    def test_not_a_suspended_person(self, enrolled, panel):
        with enrolled.app.app_context():
            enrolled.person("mei").suspended_at = clock.now()
            db.session.commit()
        assert panel("mei").status_code == 401


class TestTerms:
    def test_are_hers_in_her_language(self, enrolled, panel):
        with enrolled.app.app_context():
            lin, section = enrolled.person("lin"), enrolled.section()
            due = clock.now() + timedelta(days=2)
            db.session.add(ItemPlan(offering_id=section.offering_id, item_key=LAB, due_at=due))
            book = books.book_of(section)
            late = LatePolicy(Decimal(10), LateUnit.DAY, 15, Decimal(50))
            gradebook.save_scheme(
                lin, book, replace(book.scheme, late=late), note="", seen_number=0
            )
            db.session.commit()
        told = panel("mei").json
        assert (told["title"], told["role"], told["closed"]) == ("Squares", "student", None)
        assert told["due_at"] == due.isoformat()
        assert told["lateness"] == (
            "Late work loses 10% of its points for each day begun. The first 15 minutes are free."
            " It loses at most 50%."
        )
        chinese = panel("mei", language="zh-TW").json
        assert chinese["title"] == "平方"
        assert chinese["lateness"].startswith("每逾一日，扣所得分數的 10%。")
        assert panel("lin").json["role"] == "instructor"

    def test_count_what_is_left_for_a_team_together(self, enrolled, panel):
        with enrolled.app.app_context():
            team(enrolled, "mei", "hao", most_submissions=3)
            hand_in(enrolled, "hao")
            db.session.commit()
        told = panel("mei").json
        assert (told["most_submissions"], told["used"]) == (3, 1)
        assert told["team"]["name"] == "A"
        assert len(told["team"]["people"]) == 2
        assert told["newest"]["by"] == panel("hao").json["newest"]["by"]

    def test_say_when_nothing_can_be_handed_in_any_more(self, enrolled, panel):
        with enrolled.app.app_context():
            over = clock.now() - timedelta(minutes=1)
            plan = {"offering_id": enrolled.section().offering_id, "item_key": LAB}
            db.session.add(ItemPlan(**plan, due_at=over, closes_at=over))
            db.session.commit()
        assert panel("mei").json["closed"].startswith("The time for this lab is over")


class TestResult:
    def test_waits_at_a_place_and_then_comes_cell_by_cell(self, enrolled, panel):
        with enrolled.app.app_context():
            hand_in(enrolled, "hao")
            hand_in(enrolled, "mei")
            db.session.commit()
        newest = panel("mei").json["newest"]
        assert (newest["state"], newest["is_live"], newest["place"]) == ("queued", True, 2)
        assert newest["notebooks"] == []
        with enrolled.app.app_context():
            section, mei = enrolled.section(), enrolled.person("mei")
            grade_with(queries.submission_of(section, mei.id, "squares", 1), result(1.0))
            db.session.commit()
        newest = panel("mei").json["newest"]
        assert (newest["state"], newest["score"], newest["is_live"]) == ("graded", 1.0, False)
        test, answer = newest["notebooks"][0]["cells"]
        assert (test["outcome"], test["score"], test["hint"]) == ("failed", 1.0, "Begin at zero.")
        assert (answer["outcome"], answer["score"]) == ("manual", None)
        assert "hidden" not in str(newest), "what staff read is not hers"

    def test_has_what_a_person_gave_and_wrote(self, enrolled, panel):
        with enrolled.app.app_context():
            mine = hand_in(enrolled, "mei")
            grade_with(mine, result(4.0))
            ref = operations.CellRef("squares", "why")
            operations.give_score(enrolled.person("lin"), mine, ref, 1.5, "Well said.")
            db.session.commit()
        answer = panel("mei").json["newest"]["notebooks"][0]["cells"][1]
        assert (answer["outcome"], answer["score"], answer["comment"]) == (
            "graded", 1.5, "Well said.",
        )  # fmt: skip
        assert panel("mei").json["submissions"][0]["counts"] is True

    def test_is_not_told_while_grades_are_held(self, enrolled, panel):
        with enrolled.app.app_context():
            releases.hold(enrolled.person("lin"), [enrolled.section()], [LAB])
            grade_with(hand_in(enrolled, "mei"), result(3.6875))
            db.session.commit()
        told = panel("mei")
        assert "3.68" not in told.text
        assert told.json["held"].startswith("Handed in, is being graded.")
        newest = told.json["newest"]
        assert (newest["state"], newest["score"], newest["notebooks"]) == ("held", None, [])
        assert told.json["submissions"][0]["counts"] is False

    def test_asks_the_same_of_the_database_however_often_she_handed_in(
        self, enrolled, panel, count_queries
    ):
        def asked(submissions):
            with enrolled.app.app_context():
                for _once in range(submissions):
                    grade_with(hand_in(enrolled, "mei"), result(4.0))
                db.session.commit()
            with count_queries() as seen:
                assert panel("mei").status_code == 200
            return len(seen)

        assert asked(1) == asked(3)


class TestDeclaring:
    @pytest.fixture
    def asking(self, enrolled):
        with enrolled.app.app_context():
            words = LocalizedText({"en": "Say it.", "zh-Hant-TW": "請說明。"})
            rule = RuleSettings(ai=AiRule(AiUse.OWN, words, asks_declaration=True))
            operations.set_hand_in_rule(enrolled.person("lin"), enrolled.section(), "squares", rule)
            db.session.commit()
        return enrolled

    def test_is_asked_for_and_taken_with_the_work(self, asking, panel):
        assert panel("mei").json["ai"] == {
            "name": "", "words": "Say it.", "asks_declaration": True,
        }  # fmt: skip
        said = {"used": True, "tools": "A chat bot", "purpose": "Ideas"}
        body = files(**{"squares.ipynb": SOURCE}) | {"declaration": said}
        assert panel("mei", path="submissions", method="POST", json=body).status_code == 201
        assert panel("mei").json["newest"]["lacks_declaration"] is False
        with asking.app.app_context():
            mei = asking.person("mei")
            (mine,) = queries.my_submissions(mei, asking.section(), "squares")
            assert (mine.declaration.tools, mine.declaration.person_id) == ("A chat bot", mei.id)

    def test_what_is_incomplete_or_unreadable_is_refused_and_nothing_is_kept(self, asking, panel):
        for said in ({"used": True}, {"used": "yes"}, "none", {"used": True, "tools": 3}):
            body = files(**{"squares.ipynb": SOURCE}) | {"declaration": said}
            answer = panel("mei", path="submissions", method="POST", json=body)
            assert answer.status_code in (409, 422)
        assert panel("mei").json["newest"] is None

    def test_nbgraders_own_program_hands_in_without_and_is_told(self, asking, panel):
        body = files(**{"squares.ipynb": SOURCE})
        assert panel("mei", path="submissions", method="POST", json=body).status_code == 201
        assert panel("mei").json["newest"]["lacks_declaration"] is True
