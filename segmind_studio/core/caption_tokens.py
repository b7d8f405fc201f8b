"""How many tokens a text model makes of a caption, estimated.

A tokenizer library with its vocabulary would add tens of megabytes for one number. The estimate was compared with
the real vocabulary of CLIP on captions of people, places and products, sentences and tags: it is at most 3 tokens
or 15 % off, mostly too low. Names that nobody has heard of, and other scripts than Latin, are further off.

Kept apart: a measured rule with a test of its own, which a real tokenizer would replace.
"""

from __future__ import annotations

import re
from functools import lru_cache

CLIP_TOKENS = 75  # that a caption may have: 77 less the marks at its beginning and its end
T5_TOKENS = 512  # the most that Flux reads with its larger text model
_RUN = re.compile(r"[^\W\d_]+|\d|[^\w\s]+|_")
_VOWEL = re.compile(r"[aeiouy]")
_PLAIN_WORD = 7  # letters; longer words are often two tokens
_MORE = 6


@lru_cache(maxsize=20_000)
def estimated_tokens(text: str) -> int:
    """Return about how many tokens a caption has."""
    return sum(_of_run(run) for run in _RUN.findall(text))


def read_length(text: str, tokens: int) -> int:
    """Return how much of a text a model reads that takes so many tokens, in characters; all of it if it can."""
    left = tokens
    for run in _RUN.finditer(text):
        left -= _of_run(run.group())
        if left < 0:
            return run.start()
    return len(text)


def _of_run(run: str) -> int:
    run = run.lower()
    if not run.isalpha():
        return 1
    if not run.isascii():
        return max(1, round(len(run) * 0.9))
    if len(run) > 2 and not _VOWEL.search(run):  # noqa: PLR2004  # no word, so it is spelt in pieces
        return (len(run) + 1) // 2
    return 1 + max(0, len(run) - _PLAIN_WORD) // _MORE
