"""What was confirmed for a training, and the rows of the journal that it becomes.

Kept apart: the window and the command line begin their runs here, and the command line imports no Qt.
"""

from __future__ import annotations

from uuid import uuid4

from segmind_studio.core.datasets import Dataset
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.runs import Phase, Run, manifest_text
from segmind_studio.dataset.archive import manifest_of
from segmind_studio.record import record


@record
class SubmitRequest:
    """What the user confirmed: the form, and the dataset as it was then (None for a public zip).

    A form that compares a setting stands for several runs, see `TrainingForm.forms`.
    """

    form: TrainingForm
    dataset: Dataset | None


def new_runs(request: SubmitRequest, account_id: str, now: float) -> tuple[Run, ...]:
    """Return the rows to write before anything is sent, each with an id of its own; `now` is seconds, UTC."""
    form = request.form
    dataset = None if form.text("data_source_path") else request.dataset
    manifest = manifest_text(manifest_of(dataset)) if dataset else ""
    sweep_id = uuid4().hex if form.sweep.on else ""
    return tuple(
        Run(
            run_id=uuid4().hex, account_id=account_id, name=single.text("name"),
            phase=Phase.PREPARED, created_at=now - place / 1000, changed_at=now, body=single.body(),
            manifest=manifest,
            dataset_id=dataset.dataset_id if dataset else "", dataset_name=dataset.name if dataset else "",
            image_count=len(dataset.used) if dataset else 0,
            sweep_id=sweep_id, sweep_key=form.sweep.key, live=True, parent_id=form.parent_id,
        )
        for place, single in enumerate(form.forms)  # increasing times: the newest run is listed first
    )
