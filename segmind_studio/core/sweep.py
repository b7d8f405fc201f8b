"""A comparison of one setting: its values, and the name of each run."""

from __future__ import annotations

import re
from typing import cast

from segmind_studio.core.fields import FIELD_BY_KEY, Field, Value, is_finite_number, number_text
from segmind_studio.record import record
from segmind_studio.texts import _

SWEEP_KEYS = (
    "iterations", "learning_rate", "finetune_type", "lora_rank", "priority", "captioning", "theme",
)
FEWEST_RUNS = 2
MOST_RUNS = 5  # as many as can be shown beside each other afterwards
_SHORT = {"iterations": "it", "learning_rate": "lr", "lora_rank": "rank"}


@record
class Sweep:
    """One setting with several values: a run each. `key` is "" when nothing is compared.

    The values are as typed, valid or not, in the order of the runs.
    """

    key: str = ""
    values: tuple[Value, ...] = ()

    @property
    def on(self) -> bool:
        """Return whether anything is compared."""
        return bool(self.key)

    @property
    def field(self) -> Field:
        """Return the setting; KeyError when nothing is compared."""
        return FIELD_BY_KEY[self.key]

    def problem(self, name: str) -> str:
        """Return why these runs cannot be started under this name, "" when they can."""
        if not self.on:
            return ""
        wrong = [words for words in map(self.field.problem, self.values) if words]
        return wrong[0] if wrong else self._number_problem(name)

    def _number_problem(self, name: str) -> str:
        label, count = self.field.label, len(self.values)
        if len(set(self.values)) < count:
            return _("{field} has the same value twice. Each run needs a different value.").format(field=label)
        if count < FEWEST_RUNS:
            return _("{field} needs at least two values. To compare nothing, choose one run.").format(field=label)
        if count > MOST_RUNS:
            return _("At most {most} runs can be compared; you have {count}.").format(most=MOST_RUNS, count=count)
        longest = FIELD_BY_KEY["name"].max_length or 0
        room = longest - max(len(text) for text in self.names(""))
        if len(name) <= room:
            return ""
        return _("The name can have at most {most} characters here, because each run adds "
                 "to it.").format(most=room)

    def names(self, name: str) -> tuple[str, ...]:
        """Return each run's name: they share one upload, so only the name distinguishes them in the list."""
        return tuple(f"{name}-{self._suffix(value)}" for value in self.values)

    def _suffix(self, value: Value) -> str:
        if isinstance(value, bool):
            return f"{self.key}_{'on' if value else 'off'}"
        text = number_text(value) if is_finite_number(value) else str(value).lower()
        return _SHORT.get(self.key, "") + re.sub(r"[^A-Za-z0-9_]+", "_", text.replace(".", "p"))

    def plain(self) -> dict[str, object]:
        """Return it as values for JSON."""
        return {"key": self.key, "values": list(self.values)}

    @classmethod
    def of(cls, loaded: object) -> Sweep:
        """Return what `plain` wrote; anything unreadable compares nothing, never raises."""
        if not isinstance(loaded, dict):
            return cls()
        found = cast("dict[object, object]", loaded)
        key, values = found.get("key"), found.get("values")
        if key not in SWEEP_KEYS or not isinstance(values, list):
            return cls()
        kept = tuple(
            value for value in cast("list[object]", values) if isinstance(value, (str, int, float, bool))
        )
        return cls(str(key), kept)
