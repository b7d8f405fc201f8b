"""Foreign text becomes a number, JSON or characters by one module, which never raises anything else."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.numbers import decoded_json, finite_number, unescaped, whole_number

HUGE = "9" * 5000


@pytest.mark.parametrize(("text", "number"), [
    ("0", 0), ("007", 7), ("9" * 18, 10**18 - 1), ("9" * 19, None), (HUGE, None), ("", None), ("-1", None),
    ("+1", None), (" 1", None), ("1\n", None), ("1_0", None), ("\u0661", None), ("\u00b2", None),
])
def test_a_whole_number_has_a_few_plain_digits(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize(("value", "number"), [
    (1, 1.0), ("1.5", 1.5), (" 2 ", 2.0), ("-1e3", -1000.0), (HUGE, None), (10**400, None), ("1e999", None),
    ("nan", None), (math.inf, None), (True, None), (None, None), ([], None), ("1_0", None), ("", None),
])
def test_a_finite_number_comes_of_numbers_and_texts(value, number):
    assert finite_number(value) == number


@pytest.mark.parametrize(("text", "value"), [
    (f'{{"a": {HUGE}, "b": 7, "c": "x"}}', {"a": None, "b": 7, "c": "x"}),
    (f"[-{HUGE}, 1e{HUGE}, NaN]", [None] * 3),
    ("[-Infinity, 1.5, 18446744073709551615]", [None, 1.5, 2**64 - 1]),
])
def test_json_with_numbers_that_cannot_be_is_read_without_them(text, value):
    assert decoded_json(text) == decoded_json(text.encode()) == value
    if value != [None, 1.5, 2**64 - 1]:
        with pytest.raises(ValueError, match="no number"):
            decoded_json(text, strict=True)


@pytest.mark.parametrize("content", ["", "{", b"\xff\xfe\xfd", "[" * 200_000, '{"a":' * 200_000])
def test_what_is_no_json_is_a_value_error(content):
    with pytest.raises(ValueError):  # noqa: PT011  # its text is of no use
        decoded_json(content)


@given(st.recursive(
    st.none() | st.booleans() | st.integers(-10**39, 10**39) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
))
def test_usual_json_stays_as_it_is(value):
    assert decoded_json(json.dumps(value), strict=True) == value


@pytest.mark.parametrize(("text", "plain"), [
    ("a &amp; b", "a & b"), ("&#65;&#x42;", "AB"), (f"x&#{HUGE};y", "x\ufffdy"), (f"&#x{HUGE}", "\ufffd"),
    (f"&#{HUGE}&#65;", "\ufffdA"), ("&#1114112;", "\ufffd"), ("&unknown;", "&unknown;"), ("&#;", "&#;"),
])
def test_references_to_characters_that_cannot_be_are_replaced(text, plain):
    assert unescaped(text) == plain


@given(st.text(alphabet="&#xX;0123456789abcdef"))
def test_no_reference_breaks(text):
    assert isinstance(unescaped(text), str)
