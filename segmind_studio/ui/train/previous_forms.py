"""Forms that were replaced, to be restored one after the other, without a window.

Kept apart: these rules say what may be lost of what a person typed, and are tested alone.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from segmind_studio.core.form import TrainingForm
from segmind_studio.record import record


@record
class _Replaced:
    form: TrainingForm  # as it was
    key: str  # the only field that was replaced, "" for all
    into: TrainingForm | None  # by what; None for a form that was left by restoring another


class PreviousForms:
    """Keep what was typed in a form before it was replaced. What is typed afterwards is kept too.

    To restore a form that was edited since then exchanges the two, so that it can be repeated.
    """

    def __init__(self) -> None:
        self._replaced: list[_Replaced] = []  # the last one at the end

    @property
    def available(self) -> bool:
        """Return whether there is a form to restore."""
        return bool(self._replaced)

    def replaced(self, form: TrainingForm, into: TrainingForm, key: str = "") -> None:
        """Keep `form`, of which `into` replaces one field or all; not one that holds nothing typed."""
        last = self._replaced[-1] if self._replaced else None
        if _content(form, key) == _content(into, key):
            return
        if not key and last is not None and last.into is not None and not last.key \
                and _content(form) == _content(last.into):
            self._replaced.pop()
            if _content(last.form) != _content(into):  # else it is shown again
                self._replaced.append(replace(last, into=into))
        elif key or form.differences() or form.sweep.on:
            self._replaced.append(_Replaced(form, key, into))

    def restored(self, now: TrainingForm) -> TrainingForm | None:
        """Return what to show instead of `now`, None without a previous form."""
        if not self._replaced:
            return None
        last = self._replaced.pop()
        if last.into is None or _content(now, last.key) != _content(last.into, last.key):
            self._replaced.append(_Replaced(now, last.key, None))
        return _with_field_of(now, last.form, last.key) if last.key else last.form


def _content(form: TrainingForm, key: str = "") -> str:
    """Return what was typed, in one field or in all."""
    return repr(form.touched.get(key)) if key else form.to_json()


def _with_field_of(form: TrainingForm, other: TrainingForm, key: str) -> TrainingForm:
    touched = {name: value for name, value in form.touched.items() if name != key}
    if key in other.touched:
        touched[key] = other.touched[key]
    return replace(form, touched=MappingProxyType(touched))
