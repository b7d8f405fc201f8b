"""What the form fills in for a name and a prompt until the user types them.

Kept apart: it is Qt-free, and has tests of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from segmind_studio.core.datasets import Dataset
from segmind_studio.core.fields import Value, plain_line
from segmind_studio.core.form import TrainingForm
from segmind_studio.texts import N_

_LONGEST_NAME = 40
_PLAIN_NAME = "my-model"
_PROMPTS = {
    "CHARACTER": N_("a photo of {trigger}, looking at the camera"),
    "PRODUCT": N_("a photo of {trigger} on a plain background"),
    "STYLE": N_("a street with old houses, in the style of {trigger}"),
    "GENERAL": N_("a photo of {trigger}"),
}


def suggestions(form: TrainingForm, dataset: Dataset, taken: Iterable[str]) -> dict[str, Value]:
    """Return values for the fields that can be guessed; `taken` are the names of runs that are there already."""
    name = suggested_name(dataset.name) if dataset.photos else ""
    found: dict[str, Value] = {"name": _free(name or _PLAIN_NAME, taken)}
    prompt = suggested_prompt(form.text("theme"), form.text("trigger_word"))
    if prompt:
        found["instance_prompt"] = prompt
    return found


def _free(name: str, taken: Iterable[str]) -> str:
    """Return the name, with a number behind it when it is taken."""
    known = {other.casefold() for other in taken}
    free, number = name, 1
    while free.casefold() in known:
        number += 1
        free = f"{name}-{number}"
    return free


def suggested_name(dataset_name: str) -> str:
    """Return a name that the API takes, made of the dataset's; "" when nothing of it can be used."""
    plain = unicodedata.normalize("NFKD", dataset_name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-_")[:_LONGEST_NAME].rstrip("-_")


def suggested_prompt(theme: str, trigger_word: str) -> str:
    """Return a sentence that fits the theme and holds the trigger word; "" without one."""
    trigger = plain_line(trigger_word)
    return str(_PROMPTS.get(theme, _PROMPTS["GENERAL"])).format(trigger=trigger) if trigger else ""
