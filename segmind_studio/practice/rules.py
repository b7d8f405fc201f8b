"""The rules of the submit body, written from the documentation, independent of the window's own.

The first broken rule is reported. Unknown fields are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from segmind_studio.practice.answers import RefusalError, refused, refused_field
from segmind_studio.record import record

_REQUIRED = ("name", "data_source_path", "instance_prompt")
_BASE_MODELS = ("FLUX_PRO", "FLUX", "FAST_FLUX", "QWEN")
_THEMES = ("CHARACTER", "PRODUCT", "STYLE", "GENERAL")
_PRIORITIES = ("SPEED", "QUALITY", "HIGH_RES_ONLY")
_TYPES = ("FULL", "LORA")
_RANKS = (16, 32)
_DEFAULT_RATES = {"FULL": 0.00001, "LORA": 0.0001}
_FEWEST_ITERATIONS, _MOST_ITERATIONS = 100, 1000
_LOWEST_RATE, _HIGHEST_RATE = 0.000001, 0.005
_LONGEST_NAME = 64


@record
class Order:
    """A valid submit body, with the service's defaults filled in."""

    name: str
    data_source_path: str
    instance_prompt: str
    trigger_word: str
    base_model: str
    theme: str
    segmind_public: bool
    iterations: int
    captioning: bool
    priority: str
    finetune_type: str
    lora_rank: int
    learning_rate: float

    @property
    def price_cents(self) -> int:
        """Return upstream's list price: under 150 steps 2 dollars, up to 500 4, above 6."""
        if self.iterations < 150:  # noqa: PLR2004  # the price list itself
            return 200
        return 400 if self.iterations <= 500 else 600  # noqa: PLR2004  # the price list itself


def read_order(body: Mapping[str, object]) -> Order:
    """Return the order in a body; RefusalError with the reason when it breaks a rule."""
    _check_required(body)
    advance = body.get("advance_parameters", {})
    if not isinstance(advance, dict):
        raise refused_field(("advance_parameters",), "Input should be an object")
    more = cast("dict[str, object]", advance)
    finetune_type = _one_of(more, "finetune_type", _TYPES, "FULL")
    return Order(
        name=_name(body),
        data_source_path=_text(body, "data_source_path"),
        instance_prompt=_text(body, "instance_prompt"),
        trigger_word=_text(body, "trigger_word", "TOK"),
        base_model=_one_of(body, "base_model", _BASE_MODELS, "FLUX_PRO"),
        theme=_one_of(body, "theme", _THEMES, "GENERAL"),
        segmind_public=_flag(body, "segmind_public", default=False),
        iterations=_iterations(more),
        captioning=_flag(more, "captioning", default=True, inside=True),
        priority=_one_of(more, "priority", _PRIORITIES, "QUALITY"),
        finetune_type=finetune_type,
        lora_rank=_rank(more),
        learning_rate=_rate(more, _DEFAULT_RATES[finetune_type]),
    )


def _check_required(body: Mapping[str, object]) -> None:
    missing = [key for key in _REQUIRED if body.get(key) is None]
    if missing:
        raise RefusalError(400, {
            "detail": [{"loc": ["body", key], "msg": "Field required"} for key in missing],
        })


def _text(body: Mapping[str, object], key: str, default: str = "") -> str:
    value = body.get(key, default)
    if not isinstance(value, str):
        raise refused_field((key,), "Input should be a valid string")
    if not value.strip():
        raise refused(f"{key} must not be empty")
    return value


def _name(body: Mapping[str, object]) -> str:
    name = _text(body, "name")
    if len(name) > _LONGEST_NAME:
        raise RefusalError(400, {"message": f"name is longer than {_LONGEST_NAME} characters"})
    if re.fullmatch(r"[A-Za-z0-9_-]+", name) is None:
        raise RefusalError(400, {"message": "name may hold only letters, digits, '-' and '_'"})
    return name


def _one_of(body: Mapping[str, object], key: str, allowed: tuple[str, ...], default: str) -> str:
    value = body.get(key, default)
    if not isinstance(value, str) or value not in allowed:
        raise refused(f"{key} must be one of {', '.join(allowed)}")
    return value


def _flag(body: Mapping[str, object], key: str, *, default: bool, inside: bool = False) -> bool:
    value = body.get(key, default)
    if not isinstance(value, bool):
        place = ("advance_parameters", key) if inside else (key,)
        raise refused_field(place, "Input should be a valid boolean")
    return value


def _iterations(more: Mapping[str, object]) -> int:
    value = more.get("iterations", 300)
    if isinstance(value, bool) or not isinstance(value, int):
        raise refused_field(("advance_parameters", "iterations"), "Input should be a valid integer")
    if not _FEWEST_ITERATIONS <= value <= _MOST_ITERATIONS:
        raise refused(f"iterations must be between {_FEWEST_ITERATIONS} and {_MOST_ITERATIONS}")
    return value


def _rank(more: Mapping[str, object]) -> int:
    value = more.get("lora_rank", 32)
    if isinstance(value, bool) or not isinstance(value, int) or value not in _RANKS:
        raise refused("lora_rank must be 16 or 32")
    return value


def _rate(more: Mapping[str, object], default: float) -> float:
    value = more.get("learning_rate", default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise refused_field(("advance_parameters", "learning_rate"), "Input should be a valid number")
    if not _LOWEST_RATE <= value <= _HIGHEST_RATE:  # NaN is neither
        raise refused("learning_rate must be between 0.000001 and 0.005")
    return float(value)
