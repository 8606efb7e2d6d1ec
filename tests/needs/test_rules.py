"""Resemblance, numbers as people write them, what a project is to reach."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.counties import COUNTIES, county_from
from app.needs import rules
from app.needs.rules import Measure


class TestResemblance:
    def test_is_by_pairs_of_characters_and_triples_of_letters(self):
        assert rules.grams("剩食") == {"剩食"} and rules.grams("ＡＩ") == {"ai"}
        assert rules.grams("Food 備料") == {"foo", "ood", "備料"}
        assert rules.grams("！？  ") == frozenset()

    @given(st.text(), st.text())
    def test_is_the_same_both_ways_and_never_outside_0_to_1(self, one, other):
        a, b = rules.grams(one), rules.grams(other)
        assert rules.similarity(a, b) == rules.similarity(b, a)
        assert 0 <= rules.similarity(a, b) <= 1
        assert rules.similarity(a, a) == (1 if a else 0)

    @given(st.lists(st.text(alphabet="備料估不準倒掉abc ", min_size=4, max_size=12), max_size=12))
    def test_of_pairs_agrees_with_looking_at_every_pair(self, texts):
        sets = [rules.grams(text) for text in texts]
        found = {(a, b) for a, b, _how in rules.alike_pairs(sets, common=len(sets))}
        slow = {
            (a, b)
            for b in range(len(sets))
            for a in range(b)
            if len(sets[a] & sets[b]) >= 2
            and rules.similarity(sets[a], sets[b]) >= rules.SIMILAR_FROM
        }
        assert found == slow


@pytest.mark.parametrize(
    ("value", "text"),
    [("1200.000", "1,200"), ("3.500", "3.5"), ("0.000", "0"), ("-12", "-12"), ("100", "100")],
)
def test_numbers_are_written_without_a_tail(value, text):
    assert rules.number_name(Decimal(value)) == text


class TestAnOutcome:
    def test_needs_a_target(self):
        assert rules.outcome(Measure.TIME, Decimal(5), None, "h") is None

    def test_says_from_where_to_where(self):
        found = rules.outcome(Measure.WASTE, Decimal(12), Decimal("4.5"), "公斤/天")
        assert found["zh-Hant-TW"] == "浪費從 12 公斤/天 改善為 4.5 公斤/天"
        assert rules.outcome(Measure.COST, None, Decimal(5), "")["en"] == "Money: 5"


class TestCounties:
    @pytest.mark.parametrize(
        ("words", "county"),
        [
            ("台南市", "臺南市"), ("臺南", "臺南市"), ("Tainan", "臺南市"),
            ("tainan  city", "臺南市"),
            ("嘉義", None), ("Hsinchu", None), ("嘉義市", "嘉義市"), ("Chiayi County", "嘉義縣"),
            ("", None), ("Atlantis", None),
        ],
    )  # fmt: skip
    def test_are_known_as_people_write_them(self, words, county):
        assert county_from(words) == county

    def test_have_a_name_in_both_languages(self):
        assert len(COUNTIES) == 22
        assert all(
            len(names) == 2 and names["zh-Hant-TW"] == key for key, names in COUNTIES.items()
        )
