"""What earlier runs mean for a new one: it may repeat one and be paid twice, or be refused. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from segmind_studio.core.form import TrainingForm
from segmind_studio.core.runs import ENDED_STAGES, Run, Stage
from segmind_studio.formats import exact_time
from segmind_studio.record import record
from segmind_studio.texts import _, sentences

_UNSENT = frozenset({Stage.PREPARING, Stage.UPLOADING})  # being worked on: soon sent and paid
_UNANSWERED = frozenset({Stage.SENDING, Stage.UNKNOWN})
_LOST = frozenset({Stage.FAILED, Stage.REFUSED, Stage.ABANDONED})


def possible_duplicates(
    form: TrainingForm, dataset_id: str, runs: Iterable[Run], *, manifest: str = "",
) -> tuple[Run, ...]:
    """Return the runs of open outcome that have the same photos or the same name as the form.

    Open is a request without an answer, and an accepted run that the service does not list at the moment. So is a
    run that is being uploaded; with another name it counts only where its settings are the same as well.
    `dataset_id` and `manifest` are of the photos, "" where there is none; a public zip is known by its address.
    """
    singles = form.forms
    wanted = _Wanted(
        frozenset(single.text("name").casefold() for single in singles),
        tuple(_settings(single.body()) for single in singles), dataset_id, manifest, form.text("data_source_path"),
    )
    return tuple(run for run in runs if wanted.may_be(run))


def duplicates_of(run: Run, runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return the runs of open outcome that an interrupted run may repeat, as `possible_duplicates` does.

    Those that were started together with it differ in a value, and do not count.
    """
    wanted = _Wanted(
        frozenset((run.name.casefold(),)), (_settings(run.body),), run.dataset_id, run.manifest, _public_zip(run),
    )
    return tuple(
        other for other in runs
        if other.run_id != run.run_id and not (run.sweep_id and other.sweep_id == run.sweep_id)
        and wanted.may_be(other)
    )


def open_runs(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return the runs of open outcome, or that are being uploaded: all that `duplicates_of` may return."""
    return tuple(run for run in runs if run.stage in _UNSENT or _is_open(run))


def duplicate_text(run: Run, *, practice: bool) -> str:
    """Return the warning about a run that `possible_duplicates` or `duplicates_of` returned."""
    if run.stage in _UNSENT:
        words = _("“{name}” has these photos or this name. It is being sent now, so there would be two runs.")
        return words.format(name=run.name)
    risk = _("Wait until it is found. Otherwise there may be two runs.") if practice \
        else _("Wait until it is found. Otherwise you may pay twice.")
    words = _("“{name}” has these photos or this name. It has no answer yet and may have started.")
    absent = _("“{name}” has these photos or this name. It is not listed now and may still be training.")
    return sentences((absent if run.absent else words).format(name=run.name), risk)


def exact_repeats(form: TrainingForm, fingerprint: str, runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return the runs that were trained, or are, from the same archive with the same settings but for the name.

    `fingerprint` is the archive's; "" while it is not known.
    """
    if not fingerprint or form.text("data_source_path"):
        return ()
    wanted = [_settings(single.body()) for single in form.forms]
    return tuple(run for run in runs if run.fingerprint == fingerprint and _was_made_with(run, wanted))


def repeats_of(run: Run, runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return the runs that were trained, or are, from the photos of an interrupted one, as `exact_repeats`."""
    wanted = [_settings(run.body)]
    return tuple(
        other for other in runs
        if other.run_id != run.run_id and (
            (run.fingerprint and other.fingerprint == run.fingerprint)
            or (run.manifest and other.manifest == run.manifest)
        ) and _was_made_with(other, wanted)
    )


def repeat_text(repeats: Sequence[Run]) -> str:
    """Return the warning about the newest run that was made of exactly the same; "" when there is none."""
    if not repeats:
        return ""
    run = max(repeats, key=lambda run: run.created_at)
    words = _("You already trained this: “{name}”, {time}. Photos, captions and settings are the same.")
    return words.format(name=run.name, time=exact_time(run.created_at))


@record
class _Wanted:
    names: frozenset[str]
    settings: tuple[dict[str, object], ...]
    dataset_id: str
    manifest: str
    zip_address: str

    def may_be(self, run: Run) -> bool:
        """Return whether a run of open outcome may be the one that is wanted."""
        unsent = run.stage in _UNSENT
        if not (unsent or _is_open(run)):
            return False
        if run.name.casefold() in self.names:
            return True
        return self._same_photos(run) and (not unsent or _settings(run.body) in self.settings)

    def _same_photos(self, run: Run) -> bool:
        if self.zip_address:
            return self.zip_address in {run.data_source_path, _public_zip(run)}
        return bool(
            (self.dataset_id and run.dataset_id == self.dataset_id)
            or (self.manifest and run.manifest == self.manifest)
        )


def _settings(body: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in body.items() if key not in {"name", "data_source_path"}}


def _public_zip(run: Run) -> str:
    """Return the address of the zip that a run was made of, "" for one of photos."""
    return "" if run.manifest else str(run.body.get("data_source_path") or "")


def _was_made_with(run: Run, wanted: Sequence[dict[str, object]]) -> bool:
    return bool(run.service_id) and run.stage not in _LOST and _settings(run.body) in wanted


def refused_for_good(runs: Iterable[Run]) -> Run | None:
    """Return the last run that was refused because fine-tuning is closed; None when a later run was accepted."""
    sent = [run for run in runs if run.made_here and run.sent_at is not None]
    retired = max((run for run in sent if run.retired), key=_sent_order, default=None)
    if retired is None or any(run.service_id and _sent_order(run) > _sent_order(retired) for run in sent):
        return None
    return retired


def _sent_order(run: Run) -> tuple[int, float]:
    """Return the order in which runs were sent; the time decides only between older records."""
    return run.sent_number, run.sent_at or 0.0


def _is_open(run: Run) -> bool:
    return run.stage in _UNANSWERED or (run.absent and run.stage not in ENDED_STAGES)
