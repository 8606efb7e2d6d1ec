"""What a search finds and what is recommended, without a database."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.rules import Vouching
from app.talent.rules import (
    ContactState,
    FactKind,
    Query,
    Shown,
    Suits,
    WantedSkill,
    Wants,
    contact_state,
    fits,
    in_order,
    recommend,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
A, B = uuid.UUID(int=1), uuid.UUID(int=2)


def shown(code="a", **changes):
    fields = {
        "counties": ("高雄市",), "languages": ("zh",), "industries": ("agriculture",),
        "hours": 12, "levels": {"S": {Vouching.AUTOGRADED: 3, Vouching.CONFIRMED: 1}},
    }  # fmt: skip
    return Shown(uuid.uuid5(A, code), code, **(fields | changes))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), True),
        (Query((WantedSkill("S", 3),)), True),
        (Query((WantedSkill("S", 4),)), False),
        (Query((WantedSkill("S", 1, Vouching.CONFIRMED),)), True),
        (Query((WantedSkill("S", 2, Vouching.CONFIRMED),)), False),
        (Query((WantedSkill("S", 1, Vouching.SUPERVISED),)), False),
        (Query((WantedSkill("T"),)), False),
        (Query(county="高雄市"), True),
        (Query(county="臺北市"), False),
        (Query(language="en"), False),
        (Query(industry="agriculture"), True),
        (Query(hours=12), True),
        (Query(hours=13), False),
        (Query(on=date(2026, 12, 1)), True),
    ],
)
def test_everything_that_is_asked_must_hold(query, found):
    assert fits(query, shown()) is found
    assert Query.from_json(query.as_json()) == query


def test_from_afar_is_everywhere_and_days_are_both_within():
    assert fits(Query(county="臺北市"), shown(is_remote=True))
    until = shown(available_from=date(2026, 1, 1), available_until=date(2026, 2, 1))
    assert fits(Query(on=date(2026, 2, 1)), until)
    assert not fits(Query(on=date(2026, 2, 2)), until)
    assert not fits(Query(on=date(2025, 12, 31)), until)


@given(st.lists(st.sampled_from("abcdefgh"), unique=True), st.randoms())
def test_nobody_moves_when_somebody_is_not_there(codes, chance):
    people = [shown(code) for code in codes]
    mixed = list(people)
    chance.shuffle(mixed)
    order = [one.code for one in in_order(Query(), people)]
    assert [one.code for one in in_order(Query(), mixed)] == order
    if codes:
        without = [one for one in people if one.code != codes[0]]
        left = [code for code in order if code != codes[0]]
        assert [one.code for one in in_order(Query(), without)] == left


def wants(number, **changes):
    fields = {
        "required": {A: 2}, "wished": {}, "industry": "agriculture", "county": "高雄市",
        "is_remote": False, "apply_until": NOW + timedelta(days=number),
    }  # fmt: skip
    return Wants(uuid.UUID(int=100 + number), **(fields | changes))


def test_recommends_what_nothing_is_missing_for_first_and_says_why():
    student = Suits({A: 2, B: 1}, frozenset({"agriculture"}), frozenset({"臺北市"}))
    rows = recommend(
        student,
        [
            wants(1, required={A: 3, B: 1}),
            wants(2, industry="health-care"),
            wants(3, wished={B: 1}),
            wants(4, county="臺北市"),
        ],
    )
    assert [row.brief_id.int - 100 for row in rows] == [3, 4, 2, 1]
    assert [fact.kind for fact in rows[0].facts] == [
        FactKind.ALL_SKILLS,
        FactKind.WISHED,
        FactKind.INTEREST,
    ]
    assert FactKind.PLACE in {fact.kind for fact in rows[1].facts}
    missing = rows[-1].facts[-1]
    assert (missing.kind, missing.held, missing.wanted) == (FactKind.MISSING, 2, 3)


def test_knows_nothing_but_skills_interests_and_places():
    assert set(Suits.__dataclass_fields__) == {"levels", "industries", "counties"}


@pytest.mark.parametrize(
    ("days", "accepted", "declined", "state"),
    [
        (0, False, False, ContactState.WAITING),
        (13, False, False, ContactState.WAITING),
        (14, False, False, ContactState.EXPIRED),
        (20, True, False, ContactState.ACCEPTED),
        (20, False, True, ContactState.DECLINED),
    ],
)
def test_a_question_is_over_after_two_weeks(days, accepted, declined, state):
    assert (
        contact_state(
            accepted_at=NOW if accepted else None,
            declined_at=NOW if declined else None,
            made_at=NOW - timedelta(days=days),
            now=NOW,
        )
        is state
    )
