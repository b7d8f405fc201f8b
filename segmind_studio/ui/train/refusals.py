"""What the service said about values of the form: it stands at their fields for as long as they hold them."""

from __future__ import annotations

from dataclasses import dataclass

from segmind_studio.core.errors import ApiError
from segmind_studio.core.fields import Value
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.named_fields import fields_named
from segmind_studio.core.runs import Run


@dataclass(frozen=True, slots=True)
class _Refused:
    value: Value
    words: str


class Refusals:
    """Remember what the last refusal named."""

    def __init__(self) -> None:
        self._refused: dict[str, _Refused] = {}

    def take(self, error: ApiError, run: Run) -> None:
        """Take note of what was refused in this run; what was said before goes."""
        sent = run.form
        self._refused = {
            key: _Refused(sent.value(key), words) for key, words in fields_named(error.detail).items()
        }

    def clear(self) -> None:
        """Forget them."""
        self._refused = {}

    def at(self, form: TrainingForm) -> dict[str, str]:
        """Give the service's words by field, for those that would be sent as they were refused."""
        forms = form.forms
        return {
            key: refused.words for key, refused in self._refused.items()
            if any(_same(single.value(key), refused.value) for single in forms)
        }


def _same(value: Value, refused: Value) -> bool:
    return value == refused and type(value) is type(refused)
