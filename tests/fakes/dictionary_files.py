"""A small dictionary in hunspell's format, written anew for each test."""

from __future__ import annotations

from pathlib import Path

RULES = """SET UTF-8
FLAG long
NEEDAFFIX XX
FORBIDDENWORD !!
REP 1
REP f ph
PFX Un Y 1
PFX Un 0 un .
SFX Ss Y 3
SFX Ss y ies [^aeiou]y
SFX Ss 0 s [aeiou]y
SFX Ss 0 s [^y]
SFX Ed Y 2
SFX Ed 0 d/Ss e
SFX Ed 0 ed [^e]
"""
WORDS = r"""11
a
cat/Ss
baby/Ss
day/Ss
red
tie/EdUnSs
photo/Ss
London
carpet/Ss
wrong/!!
mak/XXEd
and\/or
"""


def write_dictionary(folder: Path, name: str = "en_US", rules: str = RULES, words: str = WORDS) -> Path:
    """Write both files and return the path of the words."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.dic"
    path.write_text(words, encoding="utf-8")
    path.with_suffix(".aff").write_text(rules, encoding="utf-8")
    return path
