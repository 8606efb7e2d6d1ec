"""The table of states whole, eligibility, waiting, and reading without names."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.applications.rules import (
    COLUMNS,
    ENDED,
    IN_SELECTION,
    LIVE,
    MASK,
    MOVE_NAMES,
    NEXT_STEPS,
    STATE_NAMES,
    TABLE,
    Actor,
    Held,
    Move,
    ReasonMissing,
    State,
    Wait,
    Wanted,
    WrongMove,
    answering,
    blinded,
    eligibility,
    file_name,
    move_to,
    moved,
    moves_of,
)
from app.evidence.rules import Vouching

NOW = datetime(2026, 11, 1, tzinfo=UTC)
MEI, HAO = uuid.UUID(int=1), uuid.UUID(int=2)
PYTHON, DRAWING = uuid.UUID(int=11), uuid.UUID(int=12)

# Written down once more, by hand: from, by whom, what → where. All else is refused.
ALLOWED = {
    ("saved", "applicant", "apply"): "applied",
    ("shortlisted", "company", "reset"): "applied",
    ("interview", "company", "reset"): "applied",
    ("applied", "company", "shortlist"): "shortlisted",
    ("interview", "company", "shortlist"): "shortlisted",
    ("applied", "company", "invite"): "interview",
    ("shortlisted", "company", "invite"): "interview",
    ("applied", "company", "offer"): "offered",
    ("shortlisted", "company", "offer"): "offered",
    ("interview", "company", "offer"): "offered",
    ("applied", "round", "place"): "offered",
    ("shortlisted", "round", "place"): "offered",
    ("interview", "round", "place"): "offered",
    ("offered", "round", "unplace"): "applied",
    ("accepted", "round", "unplace"): "applied",
    ("offered", "applicant", "accept"): "accepted",
    ("offered", "applicant", "decline"): "declined",
    ("offered", "house", "expire"): "expired",
    ("applied", "company", "refuse"): "refused",
    ("shortlisted", "company", "refuse"): "refused",
    ("interview", "company", "refuse"): "refused",
    ("offered", "company", "refuse"): "refused",
    ("refused", "company", "reconsider"): "applied",
    **{
        (state, actor, "withdraw"): "withdrawn"
        for state in ("applied", "shortlisted", "interview", "offered", "accepted")
        for actor in ("applicant", "house")
    },
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("actor", Actor)
def test_the_table_allows_what_stands_here_and_nothing_else(state, actor):
    for move in Move:
        expected = ALLOWED.get((state.value, actor.value, move.value))
        if expected is None:
            with pytest.raises(WrongMove):
                moved(state, move, actor, reason="because")
            assert move not in moves_of(state, actor)
        else:
            assert moved(state, move, actor, reason="because") == expected
            assert move in moves_of(state, actor)


def test_who_is_refused_or_moved_by_hand_is_told_why():
    wanting = {move for move, rule in TABLE.items() if rule.needs_reason}
    assert wanting == {Move.REFUSE, Move.UNPLACE}
    with pytest.raises(ReasonMissing):
        moved(State.APPLIED, Move.REFUSE, Actor.COMPANY, reason="  ")


def test_states_are_either_hers_alone_live_or_ended_and_all_have_words():
    assert {State.SAVED} | LIVE | ENDED == set(State)
    assert not LIVE & ENDED
    assert IN_SELECTION < LIVE
    assert set(STATE_NAMES) == set(NEXT_STEPS) == set(State)
    assert set(MOVE_NAMES) == set(TABLE) == set(Move)


def test_a_column_of_the_board_is_reached_by_one_move_of_the_company():
    assert move_to(State.APPLIED, State.SHORTLISTED) is Move.SHORTLIST
    assert move_to(State.INTERVIEW, State.APPLIED) is Move.RESET
    assert move_to(State.REFUSED, State.APPLIED) is Move.RECONSIDER
    assert move_to(State.APPLIED, State.ACCEPTED) is None
    assert move_to(State.ACCEPTED, State.APPLIED) is None
    for state in State:
        for column in COLUMNS:
            ways = [m for m in moves_of(state, Actor.COMPANY) if TABLE[m].to is column]
            assert len(ways) <= 1


def held(skill, level, vouching=Vouching.AUTOGRADED, person=MEI):
    return Held(person, skill, level, vouching)


class TestEligibility:
    def test_a_level_above_is_enough_and_one_below_is_not(self):
        wanted = [Wanted(PYTHON, 2)]
        assert eligibility(wanted, [held(PYTHON, 3)]).is_eligible
        assert eligibility(wanted, [held(PYTHON, 2)]).is_eligible
        found = eligibility(wanted, [held(PYTHON, 1)])
        assert not found.is_eligible
        assert found.missing[0].nearest == held(PYTHON, 1)

    def test_what_is_wished_for_does_not_shut_anybody_out(self):
        found = eligibility([Wanted(PYTHON, 1), Wanted(DRAWING, 2, False)], [held(PYTHON, 1)])
        assert found.is_eligible
        assert found.met_count == 1

    def test_the_strongest_vouching_that_reaches_the_level_is_named(self):
        found = eligibility(
            [Wanted(PYTHON, 2)],
            [held(PYTHON, 3), held(PYTHON, 2, Vouching.CONFIRMED),
             held(PYTHON, 1, Vouching.SUPERVISED)],
        )  # fmt: skip
        assert found.answers[0].best == held(PYTHON, 2, Vouching.CONFIRMED)

    def test_a_brief_may_want_that_an_instructor_confirmed_it(self):
        wanted = [Wanted(PYTHON, 2, vouching=Vouching.CONFIRMED)]
        assert not eligibility(wanted, [held(PYTHON, 3)]).is_eligible
        assert eligibility(wanted, [held(PYTHON, 2, Vouching.SUPERVISED)]).is_eligible

    def test_of_a_team_one_member_is_enough(self):
        wanted = [Wanted(PYTHON, 2), Wanted(DRAWING, 1)]
        team = [held(PYTHON, 2), held(DRAWING, 1, person=HAO)]
        assert eligibility(wanted, team).is_eligible
        assert not eligibility(wanted, team[:1]).is_eligible

    @given(
        st.lists(
            st.tuples(
                st.sampled_from([PYTHON, DRAWING]),
                st.integers(1, 4),
                st.sampled_from(Vouching),
                st.sampled_from([MEI, HAO]),
            )
        )
    )
    def test_the_order_does_not_matter_and_more_never_hurts(self, rows):  # fmt: skip
        wanted = [Wanted(PYTHON, 2), Wanted(DRAWING, 3, vouching=Vouching.CONFIRMED)]
        pieces = [held(skill, level, way, who) for skill, level, way, who in rows]
        found = eligibility(wanted, pieces)
        assert found == eligibility(wanted, reversed(pieces))
        more = eligibility(wanted, [*pieces, held(PYTHON, 4, Vouching.SUPERVISED)])
        assert set(more.missing) <= set(found.missing)


class TestAnswering:
    def wait(self, days, answered=None, ended=None):
        applied = NOW - timedelta(days=days)
        return Wait(
            applied,
            None if answered is None else applied + timedelta(days=answered),
            None if ended is None else applied + timedelta(days=ended),
        )

    def test_the_median_is_told_from_three_answers_on(self):
        waits = [self.wait(30, 1), self.wait(30, 9)]
        assert answering(waits, NOW).median_days is None
        assert answering([*waits, self.wait(20, 2)], NOW).median_days == 2.0

    def test_ten_days_are_not_too_long_and_a_second_more_is(self):
        found = answering([self.wait(10), self.wait(10.001), self.wait(2)], NOW)
        assert (found.unanswered_count, found.waiting_count) == (1, 3)

    def test_who_withdrew_before_an_answer_neither_waits_nor_counts(self):
        assert answering([self.wait(30, ended=2)], NOW).waiting_count == 0

    def test_what_is_older_than_a_year_says_nothing_of_today(self):
        assert answering([self.wait(400), self.wait(366, 90)], NOW).answered_count == 0


class TestReadingWithoutNames:
    def test_names_schools_addresses_links_and_numbers_are_taken_out(self):
        text = (
            "I am Mei Lin (林小梅) of 榮南大學, mei@rongnan.edu.tw, @mei, 0912-345-678,"
            " https://github.com/mei. Mei likes menus; someone else does too."
        )
        read = blinded(text, ["Mei Lin", "林小梅", "mei"], ["榮南大學"])
        for secret in ("Mei", "Lin", "林小梅", "榮南大學", "rongnan", "0912", "github"):
            assert secret not in read
        assert "likes menus; someone else does too." in read

    def test_a_name_within_another_word_stays_as_it_is(self):
        assert blinded("A timeline of linen", ["Lin"]) == "A timeline of linen"

    def test_a_school_is_taken_out_as_a_whole_only(self):
        text = "A school of Rongnan: the School of Arts."
        assert blinded(text, [], ["School of Arts"]) == f"A school of Rongnan: the {MASK}."

    def test_one_letter_is_no_name(self):
        assert blinded("Plan B", ["B"]) == "Plan B"

    @given(st.text("ab林梅 @.", max_size=30), st.lists(st.text("ab林梅", min_size=2, max_size=4)))
    def test_chinese_secrets_never_stay(self, text, secrets):
        chinese = [one for one in secrets if not one.isascii()]
        read = blinded(text, chinese)
        assert all(one not in read.replace(MASK, " ") for one in chinese)

    def test_files_keep_their_ending_and_nothing_else(self):
        assert file_name(7, 1, "Mei Lin CV.PDF") == "applicant-7-file-1.pdf"
        assert file_name(7, 2, "林小梅") == "applicant-7-file-2"
        assert file_name(7, 3, "cv.meilin-2026") == "applicant-7-file-3"
        assert file_name(7, 4, ".mei") == "applicant-7-file-4"
