"""The values of a run as texts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import cast

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.fields import FIELD_BY_KEY, Group, Kind, Value, is_finite_number, number_text
from segmind_studio.core.runs import Run, Stage
from segmind_studio.formats import clock_text, exact_time, money
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.services.runs.send_again import Patience
from segmind_studio.texts import _, listed, ngettext, pgettext, sentences

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
        return _("On") if value else _("Off")
    for choice in field.choices:
        if choice.value == value:
            return str(choice.label)
    return number_text(value) if is_finite_number(value) else str(value)


def unknown_text(run: Run) -> str:
    """Return what stands for a value that there is not, or that is not known of a run made elsewhere."""
    return DASH if run.made_here else _("Not known")


def elsewhere_tip(run: Run) -> str | None:
    """Return why values of a run made elsewhere are not known; None for one that was made here."""
    if run.made_here:
        return None
    return _("Started elsewhere: the service's list does not say this.")


def settings_text(run: Run) -> str:
    """Write iterations and type in one cell."""
    iterations = sent_value(run, "iterations")
    if iterations is None:
        return unknown_text(run)
    words = value_text("iterations", iterations)
    if isinstance(iterations, int):
        words = ngettext("{count} iteration", "{count} iterations", iterations).format(count=iterations)
    return " · ".join((words, value_text("finetune_type", sent_value(run, "finetune_type"))))


def settings_tip(run: Run) -> str | None:
    """Return what `settings_text` is about, a line for each field, or why it is not known."""
    if sent_value(run, "iterations") is None:
        return elsewhere_tip(run)
    return "\n".join(
        _("{name}: {fact}").format(name=FIELD_BY_KEY[key].label, fact=value_text(key, sent_value(run, key)))
        for key in ("iterations", "finetune_type")
    )


def dataset_text(run: Run) -> str:
    """Name what it was trained on."""
    if run.dataset_name:
        return run.dataset_name
    if run.made_here and run.body.get("data_source_path") and not run.manifest:
        return _("Public zip")
    return unknown_text(run)


def cost_text(run: Run) -> str:
    """Write the measured cost; a cost in practice is named as simulated."""
    if not _practice(run):
        return DASH if run.cost is None else money(run.cost)
    if not run.cost:
        return _("Free (practice)")
    return _("Free (practice; {amount} simulated)").format(amount=money(run.cost))


def simulated_cost(run: Run) -> str:
    """Write the amount that a run in practice has simulated; "" where there is none."""
    return money(run.cost) if _practice(run) and run.cost else ""


def short_cost_text(run: Run) -> str:
    """Write the cost where there is little room."""
    return pgettext("cost", "Free") if _practice(run) else cost_text(run)


def cost_source(run: Run) -> str:
    """Return the source of the cost, with the times between which it was measured."""
    if _practice(run):
        return _("Practice is free. Only the simulated balance changes.")
    if run.cost_shared:
        return _(
            "Not measured: another payment was made at the same time. It counts as an estimate in your budget."
        )
    if run.uncharged and run.stage not in {Stage.READY, Stage.FAILED}:
        words = _("Not charged yet. The cost is measured again when the run has ended.")
    elif run.uncharged:
        words = _("Not charged so far. It counts as an estimate in your budget.")
    elif run.cost is None and not run.made_here:
        return _("Not known: the run was started elsewhere, and the service states no cost.")
    elif run.cost is None:
        return _("Not measured. The service states no cost.")
    else:
        words = _("Measured: the balance before minus the balance after.")
    return sentences(words, measured_times(run))


def measured_times(run: Run) -> str:
    """Return the words for from when until when the balance was looked at, "" when that is not known."""
    if run.before_at is None or run.after_at is None:
        return ""
    return _("From {begin} until {end}.").format(begin=exact_time(run.before_at), end=exact_time(run.after_at))


def evidence_text(run: Run) -> str:
    """Return the change of the balance since a request without an answer; "" when nothing is known."""
    if run.cost is not None:
        words = _("It fell by {amount} with the request, which was probably accepted and paid.").format(
            amount=money(run.cost)
        )
    elif run.uncharged:
        words = _("It has not changed, but some services charge only when training ends.")
    elif run.cost_shared:
        words = _("Unclear: another payment was made from this account in between.")
    else:
        return ""
    return sentences(words, measured_times(run))


def _practice(run: Run) -> bool:
    return run.account_id == PRACTICE_ACCOUNT_ID


def visibility_text(run: Run) -> str:
    """Return who may use the model: "Public" or "Private"."""
    if run.public is None:
        return DASH
    return _("Public") if run.public else _("Private")


def base_model_text(run: Run) -> str:
    """Name the base model."""
    name = run.base_model or str(run.body.get("base_model") or "")
    return str(FIELD_BY_KEY["base_model"].choices[0].label) if name == "FLUX_PRO" else name or DASH


_STEP_S = 5
_MINUTE = 60
_HOURS_FROM_S = 90 * _MINUTE
_HOUR = 3600


def next_check_text(watch: WatchState, now: float) -> str:
    """Return the words for in how long the list is asked for again, "" when that is not known or already due.

    Seconds go in steps, as those of its age do: a text that changes each second has the page laid out each second.
    """
    if watch.checking or watch.next_at is None or watch.next_at <= now:
        return ""
    wait = watch.next_at - now
    if wait < _STEP_S:
        return _("in a moment")
    return in_text(wait // _STEP_S * _STEP_S if wait < _MINUTE else wait)


def in_text(wait: float) -> str:
    """Return a wait as "in 5 s", "in 3 min" or "in 2 h"; "" for a number that is not finite."""
    if not math.isfinite(wait):
        return ""
    if wait < _MINUTE:
        return ngettext("in {count} s", "in {count} s", int(wait)).format(count=int(wait))
    if wait < _HOURS_FROM_S:
        return _("in {count} min").format(count=round(wait / _MINUTE))
    return _("in {count} h").format(count=round(wait / _HOUR))


def requested_wait_left(watch: WatchState, now: float) -> float:
    """Return for how many seconds the service is not to be asked; 0 when it may be."""
    return max(0.0, (watch.quiet_until or 0.0) - now)


def requested_wait_text(watch: WatchState, now: float) -> str:
    """Return in a sentence until when the service asks to wait, "" when it may be asked."""
    left = requested_wait_left(watch, now)
    if not left or not math.isfinite(left):
        return ""
    clock = clock_text(math.ceil(now + left), seconds=left < _MINUTE)
    return _("The service asks to wait until {time} ({wait}).").format(time=clock, wait=_whole(left))


def patience_text(patience: Patience, now: float) -> str:
    """Return what must come before a run may be sent again, "" when nothing; `now` is `monotonic_seconds()`."""
    looks = ""
    if patience.looks:
        looks = ngettext("after {count} more check", "after {count} more checks", patience.looks)
        looks = looks.format(count=patience.looks)
    left = patience.left(now)
    wait = _about(left) if left else ""
    both = listed(part for part in (wait, looks) if part)
    # Translators: {when} is such as “in 5 min” or “after 2 more checks”.
    return _("You can send it again {when}.").format(when=both) if both else ""


def times_text(count: int) -> str:
    """Return a count as "once", "twice", "3 times"."""
    if count == 1:
        return _("once")
    if count == 2:  # noqa: PLR2004  # the word
        return _("twice")
    return ngettext("{count} time", "{count} times", count).format(count=count)


def _whole(left: float) -> str:
    return in_text(math.ceil(left))


def _about(left: float) -> str:
    seconds = math.ceil(left)
    if seconds < _MINUTE:
        return in_text(seconds)
    return _("in about {count} min").format(count=math.ceil(seconds / _MINUTE))

