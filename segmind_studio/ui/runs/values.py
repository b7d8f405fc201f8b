"""The values of a run as texts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import cast

from PySide6.QtCore import QCoreApplication

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.fields import FIELD_BY_KEY, Group, Kind, Value, is_finite_number, number_text
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.runs import Run, Stage
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.services.runs.send_again import Patience
from segmind_studio.ui.parts import clock_text, exact_time

DASH = "—"


def sent_value(run: Run, key: str) -> Value | None:
    """Return what was sent for a field; None where the body names none, as in runs made elsewhere."""
    value = run.body.get(key)
    advance = run.body.get(Group.ADVANCE.value)
    if value is None and isinstance(advance, Mapping):
        value = cast("Mapping[str, object]", advance).get(key)
    return value if isinstance(value, (str, int, float, bool)) else None


def settings_known(run: Run) -> bool:
    """Return whether the app has the settings that were sent."""
    return Group.ADVANCE.value in run.body


def value_text(key: str, value: Value | None) -> str:
    """Write a field's value in the form's words."""
    if value is None or value == "":
        return DASH
    field = FIELD_BY_KEY[key]
    if field.kind is Kind.BOOL:
        return _tr("On") if value else _tr("Off")
    for choice in field.choices:
        if choice.value == value:
            return choice.label
    return number_text(value) if is_finite_number(value) else str(value)


def settings_text(run: Run) -> str:
    """Write iterations and type in one cell."""
    iterations = sent_value(run, "iterations")
    if iterations is None:
        return DASH
    kind = value_text("finetune_type", sent_value(run, "finetune_type"))
    return f"{value_text('iterations', iterations)} · {kind}"


def dataset_text(run: Run) -> str:
    """Name what it was trained on."""
    if run.dataset_name:
        return run.dataset_name
    if run.made_here and run.body.get("data_source_path") and not run.manifest:
        return _tr("Public zip")
    return DASH


def cost_text(run: Run) -> str:
    """Write the measured cost; what practice only pretends is named as that."""
    if not _practice(run):
        return DASH if run.cost is None else f"${run.cost:.2f}"
    if not run.cost:
        return _tr("Free (practice)")
    return _tr("Free (practice; {0} pretended)").format(f"${run.cost:.2f}")


def short_cost_text(run: Run) -> str:
    """Write the cost where there is little room."""
    return _tr("Free") if _practice(run) else cost_text(run)


def cost_source(run: Run) -> str:
    """Return in words where the cost comes from, with the times between which it was measured."""
    if _practice(run):
        return _tr("Nothing is paid in practice. Only its pretended credits go down.")
    if run.cost_shared:
        return _tr(
            "Not measured: something else was paid from this account at the same moment. "
            "It counts as an estimate in your budget."
        )
    if run.uncharged and run.stage not in {Stage.READY, Stage.FAILED}:
        words = _tr("Not charged yet. It is measured again when the run has ended.")
    elif run.uncharged:
        words = _tr("Nothing was charged so far. It counts as an estimate in your budget.")
    elif run.cost is None:
        return _tr("Not measured. The service names no cost.")
    else:
        words = _tr("Measured: your credits before, less your credits after.")
    return f"{words} {measured_times(run)}".rstrip()


def measured_times(run: Run) -> str:
    """Return the words for from when until when the balance was looked at, "" when that is not known."""
    if run.before_at is None or run.after_at is None:
        return ""
    return _tr("From {0} until {1}.").format(exact_time(run.before_at), exact_time(run.after_at))


def evidence_text(run: Run) -> str:
    """Return in words what the balance tells of a request without an answer, "" when nothing is known."""
    if run.cost is not None:
        words = _tr("It fell by ${0:.2f} with the request: it was probably taken and paid.").format(run.cost)
    elif run.uncharged:
        words = _tr("It has not changed. That is no proof: some services charge when the training ends.")
    elif run.cost_shared:
        words = _tr("It says nothing: something else was paid from this account in between.")
    else:
        return ""
    return f"{words} {measured_times(run)}".rstrip()


def _practice(run: Run) -> bool:
    return run.account_id == PRACTICE_ACCOUNT_ID


def visibility_text(run: Run) -> str:
    """Return in words who may use the model."""
    if run.public is None:
        return DASH
    return _tr("Public") if run.public else _tr("Private")


def base_model_text(run: Run) -> str:
    """Name the base model."""
    name = run.base_model or str(run.body.get("base_model") or "")
    return _tr("Flux Pro") if name == "FLUX_PRO" else name or DASH


def differing_keys(form: TrainingForm) -> tuple[str, ...]:
    """List what was set by the person and is worth telling: not the name, not the photos' address."""
    return tuple(key for key in form.differences() if key not in {"name", "data_source_path"})


def _tr(text: str) -> str:
    return QCoreApplication.translate("Values", text)


_SOON_S = 5
_MINUTE = 60
_HOURS_FROM_S = 90 * _MINUTE
_HOUR = 3600


def wait_words(watch: WatchState, now: float) -> str:
    """Return the words for in how long the list is asked for again, "" when that is not known or already due."""
    if watch.checking or watch.next_at is None or watch.next_at <= now:
        return ""
    wait = watch.next_at - now
    return _tr_waits("in a moment") if wait < _SOON_S else in_words(wait)


def in_words(wait: float) -> str:
    """Return in words how many seconds, minutes or hours something is away, "" for what no clock counts."""
    if not math.isfinite(wait):
        return ""
    if wait < _MINUTE:
        return _tr_waits("in {count} s").format(count=int(wait))
    if wait < _HOURS_FROM_S:
        return _tr_waits("in {count} min").format(count=round(wait / _MINUTE))
    return _tr_waits("in {count} h").format(count=round(wait / _HOUR))


def quiet_left(watch: WatchState, now: float) -> float:
    """Return for how many seconds the service is not to be asked; 0 when it may be."""
    return max(0.0, (watch.quiet_until or 0.0) - now)


def quiet_words(watch: WatchState, now: float) -> str:
    """Return the words for until when the service wants quiet, "" when it may be asked."""
    left = quiet_left(watch, now)
    if not left or not math.isfinite(left):
        return ""
    clock = clock_text(math.ceil(now + left), seconds=left < _MINUTE)
    return _tr_waits("the service wants quiet until {clock}, {wait}").format(clock=clock, wait=_whole(left))


def patience_words(patience: Patience, now: float) -> str:
    """Return what must come before a run may be sent again, "" when nothing; `now` is `monotonic_seconds()`."""
    looks = ""
    if patience.looks:
        looks = _tr_waits("after 1 more look") if patience.looks == 1 else _tr_waits("after {count} more looks")
        looks = looks.format(count=patience.looks)
    left = patience.left(now)
    wait = _about(left) if left else ""
    both = ", ".join(part for part in (wait, looks) if part)
    return _tr_waits("Sending again becomes possible {when}.").format(when=both) if both else ""


def times_words(count: int) -> str:
    """Return in words how often something happened: "once", "twice", "3 times"."""
    if count == 1:
        return _tr_waits("once")
    return _tr_waits("twice") if count == 2 else _tr_waits("{count} times").format(count=count)  # noqa: PLR2004  # the word


def _whole(left: float) -> str:
    return in_words(math.ceil(left))


def _about(left: float) -> str:
    seconds = math.ceil(left)
    if seconds < _MINUTE:
        return in_words(seconds)
    return _tr_waits("in about {count} min").format(count=math.ceil(seconds / _MINUTE))


def _tr_waits(text: str) -> str:
    return QCoreApplication.translate("Waits", text)
