"""Labs that are handed in by teams: whose work it is, who sees it, who gets the score."""

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.grading import operations, policies, queries
from app.grading.models import Submission, SubmissionPerson
from app.grading.operations import RuleSettings
from app.kernel.database import db
from app.kernel.errors import NotVisible
from app.learning import operations as learning
from app.learning import queries as sections
from app.notifications.models import Notification
from tests.cast import SOURCE, Cast
from tests.grading.helpers import grade_with, hand_in, result

TWO = ("mei", "hao")


def team(cast: Cast, *handles: str, **settings):
    """Within a context: HANDLES are group A of the section's tables, which hand in together."""
    lin, section = cast.person("lin"), cast.section()
    made = learning.make_group_set(lin, section, "Tables", ["A", "B"])
    board = sections.group_set_in(section, made.id)
    learning.place_in_groups(
        lin, section, made, {cast.person(one).id: board.groups[0].id for one in handles}
    )
    return operations.set_hand_in_rule(
        lin, section, "squares", RuleSettings(group_set=board.set, **settings)
    )


@pytest.fixture
def paired(enrolled: Cast) -> Cast:
    """mei and hao hand in together."""
    with enrolled.app.app_context():
        team(enrolled, *TWO)
    return enrolled


class TestWhoseWorkItIs:
    def test_everybody_of_the_team_is_bound_and_nobody_else(self, paired):
        with paired.app.app_context():
            made = hand_in(paired, "mei")
            assert {row.person.handle for row in made.people} == set(TWO)
            assert (made.person.handle, made.team_name, made.rule.number) == ("mei", "A", 1)

    def test_without_a_rule_it_is_hers_alone(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            assert [row.person.handle for row in made.people] == ["mei"]
            assert (made.team_id, made.rule_id) == (None, None)

    def test_a_row_written_by_anything_has_its_person(self, enrolled):
        with enrolled.app.app_context():
            made = hand_in(enrolled, "mei")
            db.session.execute(
                text(
                    "INSERT INTO submissions (id, section_id, person_id, lab_slug, lab_version_id,"
                    " number, submitted_at, receipt, via, size) SELECT gen_random_uuid(),"
                    " section_id, person_id, lab_slug, lab_version_id, 2, submitted_at, 'x', via, 1"
                    " FROM submissions WHERE id = :id"
                ),
                {"id": made.id},
            )
            assert db.session.execute(
                select(SubmissionPerson.number).order_by(SubmissionPerson.number)
            ).scalars().all() == [1, 2]

    def test_it_cannot_be_rewritten(self, paired):
        with paired.app.app_context():
            hand_in(paired, "mei")
            with pytest.raises(IntegrityError, match="never changed"):
                db.session.execute(text("UPDATE submission_people SET number = 9"))

    def test_changing_groups_later_leaves_what_was_handed_in(self, paired):
        with paired.app.app_context():
            made = hand_in(paired, "mei")
            section = paired.section()
            board = sections.board_of(section)[0]
            hao = paired.person("hao")
            learning.place_in_groups(
                paired.person("lin"), section, board.set, {hao.id: board.groups[1].id}
            )
            db.session.expire_all()
            assert queries.submission_visible_to(paired.person("hao"), made.id).id == made.id
            assert {row.person.handle for row in hand_in(paired, "hao").people} == {"hao"}

    def test_numbers_go_on_from_what_any_of_them_handed_in(self, enrolled):
        with enrolled.app.app_context():
            hand_in(enrolled, "hao")
            hand_in(enrolled, "hao")
            team(enrolled, *TWO)
            assert hand_in(enrolled, "mei").number == 3
            assert hand_in(enrolled, "hao").number == 4

    def test_who_left_the_section_is_no_longer_of_the_team(self, paired):
        with paired.app.app_context():
            learning.withdraw(paired.person("hao"), paired.section())
            assert [row.person.handle for row in hand_in(paired, "mei").people] == ["mei"]


class TestWithoutAGroup:
    def test_she_may_hand_in_alone_where_that_is_allowed(self, enrolled):
        with enrolled.app.app_context():
            team(enrolled, "hao", may_be_alone=True)
            made = hand_in(enrolled, "mei")
            assert (made.team_id, len(made.people)) == (None, 1)

    def test_she_is_told_plainly_where_it_is_not(self, enrolled):
        with enrolled.app.app_context():
            team(enrolled, "hao", may_be_alone=False)
            with pytest.raises(operations.NoTeam, match=r"群組|小組|team"):
                hand_in(enrolled, "mei")
            assert db.session.scalars(select(Submission)).all() == []
        page = enrolled.browser("mei").get(f"/learn/{enrolled.code}/labs/squares")
        assert b"you are in none of them yet" in page.data

    def test_staff_try_the_lab_by_themselves(self, enrolled):
        with enrolled.app.app_context():
            team(enrolled, "hao", may_be_alone=False)
            assert hand_in(enrolled, "lin").team_id is None


class TestLimit:
    def test_counts_for_the_team_whoever_hands_in(self, enrolled):
        with enrolled.app.app_context():
            team(enrolled, *TWO, most_submissions=2)
            hand_in(enrolled, "mei")
            hand_in(enrolled, "hao")
            with pytest.raises(operations.NoneLeft):
                hand_in(enrolled, "mei")

    def test_counts_for_each_person_without_teams(self, enrolled):
        with enrolled.app.app_context():
            operations.set_hand_in_rule(
                enrolled.person("lin"),
                enrolled.section(),
                "squares",
                RuleSettings(most_submissions=1),
            )
            hand_in(enrolled, "mei")
            hand_in(enrolled, "hao")
            with pytest.raises(operations.NoneLeft):
                hand_in(enrolled, "mei")


class TestTheResult:
    def test_is_everybodys_in_progress_standings_news_and_gradebook(self, paired):
        with paired.app.app_context():
            made = hand_in(paired, "mei")
            grade_with(made, result(4.0, why=1.0))
            section = paired.section()
            for handle in TWO:
                person = paired.person(handle)
                best = queries.best_of(section.id, person.id, "squares")
                assert best is not None and (best.score, best.submission_id) == (5.0, made.id)
                assert sections.progress_of(person, section)["lab:squares"].score == 5.0
                told = db.session.scalars(
                    select(Notification.path).where(Notification.person_id == person.id)
                ).all()
                assert f"/submissions/{made.id}" in told
        page = paired.browser("lin").get(f"/teaching/{paired.code}/gradebook.csv").data.decode()
        assert page.count(",5,") >= 2

    def test_is_read_by_the_other_member_and_by_no_stranger(self, paired):
        with paired.app.app_context():
            made = hand_in(paired, "mei")
            grade_with(made, result())
            made_id = made.id
            assert policies.is_of(paired.person("hao"), made)
            with pytest.raises(NotVisible):
                queries.submission_visible_to(paired.person("wang"), made_id)
        other = paired.browser("hao")
        assert b"handed it in" in other.get(f"/submissions/{made_id}").data
        lab = other.get(f"/learn/{paired.code}/labs/squares").data
        assert b"Your team: A" in lab and b"handed it in" in lab

    def test_comes_to_everybodys_open_page(self, paired, monkeypatch):
        from app.grading.operations import submitting

        told = []
        monkeypatch.setattr(submitting.live, "announce", told.append)
        with paired.app.app_context():
            made = hand_in(paired, "mei")
            assert set(told) == {
                submitting.topic(made.section_id, paired.person(one).id, "squares") for one in TWO
            }

    def test_a_member_who_teaches_elsewhere_never_grades_her_own_work(self, paired):
        with paired.app.app_context():
            made = hand_in(paired, "mei")
            assert policies.can_grade(paired.person("lin"), made)
            assert not policies.can_grade(paired.person("hao"), made)

    def test_waits_for_points_once_not_for_each_member(self, paired):
        with paired.app.app_context():
            grade_with(hand_in(paired, "mei"), result())
            section = paired.section()
            assert [row[2] for row in queries.waiting_counts([section.id])] == [1]
            assert len(queries.latest_of_section(section, "squares")) == 1


class TestExchange:
    def test_lists_and_collects_the_work_of_the_team(self, paired):
        with paired.app.app_context():
            hand_in(paired, "mei")
        api, code = "/api/exchange/v1", paired.code
        client = paired.app.test_client()
        listed = client.get(f"{api}/assignments", headers=paired.lab_token("hao")).json
        assert [row["number"] for row in listed["assignments"][0]["submissions"]] == [1]
        staff = paired.lab_token("lin")
        collected = client.get(f"{api}/assignments/{code}/squares/submissions", headers=staff).json
        assert [(row["student"], sorted(row["team"])) for row in collected["submissions"]] == [
            ("mei", sorted(TWO))
        ]
        files = client.get(
            f"{api}/assignments/{code}/squares/submissions/hao/1/files", headers=staff
        )
        assert files.status_code == 200

    def test_says_why_somebody_without_a_group_cannot_hand_in(self, enrolled):
        import base64

        with enrolled.app.app_context():
            team(enrolled, "hao", may_be_alone=False)
        answer = enrolled.app.test_client().post(
            f"/api/exchange/v1/assignments/{enrolled.code}/squares/submissions",
            headers=enrolled.lab_token("mei"),
            json={
                "files": [{"path": "squares.ipynb", "content": base64.b64encode(SOURCE).decode()}]
            },
        )
        assert (answer.status_code, answer.json["error"]["code"]) == (409, "no_team")


class TestPages:
    def test_the_instructor_sets_the_rule_and_sees_teams(self, paired):
        with paired.app.app_context():
            hand_in(paired, "mei")
        browser = paired.browser("lin")
        page = browser.get(f"/teaching/{paired.code}/labs/squares/teams").data.decode()
        assert "mei" in page and "Points and adjustment" in page
        answer = browser.post(
            f"/teaching/{paired.code}/labs/squares/rules",
            data={"group_set": "", "most_submissions": "3", "ai_use": "none"},
        )
        assert answer.status_code == 303
        with paired.app.app_context():
            rule = queries.rule_of(paired.section(), "squares")
            assert (rule.number, rule.group_set_id, rule.most_submissions) == (2, None, 3)
            versions = queries.rule_versions(paired.section(), "squares")
            assert [row.ended_at is None for row in versions] == [True, False]

    def test_saying_the_same_again_makes_no_version(self, paired):
        with paired.app.app_context():
            rule = queries.rule_of(paired.section(), "squares")
            same = RuleSettings(group_set=rule.group_set)
            assert (
                operations.set_hand_in_rule(
                    paired.person("lin"), paired.section(), "squares", same
                ).id
                == rule.id
            )

    @pytest.mark.parametrize("page", ["labs", "labs/squares/rules", "labs/squares/teams"])
    def test_staff_of_another_section_see_nothing(self, paired, page):
        for handle in ("wang", "mei"):
            answer = paired.browser(handle).get(f"/teaching/{paired.code}/{page}")
            assert answer.status_code in (403, 404)

    def test_a_teaching_assistant_reads_the_rule_and_cannot_set_it(self, paired):
        browser = paired.browser("ping")
        assert browser.get(f"/teaching/{paired.code}/labs/squares/rules").status_code == 200
        answer = browser.post(f"/teaching/{paired.code}/labs/squares/rules", data={})
        assert answer.status_code == 404

    def test_teams_take_a_constant_number_of_statements(self, paired, count_queries):
        path, browser = f"/teaching/{paired.code}/labs/squares/teams", paired.browser("lin")
        browser.get(path)
        with count_queries() as few:
            browser.get(path)
        with paired.app.app_context():
            hand_in(paired, "mei")
            board = sections.board_of(paired.section())[0]
            for name in ("C", "D", "E"):
                learning.add_group(paired.person("lin"), paired.section(), board.set, name)
        with count_queries() as one:
            browser.get(path)
        # The first submission brings its people, attempts and cases, however many there are.
        assert len(one) <= len(few) + 4


def test_two_members_who_hand_in_at_once_both_get_numbers(committed):
    """With real connections: nothing is lost, no number is given twice."""
    with committed.app.app_context():
        team(committed, *TWO)
    failures: list[BaseException] = []
    start = threading.Barrier(2)

    def run(handle: str) -> None:
        with committed.app.app_context():
            try:
                start.wait(20)
                for _ in range(4):
                    hand_in(committed, handle)
            except BaseException as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(one,)) for one in TWO]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    with committed.app.app_context():
        for handle in TWO:
            mine = queries.my_submissions(committed.person(handle), committed.section())
            assert sorted(row.number for row in mine) == list(range(1, 9))
        db.session.remove()
