"""What is sent for an image: the body, the way to the model, and the JSON of your own that is added to it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import cast

from segmind_studio.core.fields import is_finite_number
from segmind_studio.core.generated_images import GeneratedImage, ImageContent
from segmind_studio.core.numbers import decoded_json, number_parts
from segmind_studio.core.runs import Run
from segmind_studio.record import record
from segmind_studio.texts import _, listed

_ADDRESS = re.compile(r"(https?://[^/?#\s]{1,200})/(v1|v2)/([A-Za-z0-9][A-Za-z0-9._-]{0,199})")
_NO_EXTRA: Mapping[str, object] = MappingProxyType({})
_OWNED = ("prompt", "finetune_strength", "width", "height", "aspect_ratio", "seed")
_NEGATIVE = "negative_prompt"
_TAKE_NEGATIVE = frozenset({"QWEN"})  # Flux is made without one: it was trained to need no second prediction
_TAKE_OWN_SIZE = frozenset({"", "FLUX_PRO"})
MOST_EXTRA = 4000  # characters
MOST_IMAGES = 8  # of one press


class Way(StrEnum):
    """How a model is called."""

    AUTO = ""  # as its own address says
    DIRECT = "v1"  # the answer is the image
    QUEUED = "v2"  # the answer is an id, which is polled


def takes_negative(run: Run) -> bool:
    """Return whether a run's model is known to take a prompt of what must not be in the image."""
    return _base_model(run) in _TAKE_NEGATIVE


def takes_own_size(run: Run) -> bool:
    """Return whether a run's model is known to take any width and height in steps, as Flux Pro does."""
    return _base_model(run) in _TAKE_OWN_SIZE


def _base_model(run: Run) -> str:
    return run.base_model or str(run.body.get("base_model") or "")


def owned_names(*, negative: bool) -> tuple[str, ...]:
    """Return the names in the body that have fields of their own."""
    return (*_OWNED, _NEGATIVE) if negative else _OWNED


@record
class TryRequest:
    """One image to make. Sizes are pixels, `strength` is 0 to 2, a `seed` of None is drawn at the request.

    The model is called by `inference_api_url`, or by `slug` where it has none. With a `ratio` such as "2:3", that
    is sent and not the size. `extra` is a JSON object as text, in the form of `ExtraJson.canonical`.
    """

    run_id: str
    prompt: str
    seed: int | None = None
    strength: float = 1.0
    width: int = 1024
    height: int = 1024
    inference_api_url: str = ""
    slug: str = ""
    negative_prompt: str = ""
    ratio: str = ""
    extra: str = ""
    way: Way = Way.AUTO

    def params(self) -> dict[str, object]:
        """Return the request body."""
        body: dict[str, object] = {"prompt": self.prompt}
        if self.negative_prompt:
            body[_NEGATIVE] = self.negative_prompt
        if self.ratio:
            body["aspect_ratio"] = self.ratio
        else:
            body |= {"width": self.width, "height": self.height}
        body["finetune_strength"] = self.strength
        if self.seed is not None:
            body["seed"] = self.seed
        return {**extra_values(self.extra), **body}

    @property
    def call(self) -> tuple[str, bool]:
        """Return the address or the slug to call, "" where the model has none, and whether it is the queue."""
        found = _ADDRESS.fullmatch(self.inference_api_url)
        if found is None:
            queued = self.way is Way.QUEUED
            return (self.slug if queued else self.inference_api_url or self.slug), queued
        way = Way(found[2]) if self.way is Way.AUTO else self.way
        return f"{found[1]}/{way.value}/{found[3]}", way is Way.QUEUED

    @property
    def content(self) -> ImageContent:
        """Return what decides how the image looks; two requests of one content are for the same image."""
        return self.generated("", "", 0.0).content

    def generated(self, image_id: str, account_id: str, at: float) -> GeneratedImage:
        """Return the row of the image store for this request."""
        return GeneratedImage(
            image_id, account_id, self.run_id, at, prompt=self.prompt, seed=self.seed, strength=self.strength,
            width=self.width, height=self.height, slug=self.slug, negative_prompt=self.negative_prompt,
            ratio=self.ratio, extra=self.extra, way=self.way.value,
        )


@record
class ExtraJson:
    """The JSON that a person typed. `problem` is a sentence, "" when it can be sent; `place` is where it is wrong.

    `place` counts characters from 0; `canonical` is the text to send and to compare, "" for nothing.
    """

    canonical: str = ""
    problem: str = ""
    place: int = 0


class _RepeatedNameError(ValueError):
    """A name is in the object twice."""


def read_extra(text: str, *, negative: bool = False) -> ExtraJson:
    """Check what was typed: one JSON object, each name once, none that has a field of its own."""
    if not text.strip():
        return ExtraJson()
    if len(text) > MOST_EXTRA:
        return ExtraJson("", _("At most {most} characters can be sent.").format(most=MOST_EXTRA), MOST_EXTRA)
    try:
        value = decoded_json(text, strict=True, pairs=_pairs)
        canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(", ", ": "))
        canonical.encode()
    except (ValueError, RecursionError) as error:
        return _unreadable(text, error)
    if not isinstance(value, dict):
        return _at(text, 0, _("it must be a JSON object, such as {example}.").format(example='{"name": 1}'))
    names = cast("dict[str, object]", value)
    taken = [name for name in owned_names(negative=negative) if name in names]
    if taken:
        words = _("{names} has its own field above.").format(names=listed(f"“{name}”" for name in taken))
        return _at(text, text.find(json.dumps(taken[0])), words)
    return ExtraJson(canonical if names else "")


def _unreadable(text: str, error: Exception) -> ExtraJson:
    if isinstance(error, json.JSONDecodeError):
        return _at(text, error.pos, _("not valid JSON. Put names and texts in quotes, and commas between pairs."))
    if isinstance(error, _RepeatedNameError):
        name = str(error)
        return _at(text, text.rfind(json.dumps(name)), _("“{name}” appears twice.").format(name=name))
    return ExtraJson("", _("A number or a character in it cannot be sent."), 0)


def extra_values(canonical: str) -> Mapping[str, object]:
    """Return the values of a checked extra JSON; none when a stored one cannot be read any more."""
    if not canonical:
        return _NO_EXTRA
    try:
        value = decoded_json(canonical, strict=True)
    except ValueError:
        return _NO_EXTRA
    return cast("dict[str, object]", value) if isinstance(value, dict) else _NO_EXTRA


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    seen: set[str] = set()
    for name, _value in pairs:
        if name in seen:
            raise _RepeatedNameError(name)
        seen.add(name)
    return dict(pairs)


def _at(text: str, place: int, words: str) -> ExtraJson:
    place = max(0, min(place, len(text)))
    before = text[:place]
    where = _("Line {line}, character {character}: {words}").format(
        line=before.count("\n") + 1, character=place - (before.rfind("\n") + 1) + 1, words=words,
    )
    return ExtraJson("", where, place)


def numbers_in(
    text: str, *, most: float, least: float = 0.0, whole: bool = False, decimal_comma: bool = False,
) -> tuple[float, ...] | None:
    """Return the numbers of a list as `number_parts` reads it, each once and in order; None if one is no such."""
    found: list[float] = []
    for part in number_parts(text, decimal_comma=decimal_comma):
        try:
            number: float = int(part) if whole else float(part)
        except ValueError:
            return None
        if len(part) > 20 or not is_finite_number(number) or not least <= number <= most:  # noqa: PLR2004
            return None
        if number not in found:
            found.append(number)
    return tuple(found)


# -- the call for scripts

_SHELL_KEY = '-H "x-api-key: $SEGMIND_API_KEY"'


def call_as_curl(url: str, body: Mapping[str, object]) -> str:
    """Return the call as a shell command; the key is read from the environment, and never part of it."""
    import shlex  # noqa: PLC0415  # when first needed

    data = json.dumps(body, ensure_ascii=False, indent=2)
    return (
        f"curl --fail-with-body -X POST {shlex.quote(url)} \\\n  {_SHELL_KEY} \\\n"
        f"  -H 'Content-Type: application/json' \\\n  -d {shlex.quote(data)} \\\n  -o picture"
    )


_PYTHON = """import os

import requests

answer = requests.post(
    {url},
    headers={{"x-api-key": os.environ["SEGMIND_API_KEY"]}},
    json={body},
    timeout=180,
)
answer.raise_for_status()
"""
_PYTHON_DIRECT = """with open("picture", "wb") as file:
    file.write(answer.content)
print(answer.headers.get("content-type"), answer.headers.get("x-cost"))
"""
_PYTHON_QUEUED = """queued = answer.json()
print(queued["request_id"], "- poll, never send again:", queued["status_url"])
"""


def call_as_python(url: str, body: Mapping[str, object], *, queued: bool) -> str:
    """Return the call as a Python script; the key is read from the environment, and never part of it."""
    import pprint  # noqa: PLC0415  # when first needed

    shown = pprint.pformat(dict(body), indent=4, width=80, sort_dicts=False)
    lines = shown.splitlines()
    indented = "\n".join((lines[0], *(f"    {line}" for line in lines[1:])))
    head = _PYTHON.format(url=repr(url), body=indented)
    return head + (_PYTHON_QUEUED if queued else _PYTHON_DIRECT)
