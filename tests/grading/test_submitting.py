"""Handing in."""

import pytest
from sqlalchemy import select, text

from app.grading import operations, queries, rules
from app.grading.models import Submission
from app.kernel import blobs
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning import operations as learning
from tests.cast import SOURCE
from tests.grading.helpers import grade_with, hand_in, result


def tickets() -> int:
    """How many jobs are there to grade something."""
    statement = text(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'grading.tasks.grade'"
    )
    return db.session.execute(statement).scalar_one()


class TestSubmit:
    def test_stores_the_files_as_they_are_and_queues_the_attempt_with_them(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei", {"squares.ipynb": SOURCE, "notes.txt": b"hm"})
            assert {f.path: blobs.get(f.blob) for f in made.files} == {
                "squares.ipynb": SOURCE,
                "notes.txt": b"hm",
            }
            assert tickets() == 1
            assert made.attempt.state is rules.AttemptState.QUEUED

    def test_gives_a_receipt_that_anybody_can_compute_again(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            assert made.receipt == rules.receipt(
                person_id=made.person_id,
                section=made.section.code,
                lab="squares",
                lab_digest=made.lab_version.digest,
                number=1,
                submitted_at=made.submitted_at,
                files={f.path: f.blob for f in made.files},
            )

    def test_numbers_each_persons_submissions_from_one(self, enrolled):
        with enrolled.app.app_context():
            assert [hand_in(enrolled, who).number for who in ("mei", "mei", "hao")] == [1, 2, 1]

    def test_takes_a_single_notebook_under_another_name_for_the_labs_only_one(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei", {"squares (1).ipynb": SOURCE})
            assert [f.path for f in made.files] == ["squares.ipynb"]

    @pytest.mark.parametrize(
        ("files", "refusal"),
        [
            ({"squares.ipynb": b"not json"}, operations.NotANotebook),
            ({"squares.ipynb": b"[" * 100_000}, operations.NotANotebook),
            ({"squares.ipynb": b'{"nbformat": 4}'}, operations.NotANotebook),
            ({"notes.txt": b"x"}, operations.NoNotebook),
            ({}, operations.NoNotebook),
            ({"squares.ipynb": SOURCE, "../evil": b""}, operations.BadPath),
            ({"squares.ipynb": SOURCE, "/etc/passwd": b""}, operations.BadPath),
            ({"squares.ipynb": SOURCE, "a//b": b""}, operations.BadPath),
            ({"squares.ipynb": SOURCE, "c:\\x": b""}, operations.BadPath),
            ({"squares.ipynb": SOURCE, "big": b"0" * (20 * 1024 * 1024)}, operations.TooLarge),
            (
                {"squares.ipynb": SOURCE} | {f"{n}.txt": b"" for n in range(100)},
                operations.TooMany,
            ),
        ],
        ids=lambda value: value.__name__ if isinstance(value, type) else "",
    )
    def test_refuses_with_words_and_keeps_nothing(self, enrolled, files, refusal):
        with enrolled.app.app_context():
            with pytest.raises(refusal) as told:
                hand_in(enrolled, "mei", files)
            assert len(str(told.value.message)) > 10
            assert db.session.scalars(select(Submission)).all() == []
            assert tickets() == 0

    def test_refuses_when_the_section_is_closed(self, enrolled):
        with enrolled.app.app_context():
            section = enrolled.section()
            section.closed_at = section.offering.starts_on
            db.session.commit()
            with pytest.raises(operations.SectionClosed):
                hand_in(enrolled, "mei")


class TestReading:
    def test_a_submission_is_for_its_author_and_the_staff_of_her_section_only(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            for handle in ("mei", "lin", "ping"):
                person = enrolled.person(handle)
                assert queries.submission_visible_to(person, made.id).id == made.id
            for handle in ("hao", "wang", "jia-office", "yun", "guo", "fang", "ting"):
                with pytest.raises(NotVisible):
                    queries.submission_visible_to(enrolled.person(handle), made.id)

    def test_the_best_graded_submission_counts_and_the_earliest_of_equals(self, enrolled):
        with enrolled.app.app_context():
            first, second, third = (hand_in(enrolled, "mei") for _ in range(3))
            grade_with(first, result(0.0))
            grade_with(second, result(4.0))
            grade_with(third, result(4.0))
            best = queries.best_of(first.section_id, first.person_id, "squares")
            assert best is not None
            assert (best.number, best.score, best.max_score) == (2, 4.0, 6.0)

    def test_leaving_the_section_ends_the_view_of_it_and_coming_back_restores_it(self, enrolled):
        with enrolled.app.app_context():
            mei, section = enrolled.person("mei"), enrolled.section()
            hand_in(enrolled, "mei")
            learning.withdraw(mei, section)
            with pytest.raises(NotVisible):
                hand_in(enrolled, "mei")
            learning.enrol(mei, section)
            assert hand_in(enrolled, "mei").number == 2
