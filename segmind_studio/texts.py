"""What a person reads, in the user's language: look-ups, marks, and which language is used. No Qt.

Every text of the app goes through here, whatever the layer, with placeholders by name:
`_("{name} is ready").format(name=run.name)`. Catalogues are GNU gettext's, one for each language, in
`resources/translations`; `packaging/dev.py texts` extracts, updates and compiles them. What the service says, what
files are called, and what the user wrote are no texts of the app.
"""

from __future__ import annotations

import gettext as catalogues
import os
import re
from collections.abc import Iterable
from pathlib import Path

from segmind_studio.record import record
from segmind_studio.resources import resource

DOMAIN = "segmind_studio"
ENGLISH = "en"
_NO_LANGUAGE = frozenset({"", "C", "POSIX"})
_RIGHT_TO_LEFT = frozenset({"ar"})
PSEUDO = "pseudo"  # every text marked and stretched, see `pseudo_language`
LANGUAGE_VARIABLE = "SEGMIND_STUDIO_LANGUAGE"  # asks for a language, and names it for processes of the app

NAMES = {  # as its own speakers call it; the list they choose from is read by those who read no other
    "en": "English", "ar": "العربية", "de": "Deutsch", "es": "Español", "fr": "Français", "ja": "日本語",
    "zh_CN": "简体中文",
}


class _Used:
    """The catalogue in use. It is set before the first window and read from any thread."""

    catalogue = catalogues.NullTranslations()
    language = ENGLISH
    code = ENGLISH


def use(languages: Iterable[str]) -> str:
    """Use the first language that there is a catalogue for; return it. English needs none, nor does `PSEUDO`.

    `languages` are in order of preference, as `de_AT` or `de-AT`; "" is skipped. Call it before texts are shown:
    those that were looked up stay as they are.
    """
    _Used.language, _Used.code, _Used.catalogue = _found(languages)
    return _Used.language


def use_terminal() -> str:
    """Use the language of the terminal that the app is started in, for what is written there; return it.

    It is what `LANGUAGE_VARIABLE` names, then what gettext's own variables do. The window asks the system itself.
    The words of argparse come from gettext's default domain, so this makes the app's catalogue the default one.
    """
    named = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    usual = next((code for code in named if code), "").partition(".")[0]
    several = os.environ.get("LANGUAGE", "").split(":") if usual not in _NO_LANGUAGE else []
    asked = os.environ.get(LANGUAGE_VARIABLE, "")
    used = use(code for code in (asked, *several, usual) if code not in _NO_LANGUAGE)
    if asked:
        os.environ["LANGUAGE"] = _Used.code
    catalogues.bindtextdomain(DOMAIN, str(resource("translations")))
    catalogues.textdomain(DOMAIN)
    return used


def use_environment() -> str:
    """Use the language that `LANGUAGE_VARIABLE` names, for a process that the app has started; return it."""
    return use([os.environ.get(LANGUAGE_VARIABLE, "")])


def used_language() -> str:
    """Return the code of the language in use, such as "en" or "pt_BR"."""
    return _Used.language


def used_code() -> str:
    """Return the code of the catalogue in use, "de" where the language is "de_AT". Help pages are filed by it."""
    return _Used.code


def available() -> dict[str, str]:
    """Return the languages that there are texts in, English first: by their codes, each named in its own words."""
    files = resource("translations").glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    return {code: NAMES.get(code, code) for code in (ENGLISH, *sorted(file.parent.parent.name for file in files))}


def found(languages: Iterable[str]) -> str:
    """Return the code of the catalogue that `use` would take."""
    return _found(languages)[1]


def _found(languages: Iterable[str]) -> tuple[str, str, catalogues.NullTranslations]:
    for code in (language.replace("-", "_") for language in languages if language):
        if code == PSEUDO:
            from segmind_studio.pseudo_language import PseudoTranslations  # noqa: PLC0415  # for developers alone

            return PSEUDO, PSEUDO, PseudoTranslations()
        if code.partition("_")[0] == ENGLISH:
            break
        file = catalogues.find(DOMAIN, str(resource("translations")), [code])  # of de_AT, de_AT or de
        if file:
            named = Path(file).parent.parent.name
            return code, named, catalogues.translation(DOMAIN, str(resource("translations")), [code])
    return ENGLISH, ENGLISH, catalogues.NullTranslations()


@record
class Text:
    """A text that is looked up when it is shown: `str(text)`, or inside of `format`. For constants of modules.

    It is no `str`, so that none can be shown by mistake as it was written. Made by `N_` and `NC_`.
    """

    message: str
    context: str = ""

    def __str__(self) -> str:
        return pgettext(self.context, self.message) if self.context else _(self.message)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def _(message: str) -> str:
    """Return a text in the language in use."""
    return _Used.catalogue.gettext(message) if message else ""


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a text that `count` takes; it still holds its placeholders."""
    return _Used.catalogue.ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """Return a text whose English has two uses; `context` says which, for translators."""
    return _Used.catalogue.pgettext(context, message)


def N_(message: str) -> Text:  # noqa: N802  # gettext's own name for it
    """Mark a text in a constant; it is looked up when it is shown."""
    return Text(message)


def NC_(context: str, message: str) -> Text:  # noqa: N802  # gettext's own name for it
    """Mark a text as `N_` does, with a context as for `pgettext`."""
    return Text(message, context)


def stored(message: str) -> str:
    """Return a text that was kept as it was written in the code, in the language in use; others as they are.

    What is compared after it was kept is kept as `Text.message`, so that it means the same in each language.
    """
    return _(message)


def capitalised(text: str | Text) -> str:
    """Return a part of a sentence as it is written where it stands alone: with a capital, where there are any."""
    said = str(text)
    return said[:1].upper() + said[1:]


def unmarked(text: str) -> str:
    """Return a menu's text without the mark of its key, which stands behind Japanese words: "編集(&E)"."""
    return re.sub(r"\(&\w\)|&(&?)", r"\1", text)


def sentences(*texts: str | Text) -> str:
    """Join whole sentences in the way of the language; empty ones are left out."""
    said = ""
    for text in filter(None, map(str, texts)):
        # Translators: two whole sentences, one behind the other. Languages without spaces take it out.
        said = _("{first} {second}").format(first=said, second=text) if said else text
    return said


def own(text: str | Text) -> str:
    """Return words that are not a sentence of the app's, such as a name, as they stand among its words.

    From right to left they keep their own direction, or the dots and digits of a file name would change places.
    """
    return f"\u2068{text}\u2069" if _Used.code in _RIGHT_TO_LEFT else str(text)


def listed(texts: Iterable[str | Text]) -> str:
    """Join the items of a list in the way of the language: "a, b, c"."""
    said = ""
    for text in map(own, texts):
        # Translators: two items of a list. The first may be a list already.
        said = _("{first}, {second}").format(first=said, second=text) if said else text
    return said
