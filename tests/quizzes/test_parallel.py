"""Several windows at the same moment, on real connections that commit."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from app import demo
from app.catalog import operations as catalog
from app.kernel.database import db
from app.kernel.transaction import operation
from app.learning import operations as learning
from app.quizzes import operations
from app.quizzes.models import QuizAnswer, QuizAttempt, QuizMark
from tests.cast import Cast
from tests.cast import cluster as small_cluster
from tests.quizzes.quizzing import meet, place_quiz, quiz_document

WINDOWS = 12


@operation
def _set_up(site) -> None:
    catalog.load_clusters((small_cluster(),))
    demo.load_sections()
    cast = Cast(site, None)
    learning.enrol(cast.person("mei"), cast.section())
    place_quiz(cast.section(), quiz_document())


@pytest.fixture
def committed(site, migrated):
    """The cast with a quiz, written for good; taken away afterwards."""
    try:
        with site.app_context():
            _set_up(site)
        yield Cast(site, None)
    finally:
        with site.app_context():
            names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
            db.session.rollback()
            db.session.execute(db.text(f"TRUNCATE {names} CASCADE"))
            db.session.commit()


def at_once(cast: Cast, act: Callable[[int], Any]) -> list[Any]:
    """What ACT answers in each window (or the exception), all at the same moment."""
    gate = threading.Barrier(WINDOWS)
    answers: list[Any] = [None] * WINDOWS

    def window(number: int) -> None:
        with cast.app.app_context():
            gate.wait(20)
            try:
                answers[number] = act(number)
            except Exception as error:
                answers[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=window, args=(n,)) for n in range(WINDOWS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_many_windows_begin_one_attempt_and_hand_in_once(committed):
    begun = at_once(committed, lambda _n: operations.begin(meet(committed)).id)
    assert len(set(begun)) == 1, begun
    attempt_id = begun[0]

    saved = at_once(
        committed,
        lambda n: operations.save_answer(attempt_id, "capital", f"answer {n}").revision,
    )
    assert sorted(saved) == list(range(1, WINDOWS + 1))

    def hand_in(_number: int) -> Any:
        attempt = db.session.get_one(QuizAttempt, attempt_id)
        return operations.hand_in(committed.person("mei"), attempt).submitted_at

    assert len(set(at_once(committed, hand_in))) == 1
    with committed.app.app_context():
        count = select(func.count())
        assert db.session.scalar(count.select_from(QuizAttempt)) == 1
        assert db.session.scalar(count.select_from(QuizMark)) == 2
        assert db.session.scalars(select(QuizAnswer)).one().revision == WINDOWS

    again = at_once(committed, lambda _n: operations.begin(meet(committed)))
    assert {type(answer) for answer in again} == {operations.NoAttemptLeft}
