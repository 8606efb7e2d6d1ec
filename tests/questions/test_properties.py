"""What holds for every question, whatever it asks."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import questions as q
from tests.questions.build import BOTH, EXAMPLES, json_values, question, questions, quiz

seeds = st.text("0123456789abcdef", min_size=1, max_size=8)
SECRET = "zzsecret"


@given(questions())
def test_a_good_question_has_no_problem_and_its_normal_form_neither(made):
    assert q.check_question(made, BOTH) == []
    written = q.normal(made)
    assert q.check_question(written, BOTH) == [] and q.normal(written) == written


@given(questions(), seeds)
def test_drawing_repeats_itself_and_is_json(made, seed):
    first, second = q.draw(quiz(made), seed), q.draw(json.loads(json.dumps(quiz(made))), seed)
    assert first == second == json.loads(json.dumps(first))


@given(questions(), seeds)
@settings(max_examples=200)
def test_the_solution_of_every_question_has_full_points(made, seed):
    (drawn,) = q.draw(quiz(made), seed)
    for language in BOTH:
        solution = q.solution(drawn, language)
        if q.TYPES[made["type"]].needs_person:
            assert solution.response is None
            continue
        marking = q.mark(drawn, solution.response)
        assert marking.points == marking.out_of == Decimal(str(made["points"]))
        assert marking.correct and all(part.correct for part in marking.parts)


def with_markers(value: Any, under_key: bool = False) -> Any:
    """VALUE with a marker in everything that a browser must not get."""
    secret = {"explanation", "feedback", "accepted", "guide"}
    if isinstance(value, dict):
        return {k: with_markers(v, under_key or k in secret) for k, v in value.items()}
    if isinstance(value, list):
        return [with_markers(v, under_key) for v in value]
    return f"{value} {SECRET}" if under_key and isinstance(value, str) else value


@given(questions(), seeds)
def test_what_is_shown_holds_no_key(made, seed):
    marked = with_markers(made)
    marked.setdefault("explanation", {"en": SECRET})
    if "answer" in marked and not isinstance(marked["answer"], bool | str):
        marked["answer"], marked["tolerance"] = 98765.4321, {"absolute": 0.13579}
    (drawn,) = q.draw(quiz(marked), seed)
    assert SECRET in json.dumps(drawn)
    for language in BOTH:
        said = json.dumps(q.shown(drawn, language).to_json())
        assert SECRET not in said and "98765" not in said and "13579" not in said
        for word in ("correct", "answer", "accepted", "tolerance", "factor", "origin", "order"):
            assert f'"{word}"' not in said


@given(questions(("single", "multiple", "matching", "ordering")), seeds, seeds)
def test_the_names_of_options_are_other_ones_in_another_attempt(made, seed, other):
    ids = [
        {o["id"] for o in q.shown(q.draw(quiz(made), s)[0], "en").options} for s in (seed, other)
    ]
    assert ids[0] == ids[1] if seed == other else not ids[0] & ids[1]


@st.composite
def answered(draw):
    """A drawn question and some answer of its shape, right or wrong."""
    (drawn,) = q.draw(quiz(draw(questions())), draw(seeds))
    ask = drawn["ask"]
    ids = [option["id"] for option in ask.get("options", [])]

    def of(kind: str, part: dict) -> st.SearchStrategy:
        names = [option["id"] for option in part.get("options", [])]
        number = st.fixed_dictionaries(
            {"value": st.text("0123456789.e-,/%", max_size=8), "unit": st.just("")}
        )
        return {
            "single": st.sampled_from(["", *names]), "choice": st.sampled_from(["", *names]),
            "multiple": st.lists(st.sampled_from(names or [""])),
            "true-false": st.sampled_from(["", "true", "false", True, False]),
            "short-text": st.text("aＡ* 。答\n", max_size=20),
            "essay": st.text("abc \n", max_size=20), "numeric": number,
        }.get(kind, st.none())  # fmt: skip

    kind = drawn["type"]
    if kind == "ordering":
        places = st.integers(1, len(ids)) | st.none() | st.integers(1, len(ids)).map(str)
        return drawn, draw(st.fixed_dictionaries(dict.fromkeys(ids, places)))
    if kind == "matching":
        lefts = [left["id"] for left in ask["lefts"]]
        return drawn, draw(st.fixed_dictionaries(dict.fromkeys(lefts, st.sampled_from(["", *ids]))))
    if kind == "fill-in":
        parts = {name: of(blank["kind"], blank) for name, blank in ask["blanks"].items()}
        return drawn, draw(st.fixed_dictionaries(parts))
    return drawn, draw(of(kind, ask))


@given(answered())
@settings(max_examples=300)
def test_marks_lie_between_nothing_and_the_points(pair):
    drawn, response = pair
    marking = q.mark(drawn, response)
    assert marking.out_of == Decimal(str(drawn["points"]))
    if marking.points is None:
        assert q.TYPES[drawn["type"]].needs_person
    else:
        assert 0 <= marking.points <= marking.out_of
        assert marking.points == round(marking.points, 2)


@given(answered())
def test_cleaning_twice_is_cleaning_once_and_an_empty_answer_is_none(pair):
    drawn, response = pair
    once = q.clean(drawn, response)
    assert q.clean(drawn, json.loads(json.dumps(once))) == once
    assert q.is_answered(drawn, response) == (once is not None)
    assert once not in ("", [], {})


@given(st.sampled_from(sorted(EXAMPLES)), json_values)
@settings(max_examples=300)
def test_any_json_is_cleaned_or_refused(kind, value):
    (drawn,) = q.draw(quiz(question(kind)), "s")
    try:
        once = q.clean(drawn, value)
    except q.BadResponse as refusal:
        assert str(refusal.message)
    else:
        assert q.clean(drawn, once) == once and q.mark(drawn, once)


@given(json_values)
def test_any_json_can_be_checked(value):
    assert isinstance(q.check(value), list)
    assert isinstance(q.check({"sections": [{"questions": [value]}]}, BOTH), list)


@given(questions(), st.data())
@settings(max_examples=300)
def test_a_question_with_anything_in_one_place_can_be_checked_and_drawn_when_good(made, data):
    broken = json.loads(json.dumps(made))
    spot = broken
    while True:
        keys = list(spot) if isinstance(spot, dict) else list(range(len(spot)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(spot[key], dict | list) or not spot[key] or data.draw(st.booleans()):
            break
        spot = spot[key]
    spot[key] = data.draw(json_values)
    problems = q.check_question(broken, BOTH)
    assert all(problem.path is not None and str(problem.message) for problem in problems)
    if not problems:
        (drawn,) = q.draw(quiz(broken), "s")
        json.dumps(q.shown(drawn, "en").to_json())
        assert q.mark(drawn, q.solution(drawn, "en").response)


@pytest.mark.parametrize("kind", sorted(q.TYPES))
def test_every_kind_has_an_example_with_words(kind):
    assert q.check_question(question(kind), BOTH) == []
    assert str(q.TYPES[kind].title)
