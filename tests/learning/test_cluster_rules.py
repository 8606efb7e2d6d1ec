"""What completes a cluster: the pure rules, against a slow and plain reading of them."""

from fractions import Fraction
from itertools import permutations
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.catalog.rules.completion import (
    Completion,
    Group,
    completion_of,
    digest_of,
    document_of,
    problems,
)
from app.learning.rules.clusters import CourseFact, best_for_her, distance, remaining

SLUGS = "abcdef"
NAME = {"en": "Group", "zh-Hant-TW": "群"}
percents = st.sampled_from([20, 50, 60, 100])


@st.composite
def rules(draw) -> Completion:
    """Rules that can hold."""
    shuffled = draw(st.permutations(SLUGS))
    required, first, second = shuffled[:2], shuffled[2:4], shuffled[4:6]
    groups = [
        Group(
            NAME,
            tuple(courses),
            draw(st.integers(0, 2)),
            draw(st.sampled_from([0, 1, 2.5])),
        )
        for courses in (first, second)
    ]
    return Completion(
        required=tuple(required[: draw(st.integers(0, 2))]),
        groups=tuple(group for group in groups if group.count or group.credits),
        credits=draw(st.sampled_from([0, 3, 6.5])),
        least_percent=draw(st.dictionaries(st.sampled_from(SLUGS), percents, max_size=3)),
        average_percent=draw(st.sampled_from([0, 50, 70])),
    )


facts = st.builds(
    CourseFact,
    slug=st.sampled_from(SLUGS),
    is_completed=st.booleans(),
    credits=st.sampled_from([0, 1, 2, 3]),
    share=st.sampled_from([None, 0.0, 0.2, 0.5, 0.6, 0.9, 1.0]),
)
many = st.lists(facts, max_size=8)
slowly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def is_complete_slowly(asked: Completion, known: list[CourseFact]) -> bool:
    """The same question, course by course, in exact numbers and without any saving."""

    def best(slug: str, name: str) -> Fraction | None:
        values = [
            Fraction(str(getattr(fact, name) or 0))
            for fact in known
            if fact.slug == slug and fact.is_completed
        ]
        return max(values) if values else None

    def counts(slug: str) -> bool:
        share = best(slug, "share")
        return share is not None and share * 100 >= asked.least_percent.get(slug, 0)

    for slug in asked.required:
        if not counts(slug):
            return False
    for group in asked.groups:
        done = [slug for slug in group.courses if counts(slug)]
        if len(done) < group.count:
            return False
        if sum(best(slug, "credits") for slug in done) < Fraction(str(group.credits)):
            return False
    if sum(best(slug, "credits") for slug in SLUGS if counts(slug)) < Fraction(str(asked.credits)):
        return False
    if asked.required and asked.average_percent:
        total = sum(best(slug, "share") for slug in asked.required)
        return total * 100 >= asked.average_percent * len(asked.required)
    return True


class TestWhatRemains:
    RULES = Completion(
        required=("a", "b"),
        groups=(Group(NAME, ("c", "d"), 1),),
        credits=6,
        least_percent={"b": 60},
    )

    def test_is_everything_for_who_has_done_nothing(self):
        rest = remaining(self.RULES, [])
        assert rest.required == ("a", "b") and rest.credits == 6 and not rest.is_complete
        assert rest.groups[0].count == 1 and rest.groups[0].choices == ("c", "d")

    def test_is_nothing_for_who_has_done_all(self):
        assert remaining(self.RULES, [CourseFact(slug, True, 2, 0.6) for slug in "abc"]).is_complete

    def test_names_a_completed_course_whose_grade_is_not_sufficient(self):
        rest = remaining(self.RULES, [CourseFact(slug, True, 2, 0.59) for slug in "abc"])
        assert rest.required == ("b",) and rest.below == (("b", 60),) and rest.credits == 2

    def test_is_not_kept_open_by_a_weak_course_that_nobody_asks_for(self):
        asked = Completion(groups=(Group(NAME, ("c", "d"), 1),), least_percent={"d": 60})
        rest = remaining(asked, [CourseFact("c", True), CourseFact("d", True, 0, 0.1)])
        assert rest.is_complete and rest.below == ()

    def test_counts_a_course_once_that_was_taken_twice(self):
        twice = [CourseFact("a", True, 3), CourseFact("a", True, 3)]
        assert remaining(self.RULES, twice).credits == 3

    def test_speaks_of_the_average_only_when_all_that_it_is_over_is_done(self):
        asked = Completion(required=("a", "b"), average_percent=70)
        first = CourseFact("a", True, 0, 0.5)
        assert remaining(asked, [first]).average == 0
        rest = remaining(asked, [first, CourseFact("b", True, 0, 0.6)])
        assert rest.average == pytest.approx(0.15) and not rest.is_complete
        assert remaining(asked, [first, CourseFact("b", True, 0, 0.9)]).is_complete

    @slowly
    @given(rules(), many)
    def test_is_nothing_exactly_when_a_plain_reading_finds_all_there(self, asked, known):
        assert remaining(asked, known).is_complete == is_complete_slowly(asked, known)

    @slowly
    @given(rules(), many, facts)
    def test_never_grows_by_one_more_fact(self, asked, known, one_more):
        before, after = remaining(asked, known), remaining(asked, [*known, one_more])
        assert distance(after) <= distance(before)
        assert set(after.required) <= set(before.required)
        assert after.credits <= before.credits
        lacks = {lack.group: (lack.count, lack.credits) for lack in _named(before)}
        for lack in _named(after):
            count, credits = lacks[lack.group]
            assert lack.count <= count and lack.credits <= credits

    @slowly
    @given(rules(), st.lists(facts, max_size=4))
    def test_does_not_depend_on_the_order(self, asked, known):
        assert len({repr(remaining(asked, order)) for order in permutations(known)}) == 1


def _named(rest):
    """Lacks whose group can be a key."""
    return [
        SimpleNamespace(group=lack.group.courses, count=lack.count, credits=lack.credits)
        for lack in rest.groups
    ]


class TestVersions:
    OLD = Completion(required=("a", "b", "c"))
    NEW = Completion(required=("a",), credits=6)
    VERSIONS = ((1, OLD), (2, NEW))

    def test_who_began_under_one_moves_to_a_newer_that_leaves_less(self):
        standing = best_for_her(self.VERSIONS, 1, [CourseFact("a", True, 6)])
        assert standing.number == 2 and standing.remaining.is_complete

    def test_who_began_under_one_keeps_it_when_the_newer_is_no_better(self):
        stricter = ((1, self.NEW), (2, self.OLD))
        assert best_for_her(stricter, 1, [CourseFact("a", True, 6)]).number == 1
        assert best_for_her(((1, self.NEW), (2, self.NEW)), 1, []).number == 1

    def test_who_began_later_cannot_go_back(self):
        standing = best_for_her(((1, self.NEW), (2, self.OLD)), 2, [CourseFact("a", True, 6)])
        assert standing.number == 2 and standing.remaining.required == ("b", "c")

    @slowly
    @given(st.lists(rules(), min_size=1, max_size=4), st.integers(0, 3), many)
    def test_nobody_ever_loses_by_a_new_version(self, versions, began, known):
        numbered = list(enumerate(versions))
        began = min(began, len(numbered) - 1)
        before = best_for_her(numbered[: began + 1], began, known)
        after = best_for_her(numbered, began, known)
        assert distance(after.remaining) <= distance(before.remaining)
        assert after.number >= began


class TestTheDocument:
    @slowly
    @given(rules())
    def test_says_the_rules_again(self, asked):
        assert completion_of(document_of(asked)) == asked
        assert digest_of(completion_of(document_of(asked))) == digest_of(asked)

    @slowly
    @given(rules())
    def test_of_rules_that_can_hold_has_no_problem_but_those_it_names(self, asked):
        found = [str(problem) for problem in problems(asked, SLUGS)]
        empty = not asked.required and not asked.groups and not asked.credits
        averages = bool(asked.average_percent and not asked.required)
        assert len(found) == empty + averages + sum(
            group.count > len(group.courses) for group in asked.groups
        )

    @pytest.mark.parametrize(
        "asked",
        [
            Completion(),
            Completion(required=("a", "nowhere")),
            Completion(required=("a", "a")),
            Completion(required=("a",), groups=(Group(NAME, ("a",), 1),)),
            Completion(groups=(Group(NAME, (), 1),)),
            Completion(groups=(Group({"en": " "}, ("a",), 1),)),
            Completion(groups=(Group({"en": "x" * 81}, ("a",), 1),)),
            Completion(groups=(Group(NAME, ("a",)),)),
            Completion(groups=(Group(NAME, ("a",), 2),)),
            Completion(groups=(Group(NAME, ("a",), 0, 1000),)),
            Completion(required=("a",), credits=-1),
            Completion(required=("a",), least_percent={"a": 101}),
            Completion(credits=3, average_percent=70),
            Completion(required=("a",), groups=(Group(NAME, ("b",), 1),) * 7),
        ],
    )
    def test_of_rules_that_cannot_hold_says_why(self, asked):
        assert problems(asked, SLUGS)
