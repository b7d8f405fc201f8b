"""Extract the texts of the app, update the catalogues of its languages, and compile them. Run by `dev.py texts`.

    python packaging/catalogues.py [--check] [LANGUAGE…]

A language that is named and has no catalogue gets one, to be translated. `.po` and `.mo` are both kept in the
repository: the wheel and the source tree then need no Babel. Fails on an entry that is missing, fuzzy, or whose
placeholders are not those of the English text. `--check` writes nothing, and fails when something would change.
Needs Babel.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "segmind_studio"
FOLDER = ROOT / "resources" / "translations"
DOMAIN = "segmind_studio"
KEYWORDS = {
    "_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "NC_": ((1, "c"), 2),
}
_PLACEHOLDER = re.compile(r"\{[a-z_]*\}|%(?:\([a-z_]+\))?[sr]\b")  # ours, and argparse's
_HEADER = "# The texts of Segmind Studio. MIT licence, as the app.\n#"
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # a template that says when it was made would change each time


def extracted() -> Catalog:
    """Return all texts of the app as they are in the source now."""
    catalog = Catalog(
        project="segmind-studio", charset="utf-8", fuzzy=False, creation_date=_NO_TIME, header_comment=_HEADER,
    )
    found = extract_from_dir(
        str(SOURCE), method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for name, _line, message, comments, context in sorted(found, key=lambda item: (item[0], item[1])):
        catalog.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return catalog


def problems(catalog: Catalog) -> Iterator[str]:
    """Yield what is wrong with the catalogue of a language, an entry a line."""
    for message in catalog:
        if not message.id:
            continue
        forms = [text or "" for text in message.string] if isinstance(message.string, (list, tuple)) \
            else [message.string or ""]
        if not all(forms):
            yield f"missing: {_english(message)}"
        elif message.fuzzy:
            yield f"fuzzy: {_english(message)}"
        elif any(not set(_PLACEHOLDER.findall(form)) <= _placeholders(message) for form in forms):
            yield f"other placeholders: {_english(message)}"


def main(arguments: Sequence[str]) -> int:
    """Write the template and all catalogues, or only compare them; returns the exit code."""
    check, named = "--check" in arguments, {name for name in arguments if name != "--check"}
    template = extracted()
    files = {FOLDER / f"{DOMAIN}.pot": _po_bytes(template)}
    print(f"{len(template)} texts")
    wrong: list[str] = []
    there = {path.parent.parent.name for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    for language in sorted(there | named):
        path = FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"
        catalog = read_po(BytesIO(path.read_bytes()), locale=language) if path.exists() \
            else Catalog(language, project="segmind-studio", charset="utf-8", fuzzy=False, header_comment=_HEADER)
        catalog.update(template, update_header_comment=False)
        files[path], files[path.with_suffix(".mo")] = _po_bytes(catalog), _mo_bytes(catalog)
        found = list(problems(catalog))
        print(f"{language}: {len(catalog) - len(found)} of {len(catalog)} translated")
        wrong += [f"{language}: {line}" for line in found]
    for path, content in files.items():
        if check and (not path.exists() or path.read_bytes() != content):
            wrong.append(f"{path.relative_to(ROOT)} is not as the source has it: run packaging/dev.py texts")
        elif not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    print(*wrong, sep="\n")
    return 1 if wrong else 0


def _mo_bytes(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def _po_bytes(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_po(file, catalog, width=100, ignore_obsolete=True, include_lineno=False)
    return file.getvalue()


def _english(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (list, tuple)) else str(message.id)


def _placeholders(message: Message) -> set[str]:
    ids = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
    return {name for text in ids for name in _PLACEHOLDER.findall(str(text))}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
