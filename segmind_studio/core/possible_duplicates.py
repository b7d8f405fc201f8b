"""What earlier runs mean for a new one: it may repeat one and be paid twice, or be refused. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from segmind_studio.core.form import TrainingForm
from segmind_studio.core.runs import ENDED_STAGES, Run, Stage

_OPEN = frozenset({Stage.SENDING, Stage.UNKNOWN})
_LOST = frozenset({Stage.FAILED, Stage.REFUSED, Stage.ABANDONED})


def possible_duplicates(form: TrainingForm, dataset_id: str, runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return the runs of open outcome that have the same photos or the same name as the form.

    Open is a request without an answer, and an accepted run that the service does not list at the moment.
    `dataset_id` is of the photos, and is ignored where the form names a public zip.
    """
    names = {single.text("name").casefold() for single in form.forms}
    return tuple(
        run for run in runs
        if _is_open(run) and (run.name.casefold() in names or _same_photos(run, form, dataset_id))
    )


def exact_repeats(form: TrainingForm, fingerprint: str, runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return the runs that were trained, or are, from the same archive with the same settings but for the name.

    `fingerprint` is the archive's; "" while it is not known.
    """
    if not fingerprint or form.text("data_source_path"):
        return ()
    wanted = [_settings(single.body()) for single in form.forms]
    return tuple(
        run for run in runs
        if run.fingerprint == fingerprint and run.service_id and run.stage not in _LOST
        and _settings(run.body) in wanted
    )


def _settings(body: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in body.items() if key not in {"name", "data_source_path"}}


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
    return run.stage in _OPEN or (run.absent and run.stage not in ENDED_STAGES)


def _same_photos(run: Run, form: TrainingForm, dataset_id: str) -> bool:
    zip_address = form.text("data_source_path")
    if zip_address:
        return run.data_source_path == zip_address
    return bool(dataset_id) and run.dataset_id == dataset_id
