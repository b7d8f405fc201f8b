"""The training form as one immutable value: what was typed, what was changed, what will be sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import field, replace
from types import MappingProxyType
from typing import Self, cast

from segmind_studio.core.fields import (
    FIELD_BY_KEY,
    FIELDS,
    LEARNING_RATE_BY_TYPE,
    LINES,
    Group,
    Kind,
    Value,
    is_finite_number,
    number_text,
    plain_line,
)
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.sweep import Sweep
from segmind_studio.record import record
from segmind_studio.texts import N_, Text

MASKED_KEY = "YOUR_API_KEY"
SUBMIT_PATH = "/finetune/request/submit"
_NOTHING: Mapping[str, Value] = MappingProxyType({})
_EXPONENT = re.compile(r'^( *"[^"\\]*": )(-?[0-9.]+e[-+]?[0-9]+)(?=,?$)', re.MULTILINE)  # 1e-05 on a line


@record
class Preset:
    """A named set of visible field values."""

    key: str
    name: Text
    hint: Text
    values: Mapping[str, Value]


PRESETS: tuple[Preset, ...] = (
    Preset(
        "explore",
        N_("Explore"),
        N_("A quick, cheap test of your photos."),
        MappingProxyType({"iterations": 120}),
    ),
    Preset("standard", N_("Standard"), N_("The service's default."), MappingProxyType({"iterations": 300})),
    Preset(
        "thorough", N_("Thorough"), N_("For hard subjects and fine detail."), MappingProxyType({"iterations": 600})
    ),
)


@record
class TrainingForm:
    """The user's input; fields that were not changed keep their defaults.

    `touched` maps the keys of `core.fields.FIELDS` to values, valid or not: a half-filled form is kept as it is,
    except for what cannot be seen in a line.
    Unknown keys are dropped by `from_json`, so older files stay readable. With a `sweep` it describes several
    runs, see `forms`. `suggested` are values that the app fills in where nothing was typed; they are sent like any
    other, and computed again at each start instead of stored. `parent_id` is the run whose settings it began with.
    """

    touched: Mapping[str, Value] = field(default_factory=lambda: _NOTHING)
    sweep: Sweep = field(default_factory=Sweep)
    suggested: Mapping[str, Value] = field(default_factory=lambda: _NOTHING)
    parent_id: str = ""

    @property
    def forms(self) -> tuple[TrainingForm, ...]:
        """Return one form for each run that would be started; a single one without a comparison."""
        single = replace(self, sweep=Sweep())
        if not self.sweep.values:
            return (single,)
        names = self.sweep.names(self.text("name"))
        return tuple(
            single.with_values({"name": name, self.sweep.key: value})
            for name, value in zip(names, self.sweep.values, strict=True)
        )

    def opening_sweep(self, key: str) -> Sweep:
        """Return the comparison to begin with: around the form's value for `key`, empty for ""."""
        if not key:
            return Sweep()
        item, value = FIELD_BY_KEY[key], self.value(key)
        if key == "iterations":
            return Sweep(key, tuple(preset.values[key] for preset in PRESETS))
        if item.kind is Kind.FLOAT:
            middle = value if is_finite_number(value) and not item.problem(value) else self.default(key)
            if not is_finite_number(middle):
                return Sweep(key)
            return Sweep(key, (float(f"{middle / 2:.3g}"), middle, float(f"{middle * 2:.3g}")))
        values = [choice.value for choice in item.choices] or [True, False]
        start = values.index(value) if value in values else 0
        return Sweep(key, (values[start], values[(start + 1) % len(values)]))

    def value(self, key: str) -> Value:
        """Return what would be sent for `key`."""
        if key in self.touched:
            return self.touched[key]
        return self.default(key)

    def text(self, key: str) -> str:
        """Return the value of a text field."""
        return str(self.value(key))

    def default(self, key: str) -> Value:
        """Return the default in effect, a suggestion first; `learning_rate` follows `finetune_type` (seed)."""
        if key in self.suggested:
            return self.suggested[key]
        if key == "learning_rate":
            return LEARNING_RATE_BY_TYPE.get(str(self.value("finetune_type")), LEARNING_RATE_BY_TYPE["FULL"])
        return FIELD_BY_KEY[key].default

    def changed(self, key: str) -> bool:
        """Return whether the value differs from the current default."""
        value, default = self.value(key), self.default(key)
        return value != default or type(value) is not type(default)

    def with_value(self, key: str, value: Value) -> Self:
        """Return the form with one field touched."""
        if key not in FIELD_BY_KEY:
            raise KeyError(key)
        return replace(self, touched=MappingProxyType({**self.touched, key: _seen(key, value)}))

    def with_values(self, values: Mapping[str, Value]) -> Self:
        """Return the form with several fields touched, as a preset does."""
        form = self
        for key, value in values.items():
            form = form.with_value(key, value)
        return form

    def without(self, key: str) -> Self:
        """Return the form with one field back at its default."""
        return replace(
            self, touched=MappingProxyType({k: v for k, v in self.touched.items() if k != key})
        )

    def differences(self) -> tuple[str, ...]:
        """Return the keys that differ from their defaults, in the form's order."""
        return tuple(item.key for item in FIELDS if self.changed(item.key))

    def problems(self) -> dict[str, str]:
        """Return what is wrong with each field that cannot be sent; "sweep" is the key of the comparison."""
        found = {item.key: item.problem(self.value(item.key)) for item in FIELDS if item.key != self.sweep.key}
        found["sweep"] = self.sweep.problem(self.text("name"))
        return {key: words for key, words in found.items() if words}

    def preset(self) -> str:
        """Return the name of the preset whose values the form holds, or ""."""
        for preset in PRESETS:
            if all(self.value(key) == value for key, value in preset.values.items()):
                return preset.key
        return ""

    def body(self, data_source_path: str = "") -> dict[str, object]:
        """Return the exact JSON body; `data_source_path` is the upload's address once there is one."""
        top: dict[str, object] = {}
        advance: dict[str, object] = {}
        for item in FIELDS:
            (top if item.group is Group.TOP else advance)[item.key] = self.value(item.key)
        if data_source_path:
            top["data_source_path"] = data_source_path
        top[Group.ADVANCE.value] = advance
        return top

    def to_json(self) -> str:
        """Return the changed fields and the comparison as JSON, for the settings."""
        more: dict[str, object] = {"sweep": self.sweep.plain()} if self.sweep.on else {}
        if self.parent_id:
            more["parent_id"] = self.parent_id
        return json.dumps({**self.touched, **more}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the form that `to_json` wrote; anything unreadable or unknown is left out, never raised."""
        try:
            loaded = decoded_json(text)
        except ValueError:
            return cls()
        if not isinstance(loaded, dict):
            return cls()
        found = cast("dict[object, object]", loaded)
        known = {
            str(key): _seen(str(key), value)
            for key, value in found.items()
            if key in FIELD_BY_KEY and isinstance(value, (str, int, float, bool))
        }
        parent = found.get("parent_id")
        return cls(
            MappingProxyType(known), Sweep.of(found.get("sweep")),
            parent_id=parent if isinstance(parent, str) else "",
        )


def _seen(key: str, value: Value) -> Value:
    """Return a value as it is shown, checked and sent: a line without what cannot be seen in it."""
    return plain_line(value) if key in LINES and isinstance(value, str) else value


def form_of_body(body: Mapping[str, object]) -> TrainingForm:
    """Return the form that a sent body came from, for "run again"; the upload's address is left out."""
    flat: dict[str, object] = dict(body)
    advance = flat.pop(Group.ADVANCE.value, None)
    if isinstance(advance, Mapping):
        flat.update(cast("Mapping[str, object]", advance))
    flat.pop("data_source_path", None)
    form = TrainingForm()
    for item in FIELDS:
        value = flat.get(item.key)
        if isinstance(value, (str, int, float, bool)):
            form = form.with_value(item.key, value)
    for key in FIELD_BY_KEY:
        if not form.changed(key):
            form = form.without(key)
    return form


def body_text(body: Mapping[str, object]) -> str:
    """Return a body as the JSON that is sent, indented for reading, with 0.00001 for Python's 1e-05."""
    text = json.dumps(body, ensure_ascii=False, indent=2)
    return _EXPONENT.sub(lambda found: found[1] + number_text(float(found[2])), text)


def curl_text(api_url: str, body: Mapping[str, object]) -> str:
    """Return the submit as a curl command, with the key masked."""
    import shlex  # noqa: PLC0415  # when first needed

    return " \\\n  ".join((
        f"curl -X POST {shlex.quote(api_url + SUBMIT_PATH)}",
        f"-H 'x-api-key: {MASKED_KEY}'",
        "-H 'Content-Type: application/json'",
        f"--data {shlex.quote(body_text(body))}",
    ))
