"""A released result becomes evidence in the same transaction, and never before."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.evidence import queries
from app.evidence.models import Evidence
from app.evidence.rules import work_hash
from app.grading import operations
from app.kernel.database import db
from app.learning.operations import releases
from tests.evidence.helpers import shown
from tests.grading.helpers import grade_with, hand_in, result

LAB = "lab:squares"


def rows(cast, handle="mei"):
    person = cast.person(handle)
    return db.session.scalars(
        select(Evidence).where(Evidence.person_id == person.id).order_by(Evidence.id)
    ).all()


class TestARelease:
    def test_writes_what_the_lab_proves_with_all_that_it_was_made_of(self, proving):
        with proving.app.app_context():
            work = hand_in(proving, "mei")
            grade_with(work, result(4.0, 2.0))
            by_key = {row.skill.key: row for row in rows(proving)}
            whole, cells = by_key["anomaly-detection"], by_key["control-charts"]
            assert (whole.score, whole.max_score, whole.level) == (Decimal(6), Decimal(6), 2)
            assert (cells.score, cells.max_score, cells.source) == (Decimal(4), Decimal(4), "cells")
            assert cells.cells == [{"cell": "test-squares", "score": 4.0, "max_score": 4.0}]
            version = work.lab_version
            assert (whole.lab_version_id, whole.lab_version_number) == (version.id, version.number)
            assert whole.work_hash == work_hash({f.path: f.blob for f in work.files})
            assert whole.grader.startswith("banyan-engine ")
            assert whole.environment["environment"] == "standard"
            assert len(whole.environment_digest) == 64
            assert (whole.vouching, whole.vouched_by_id) == ("autograded", None)

    def test_shows_the_skill_at_its_level(self, proving):
        with proving.app.app_context():
            grade_with(hand_in(proving, "mei"), result(4.0, 2.0))
            assert shown(proving, "mei") == [
                ("anomaly-detection", 2, "autograded", Decimal(6)),
                ("control-charts", 1, "autograded", Decimal(4)),
            ]
            assert shown(proving, "hao") == []

    def test_of_a_result_below_the_mark_is_on_record_and_shows_nothing(self, proving):
        with proving.app.app_context():
            grade_with(hand_in(proving, "mei"), result(1.0, 0.0))
            assert len(rows(proving)) == 2
            assert shown(proving, "mei") == []

    def test_that_fails_leaves_no_evidence(self, proving):
        with proving.app.app_context():
            work = hand_in(proving, "mei")
            grade_with(work, result(None, None, state="failed", cells=()))
            assert rows(proving) == []


class TestWhileHeld:
    def test_nothing_is_written_until_the_release_which_writes_it(self, proving):
        with proving.app.app_context():
            lin, section = proving.person("lin"), proving.section()
            releases.hold(lin, [section], [LAB])
            for handle in ("mei", "hao"):
                grade_with(hand_in(proving, handle), result(4.0, 2.0))
            assert db.session.scalar(select(func.count()).select_from(Evidence)) == 0
            releases.release_now(lin, [section], [LAB])
            assert len(shown(proving, "mei")) == len(shown(proving, "hao")) == 2

    def test_a_correction_waits_for_the_release_too(self, proving):
        with proving.app.app_context():
            lin, section = proving.person("lin"), proving.section()
            work = hand_in(proving, "mei")
            grade_with(work, result(4.0, 0.0))
            releases.hold(lin, [section], [LAB])
            operations.give_score(lin, work, operations.CellRef("squares", "why"), 2.0, "")
            assert shown(proving, "mei")[0][3] == Decimal(4)
            releases.release_now(lin, [section], [LAB])
            assert shown(proving, "mei")[0][3] == Decimal(6)


class TestTheLedger:
    def test_is_not_rewritten(self, proving):
        with proving.app.app_context():
            grade_with(hand_in(proving, "mei"), result(4.0, 2.0))
            with pytest.raises(IntegrityError, match="never changed"), db.session.begin_nested():
                db.session.execute(text("UPDATE evidence SET score = 1"))

    def test_says_nothing_twice(self, proving):
        from app.evidence.operations import sync_submissions

        with proving.app.app_context():
            work = hand_in(proving, "mei")
            grade_with(work, result(4.0, 2.0))
            sync_submissions([work.id])
            assert len(rows(proving)) == 2

    def test_keeps_what_a_correction_supersedes(self, proving):
        with proving.app.app_context():
            work = hand_in(proving, "mei")
            grade_with(work, result(4.0, 0.0))
            before = rows(proving)
            operations.give_score(
                proving.person("lin"), work, operations.CellRef("squares", "why"), 2.0, ""
            )
            made = [row for row in rows(proving) if row.supersedes_id is not None]
            assert [row.revision for row in made] == [2]
            assert made[0].supersedes_id in {row.id for row in before}
            assert made[0].valid_from == next(
                row.valid_from for row in before if row.id == made[0].supersedes_id
            )
            claims = queries.claims_of(proving.person("mei").id, made[0].skill_id)
            assert [claim.id for claim in claims] == [made[0].id]
