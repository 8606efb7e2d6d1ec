"""Sharing and agreement as rules: properties that hold for whatever comes."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.marking.rules.seconds import agreement, is_within, together
from app.marking.rules.sharing import Agreeing, by_group, deal, is_seconded, redeal

students = st.sets(st.integers(1000, 9999), max_size=60)
graders = st.sets(st.sampled_from("abcdefg"), min_size=1, max_size=6)
seeds = st.text("0123456789abcdef", min_size=4, max_size=8)


@given(students, graders, seeds)
def test_every_work_is_exactly_one_graders_and_nobody_has_two_more(works, hands, seed):
    found = deal(works, dict.fromkeys(hands, 1), {}, seed)
    assert set(found) == works and set(found.values()) <= hands
    counts = [Counter(found.values())[grader] for grader in hands]
    assert max(counts) - min(counts) <= 1


@given(students, graders, seeds)
def test_the_lot_depends_on_the_seed_and_not_on_the_order(works, hands, seed):
    weights = dict.fromkeys(sorted(hands), 1)
    again = dict.fromkeys(sorted(hands, reverse=True), 1)
    assert deal(sorted(works), weights, {}, seed) == deal(
        sorted(works, reverse=True), again, {}, seed
    )


def test_another_seed_is_another_lot():
    works, weights = range(40), {"a": 1, "b": 1}
    assert deal(works, weights, {}, "one") != deal(works, weights, {}, "two")


@given(students, graders, seeds, st.lists(st.integers(1, 9), min_size=7, max_size=7))
def test_nobody_gets_a_whole_work_more_than_her_part(works, hands, seed, numbers):
    weights = dict(zip(sorted(hands), numbers, strict=False))
    counts = Counter(deal(works, weights, {}, seed).values())
    assert counts.total() == len(works)
    for grader, weight in weights.items():
        assert counts[grader] < Fraction(weight * len(works), sum(weights.values())) + 1


@given(st.lists(students, max_size=5), graders, seeds)
def test_who_came_first_keeps_hers_and_it_stays_even(batches, hands, seed):
    weights = dict.fromkeys(hands, 1)
    shares = {}
    for batch in batches:
        before = dict(shares)
        shares |= deal(batch - set(shares), weights, Counter(shares.values()), seed)
        assert before.items() <= shares.items()
        counts = [Counter(shares.values())[grader] for grader in hands]
        assert max(counts) - min(counts) <= 1


@given(students, graders, graders, seeds, st.data())
def test_sharing_anew_moves_only_what_is_not_marked(works, hands, others, seed, data):
    before = deal(works, dict.fromkeys(hands, 1), {}, seed)
    marked = data.draw(st.sets(st.sampled_from(sorted(works)), max_size=30)) if works else set()
    after = redeal(before, marked, dict.fromkeys(others, 1), "other")
    assert set(after) == works
    for work in works:
        assert after[work] == before[work] if work in marked else after[work] in others
    counts = Counter(after.values())
    moved = {after[work] for work in works - marked}
    if moved:
        least = min(counts[grader] for grader in others)
        # Whoever got something has at most one more than who has least.
        assert all(counts[grader] <= least + 1 for grader in moved)


@given(students, seeds)
def test_nobody_marks_her_own_work_nor_seconds_herself(works, seed):
    people = sorted(works)[:3]
    weights = dict.fromkeys(people, 1)
    first = deal(works, weights, {}, seed)
    assert all(work != grader for work, grader in first.items())
    second = deal(works, weights, {}, f"{seed}:second", apart=first)
    for work in works:
        assert second[work] is None or second[work] not in (work, first[work])


def test_without_graders_the_work_is_nobodys():
    assert deal([1, 2], {}, {}, "seed") == {1: None, 2: None}
    assert deal([1, 2], {"a": 0}, {}, "seed") == {1: None, 2: None}


def test_a_group_has_its_grader_and_others_have_none():
    found = by_group([1, 2, 3, "a"], {1: "g", 2: "h", "a": "g"}, {"g": "a"})
    assert found == {1: "a", 2: None, 3: None, "a": None}


@given(st.integers(0, 300), st.integers(0, 100))
def test_of_n_works_the_percentage_rounded_up_gets_a_second_look(total, percent):
    seconded = 0
    for number in range(total):
        seconded += is_seconded(seconded, number, percent)
    assert seconded == -(-total * percent // 100)


points = st.integers(0, 1000).map(lambda n: Decimal(n) / 100)


@given(points, points, st.integers(0, 100))
def test_what_is_close_enough_does_not_depend_on_who_was_first(one, other, percent):
    out_of = Decimal(10)
    within = is_within(one, other, out_of, Decimal(percent))
    assert within == is_within(other, one, out_of, Decimal(percent))
    assert within == (abs(one - other) <= out_of * percent / 100)
    mean = together(one, other, Agreeing.MEAN)
    assert mean == together(other, one, Agreeing.MEAN)
    assert min(one, other) <= mean <= max(one, other)
    assert together(one, other, Agreeing.FIRST) == one


def test_the_mean_is_rounded_half_up_to_a_hundredth():
    assert together(Decimal("1.00"), Decimal("1.01"), Agreeing.MEAN) == Decimal("1.01")
    assert together(Decimal("2"), Decimal("3"), Agreeing.MEAN) == Decimal("2.50")


parts = st.integers(0, 8).map(lambda n: Fraction(n, 8))


@given(st.lists(st.tuples(parts, parts), max_size=25))
def test_agreement_is_what_a_look_at_every_pair_finds(pairs):
    found = agreement(pairs, 0)
    n = len(pairs)
    assert found.count == n
    if not n:
        assert found.kappa is None and found.mean_difference is None
        return
    assert found.mean_difference == sum(b - a for a, b in pairs) / n
    assert found.mean_distance == sum(abs(b - a) for a, b in pairs) / n
    expected = sum((a - b) ** 2 for a, _x in pairs for _y, b in pairs) / Fraction(n * n)
    observed = sum((a - b) ** 2 for a, b in pairs) / Fraction(n)
    assert found.kappa == (1 - observed / expected if expected else None)


def test_full_agreement_is_one_and_swapped_ends_are_less_than_nothing():
    one, zero = Fraction(1), Fraction(0)
    assert agreement([(one, one), (zero, zero)], 2).kappa == 1
    assert agreement([(one, zero), (zero, one)], 0).kappa == -1
