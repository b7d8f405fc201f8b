"""Spelling dictionaries on this computer, in the format of hunspell: a list of words (.dic) and rules (.aff).

All forms of all words are built once, into memory; a lookup is then one step, so that the window may ask at each
key. That fits languages that inflect little, and captions are mostly English. A dictionary that joins words by
rules (German, Hungarian) would have no end of forms: it is refused with a sentence. The one port of hunspell to
Python has had no release for years, loads twice as long, and takes seconds for proposals; the others need its C
library installed.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from segmind_studio.core.errors import CancelledError, DatasetError
from segmind_studio.dataset.files import read_bounded
from segmind_studio.record import record
from segmind_studio.texts import _

_LONGEST_FILE = 20_000_000  # bytes
_MOST_FORMS = 1_500_000  # about 150 MB
_DEEPEST = 2  # affixes after each other on one side
_JOINING = frozenset({"AF", "COMPLEXPREFIXES", "COMPOUNDBEGIN", "COMPOUNDFLAG"})
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_CLASSES = re.compile(r"\[\^?[^\[\]\\]{1,200}\]|[^\[\]\\.()*+?{}|^$]|\.")


@record
class SpellingDictionary:
    """All forms of the words of one language; `name` is its file's, such as "en_US"."""

    name: str
    words: frozenset[str]
    swaps: tuple[tuple[str, str], ...] = ()  # frequent mistakes, and what is meant
    letters: frozenset[str] = frozenset()  # that its words have, in lower case

    def knows(self, word: str) -> bool:
        """Return whether a word is spelt right, also capitalised, in capitals, or with a possessive."""
        plain = word.replace("\u2019", "'")
        if plain in self.words or plain.lower() in self.words:
            return True
        if plain.isupper() and plain.capitalize() in self.words:
            return True
        return plain.lower().endswith("'s") and self.knows(plain[:-2])

    def proposals(self, word: str, most: int = 5) -> tuple[str, ...]:
        """Return known words that differ by one mistake, the likeliest first, in the case of the word."""
        plain = word.replace("\u2019", "'").lower()
        found: dict[str, None] = {}
        for candidate in (*self._swapped(plain), *_one_edit(plain)):
            known = candidate if self._whole(candidate) else candidate.capitalize()
            if candidate != plain and self._whole(known):
                found[known.capitalize() if word[:1].isupper() else known] = None
                if len(found) == most:
                    break
        return tuple(found)

    def _whole(self, text: str) -> bool:
        """Return whether a text is one known word or several."""
        return bool(text) and self.words.issuperset(text.split(" "))

    def _swapped(self, word: str) -> Iterator[str]:
        for wrong, right in self.swaps:
            place = word.find(wrong)
            while place >= 0:
                yield word[:place] + right + word[place + len(wrong) :]
                place = word.find(wrong, place + 1)


def _one_edit(word: str) -> Iterator[str]:
    """Yield what one swap, one letter less, another letter and one letter more make of a word."""
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    yield from (left + right[1] + right[0] + right[2:] for left, right in parts if len(right) > 1)
    yield from (left + right[1:] for left, right in parts if right)
    yield from (left + letter + right for left, right in parts for letter in _ALPHABET)
    yield from (left + letter + right[1:] for left, right in parts if right for letter in _ALPHABET)
    yield from (f"{left} {right}" for left, right in parts if left and right)


def dictionary_folders() -> tuple[Path, ...]:
    """Return where dictionaries of this system, of LibreOffice and of the user may be."""
    home = Path.home()
    if sys.platform == "win32":
        programs = Path(os.environ.get("PROGRAMFILES", "C:\\Program Files"))
        return home / "AppData/Roaming/hunspell", programs / "LibreOffice/share/extensions"
    if sys.platform == "darwin":
        office = Path("/Applications/LibreOffice.app/Contents/Resources/extensions")
        return home / "Library/Spelling", Path("/Library/Spelling"), Path("/opt/homebrew/share/hunspell"), office
    shared = ("/usr/share/hunspell", "/usr/share/myspell", "/usr/share/myspell/dicts", "/usr/local/share/hunspell")
    office = Path("/usr/lib/libreoffice/share/extensions")
    return home / ".local/share/hunspell", *map(Path, shared), office


def dictionaries(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Return the .dic files that have an .aff beside them, one for each name; English ones first."""
    found: dict[str, Path] = {}
    for folder in folders:
        try:
            files = sorted([*folder.glob("*.dic"), *folder.glob("dict-*/*.dic")])
        except OSError:
            continue
        for path in files:
            if path.with_suffix(".aff").is_file():
                found.setdefault(path.stem, path)
    return tuple(sorted(found.values(), key=lambda path: (not is_english(path), path.stem)))


def is_english(path: Path) -> bool:
    """Return whether a dictionary is of the language that the text models read."""
    return re.split(r"[_-]", path.stem)[0].lower() == "en"


def read_dictionary(path: Path, cancelled: Callable[[], bool] = lambda: False) -> SpellingDictionary:
    """Read a .dic file and the .aff file beside it; takes a second or more.

    DatasetError if that is not possible, CancelledError on a cancel.
    """
    rules = _Rules.read(_text(path.with_suffix(".aff")))
    if rules.joining:
        raise _refused(path.stem)
    words: set[str] = set()
    for line in _text(path, rules.encoding).splitlines()[1:]:
        if cancelled():
            raise CancelledError
        entry = line.split("\t", 1)[0].strip().replace("\\/", "\0")
        stem, _slash, flags = entry.partition("/")
        held = frozenset(rules.flags(flags.split(" ", 1)[0]))
        if not stem or rules.forbidden & held:
            continue
        stem = stem.replace("\0", "/")
        if not rules.bound & held:
            words.add(stem)
        words.update(rules.forms(stem, held))
        if len(words) > _MOST_FORMS:
            raise _refused(path.stem)
    letters = frozenset(letter for word in words for letter in word.lower()) | {"'", "\u2019"}
    return SpellingDictionary(path.stem, frozenset(words), tuple(rules.swaps), letters)


def _refused(name: str) -> DatasetError:
    return DatasetError(
        _("The dictionary {name} uses rules that the app does not support.").format(name=name),
        _("Choose another dictionary. English ones work."),
    )


def _text(path: Path, encoding: str = "") -> str:
    data = read_bounded(path, _LONGEST_FILE)
    if len(data) > _LONGEST_FILE:
        raise _refused(path.stem)
    if not encoding:
        named = re.search(rb"^SET\s+(\S+)", data, re.MULTILINE)
        encoding = named[1].decode("ascii", "replace") if named else "latin-1"
    try:
        return data.decode(encoding, "replace").lstrip("\ufeff")
    except LookupError:
        return data.decode("latin-1")


@record
class _Affix:
    strip: str
    add: str
    condition: re.Pattern[str]
    more: frozenset[str]  # flags of affixes that may follow


@dataclass(slots=True)
class _Rules:
    """What an .aff file says, as far as it is used."""

    encoding: str = "latin-1"
    flag_kind: str = ""
    prefixes: dict[str, list[_Affix]] = field(default_factory=dict[str, list[_Affix]])
    suffixes: dict[str, list[_Affix]] = field(default_factory=dict[str, list[_Affix]])
    crossing: set[str] = field(default_factory=set[str])  # flags whose prefix and suffix go together
    forbidden: set[str] = field(default_factory=set[str])
    bound: set[str] = field(default_factory=set[str])  # stems that are no word by themselves
    swaps: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    joining: bool = False

    @classmethod
    def read(cls, text: str) -> _Rules:
        """Read the lines of a file."""
        rules = cls()
        for line in text.splitlines():
            rules._take(line.split())
        return rules

    def _take(self, parts: list[str]) -> None:
        match parts:
            case ["SET", name, *_rest]:
                self.encoding = name
            case ["FLAG", kind, *_rest]:
                self.flag_kind = kind
            case ["FORBIDDENWORD", flag, *_rest]:
                self.forbidden.add(flag)
            case ["NEEDAFFIX" | "ONLYINCOMPOUND", flag, *_rest]:
                self.bound.add(flag)
            case ["REP", wrong, right, *_rest]:
                self.swaps.append((wrong.strip("^$"), right.replace("_", " ")))
            case ["PFX" | "SFX", flag, cross, count] if cross in {"Y", "N"} and count.isdigit():
                if cross == "Y":
                    self.crossing.add(flag)
            case ["PFX" | "SFX" as kind, flag, strip, add, *rest]:
                add, _slash, more = add.partition("/")
                affix = _Affix(
                    "" if strip == "0" else strip, "" if add == "0" else add,
                    _condition(rest[0] if rest else ".", at_end=kind == "SFX"), frozenset(self.flags(more)),
                )
                (self.prefixes if kind == "PFX" else self.suffixes).setdefault(flag, []).append(affix)
            case [name, *_rest] if name in _JOINING:
                self.joining = True
            case _:
                pass

    def flags(self, text: str) -> Iterable[str]:
        """Return the flags behind a word."""
        if self.flag_kind == "num":
            return text.split(",") if text else ()
        if self.flag_kind == "long":
            return [text[at : at + 2] for at in range(0, len(text), 2)]
        return text

    def forms(self, stem: str, flags: frozenset[str], depth: int = 1) -> Iterator[str]:
        """Yield a stem with each of its suffixes, each of its prefixes, and both."""
        prefixes = [(flag, affix) for flag in flags for affix in self.prefixes.get(flag, ())]
        for _flag, prefix in prefixes:
            if stem.startswith(prefix.strip) and prefix.condition.match(stem):
                yield prefix.add + stem[len(prefix.strip) :]
        for flag in flags:
            for affix in self.suffixes.get(flag, ()):
                if not (stem.endswith(affix.strip) and affix.condition.search(stem)):
                    continue
                form = stem[: len(stem) - len(affix.strip)] + affix.add
                yield form
                if affix.more and depth < _DEEPEST:
                    yield from self.forms(form, affix.more, depth + 1)
                for prefix_flag, prefix in prefixes:
                    if {flag, prefix_flag} <= self.crossing and prefix.condition.match(stem):
                        yield prefix.add + form[len(prefix.strip) :]


def _condition(text: str, *, at_end: bool) -> re.Pattern[str]:
    """Return the condition of an affix as a pattern: letters, classes in brackets and dots, nothing else."""
    parts = _CLASSES.findall(text)
    safe = "".join(parts) if "".join(parts) == text else re.escape(text)
    return re.compile(f"{safe}$" if at_end else safe)
