"""Numbers are written in full and read back as the same number."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.fields import number_text


@pytest.mark.parametrize(("value", "text"), [
    (300, "300"), (300.0, "300"), (0.00001, "0.00001"), (0.0001, "0.0001"), (0.000001, "0.000001"),
    (0.005, "0.005"), (1e-11, "0.00000000001"), (0, "0"), (-2.5, "-2.5"), (1e21, "1" + "0" * 21),
    (10**400, "1" + "0" * 400),
])
def test_known_numbers(value: float, text: str):
    assert number_text(value) == text


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_nothing_is_rounded_away(value: float):
    text = number_text(value)
    assert "e" not in text.lower()
    assert float(text) == value


@given(value=st.integers())
def test_whole_numbers_have_no_point(value: int):
    assert number_text(value) == str(value)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_what_is_no_number_is_still_a_text(value: float):
    assert number_text(value)
