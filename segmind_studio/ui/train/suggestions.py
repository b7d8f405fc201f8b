"""What the form offers for a name and a prompt while they are empty."""

from __future__ import annotations

import re
import unicodedata

_LONGEST_NAME = 40
_PROMPTS = {
    "CHARACTER": "a photo of {0}, looking at the camera",
    "PRODUCT": "a photo of {0} on a plain background",
    "STYLE": "a street with old houses, in the style of {0}",
    "GENERAL": "a photo of {0}",
}


def suggested_name(dataset_name: str) -> str:
    """Give a name that the API takes, made of the dataset's; "" when nothing of it can be used."""
    plain = unicodedata.normalize("NFKD", dataset_name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-_")[:_LONGEST_NAME].rstrip("-_")


def suggested_prompt(theme: str, trigger_word: str) -> str:
    """Give a sentence that fits the theme and holds the trigger word; "" without one."""
    trigger = trigger_word.strip()
    return _PROMPTS.get(theme, _PROMPTS["GENERAL"]).format(trigger) if trigger else ""
