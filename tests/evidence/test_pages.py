"""Pages of evidence: the student's tree, the section's skills, what proves a skill."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.evidence import operations, queries
from app.evidence.models import Evidence, SkillMapping, SupervisedRepeat
from app.kernel import clock
from app.kernel.database import db
from app.learning.operations import releases
from tests.grading.helpers import grade_with, hand_in, result


@pytest.fixture
def passed(proving):
    with proving.app.app_context():
        grade_with(hand_in(proving, "mei"), result(4.0, 2.0))
        proving.mei_id = proving.person("mei").id
        proving.piece_id = next(
            one.best.id
            for one in queries.standing(proving.mei_id)
            if one.skill.key == "anomaly-detection"
        )
    return proving


class TestMySkills:
    def test_opens_every_claim_down_to_its_evidence(self, passed):
        with passed.app.app_context():
            row = db.session.get(Evidence, passed.piece_id)
            told = [row.work_hash, row.grader, row.environment_digest, "version 2"]
        page = passed.browser("mei").get("/me/skills").text
        for words in ("Anomaly detection", "Statistical process control", "Level 2", "not yet",
                      "test-squares", "Confirmed by an instructor", *told):  # fmt: skip
            assert words in page, words

    def test_of_somebody_without_evidence_says_what_to_do(self, passed):
        page = passed.browser("hao").get("/me/skills").text
        assert "No skill is shown yet" in page and "Anomaly" not in page

    def test_tells_no_points_while_they_are_held_again(self, passed):
        with passed.app.app_context():
            releases.hold(passed.person("lin"), [passed.section()], ["lab:squares"])
        page = passed.browser("mei").get("/me/skills").text
        assert "not released yet" in page and "score-value" not in page

    def test_asks_as_much_for_much_as_for_little(self, passed, count_queries):
        mei = passed.browser("mei")
        mei.get("/me/skills")
        with count_queries() as few:
            mei.get("/me/skills")
        with passed.app.app_context():
            for _again in range(4):
                grade_with(hand_in(passed, "mei"), result(3.0, 2.0))
        with count_queries() as many:
            assert "5 pieces of evidence" in mei.get("/me/skills").text
        assert len(many) == len(few) <= 12


class TestTheSectionsSkills:
    def test_are_for_its_staff_alone(self, passed):
        address = f"/teaching/{passed.code}/skills"
        for path in (address, f"{address}.csv", f"{address}/{passed.mei_id}", f"{address}/mapping"):
            assert passed.browser("lin").get(path).status_code == 200, path
            for stranger in ("mei", "jia-office", "wang", "fang"):
                assert passed.browser(stranger).get(path).status_code in (403, 404), (
                    path,
                    stranger,
                )

    def test_of_another_section_are_not_there(self, passed):
        base = f"/teaching/{passed.other_code}/skills"
        lin = passed.browser("lin")
        assert lin.get(base).status_code == 404
        confirming = f"{base}/evidence/{passed.piece_id}/confirmation"
        assert lin.post(confirming).status_code == 404

    def test_name_each_way_of_vouching_by_itself(self, passed):
        page = passed.browser("lin").get(f"/teaching/{passed.code}/skills").text
        assert page.count("Level 2") == 1 and "Confirmed by an instructor" in page

    def test_can_be_filtered_and_exported(self, passed):
        lin, base = passed.browser("lin"), f"/teaching/{passed.code}/skills"
        lines = lin.get(f"{base}.csv?skill=control-charts").text.splitlines()
        assert len(lines) == 2 and "control-charts,1,,," in lines[1]
        assert "Anomaly detection</a>" not in lin.get(f"{base}?q=nobody").text
        assert len(lin.get(f"{base}.csv?state=waiting").text.splitlines()) == 3

    def test_ask_as_much_for_many_students_as_for_one(self, passed, count_queries):
        lin, address = passed.browser("lin"), f"/teaching/{passed.code}/skills"
        lin.get(address)
        with count_queries() as few:
            lin.get(address)
        with passed.app.app_context():
            grade_with(hand_in(passed, "hao"), result(4.0, 2.0))
            grade_with(hand_in(passed, "mei"), result(4.0, 2.0))
        with count_queries() as many:
            lin.get(address)
        assert len(many) == len(few)


class TestConfirming:
    def test_is_a_button_beside_the_work(self, passed):
        lin, base = passed.browser("lin"), f"/teaching/{passed.code}/skills"
        assert "I looked at it and vouch for it" in lin.get(f"{base}/{passed.mei_id}").text
        answer = lin.post(
            f"{base}/evidence/{passed.piece_id}/confirmation", data={"note": "Asked her why."}
        )
        assert answer.status_code == 302
        page = passed.browser("mei").get("/me/skills").text
        assert "Asked her why." in page

    def test_is_not_an_assistants_to_do(self, passed):
        with passed.app.app_context():
            from app.learning import operations as learning
            from app.learning.rules import StaffRole

            learning.appoint(passed.person("ping"), passed.section(), StaffRole.TEACHING_ASSISTANT)
        ping, base = passed.browser("ping"), f"/teaching/{passed.code}/skills"
        page = ping.get(f"{base}/{passed.mei_id}")
        assert page.status_code == 200 and "vouch for it</button>" not in page.text
        assert ping.post(f"{base}/evidence/{passed.piece_id}/confirmation").status_code == 404

    def test_can_be_taken_back_there(self, passed):
        with passed.app.app_context():
            lin = passed.person("lin")
            made = operations.confirm(lin, db.session.get(Evidence, passed.piece_id))
            address = f"/teaching/{passed.code}/skills/evidence/{made.id}/withdrawal"
        assert passed.browser("lin").post(address).status_code == 302
        page = passed.browser("mei").get("/me/skills").text
        assert "Whoever vouched took it back." in page


class TestARepeat:
    def test_is_arranged_attested_and_shown(self, passed, frozen):
        lin, base = passed.browser("lin"), f"/teaching/{passed.code}/skills"
        start = clock.now().astimezone(clock.TAIPEI) + timedelta(hours=1)
        form = {"lab": "squares", "place": "Room 301", "starts_at": f"{start:%Y-%m-%dT%H:%M}",
                "ends_at": f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M}"}  # fmt: skip
        assert lin.post(f"{base}/{passed.mei_id}/repeats", data=form).status_code == 302
        assert "Room 301" in lin.get(base).text
        with passed.app.app_context(), frozen(start + timedelta(hours=1)):
            repeat_id = db.session.scalars(select(SupervisedRepeat.id)).one()
            grade_with(hand_in(passed, "mei"), result(4.0, 2.0))
        with frozen(start + timedelta(hours=3)):
            lin = passed.browser("lin")
            assert "I watched her do it" in lin.get(f"{base}/{passed.mei_id}").text
            lin.post(f"{base}/repeats/{repeat_id}/attestation", data={"note": ""})
            assert "Room 301 ·" in passed.browser("mei").get("/me/skills").text

    def test_keeps_what_was_typed_when_the_time_is_wrong(self, passed):
        form = {"lab": "squares", "place": "Room 301", "starts_at": "2026-01-01T10:00",
                "ends_at": "2026-01-01T09:00"}  # fmt: skip
        address = f"/teaching/{passed.code}/skills/{passed.mei_id}/repeats"
        answer = passed.browser("lin").post(address, data=form)
        assert answer.status_code == 422 and "Room 301" in answer.text
        assert "within 24 hours" in answer.text


class TestMapping:
    def test_is_read_by_the_staff_and_written_by_who_edits_the_course(self, passed):
        address = f"/teaching/{passed.code}/skills/mapping"
        form = {"item": "lab:squares", "skill": "python-basics", "level": "1", "weight": "0.5"}
        answer = passed.browser("lin").post(address, data=form)
        if answer.status_code == 404:
            pytest.fail("lin edits the demo's course")
        with passed.app.app_context():
            assert db.session.scalars(select(SkillMapping)).one().skill.key == "python-basics"
            grade_with(hand_in(passed, "hao"), result(4.0, 2.0))
            assert "python-basics" in {
                row.skill.key for row in queries.history_of(passed.person("hao").id)
            }
        assert passed.browser("lin").post(address, data=form).status_code == 422
        other = f"/teaching/{passed.other_code}/skills/mapping"
        assert passed.browser("lin").post(other, data=form).status_code == 404

    def test_refuses_a_skill_that_nobody_knows(self, passed):
        form = {"item": "lab:squares", "skill": "nothing", "level": "1", "weight": "1"}
        answer = passed.browser("lin").post(f"/teaching/{passed.code}/skills/mapping", data=form)
        assert answer.status_code == 422 and "There is no such skill." in answer.text


class TestASkillsPage:
    def test_says_which_labs_prove_it_and_what_the_reader_has_shown(self, passed):
        page = passed.browser("mei").get("/skills/anomaly-detection").text
        assert "Areas and squares" in page and "Squares" in page and "You have shown it" in page
        assert (
            "You have shown it"
            not in passed.app.test_client().get("/skills/anomaly-detection").text
        )

    def test_names_the_tests_that_prove_it(self, passed):
        assert "test-squares" in passed.browser("hao").get("/skills/control-charts").text
