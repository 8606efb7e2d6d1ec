"""Exports that no spreadsheet takes for formulas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.csv import harmless


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "=cmd|' /C calc'!A0"])
def test_a_risky_cell_is_made_harmless_and_stays_readable(text):
    assert harmless(text) == "'" + text


@pytest.mark.parametrize(("value", "shown"), [(-1.5, "-1.5"), (0, "0"), (None, ""), ("陳", "陳")])
def test_numbers_and_names_stay_as_they_are(value, shown):
    assert harmless(value) == shown


@given(st.text())
def test_no_text_begins_a_formula(text):
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r"))
