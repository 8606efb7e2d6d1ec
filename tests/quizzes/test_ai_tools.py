"""What AI tools may do in a quiz, and what students declare with their attempts."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.kernel import clock
from app.kernel.database import db
from app.kernel.localized import LocalizedText
from app.learning.operations.ai_use import BadAiRule, DeclarationMissing, NotAsked
from app.learning.rules.ai_use import AiRule, AiUse, Declared
from app.quizzes import operations, queries
from app.quizzes.models import QuizAttempt
from tests.quizzes.quizzing import begin, place_quiz, quiz_document, take
from tests.quizzes.test_pages import desk, road

USED = Declared(True, "A chatbot", "To find a mistake")
SAID = {"used": "yes", "tools": "A chatbot", "purpose": "To find a mistake"}


def rule(cast, use=AiUse.DECLARED, words=None, slug="check"):
    return operations.set_ai_rule(cast.person("lin"), cast.section(), slug, AiRule(use, words))


@pytest.fixture
def asking(quizzed):
    with quizzed.app.app_context():
        rule(quizzed)
    return quizzed


class TestTheRule:
    def test_is_the_one_that_held_when_the_attempt_was_begun(self, asking):
        with asking.app.app_context():
            hers = begin(asking)
            rule(asking, AiUse.NONE)
            his = begin(asking, "hao")
            assert (hers.rule.ai_use, his.rule.ai_use) == (AiUse.DECLARED, AiUse.NONE)
            assert rule(asking, AiUse.NONE).number == 2  # what holds already makes no version

    def test_in_own_words_has_them_in_both_languages(self, quizzed):
        with quizzed.app.app_context():
            with pytest.raises(BadAiRule):
                rule(quizzed, AiUse.OWN, LocalizedText({"en": "Ask first."}))
            words = LocalizedText({"en": "Ask first.", "zh-Hant-TW": "請先問我。"})
            assert rule(quizzed, AiUse.OWN, words).asks_declaration is False

    def test_goes_on_when_an_attempt_is_opened_again(self, asking):
        with asking.app.app_context():
            attempt = begin(asking)
            operations.end_by_staff(asking.person("lin"), attempt)
            rule(asking, None)
            made = operations.reopen(asking.person("lin"), attempt, reason="Lights went out")
            assert made.rule.asks_declaration

    def test_is_set_by_an_instructor_and_read_before_beginning(self, quizzed):
        lin = quizzed.browser("lin")
        told = lin.post(desk(quizzed, "/check/rules"), data={"ai_use": "declared"})
        assert told.status_code == 303
        assert "AI tools are allowed and declared" in lin.get(told.headers["Location"]).text
        page = quizzed.browser("mei").get(road(quizzed)).text
        assert "AI tools are allowed and declared" in page
        assert "you say whether you used AI tools" in page

    def test_without_words_comes_back_with_what_was_typed(self, quizzed):
        sent = {"ai_use": "own", "ai_words_en": "Ask first."}
        told = quizzed.browser("lin").post(desk(quizzed, "/check/rules"), data=sent)
        assert told.status_code == 422
        assert "Chinese and in English" in told.text and "Ask first." in told.text

    def test_is_nothing_for_an_assistant_to_set_nor_for_others_to_see(self, quizzed):
        assistant = quizzed.browser("ping")
        assert "instructor sets these rules" in assistant.get(desk(quizzed, "/check/rules")).text
        sent = {"ai_use": "free"}
        assert assistant.post(desk(quizzed, "/check/rules"), data=sent).status_code == 404
        with quizzed.app.app_context():
            assert queries.rule_of(quizzed.section().id, "check") is None
        for page in ("rules", "declarations"):
            for handle in ("mei", "wang"):
                answer = quizzed.browser(handle).get(desk(quizzed, f"/check/{page}"))
                assert answer.status_code in (403, 404)


class TestDeclaring:
    def test_is_part_of_handing_in(self, asking):
        mei = asking.browser("mei")
        mei.post(road(asking, "/attempts"))
        page = mei.get(road(asking, "/attempts/1/review")).text
        assert "Did you use AI tools for this work?" in page
        to = road(asking, "/attempts/1/submission")
        assert mei.post(to).status_code == 422
        told = mei.post(to, data={"used": "yes", "tools": "A chatbot"})
        assert told.status_code == 422 and 'value="A chatbot"' in told.text
        assert mei.post(to, data=SAID).status_code == 303
        assert "To find a mistake" in mei.get(road(asking, "/attempts/1")).text
        with asking.app.app_context():
            attempt = db.session.scalars(select(QuizAttempt)).one()
            assert attempt.submitted_at and attempt.declaration.tools == "A chatbot"
        page = asking.browser("lin").get(desk(asking, "/check/declarations?state=used")).text
        assert "A chatbot" in page and "To find a mistake" in page

    def test_is_not_got_round_by_another_way_in(self, asking):
        with asking.app.app_context():
            attempt = begin(asking)
            with pytest.raises(DeclarationMissing):
                operations.hand_in(asking.person("mei"), attempt)
            assert attempt.submitted_at is None

    def test_comes_afterwards_when_the_clock_handed_in(self, enrolled):
        with enrolled.app.app_context():
            place_quiz(enrolled.section(), quiz_document(minutes=10))
            rule(enrolled)
        mei = enrolled.browser("mei")
        mei.post(road(enrolled, "/attempts"))
        with clock.frozen_at(clock.now() + timedelta(minutes=11)):
            page = mei.get(road(enrolled, "/attempts/1")).text
            assert "The attempt is safe and counts" in page
            lin = enrolled.browser("lin")
            assert "Declaration missing" in lin.get(desk(enrolled, "/check/declarations")).text
            to = road(enrolled, "/attempts/1/declaration")
            assert mei.post(to, data={"used": "yes"}).status_code == 422
            assert mei.post(to, data={"used": "no"}).status_code == 303
            assert "Used none" in mei.get(road(enrolled, "/attempts/1")).text
            page = lin.get(desk(enrolled, "/check/declarations?state=missing")).text
            assert "No attempt is like this." in page

    def test_is_for_her_alone(self, asking):
        with asking.app.app_context():
            take_declared(asking)
        to = road(asking, "/attempts/1/declaration")
        assert asking.browser("hao").post(to, data=SAID).status_code == 404

    def test_is_kept_and_the_newest_counts(self, asking):
        with asking.app.app_context():
            attempt = take_declared(asking)
            operations.declare(asking.person("mei"), attempt, Declared(False))
            assert [one.used for one in attempt.declarations] == [False, True]
            with pytest.raises(IntegrityError, match="never changed"):
                db.session.execute(text("UPDATE quiz_declarations SET used = false"))
            db.session.rollback()

    def test_is_not_taken_where_nobody_asks(self, quizzed):
        with quizzed.app.app_context():
            attempt = take(quizzed, "mei")
            with pytest.raises(NotAsked):
                operations.declare(quizzed.person("mei"), attempt, USED)


def take_declared(cast):
    return operations.hand_in(cast.person("mei"), begin(cast), declared=USED)
