"""Remove what the user wrote or named from texts that others will read: captions, prompts, file names.

Keys are removed by `redaction`, which runs first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import cast

from segmind_studio.core.masks import MASK
from segmind_studio.store.redaction import clean_text, clean_value

_START = 3  # characters; shorter texts are too common to reveal anything
_OURS = frozenset({"segmind", "practice", "root", "home", "user", "users"})  # words of the app's own in every log
_WORD = re.compile(r"""[^\s/\\'"“”<>|:*?()\[\]{}=,;]+""")
_NAME = re.compile(r"(?i)\.(?:jpe?g|png|webp|gif|bmp|tiff?|heic|txt|zip|safetensors|part|run\.json)\b")
_QUOTED = re.compile(r"""(?x) (?<! [A-Za-z0-9] )
    (?: '(?P<one> (?: \\. | [^'\\\n] )+ )' | "(?P<two> (?: \\. | [^"\\\n] )+ )" | “(?P<curly> [^“”\n]+ )” )
    (?! [A-Za-z0-9] )
""")
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.]{0,60}")
_FOLDERS = re.compile(r"""(?x) (?<! [\w~./\\:] )
    (?: ~ | [A-Za-z]: | / (?: home | Users | media | mnt | run/media | Volumes ) / [^/\s]+ )
    [/\\] [^\s'"“”,:;()]*
""")
_ADDRESS = re.compile(r"(?i)(https?://)([^\s/\"'<>?#]+)([/?#][^\s\"'<>]*)?")
_KNOWN_HOSTS = re.compile(
    r"(?i)(?:[a-z0-9-]{1,63}+\.){0,9}(?:segmind\.com|amazonaws\.com)|127\.0\.0\.1|localhost|\[::1\]",
)
_CODE = (".py", ".pyi", ".so", ".dll", ".pyd", ".dylib")
_OWN_FILES = frozenset({"studio.sqlite3", "studio.sqlite3-wal", "settings.json", "studio.log", "crash.log"})


class PrivateWords:
    """Remove texts that are known to be the user's own, and those that may be: quotes, names of files, folders.

    `texts` may be very many: a log of some megabytes is read once, whatever their number. Any thread.
    """

    def __init__(self, texts: Iterable[str] = (), secrets: Iterable[str] = ()) -> None:
        self._secrets = tuple(secrets)
        self._known: dict[str, set[str]] = {}
        for text in texts:
            for form in _forms(text):
                self._known.setdefault(form[:_START], set()).add(form)
        self._lengths = {
            start: sorted({len(form) for form in forms}, reverse=True) for start, forms in self._known.items()
        }

    def text(self, text: str) -> str:
        """Return the text without secrets and without the user's own texts."""
        text = clean_text(text, self._secrets)
        text = self._without_known(text)
        text = _ADDRESS.sub(_short_address, text)
        text = _QUOTED.sub(_short_quote, text)
        return _WORD.sub(_short_name, _FOLDERS.sub(_short_folder, text))

    def value(self, value: object) -> object:
        """Return a decoded JSON value with all texts treated so; names of fields lose secrets only."""
        return self._texts(clean_value(value, self._secrets))

    def _texts(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: self._texts(item) for name, item in cast("Mapping[str, object]", value).items()}
        if isinstance(value, list):
            return [self._texts(item) for item in cast("list[object]", value)]
        return value

    def _without_known(self, text: str) -> str:
        pieces: list[str] = []
        place, done = 0, 0
        while place < len(text):
            found = self._found_at(text, place)
            if found:
                pieces += (text[done:place], MASK)
                place += found
                done = place
            else:
                place += 1
        return "".join((*pieces, text[done:]))

    def _found_at(self, text: str, place: int) -> int:
        """Return the length of the longest known text that begins here as a whole word, 0 for none."""
        start = text[place : place + _START]
        lengths = self._lengths.get(start)
        if lengths is None or (place and text[place].isalnum() and text[place - 1].isalnum()):
            return 0
        forms = self._known[start]
        for length in lengths:
            end = place + length
            whole = not (text[end - 1 : end].isalnum() and text[end : end + 1].isalnum())
            if whole and text[place:end] in forms:
                return length
        return 0


def _forms(text: str) -> set[str]:
    """Return the forms that a text may have in a log: line by line, and as Python and JSON quote it."""
    whole = text.strip()
    forms = {whole, repr(whole)[1:-1], json.dumps(whole)[1:-1], json.dumps(whole, ensure_ascii=False)[1:-1]}
    forms |= {line.strip() for line in whole.splitlines()}
    return {form for form in forms if len(form) >= _START and form.lower() not in _OURS}


def _short_address(found: re.Match[str]) -> str:
    """Return an address of the service unchanged, and of any other address only the host."""
    if _KNOWN_HOSTS.fullmatch(found[2].partition(":")[0] if not found[2].startswith("[") else found[2]):
        return found[0]
    return f"{found[1]}{found[2]}/{MASK}" if found[3] else found[0]


def _short_quote(found: re.Match[str]) -> str:
    """Keep quotes of program names; any other quote in a log came from outside the program."""
    inside = str(found["one"] or found["two"] or found["curly"])
    if _IDENTIFIER.fullmatch(inside) or inside.startswith(("http://", "https://")) or _harmless(inside):
        return found[0]
    return f"{found[0][0]}{MASK}{found[0][-1]}"


def _short_folder(found: re.Match[str]) -> str:
    return found[0] if _harmless(found[0]) else MASK


def _short_name(found: re.Match[str]) -> str:
    return MASK if _NAME.search(found[0]) else found[0]


def _harmless(path: str) -> bool:
    """Return whether a path names a part of a program, or a file that every copy of this app has."""
    return path.lower().endswith(_CODE) or re.split(r"[/\\]", path)[-1] in _OWN_FILES
