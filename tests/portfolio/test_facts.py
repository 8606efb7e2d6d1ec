"""What a page shows of results is what holds now, and only what she herself has been told."""

from datetime import timedelta

import pytest

from app.grading import operations as grading
from app.kernel import clock
from app.kernel.database import db
from app.learning.models import Section
from app.learning.operations import releases
from app.portfolio import operations
from app.portfolio.operations import BlockWords
from app.portfolio.queries import facts_of
from app.portfolio.rules import Audience, BlockKind, Chosen, Content, SeenBy
from tests.grading.helpers import grade_with, hand_in, result

LAB = "lab:squares"
MARK = "a person's words that are not hers to show"


@pytest.fixture
def shown(portfolio, in_app):
    """The address of mei's page with her lab and everything of it; 3.25 of 6 points."""
    with in_app():
        cast = portfolio.cast
        work = hand_in(cast, "mei")
        grade_with(work, result(3.25))
        ref = f"{cast.section().id}/squares"
        operations.add_block(
            portfolio.page(),
            BlockKind.LABS,
            BlockWords(content=Content((Chosen(ref, ("score", "cells", "code")),))),
        )
    return portfolio.share(Audience.LINK)


def read(portfolio, address: str) -> str:
    client = portfolio.cast.app.test_client()
    client.set_cookie("locale", "en")
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


class TestLabs:
    def test_show_the_score_and_each_cell(self, portfolio, shown):
        page = read(portfolio, shown)
        assert "Squares" in page and "3.25" in page and "test-squares" in page
        assert "Executed and graded by machine" in page

    def test_that_are_held_back_are_not_there(self, portfolio, shown, in_app):
        with in_app():
            cast = portfolio.cast
            releases.hold(cast.person("lin"), [cast.section()], [LAB])
        page = read(portfolio, shown)
        assert "3.25" not in page and "test-squares" not in page
        assert (
            "3.25"
            not in portfolio.cast.browser("mei").get(f"/me/portfolio/{portfolio.page_id}").text
        )

    def test_follow_a_better_score_and_a_person_who_marks(self, portfolio, shown, in_app):
        with in_app():
            cast = portfolio.cast
            better = hand_in(cast, "mei")
            grade_with(better, result(3.75))
            cell = grading.CellRef("squares", "why")
            grading.give_score(cast.person("lin"), better, cell, 1.5, MARK)
        page = read(portfolio, shown)
        assert "5.25" in page and "3.25" not in page and "1.5 / 2" in page
        assert MARK not in page

    def test_show_code_to_nobody_before_the_lab_has_closed(self, portfolio, shown, in_app, frozen):
        assert "def squares" not in read(portfolio, shown)
        with in_app():
            over = portfolio.cast.section().offering.ends_on
        days = (over - clock.now().date()).days + 2
        with frozen(clock.now() + timedelta(days=days)):
            assert "My code" in read(portfolio, shown)

    def test_show_code_when_the_section_is_closed(self, portfolio, shown, in_app):
        with in_app():
            db.session.get_one(Section, portfolio.cast.section().id).closed_at = clock.now()
            db.session.commit()
        page = read(portfolio, shown)
        assert "My code" in page and "squares" in page
        assert "assert squares" not in page

    def test_of_somebody_else_cannot_be_shown(self, portfolio, shown, in_app):
        with in_app():
            cast = portfolio.cast
            grade_with(hand_in(cast, "hao"), result(1.75))
            hao = operations.create_page(cast.person("hao"), operations.PageWords(_title()))
            ref = f"{cast.section('jiayang').id}/squares"
            operations.add_block(
                hao, BlockKind.LABS, BlockWords(content=Content((Chosen(ref, ("score",)),)))
            )
            facts = facts_of(cast.person("hao").id, hao.blocks)
            assert [fact.score for fact in facts.labs] == [1.75]
            link = operations.give_link(cast.person("hao"), hao)
            address = f"/p/{link.token}"
        page = read(portfolio, address)
        assert "3.25" not in page and "1.75" not in page


class TestCourses:
    def test_that_she_left_are_not_there(self, portfolio, in_app):
        from app.learning import operations as learning

        with in_app():
            cast = portfolio.cast
            ref = str(cast.section().id)
            operations.add_block(
                portfolio.page(), BlockKind.COURSES, BlockWords(content=Content((Chosen(ref),)))
            )
        address = portfolio.share(Audience.LINK)
        assert "Areas and squares" in read(portfolio, address)
        with in_app():
            cast = portfolio.cast
            learning.withdraw(cast.person("mei"), cast.section())
        assert "Areas and squares" not in read(portfolio, address)

    def test_a_part_that_is_hidden_is_not_even_looked_up(self, portfolio, in_app, count_queries):
        address = portfolio.share(Audience.LINK)
        read(portfolio, address)
        with count_queries() as before:
            read(portfolio, address)
        with in_app():
            operations.add_block(
                portfolio.page(), BlockKind.LABS, BlockWords(seen_by=SeenBy.NOBODY)
            )
        with count_queries() as after:
            read(portfolio, address)
        assert len(after) == len(before)


def _title():
    from tests.portfolio.conftest import both

    return both("Hao's page")
