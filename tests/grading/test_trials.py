"""Who teaches a section tries its lab out: graded like anybody's work, and counted nowhere."""

import pytest
from sqlalchemy import select

from app.grading import operations, queries
from app.grading.operations.teams import RuleSettings
from app.kernel.database import db
from app.learning.models import ItemProgress
from app.marking.queries.shares import works_of
from tests.grading.helpers import grade_with, hand_in, result


@pytest.fixture
def tried(enrolled):
    """lin, who teaches, and mei, who learns, have both handed in and been graded."""
    with enrolled.app.app_context():
        for handle in ("lin", "mei"):
            grade_with(hand_in(enrolled, handle), result(4.0))
    return enrolled


class TestATrial:
    def test_is_marked_and_a_students_work_is_not(self, tried):
        with tried.app.app_context():
            section = tried.section()
            (hers,) = queries.my_submissions(tried.person("lin"), section)
            (meis,) = queries.my_submissions(tried.person("mei"), section)
            assert (hers.is_trial, meis.is_trial) == (True, False)
            assert hers.attempt.score == 4.0

    def test_is_in_no_list_and_no_count_of_the_section(self, tried):
        with tried.app.app_context():
            section = tried.section()
            (meis,) = queries.my_submissions(tried.person("mei"), section)
            assert [one.id for one in queries.latest_of_section(section, "squares")] == [meis.id]
            assert db.session.scalars(
                select(works_of(section.id, "lab:squares").subquery().c.work_id)
            ).all() == [meis.id]
            assert queries.waiting_counts([section.id]) == [(section.id, "squares", 1)]

    def test_makes_no_progress_and_no_grade(self, tried):
        with tried.app.app_context():
            people = db.session.scalars(
                select(ItemProgress.person_id).where(ItemProgress.completed_at.is_not(None))
            ).all()
            assert people == [tried.person("mei").id]

    def test_is_as_often_as_she_likes_whatever_the_rule(self, tried):
        with tried.app.app_context():
            section = tried.section()
            operations.set_hand_in_rule(
                tried.person("lin"), section, "squares", RuleSettings(most_submissions=1)
            )
            assert hand_in(tried, "lin").number == 2
            with pytest.raises(operations.NoneLeft):
                hand_in(tried, "mei")

    def test_is_called_so_on_its_pages_and_in_her_lab(self, tried):
        lin, mei = tried.browser("lin"), tried.browser("mei")
        lab = f"/learn/{tried.code}/labs/squares"
        assert "Test as a student" in lin.get(lab).text
        assert "Open lab" in mei.get(lab).text and "Test as a student" not in mei.get(lab).text
        with tried.app.app_context():
            section = tried.section()
            ids = {
                handle: queries.my_submissions(tried.person(handle), section)[0].id
                for handle in ("lin", "mei")
            }
        assert "counts nowhere" in lin.get(f"/submissions/{ids['lin']}").text
        assert "counts nowhere" not in mei.get(f"/submissions/{ids['mei']}").text
        headers = tried.lab_token("lin")
        answer = tried.app.test_client().get("/api/exchange/v1/assignments", headers=headers).json
        assert answer["assignments"][0]["submissions"][0]["trial"] is True


class TestReopening:
    def test_gives_back_what_she_handed_in_and_nobody_elses(self, tried):
        client = tried.app.test_client()
        path = f"/api/exchange/v1/assignments/{tried.code}/squares/submissions/1/files"
        answer = client.get(path, headers=tried.lab_token("mei"))
        assert answer.status_code == 200
        assert [one["path"] for one in answer.json["files"]] == ["squares.ipynb"]
        assert client.get(path, headers=tried.lab_token("hao")).status_code == 404

    def test_is_a_button_on_the_submission_of_whom_it_is(self, tried):
        with tried.app.app_context():
            (work,) = queries.my_submissions(tried.person("mei"), tried.section())
        word = "Open it in JupyterLab as a copy"
        assert word in tried.browser("mei").get(f"/submissions/{work.id}").text
        assert word not in tried.browser("lin").get(f"/submissions/{work.id}").text


def test_moving_a_section_says_what_that_means_for_works_handed_in(tried):
    from app.catalog import operations as catalog
    from tests.cast import cluster, course, lab, lesson

    with tried.app.app_context():
        catalog.load_clusters((cluster(course(lesson(), lab(minutes=30))),))
        offering = tried.section().offering_id
        hand_in(tried, "mei")
        counts = queries.handed_in_counts(offering)
    assert counts == {"squares": (2, 1)}
    page = tried.browser("lin").get(f"/offerings/{offering}/version").text
    assert "2 works are handed in. It is 1 student’s." in page
    assert f"/teaching/{tried.code}/regrading/labs/squares" in page
    assert "graded by the new version" in page
