"""No pattern takes more than its share of time on hostile text: four times the text, four times the work."""

import ast
import functools
import importlib
import itertools
import pkgutil
import re
import time
from pathlib import Path
from typing import Any

import pytest

import segmind_studio
from segmind_studio.core.fields import FIELDS
from segmind_studio.core.masks import masked_body, masked_text
from segmind_studio.core.named_fields import fields_named
from segmind_studio.store.private_words import PrivateWords
from segmind_studio.store.redaction import clean_text

PACKAGE = Path(segmind_studio.__file__).parent
SHORT, LONG = 1_500, 6_000
MOST_GROWTH = 9.0  # four for what is linear, sixteen for what is quadratic
UNSEEN_S = 0.02  # what takes less on the long text is not quadratic, and too short to measure
UNITS = (
    " ", "\n", "'", '"', "“", "<", "&", "a", "1", "_", ".", "a.", ".1", "a b", "\\", "/", "=", ": ", "-",
    "'a", "\"a'", "/home/", "https://", "http://a@", "a:", "a:b@", "SG_", "x-api-key", "x-api-key ", "x-api-key: ",
    "x-api-key=%3D", "%53", "\u202e", "S\u200b", "\xff",
)
PARTS = 8
CALLS = {f"re.{name}" for name in ("sub", "match", "search", "fullmatch", "split", "findall", "finditer")}


@functools.cache
def patterns():
    """Find the compiled patterns of all modules, and those that are written where they are used."""
    found: set[tuple[Any, int]] = {(field.pattern, 0) for field in FIELDS if field.pattern}
    for module in pkgutil.walk_packages([str(PACKAGE)], "segmind_studio."):
        if module.name.endswith("__main__"):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, re.Pattern):
                found.add((value.pattern, value.flags & ~re.UNICODE))
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS:
                pattern = node.args[0]
                if isinstance(pattern, ast.Constant):
                    found.add((pattern.value, 0))
    return [re.compile(pattern, flags) for pattern, flags in sorted(found, key=repr)]


def work(func, text, enough=0.0):
    """Return the seconds of this thread alone, the least of five turns, or of those until it is below `enough`."""
    least = float("inf")
    for _ in range(5):
        begun = time.thread_time()
        func(text)
        least = min(least, time.thread_time() - begun)
        if least < enough:
            break
    return least


def grows(func, unit, tail=""):
    """Return by how much more work a text of four times the length is, 0.0 for what is too little to measure."""
    short, long = (unit * (size // len(unit)) + tail for size in (SHORT, LONG))
    spent = work(func, long, UNSEEN_S)
    return spent / max(work(func, short), 1e-9) if spent >= UNSEEN_S else 0.0


def applied(pattern):
    if isinstance(pattern.pattern, bytes):
        return lambda text: (pattern.sub(b"", text.encode()), pattern.fullmatch(text.encode()))
    return lambda text: (pattern.sub("", text), pattern.fullmatch(text))


@pytest.mark.parametrize("part", range(PARTS))
def test_every_pattern_is_linear(part):
    assert len(patterns()) > 40, "the modules were not walked"
    wrong = []
    for pattern in patterns()[part::PARTS]:
        text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
        own = [match[0] for match in itertools.islice(re.finditer(r"[A-Za-z_-]{3,}", text), 4)]
        own += [word + more for word in own[:2] for more in (" ", "=", "'")]
        wrong += [
            f"{pattern.pattern!r} on {unit!r}" for unit in (*UNITS, *own)
            if grows(applied(pattern), unit, "!") > MOST_GROWTH
        ]
    assert wrong == []


@pytest.mark.parametrize("func", [
    masked_text, lambda text: masked_text(text, ("SG_0123456789abcdef", "pass word")),
    lambda text: masked_body(text.encode(), "SG_0123456789abcdef"), clean_text, fields_named,
    PrivateWords(["a b", "aaa"]).text,
], ids=["masks", "known secrets", "bodies", "clean", "fields", "private words"])
def test_what_is_made_of_them_is_linear_too(func):
    heads = ("", "x-api-key", "x-api-key: b'", "https://", "SG_", "“", "/home/a")
    wrong = [
        f"{head!r} {unit!r}" for head in heads for unit in UNITS
        if grows(lambda text, head=head: func(head + text), unit) > MOST_GROWTH
    ]
    assert wrong == []


def test_the_measure_finds_what_is_quadratic():
    quadratic = applied(re.compile(r"\s*="))
    assert any(grows(quadratic, " ") > MOST_GROWTH for _once in range(5))  # a busy machine blurs it
