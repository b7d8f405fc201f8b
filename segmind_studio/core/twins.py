"""Runs of unknown outcome that a new one may repeat: whoever starts it may pay twice. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable

from segmind_studio.core.form import TrainingForm
from segmind_studio.core.runs import ENDED_STAGES, Run, Stage

_OPEN = frozenset({Stage.SENDING, Stage.UNKNOWN})


def twins(form: TrainingForm, dataset_id: str, runs: Iterable[Run]) -> tuple[Run, ...]:
    """List the runs whose outcome is open and that have the photos or the name of what the form would start.

    Open is a request without an answer, and a run that the service had taken and does not list at the moment.
    `dataset_id` is of the photos, and does not matter where the form names a public zip.
    """
    names = {single.text("name").casefold() for single in form.forms}
    return tuple(
        run for run in runs
        if _is_open(run) and (run.name.casefold() in names or _same_photos(run, form, dataset_id))
    )


def _is_open(run: Run) -> bool:
    return run.stage in _OPEN or (run.absent and run.stage not in ENDED_STAGES)


def _same_photos(run: Run, form: TrainingForm, dataset_id: str) -> bool:
    zip_address = form.text("data_source_path")
    if zip_address:
        return run.data_source_path == zip_address
    return bool(dataset_id) and run.dataset_id == dataset_id
