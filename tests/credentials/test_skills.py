"""Badges of skills follow the ledger of evidence, in its transaction."""

from app.credentials import operations, queries
from app.credentials.rules import AchievementKind, Condition, CredentialKind
from app.credentials.tasks import house
from app.grading import operations as grading
from tests.credentials.conftest import awards, sign_all
from tests.grading.helpers import grade_with, hand_in, result


def skills_of(cast, handle="mei"):
    return [
        (row.subject, row.withdrawn_for.value if row.withdrawn_for else None)
        for row in awards(cast, handle)
        if row.kind is AchievementKind.SKILL
    ]


class TestASkill:
    def test_is_awarded_with_the_released_result_that_shows_it(self, proving):
        with proving.app.app_context():
            grade_with(hand_in(proving, "mei"), result(4.0, 2.0))
            assert sorted(skills_of(proving)) == [
                ("anomaly-detection@2", None), ("control-charts@1", None),
            ]  # fmt: skip
            assert skills_of(proving, "hao") == []

    def test_says_by_which_work_and_who_vouches_and_verifies(self, proving):
        with proving.app.app_context():
            work = hand_in(proving, "mei")
            grade_with(work, result(4.0, 2.0))
            found = sign_all(proving, "mei")
            badge = next(row for row in found if row.subject == "anomaly-detection@2")
            signed = queries.newest_of(badge.id, CredentialKind.BADGE)
            checked = operations.check(house(), signed.document)
            assert checked.verification.ok, checked.verification.checks
            said = str(checked.document["evidence"])
            assert "6 of 6 points" in said, said
            assert "Graded automatically" in said, said
            assert work.person.name not in signed.document
            assert work.person.email not in signed.document

    def test_is_not_awarded_below_what_a_rule_asks(self, proving):
        with proving.app.app_context():
            asked = Condition(AchievementKind.SKILL, least_level=2)
            operations.set_rule(proving.person("fang"), asked, "", is_on=True)
            off = Condition(AchievementKind.SKILL)
            operations.set_rule(proving.person("fang"), off, "anomaly-detection", is_on=False)
            grade_with(hand_in(proving, "mei"), result(4.0, 2.0))
            assert skills_of(proving) == []

    def test_is_taken_back_with_its_evidence(self, proving):
        with proving.app.app_context():
            work = hand_in(proving, "mei")
            grade_with(work, result(4.0, 0.0))
            sign_all(proving, "mei")
            answer = grading.CellRef("squares", "test-squares")
            grading.give_score(proving.person("lin"), work, answer, 0.0, "Copied")
            assert {reason for _subject, reason in skills_of(proving)} == {"withdrawn"}
            revoked = [row for award in awards(proving, "mei") for row in award.credentials]
            assert {row.revoked_for for row in revoked} == {"withdrawn"}

    def test_is_signed_anew_when_the_evidence_is_corrected(self, proving):
        with proving.app.app_context():
            work = hand_in(proving, "mei")
            grade_with(work, result(4.0, 0.0))
            sign_all(proving, "mei")
            why = grading.CellRef("squares", "why")
            grading.give_score(proving.person("lin"), work, why, 2.0, "Good")
            badge = next(
                row for row in sign_all(proving, "mei") if row.subject == "anomaly-detection@2"
            )
            assert [row.revoked_for for row in badge.credentials] == ["replaced", None]
            newest = queries.newest_of(badge.id, CredentialKind.BADGE)
            assert "6 of 6 points" in newest.document
