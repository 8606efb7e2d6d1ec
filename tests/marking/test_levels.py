"""Two graders and a rubric: the levels that count, and that the student reads."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.grading.models import ManualScore, Submission
from app.kernel.database import db
from app.learning.queries import section_taught_by
from app.marking import operations, queries
from app.marking.models import Settlement
from app.marking.queries.sources import Scope
from app.marking.rules import Ref
from app.marking.rules.joining import agreed, joined, says_the_same
from app.marking.rules.sharing import Agreeing
from app.rubrics import rules
from app.rubrics.rules import Mark, assess
from tests.marking.marking import rubric
from tests.marking.people import ITEM, PART, plan_with, works_in
from tests.marking.test_shares_pages import address
from tests.rubrics.scales import criterion, scale, scales


def by_levels(**levels):
    return {name: Mark(level) for name, level in levels.items()}


class TestJoining:
    def test_is_what_both_gave(self):
        one = {"idea": Mark("l0", comment="Fine"), "style": Mark("l1", comment="Short")}
        other = {"idea": Mark("l0", comment="Yes"), "style": Mark("l1", comment="Short")}
        made = joined(scale(), one, other)
        assert made["idea"] == Mark("l0", None, "Fine\n\nYes")
        assert made["style"] == Mark("l1", None, "Short")
        assert says_the_same(scale(), one, other)

    def test_between_two_levels_is_the_one_nearest_to_the_mean_the_better_of_two(self):
        five = scale("levels", criterion("idea", 10, 6, 4, 0), criterion("style", 4, 0))
        made = joined(five, by_levels(idea="l0", style="l0"), by_levels(idea="l3", style="l1"))
        assert made == by_levels(idea="l1", style="l0")  # of 6 and 4, both 1 from 5, the 6

    def test_points_within_levels_meet_in_the_middle(self):
        made = joined(
            scale("ranges"),
            {"idea": Mark("l0", Decimal(9)), "style": Mark("l0", Decimal(5))},
            {"idea": Mark("l1", Decimal(4)), "style": Mark("l0", Decimal(4))},
        )
        done = assess(scale("ranges"), made)
        assert (done.row("idea").points, done.row("idea").level.id) == (Decimal("6.5"), "l0")
        assert done.row("style").points == Decimal("4.5") and done.is_complete

    def test_levels_without_points_meet_in_the_middle(self):
        plain = scale("none", criterion("idea", 3, 2, 1, 0))
        assert joined(plain, by_levels(idea="l0"), by_levels(idea="l3")) == by_levels(idea="l1")

    def test_tells_which_criteria_are_settled(self):
        one, other = by_levels(idea="l0", style="l1"), by_levels(idea="l2", style="l1")
        assert list(agreed(scale(), one, other)) == ["style"]
        assert not says_the_same(scale(), one, other)

    @given(st.data())
    def test_is_a_complete_judgement_between_the_two(self, data):
        given_scale = data.draw(scales(critical=False))
        one, other = (data.draw(complete(given_scale)) for _n in range(2))
        done = assess(given_scale, joined(given_scale, one, other))
        assert done.is_complete, done.wrong
        first, second = (assess(given_scale, marks) for marks in (one, other))
        for a, b, made in zip(first.rows, second.rows, done.rows, strict=True):
            if made.points is not None:
                assert min(a.points, b.points) <= made.points <= max(a.points, b.points)
        swapped = assess(given_scale, joined(given_scale, other, one))
        assert [(r.level, r.points) for r in swapped.rows] == [
            (r.level, r.points) for r in done.rows
        ]


@st.composite
def complete(draw, of):
    """A complete judgement by the scale OF."""
    marks = {}
    for row in of.criteria:
        if of.has_choice(row):
            level = draw(st.sampled_from(row.levels))
            points = None
            if of.scoring is rules.Scoring.RANGES:
                points = draw(st.decimals(*row.range_of(level), places=2))
            marks[row.id] = Mark(level.id, points)
        elif of.has_points:
            marks[row.id] = Mark(None, draw(st.decimals(0, row.points, places=2)))
        else:
            marks[row.id] = Mark(comment="Said")
    return marks


@pytest.fixture
def two(enrolled, in_app):
    """mei's cell of 2 points, marked by lin and ping by a rubric of 4, 3, 1 and 0 points."""
    with in_app():
        works_in(enrolled, "mei")
        plan_with(enrolled, "lin", "ping", seconds_percent=100, threshold=30)
        lin = enrolled.person("lin")
        version = rubric(lin, 4, 3, 1, 0)
        operations.choose_rubric(lin, enrolled.section(), Ref.of(ITEM), PART, version)
    return enrolled


def judge(cast, handle, level, comment=""):
    """Within a context: HANDLE marks the cell by LEVEL, as the desk does."""
    person, section = cast.person(handle), cast.section()
    view = section_taught_by(person, section.code)
    work = db.session.scalars(select(Submission)).one()
    found = queries.work_of(Scope(section, Ref.of(ITEM), person), view, work.id)
    marks = {"clear": Mark(level, comment=comment)}
    operations.mark_part(person, found, found.part(PART), operations.Given(None, marks=marks))


def counts():
    """Within a context: the points of the cell that count, and the level that is read."""
    work = db.session.scalars(select(Submission)).one()
    points = db.session.scalars(
        select(ManualScore.score).where(ManualScore.superseded_at.is_(None))
    ).all()
    judged = queries.judged_parts(work.id, [PART]).get(PART)
    return points, judged and judged.marks["clear"]["level"]


class TestWhatCounts:
    def test_has_the_levels_of_two_who_are_close_enough(self, two, in_app):
        with in_app():
            judge(two, "lin", "l0")
            assert counts() == ([], None), "nothing is read until both have judged"
            judge(two, "ping", "l1")
            assert counts() == ([2.0], "l0"), "of 4 and 3 points the mean is nearest to both: 4"
            assert db.session.scalars(select(Settlement)).one().points == 2

    def test_is_the_firsts_judgement_where_the_plan_says_so(self, two, in_app):
        with in_app():
            again = {"seconds_percent": 100, "threshold": 30, "agreeing": Agreeing.FIRST}
            plan_with(two, "lin", "ping", **again)
            judge(two, "ping", "l0")
            judge(two, "lin", "l1")
            first = db.session.scalars(select(Settlement)).one().first
            by_ping = first.grader_id == two.person("ping").id
            assert counts() == (([2.0], "l0") if by_ping else ([1.5], "l1"))

    def test_is_what_an_instructor_chooses_where_they_are_apart(self, two, in_app):
        with in_app():
            judge(two, "lin", "l0", "All there")
            judge(two, "ping", "l3", "Nothing there")
            work = str(db.session.scalars(select(Submission.id)).one())
        page = two.browser("lin").get(address(two, "/second-look")).text
        assert "All there" in page and "Nothing there" in page and "Level 3" in page
        settle = address(two, f"/second-look/{work}")
        told = two.browser("lin").post(
            settle, data={"part": PART, "word": "Half of it"}, follow_redirects=True
        )
        assert "Not judged yet" in told.text, "a level has to be chosen"
        chosen = {"part": PART, "word": "Half of it", "levels.clear.level": "l2"}
        told = two.browser("lin").post(settle, data=chosen, follow_redirects=True)
        assert "Settled: these points count now." in told.text
        with in_app():
            assert counts() == ([0.5], "l2")

    def test_is_settled_by_two_who_choose_the_same_levels(self, two, in_app):
        with in_app():
            judge(two, "lin", "l0")
            judge(two, "ping", "l3")
            work = str(db.session.scalars(select(Submission.id)).one())
        settle = address(two, f"/second-look/{work}")
        chosen = {"part": PART, "word": "Half of it", "levels.clear.level": "l2"}
        told = two.browser("ping").post(settle, data=chosen, follow_redirects=True)
        assert "Kept." in told.text and "Level 2" in told.text
        told = two.browser("lin").post(settle, data=chosen, follow_redirects=True)
        assert "Both agreed" in told.text
        with in_app():
            assert counts() == ([0.5], "l2")
