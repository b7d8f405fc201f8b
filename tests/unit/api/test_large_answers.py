"""Small answers that would become large ones: found before they are decoded."""

import tracemalloc

import pytest

from segmind_studio.api.answers import JSON_LIMIT, Answer
from segmind_studio.api.problems import odd_answer
from segmind_studio.api.reading import json_of
from segmind_studio.core.errors import ApiError, ApiProblem
from tests.fakes.typed import the


@pytest.mark.parametrize("piece", [b"{},", b"[],", b"1.5,", b'"ab",', b"[[],", b'{"a":['])
def test_an_answer_of_millions_of_values_is_never_decoded(piece):
    body = b"[" + piece * (JSON_LIMIT // 4 // len(piece)) + b"0]"
    tracemalloc.start()
    with pytest.raises(ApiError) as caught:
        json_of(Answer(200, {}, body))
    odd_answer(Answer(200, {}, body))  # where its words are looked for
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.problem is ApiProblem.ODD_ANSWER
    assert most < 3_000_000


def test_the_list_of_a_large_account_is_read():
    job = b"{" + b",".join(b'"field%d": "x"' % n for n in range(40)) + b"}"
    assert len(the(list, json_of(Answer(200, {}, b"[" + b",".join([job] * 10_000) + b"]")))) == 10_000
