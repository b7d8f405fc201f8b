"""Captions from any editor come in; one plain form goes out."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.errors import DatasetError
from segmind_studio.dataset.captions import (
    MAX_CAPTION_BYTES,
    caption_bytes,
    clean_caption,
    decode_caption,
)

WORDS = "A photo of CHELSEA, à la fenêtre, 20 €"


@pytest.mark.parametrize("data", [
    WORDS.encode(),
    codecs.BOM_UTF8 + WORDS.encode(),
    WORDS.encode("utf-16"),
    codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"),
    WORDS.encode("utf-16-le"),
    WORDS.encode("utf-16-be"),
    WORDS.encode("cp1252"),
    b"  \r\n" + WORDS.encode() + b"\r\n\r\n",
])
def test_every_encoding_gives_the_same_words(data):
    assert decode_caption(data) == WORDS


def test_line_ends_become_plain():
    assert decode_caption(b"one\r\ntwo\rthree\n") == "one\ntwo\nthree"


def test_emoji_and_joiners_stay_controls_go():
    assert clean_caption("a\x00\x07 👩‍🚀 می‌خواهم\ufeff\ttab") == "a 👩‍🚀 می‌خواهم\ttab"


def test_a_caption_is_some_sentences():
    assert len(decode_caption(b"x" * MAX_CAPTION_BYTES)) == MAX_CAPTION_BYTES
    with pytest.raises(DatasetError, match="not used as a caption"):
        decode_caption(b"x" * (MAX_CAPTION_BYTES + 1))


@given(st.binary(max_size=500))
def test_any_bytes_become_clean_text(data):
    text = decode_caption(data)
    assert text == text.strip()
    assert not {chr(n) for n in range(32)} - {"\n", "\t"} & set(text)
    assert decode_caption(caption_bytes(text)) == text


@given(st.text())
def test_what_goes_out_is_utf8_without_a_mark(text):
    data = caption_bytes(text)
    assert not data.startswith(codecs.BOM_UTF8)
    assert b"\r" not in data
    assert data.decode("utf-8") == clean_caption(text).encode("utf-8", "replace").decode()


def test_lone_surrogates_do_not_stop_anything():
    assert caption_bytes("half \ud83d emoji") == b"half ? emoji"
    assert caption_bytes(" \n ") == b""
