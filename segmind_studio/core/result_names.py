"""How a downloaded model file is named: a template with fields in braces, and what is wrong with one.

A name works on every system: files are copied to others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime

from segmind_studio.core.pricing import iterations_of
from segmind_studio.core.runs import Run
from segmind_studio.texts import _, listed

USUAL_NAME = "{name}"
FIELDS = ("name", "trigger", "date", "iterations")
LONGEST = 120  # characters of a template
_LONGEST_BYTES = 120  # of a name: systems take 255, some of them for the folders too
_FIELD = re.compile(r"\{([^{}]{0,40})\}")
_FORBIDDEN = '<>:"/\\|?*'  # of Windows, which forbids most
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..{0,200})?", re.IGNORECASE)
_AT_ENDS = " .-_"
_JOINTS = re.compile(r"([-_ .])[-_ .]{1,200}")


def template_problem(template: str) -> str:
    """Return in a sentence why a template cannot be used, "" when it can."""
    unknown = [field for field in _FIELD.findall(template) if field not in FIELDS]
    plain = _FIELD.sub("", template)
    odd = [char for char in dict.fromkeys(plain) if char in _FORBIDDEN or not char.isprintable()]
    if unknown:
        return _("There is no field {field}.").format(field=f"{{{unknown[0]}}}")
    if "{" in plain or "}" in plain:
        return _("A brace is not closed or not opened.")
    if odd:
        shown = listed(char if char.isprintable() else _("an invisible character") for char in odd)
        return _("File names cannot contain {characters}.").format(characters=shown)
    if len(template) > LONGEST:
        return _("The name is too long.")
    if not template.strip(_AT_ENDS):
        return _("Enter a name, or at least {field}.").format(field=USUAL_NAME)
    return ""


def result_stem(template: str, run: Run) -> str:
    """Return the name of a run's file without its suffix; by the usual template where this one has a problem."""
    used = USUAL_NAME if template_problem(template) else template
    values = _values(run)
    stem = _safe(_FIELD.sub(lambda found: values[found[1]], used)) or _safe(values["name"]) or "model"
    return f"{stem}-model" if _RESERVED.fullmatch(stem) else stem


def _values(run: Run) -> Mapping[str, str]:
    iterations = iterations_of(run)
    try:
        date = datetime.fromtimestamp(run.created_at).astimezone().date().isoformat()
    except (ValueError, OverflowError, OSError):
        date = ""
    return {
        "name": run.name, "trigger": run.trigger_word, "date": date, "iterations": str(iterations or ""),
    }


def _safe(text: str) -> str:
    """Return a text that can be a name: what a value lacks leaves no doubled joint behind."""
    plain = "".join(
        "-" if char in _FORBIDDEN or char.isspace() or not char.isprintable() else char
        for char in unicodedata.normalize("NFC", text)
    )
    short = _JOINTS.sub(r"\1", plain).strip(_AT_ENDS).encode("utf-8", "ignore")[:_LONGEST_BYTES]
    return short.decode("utf-8", "ignore").strip(_AT_ENDS)
