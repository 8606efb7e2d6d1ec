"""Clusters as learners and officers meet them: the page, what remains, the rules."""

from datetime import timedelta

import pytest

from app.catalog import operations as catalog
from app.catalog import queries as catalogue
from app.catalog.folder_specs import PartnerSpec, SkillSpec
from app.catalog.rules import ItemKind
from app.catalog.rules.completion import Completion
from app.kernel import clock
from app.learning import operations, queries
from app.learning.rules.clusters import distance
from tests.cast import Cast, both, cluster, course, lab, lesson
from tests.learning.people import student

PAGE = "/clusters/geometry"


def complete(cast: Cast, handle: str) -> None:
    section, person = cast.section(), cast.person(handle)
    operations.complete_lesson(person, section, "areas")
    operations.record_progress(
        section.id, person.id, ItemKind.LAB, "squares", completed=True, score=3, max_score=6
    )


def set_rules(cast: Cast, rules: Completion, **more) -> None:
    catalog.set_rules(cast.person("fang"), catalogue.cluster("geometry"), rules, **more)


class TestThePage:
    def test_says_what_the_cluster_is_to_everybody(self, cast):
        from dataclasses import replace

        skills = (SkillSpec("squares", both("Computing squares", "計算平方")),)
        spec = replace(
            cluster(course(lesson(), lab(skills=skills), credits=2.0), course(slug="second")),
            outcomes=(both("Sees areas"),),
            partners=(
                PartnerSpec(both("Iron & Sons"), "https://iron.example"),
                PartnerSpec(both("Typed name"), "", "rongguang"),
            ),
        )
        with cast.app.app_context():
            catalog.load_clusters((spec,))
        page = cast.app.test_client().get(PAGE, headers={"Accept-Language": "en"}).text
        for words in (
            "Computing squares", "Sees areas", "Iron &amp; Sons", "https://iron.example",
            "Open for enrolment", "No school teaches it at the moment", "Smart manufacturing",
            "Complete all of these courses:", 'href="/courses/second"', "2 credits",
        ):  # fmt: skip
            assert words in page, words
        with cast.app.app_context():
            assert str(catalogue.organisations_to_name()[0].name) and "Typed name" not in page
        assert "What remains for you" not in page

    def test_says_what_remains_to_a_student_who_is_under_way(self, enrolled):
        page = enrolled.browser("mei").get(PAGE).text
        assert "What remains for you" in page
        assert "What remains for you" not in enrolled.browser("lin").get(PAGE).text

    def test_of_a_cluster_that_is_not_there_is_not_found(self, client):
        assert client.get("/clusters/nowhere").status_code == 404

    def test_takes_as_many_statements_for_many_courses_as_for_few(self, cast, count_queries):
        cast.enrol("mei")
        mei = cast.browser("mei")
        mei.get(PAGE)
        with count_queries() as few:
            mei.get(PAGE)
        with cast.app.app_context():
            courses = [course(), *(course(slug=f"more-{n}") for n in range(5))]
            catalog.load_clusters((cluster(*courses),))
        mei.get(PAGE)
        with count_queries() as many:
            mei.get(PAGE)
        assert len(many) <= len(few)


class TestWhatRemains:
    def test_is_on_home_in_one_line_for_one_statement(self, enrolled, count_queries):
        mei = enrolled.browser("mei")
        text = mei.get("/").text
        assert "What remains for your clusters" in text and "1 course remains" in text
        with enrolled.app.app_context(), count_queries() as seen:
            assert queries.cluster_standings(enrolled.person("mei"))
        assert len([one for one in seen if "clusters" in one]) == 1
        with enrolled.app.app_context():
            complete(enrolled, "mei")
        assert "completed" in mei.get("/").text.split("What remains for your clusters")[1]

    def test_follows_the_rules_under_which_she_began_or_better_ones(self, enrolled):
        with enrolled.app.app_context():
            catalog.load_clusters((cluster(course(), course(slug="second")),))
            mei = enrolled.person("mei")
            (row,) = queries.cluster_standings(mei)
            assert row.remaining.required == ("areas-and-squares", "second") and row.began == 0
            set_rules(enrolled, Completion(required=("areas-and-squares",)))
            (row,) = queries.cluster_standings(mei)
            assert row.standing.number == 1 and row.is_by_newer
            set_rules(enrolled, Completion(required=("areas-and-squares", "second"), credits=9))
            (again,) = queries.cluster_standings(mei)
            assert again.standing.number == 1
            third = student("third")
            operations.enrol(third, enrolled.section())
            (late,) = queries.cluster_standings(third)
            assert late.standing.number == late.began == 2 and late.remaining.credits == 9
            assert distance(late.remaining) > distance(again.remaining)
        text = enrolled.browser("mei").get("/learn/remaining").text
        assert "Version 1 is better for you" in text

    def test_rules_of_a_later_day_hold_from_then_on(self, enrolled, frozen):
        later = clock.now() + timedelta(days=30)
        with enrolled.app.app_context():
            catalog.load_clusters((cluster(course(), course(slug="second")),))
            set_rules(enrolled, Completion(required=("second",)), holds_from=later)
            assert queries.cluster_frames("geometry")[0].current[0] == 0
            with frozen(later):
                assert queries.cluster_frames("geometry")[0].current[0] == 1

    def test_counts_what_her_school_recognises(self, cast):
        from tests.learning.test_recognition import ask

        with cast.app.app_context():
            set_rules(cast, Completion(credits=15))
            request = ask(cast)
            office, mei = cast.person("jia-office"), cast.person("mei")
            (before,) = queries.cluster_standings(mei)
            request.credits = 15
            operations.review_recognition(office, request)
            operations.decide_recognition(office, request, recognise=True)
            (after,) = queries.cluster_standings(mei)
            assert before.remaining.credits > 0 and after.remaining.is_complete
            assert after.recognised == {"areas-and-squares"}
            operations.withdraw(mei, request.enrolment.section)
            assert queries.cluster_standings(mei)[0].remaining.is_complete
        assert "recognised by your school" in cast.browser("mei").get("/learn/remaining").text

    def test_says_which_grade_is_not_sufficient(self, cast):
        with cast.app.app_context():
            slug = "areas-and-squares"
            set_rules(cast, Completion(required=(slug,), least_percent={slug: 60}))
            operations.enrol(cast.person("hao"), cast.section())
            complete(cast, "hao")
        text = cast.browser("hao").get("/learn/remaining").text
        assert "counts only from 60%" in text

    def test_takes_a_constant_number_of_statements(self, enrolled, count_queries):
        mei = enrolled.browser("mei")
        mei.get("/learn/remaining")
        with count_queries() as few:
            mei.get("/learn/remaining")
        with enrolled.app.app_context():
            courses = [course(), *(course(slug=f"more-{n}") for n in range(5))]
            catalog.load_clusters((cluster(*courses),))
            set_rules(enrolled, Completion(required=("areas-and-squares", "more-1")))
            set_rules(enrolled, Completion(required=("areas-and-squares", "more-2")))
        with count_queries() as many:
            mei.get("/learn/remaining")
        assert len(many) == len(few)


FORM = {"place:areas-and-squares": "required", "percent:areas-and-squares": "60"}
RULES = "/teach/clusters/geometry/rules"


class TestTheRulesPage:
    def test_shows_whom_new_rules_would_touch_before_they_hold(self, enrolled):
        with enrolled.app.app_context():
            complete(enrolled, "mei")
        fang = enrolled.browser("fang")
        page = fang.post(RULES, data=FORM).text
        assert "What these rules would do" in page and "Nothing holds yet" in page
        counts = dict(
            zip(("students", "now", "then", "nearer", "further"), _counts(page), strict=True)
        )
        # mei has 50 % of the points: by these rules alone she would have more left.
        assert counts == {"students": 2, "now": 1, "then": 1, "nearer": 0, "further": 1}
        with enrolled.app.app_context():
            assert queries.cluster_frames("geometry")[0].rows == ()
        answer = fang.post(RULES, data=FORM | {"action": "hold", "note": "A floor"})
        assert answer.headers["Location"] == RULES
        text = fang.get(RULES).text
        assert "A floor" in text and "holds now" in text and 'value="60"' in text
        with enrolled.app.app_context():
            (row,) = queries.cluster_standings(enrolled.person("mei"))
            assert row.remaining.is_complete and row.standing.number == 0

    def test_makes_groups_credits_and_averages_without_writing_data(self, cast):
        with cast.app.app_context():
            courses = [course(), course(slug="second"), course(slug="third")]
            catalog.load_clusters((cluster(*courses),))
        data = {
            "place:areas-and-squares": "required", "place:second": "1", "place:third": "1",
            "group_1_name_zh": "進階", "group_1_name_en": "Advanced", "group_1_count": "1",
            "credits": "4.5", "average": "70", "action": "hold",
        }  # fmt: skip
        assert cast.browser("fang").post(RULES, data=data).status_code == 302
        with cast.app.app_context():
            rules = queries.cluster_frames("geometry")[0].current[1]
        assert rules.groups[0].courses == ("second", "third") and rules.groups[0].count == 1
        assert rules.credits == 4.5 and rules.average_percent == 70
        page = cast.app.test_client().get(PAGE, headers={"Accept-Language": "en"}).text
        assert "“Advanced”:" in page and "at least 1 course of" in page and "70%" in page

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({}, "Ask for something"),
            (FORM | {"credits": "many"}, "could not be read"),
            (FORM | {"credits": "1.25"}, "could not be read"),
            (FORM | {"holds_from": "soon"}, "could not be read"),
            (FORM | {"holds_from": "2020-01-01", "action": "hold"}, "from today or a later day"),
            (FORM | {"percent:areas-and-squares": "101"}, "A grade is a percentage"),
            (FORM | {"group_1_count": "1"}, "Group 1 has no course"),
            ({"average": "70", "credits": "3"}, "The average is over the required courses"),
        ],
    )
    def test_refuses_what_cannot_hold_and_keeps_what_was_typed(self, cast, data, words):
        page = cast.browser("fang").post(RULES, data={"note": "My note", **data})
        assert page.status_code == 422 and words in page.text and "My note" in page.text

    def test_is_not_for_instructors(self, cast):
        assert cast.browser("lin").post(RULES, data=FORM | {"action": "hold"}).status_code == 403


def _counts(page: str) -> list[int]:
    import re

    part = page.split("What these rules would do")[1].split("</dl>")[0]
    return [int(number) for number in re.findall(r"<dd>(\d+)</dd>", part)]
