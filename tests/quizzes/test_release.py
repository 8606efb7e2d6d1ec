"""While a quiz is held nobody learns her score, the right answers, or whether she passed."""

import pytest

from app.catalog.rules import ItemKind
from app.kernel.database import db
from app.learning import queries as learning
from app.learning.operations import releases
from app.notifications.models import Notification
from app.quizzes.operations.releases import settle_released
from tests.quizzes.quizzing import MARKER, meet, place_quiz, quiz_document, take

QUIZ = "quiz:check"
EXPLAINED = f"{MARKER}-explained"


@pytest.fixture
def held(enrolled):
    """mei has all points of a held quiz that is passed with 60 percent; hao has none."""
    with enrolled.app.app_context():
        document = quiz_document(attempts=2, pass_percent=60)
        place_quiz(enrolled.section(), document)
        releases.hold(enrolled.person("lin"), [enrolled.section()], [QUIZ])
        take(enrolled, "mei", "colour", "capital")
        take(enrolled, "hao")
        db.session.commit()
    return enrolled


def is_done(cast, handle):
    view = learning.section_for(cast.person(handle), cast.section().code)
    return view.is_done(view.version.item(ItemKind.QUIZ, "check"))


def release(cast):
    with cast.app.app_context():
        releases.release_now(cast.person("lin"), [cast.section()], [QUIZ])


class TestAHeldQuiz:
    def test_shows_neither_score_nor_right_answers(self, held):
        mei, base = held.browser("mei"), f"/learn/{held.code}/quizzes/check"
        for address in (base, f"{base}/attempts/1"):
            text = mei.get(address).text
            assert "Handed in, is being graded." in text
            assert 'class="score' not in text and EXPLAINED not in text
            assert "Passed" not in text
        release(held)
        text = mei.get(f"{base}/attempts/1").text
        assert 'class="score' in text and EXPLAINED in text

    def test_does_not_tell_who_passed_by_what_is_done_or_open(self, held):
        with held.app.app_context():
            assert not is_done(held, "mei") and not is_done(held, "hao")
            assert meet(held, "mei").shows_score is False

    def test_is_done_for_who_passed_once_it_is_released(self, held):
        release(held)
        with held.app.app_context():
            for _twice in range(2):
                assert settle_released(held.section().id, ["check"]) == 2
            assert is_done(held, "mei") and not is_done(held, "hao")

    def test_sends_no_marks(self, held):
        with held.app.app_context():
            kinds = db.session.scalars(db.select(Notification.kind)).all()
            assert "quizzes.marks" not in kinds
