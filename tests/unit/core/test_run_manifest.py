"""The list of photos that a submission is made of, as the journal keeps it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmind_studio.core.runs import ManifestItem, manifest_items, manifest_text

ITEMS = st.lists(st.builds(
    ManifestItem, st.text(), st.integers(0), st.integers(), st.text(), st.integers(1, 8),
    st.sampled_from(["JPEG", "PNG", "WEBP", ""]),
)).map(tuple)


@settings(max_examples=100)
@given(items=ITEMS)
def test_it_reads_back_as_it_was(items: tuple[ManifestItem, ...]):
    assert manifest_items(manifest_text(items)) == items


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(payload=JSON)
def test_damage_is_always_a_value_error(payload: object):
    try:
        items = manifest_items(json.dumps(payload))
    except ValueError:
        return
    assert all(isinstance(item, ManifestItem) for item in items)


@pytest.mark.parametrize("text", [
    "", "[", "3", "null", "[3]", "[[]]", '[["a"]]', '[["a", "x", 1, "c", 1, "JPEG"]]',
])
def test_known_damage(text: str):
    with pytest.raises(ValueError):  # noqa: PT011  # the words are Python's own
        manifest_items(text)
