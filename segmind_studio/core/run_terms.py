"""The query language over runs: its fields, with what each means, and what completes one being typed.

`status:training tag:anna iterations:>300 cost:<5 is:archived or -has:note`. Plain words are looked for each on its
own, in all that `RunTexts` returns of a run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import cast

from segmind_studio.core.fields import Group, is_finite_number
from segmind_studio.core.label_colours import RunColour
from segmind_studio.core.query_language import (
    Completion,
    Language,
    Query,
    choice,
    comparison,
    completion_of,
    need_value,
)
from segmind_studio.core.runs import DECISION_STAGES, ENDED_STAGES, FAILED_STAGES, Run
from segmind_studio.record import record


@record
class RunTexts:
    """What a query needs besides the run itself: texts as the window shows them.

    `words` returns all that plain words are looked for in, `status` the words for its state, `dataset` and `model`
    the names of its dataset and base model, each in lower case.
    """

    words: Callable[[Run], str]
    status: Callable[[Run], str]
    dataset: Callable[[Run], str]
    model: Callable[[Run], str]


RunQuery = Query[Run, RunTexts]
_Test = Callable[[Run, RunTexts], bool]
_UNKNOWN = float("nan")  # neither above nor below any number
ARCHIVED = "is:archived"


def sent_number(run: Run, key: str) -> float | None:
    """Return a number of the settings that were sent; None where they are not known."""
    value = run.body.get(key)
    if value is None:
        advance = run.body.get(Group.ADVANCE.value)
        value = cast("Mapping[str, object]", advance).get(key) if isinstance(advance, Mapping) else None
    return value if is_finite_number(value) else None


def _body_text(run: Run, key: str) -> str:
    value = run.body.get(key)
    return value.casefold() if isinstance(value, str) else ""


_TEXTS: dict[str, Callable[[Run, RunTexts], str]] = {
    "status": lambda run, texts: texts.status(run),
    "name": lambda run, _texts: run.name.casefold(),
    "dataset": lambda run, texts: texts.dataset(run),
    "model": lambda run, texts: texts.model(run),
    "trigger": lambda run, _texts: run.trigger_word.casefold(),
    "theme": lambda run, _texts: _body_text(run, "theme"),
    "prompt": lambda run, _texts: _body_text(run, "instance_prompt"),
    "note": lambda run, _texts: run.notes.casefold(),
}
_TAG = "tag"
_COLOUR = "colour"
_NUMBERS: dict[str, Callable[[Run], float | None]] = {
    "iterations": lambda run: sent_number(run, "iterations"),
    "photos": lambda run: run.image_count or None,
    "cost": lambda run: run.cost,
}
_STATES: dict[str, _Test] = {
    "archived": lambda run, _texts: run.put_away,
    "active": lambda run, _texts: run.active,
    "ready": lambda run, _texts: run.ready,
    "failed": lambda run, _texts: run.stage in FAILED_STAGES,
    "waiting": lambda run, _texts: run.stage in DECISION_STAGES,
    "ended": lambda run, _texts: run.stage in ENDED_STAGES,
    "pinned": lambda run, _texts: run.pinned,
    "public": lambda run, _texts: run.public is True,
    "private": lambda run, _texts: run.public is False,
    "elsewhere": lambda run, _texts: not run.made_here,
    "unlisted": lambda run, _texts: run.absent,
}
_HAVING: dict[str, _Test] = {
    "note": lambda run, _texts: bool(run.notes.strip()),
    "tag": lambda run, _texts: bool(run.tags),
    "colour": lambda run, _texts: RunColour.of(run) is not RunColour.NONE,
    "cost": lambda run, _texts: run.cost is not None,
    "file": lambda run, _texts: bool(run.result_path),
    "error": lambda run, _texts: bool(run.error.strip()),
}
_COLOURS: dict[str, _Test] = {
    colour.value: lambda run, _texts, colour=colour: RunColour.of(run) is colour
    for colour in RunColour if colour is not RunColour.NONE
}
_CHOICES = {"is": _STATES, "has": _HAVING, _COLOUR: _COLOURS}
RUN_FIELDS = (*_TEXTS, _TAG, *_NUMBERS, *_CHOICES)


def _words(text: str) -> _Test:
    wanted = text.casefold().split()
    if len(wanted) == 1:  # as most searches begin
        return _phrase(text.strip())
    return lambda run, texts: _holds_all(texts.words(run), wanted)


def _holds_all(text: str, wanted: Sequence[str]) -> bool:
    return all(word in text for word in wanted)


def _phrase(text: str) -> _Test:
    wanted = text.casefold()
    return lambda run, texts: wanted in texts.words(run)


def _term(name: str, value: str, quoted: bool) -> _Test:  # noqa: FBT001  # as `Language` has it
    if name in _CHOICES:
        return choice(name, value, _CHOICES[name])
    if name == _TAG:
        need_value(name, value)
        return _tag_test(value.casefold(), whole=quoted)
    if name in _TEXTS:
        need_value(name, value)
        read, wanted = _TEXTS[name], value.casefold()
        return lambda run, texts: wanted in read(run, texts)
    compare, number = comparison(name, value), _NUMBERS[name]
    return lambda run, _texts: compare(_UNKNOWN if (found := number(run)) is None else found)


def _tag_test(wanted: str, *, whole: bool) -> _Test:
    if whole:
        return lambda run, _texts: any(tag.casefold() == wanted for tag in run.tags)
    return lambda run, _texts: any(wanted in tag.casefold() for tag in run.tags)


_LANGUAGE: Language[Run, RunTexts] = Language(RUN_FIELDS, _words, _phrase, _term)


@lru_cache(maxsize=64)
def parse_run_query(text: str) -> RunQuery:
    """Return a query as read; QueryError with its place when it cannot be read. An empty one wants every run."""
    return _LANGUAGE.parse(text)


def run_completion(text: str, place: int, vocabulary: Callable[[], Sequence[str]] = tuple) -> Completion:
    """Return what completes the word before `place`; `vocabulary` returns the tags that there are."""
    def values(name: str, _typed: str) -> Sequence[str]:
        if name == _TAG:
            return tuple(tag if tag.isalnum() else f'"{tag}"' for tag in vocabulary())
        return tuple(_CHOICES.get(name, ()))

    return completion_of(text, place, RUN_FIELDS, values)


def tag_query(tag: str) -> str:
    """Return the query for the runs that have a tag."""
    return f'{_TAG}:"{tag.replace(chr(34), " ")}"'
