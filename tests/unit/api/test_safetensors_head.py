"""The head of a model file: read when it is whole, refused in words when it is anything else."""

import contextlib
import json
import struct
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.api.safetensors import MOST_NAMES, WeightsFacts, facts_of, metadata_of, read_header
from segmind_studio.core.errors import StudioError

HEAD = {
    "__metadata__": {"name": "cat", "odd": 3},
    "a": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, 8]},
    "b": {"dtype": "BF16", "shape": [2], "data_offsets": [8, 12]},
}


def file_of(tmp_path, head, data=b"x" * 12, length=None):
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    path = tmp_path / "m.safetensors"
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + data)
    return path


def test_a_whole_file(tmp_path):
    header = read_header(file_of(tmp_path, HEAD))
    assert set(header) == {"__metadata__", "a", "b"}
    assert metadata_of(header) == {"name": "cat"}


LORA = {
    "x.lora_A.weight": {"dtype": "BF16", "shape": [16, 4], "data_offsets": [0, 8]},
    "x.lora_B.weight": {"dtype": "BF16", "shape": [4, 16], "data_offsets": [8, 12]},
    "y.lora_down.weight": {"dtype": "F32", "shape": [8, 2], "data_offsets": [12, 12]},
}


def test_the_tensors_are_counted_and_named():
    facts = facts_of(LORA)
    assert (facts.tensors, facts.parameters, facts.ranks) == (3, 144, (8, 16))
    assert facts.dtypes == (("BF16", 2), ("F32", 1))
    assert facts.names[0] == "x.lora_A.weight  16 \N{MULTIPLICATION SIGN} 4  BF16"


@pytest.mark.parametrize("shape", [
    None, "4", [-1, 2], [1.5], [True], [2**40, 2], [[1]], list(range(9)), [None], {"0": 4},
])
def test_an_odd_shape_counts_nothing(shape):
    facts = facts_of({"x.lora_A.weight": {"dtype": ["F32"], "shape": shape, "data_offsets": [0, 0]}})
    assert (facts.tensors, facts.parameters, facts.ranks) == (1, 0, ())


def test_what_is_shown_of_a_header_is_bounded():
    entry = {"dtype": "x" * 1000, "shape": [2**31 - 1] * 8, "data_offsets": [0, 0]}
    header = {f"{number:06}.lora_A." + "n" * 1000: {**entry, "shape": [number, 1]} for number in range(5000)}
    facts = facts_of({**header, "big": entry, "__metadata__": {"a": "b"}})
    assert (facts.tensors, len(facts.names), facts.more) == (5001, MOST_NAMES, 5001 - MOST_NAMES)
    assert max(map(len, facts.names)) < 300
    assert len(facts.ranks) <= 8
    assert facts_of({}) == WeightsFacts(0, 0, (), (), (), 0)


def test_without_metadata(tmp_path):
    assert metadata_of(read_header(file_of(tmp_path, {"a": HEAD["a"]}, b"x" * 8))) == {}


@pytest.mark.parametrize("head", [
    [], "x", 1, None, {"a": 1}, {"a": {}}, {"a": {"data_offsets": "0-8"}}, {"a": {"data_offsets": [0]}},
    {"a": {"data_offsets": [8, 0]}}, {"a": {"data_offsets": [-1, 8]}}, {"a": {"data_offsets": [0, 13]}},
    {"a": {"data_offsets": [0, 1e3]}}, {"a": {"data_offsets": [True, 12]}}, {"a": {"data_offsets": [0, 8]}},
    {"a": {"data_offsets": [0, 12, "x"]}}, b"{broken", b"\xff\xfe", b"[" * 100_000, b"<html></html>",
])
def test_a_damaged_head_is_refused(tmp_path, head):
    with pytest.raises(StudioError) as caught:
        read_header(file_of(tmp_path, head))
    assert "safetensors" in caught.value.title


@pytest.mark.parametrize("length", [0, 100_000_001, 2**63, 2**64 - 1, 5000])
def test_an_impossible_length_is_refused(tmp_path, length):
    with pytest.raises(StudioError):
        read_header(file_of(tmp_path, HEAD, length=length))


@pytest.mark.parametrize("cut", [0, 4, 8, 20, -1])
def test_a_cut_file_is_refused(tmp_path, cut):
    path = file_of(tmp_path, HEAD)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(StudioError):
        read_header(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(StudioError):
        read_header(tmp_path / "none")


@given(st.binary(max_size=200))
def test_no_bytes_break_it(tmp_path_factory, body):
    path = tmp_path_factory.getbasetemp() / "any.safetensors"
    path.write_bytes(body)
    with contextlib.suppress(StudioError):
        assert isinstance(read_header(path), dict)


def test_a_head_of_millions_of_values_is_never_decoded(tmp_path):
    path = file_of(tmp_path, b'{"a":[' + b"{}," * 2_000_000 + b"0]}")
    tracemalloc.start()
    with pytest.raises(StudioError) as caught:
        read_header(path)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "values" in caught.value.detail
    assert most < 20_000_000  # the head itself


def test_the_makers_texts_are_cut(tmp_path):
    head = {"__metadata__": {f"{n}{'k' * 20_000}": "v" * 20_000 for n in range(200)}, "a": HEAD["a"]}
    metadata = metadata_of(read_header(file_of(tmp_path, head, b"x" * 8)))
    assert len(metadata) == 100
    assert max(len(key) + len(value) for key, value in metadata.items()) == 20_000
