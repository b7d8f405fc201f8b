"""The versions that can be compared: the open dataset now, and what runs were made of.

Kept apart: the window may not use the package that describes archives.
"""

from __future__ import annotations

from collections.abc import Iterable

from segmind_studio.core.datasets import Dataset
from segmind_studio.core.runs import ManifestItem, Run, manifest_items
from segmind_studio.core.versions import VersionDifference, compare
from segmind_studio.dataset.archive import manifest_of
from segmind_studio.record import record

NOW = ""  # the run_id of the open dataset


@record
class DatasetVersion:
    """One version; `run_id` is `NOW` for the open dataset, `at` seconds since the epoch.

    `manifest` and `contents` are as in `core.runs.Run`: its photos, and the files that were uploaded.
    """

    run_id: str
    name: str
    at: float
    dataset_id: str = ""
    dataset: Dataset | None = None
    manifest: str = ""
    contents: str = ""

    def items(self) -> tuple[ManifestItem, ...]:
        """Return its photos; () when the record is damaged. It may take a while: not for the GUI thread."""
        if self.dataset is not None:
            return manifest_of(self.dataset)
        try:
            return manifest_items(self.manifest)
        except ValueError:
            return ()


def versions_of(dataset: Dataset, runs: Iterable[Run]) -> tuple[DatasetVersion, ...]:
    """Return the open dataset, if it has photos, and the runs whose photos are known, newest first."""
    known = sorted((run for run in runs if run.manifest), key=_created, reverse=True)
    of_runs = tuple(
        DatasetVersion(run.run_id, run.name, run.created_at, run.dataset_id, manifest=run.manifest,
            contents=run.contents,
        )
        for run in known
    )
    now = DatasetVersion(NOW, dataset.name, dataset.updated_at, dataset.dataset_id, dataset)
    return (now, *of_runs) if dataset.photos else of_runs


def _created(run: Run) -> float:
    return run.created_at


def difference_of(before: DatasetVersion, after: DatasetVersion) -> VersionDifference:
    """Return what changed; not for the GUI thread."""
    return compare(before.items(), after.items())
