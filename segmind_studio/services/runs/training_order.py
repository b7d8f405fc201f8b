"""A training as it is ordered by paths and values, and what it would cost and risk. Without Qt.

The command line orders it. It carries the order out itself, or the open window of the same data folder does, see
`order_desk.py`: then the order and the quote travel as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Self, cast

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID, Account
from segmind_studio.core.advice import DatasetFacts, advice
from segmind_studio.core.budget import Bill, Budget
from segmind_studio.core.datasets import (
    MEASURED_UNASKED,
    Dataset,
    PackageInfo,
    PackageOptions,
    ScanProgress,
    ScanReport,
    Severity,
)
from segmind_studio.core.errors import CancelledError, DatasetError
from segmind_studio.core.fields import FIELD_BY_KEY, Value
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.picture_findings import with_picture_findings
from segmind_studio.core.possible_duplicates import exact_repeats, possible_duplicates, refused_for_good
from segmind_studio.core.pricing import CostEstimate, estimate, together
from segmind_studio.core.runs import Run, manifest_text
from segmind_studio.dataset.archive import PlanCache, manifest_of
from segmind_studio.dataset.prepare import trim
from segmind_studio.dataset.scan import first_folder_name, scan
from segmind_studio.formats import exact_time
from segmind_studio.record import record
from segmind_studio.services.accounts.purchases import form_costs, status_of_bill
from segmind_studio.services.datasets.package_steps import PLANNED_BYTES, PackageSteps
from segmind_studio.services.runs.submit_request import SubmitRequest
from segmind_studio.store.paths import AppPaths
from segmind_studio.store.records import from_record, plain
from segmind_studio.texts import _


def _never() -> bool:
    return False


def _unseen(_progress: ScanProgress) -> None:
    """Ignore progress."""


def _uncounted(_measured: int) -> None:
    """Ignore the number of measured photos."""


@record
class TrainingOrder:
    """Train on the photos at `paths`, with these values of fields; a public zip is one of the values."""

    paths: tuple[Path, ...]
    values: Mapping[str, Value]

    def message(self) -> dict[str, object]:
        """Return it as JSON for the open window."""
        return {"paths": [str(path) for path in self.paths], "values": dict(self.values)}

    @classmethod
    def of(cls, message: Mapping[str, object]) -> Self:
        """Read what `message` returned. Unknown fields are dropped, as are values of a wrong type."""
        paths, values = message.get("paths"), message.get("values")
        known: Mapping[object, object] = {}
        if isinstance(values, Mapping):
            known = cast("Mapping[object, object]", values)
        return cls(
            tuple(Path(one) for one in cast("list[object]", paths) if isinstance(one, str))
            if isinstance(paths, list) else (),
            {
                str(key): value for key, value in known.items()
                if key in FIELD_BY_KEY and isinstance(value, (str, int, float, bool))
            },
        )


@record
class ReadOrder:
    """An order whose photos were read: what would be confirmed, the package, and what was not taken.

    `plans` knows the photos, so that sending them reads each once.
    """

    request: SubmitRequest
    package: PackageInfo
    report: ScanReport
    plans: PlanCache = field(default_factory=PlanCache, repr=False, compare=False)


@record
class TrainingQuote:
    """What has to be known before an order is confirmed.

    `dollars` is None when the cost is unknown. `problems` forbid it, `over` are the limits that it passes,
    `duplicates` the names of runs without an answer that it may repeat; `warnings` forbid nothing.
    """

    account: str
    practice: bool
    price: str
    price_source: str
    dollars: float | None
    photos: int
    captions: int
    size: int  # bytes of the archive
    body: Mapping[str, object]
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Return whether it may be confirmed."""
        return not (self.problems or self.over or self.duplicates)

    def message(self) -> dict[str, object]:
        """Return it as JSON."""
        return cast("dict[str, object]", plain(self))


def read_photos(
    paths: Iterable[Path], folders: AppPaths, *,
    progress: Callable[[ScanProgress], None] = _unseen, cancelled: Callable[[], bool] = _never,
) -> tuple[Dataset, ScanReport]:
    """Read images, folders and zips into a dataset that is in no library. Blocking; StudioError."""
    wanted = tuple(paths)
    report = scan(wanted, {}, folders.imports, progress, cancelled)
    if report.cancelled:
        raise CancelledError
    named = first_folder_name(wanted) or next((path.stem for path in wanted), "")
    return Dataset("", named, report.added), report


def measured(  # noqa: PLR0913  # where it reads, and how it is stopped
    dataset: Dataset, folders: AppPaths, options: PackageOptions, trigger_word: str,
    cancelled: Callable[[], bool] = _never, *, plans: PlanCache | None = None, most: int | None = None,
    progress: Callable[[int], None] = _uncounted,
) -> tuple[Dataset, PackageInfo]:
    """Plan the archive and check the photos, as the window does; also return what cannot be used. Blocking.

    What was read is kept in `plans`. Sharpness and likeness of more than `most` photos are not measured.
    """
    trim(folders.prepared)
    steps = PackageSteps(folders.imports, folders.prepared, plans)
    size, fingerprint, exact = steps.guess(dataset), "", False
    if size <= PLANNED_BYTES:
        dataset, _unusable = steps.tried(dataset, options, cancelled)
        size, fingerprint = steps.measure(dataset, options, cancelled)
        exact = True
    info = steps.info(dataset, size, cancelled, trigger_word=trigger_word, exact=exact, fingerprint=fingerprint)
    used = dataset.used
    if len(used) > (MEASURED_UNASKED if most is None else most):
        return dataset, replace(info, unmeasured=len(used))
    from segmind_studio.services.images.picture_steps import PictureSteps, findings_of_files  # noqa: PLC0415  # Pillow
    from segmind_studio.store.measure_store import MeasureStore  # noqa: PLC0415  # as above

    more = findings_of_files(
        used, info.findings, PictureSteps(MeasureStore(folders.measures)), stripped=options.strip_metadata,
        stopped=cancelled, progress=progress,
    )
    if cancelled():
        raise CancelledError
    return dataset, replace(info, findings=with_picture_findings(info.findings, more))


def read_order(
    order: TrainingOrder, folders: AppPaths, options: PackageOptions, *,
    progress: Callable[[ScanProgress], None] = _unseen, cancelled: Callable[[], bool] = _never,
) -> ReadOrder:
    """Read an order's photos and measure their package. Blocking; StudioError."""
    form = TrainingForm().with_values(order.values)
    if form.text("data_source_path"):
        if order.paths:
            raise DatasetError(_("Choose photos or the address of a public zip, not both."))
        return ReadOrder(SubmitRequest(form, None), PackageInfo(), ScanReport((), ()))
    dataset, report = read_photos(order.paths, folders, progress=progress, cancelled=cancelled)
    plans = PlanCache()
    dataset, info = measured(dataset, folders, options, form.text("trigger_word"), cancelled, plans=plans)
    return ReadOrder(SubmitRequest(form, dataset), info, report, plans)


def quote_of(
    read: ReadOrder, account: Account, budget: Budget, runs: Iterable[Run], images: Iterable[GeneratedImage],
) -> TrainingQuote:
    """Judge an order by the runs and images of its account as they are now."""
    form, dataset = read.request.form, read.request.dataset or Dataset("", "")
    known, made = tuple(runs), tuple(images)
    practice = account.account_id == PRACTICE_ACCOUNT_ID
    costs = form_costs(form, lambda count: estimate(count, known, practice=False), practice=practice)
    cost = together(costs)
    problems, warnings = _judged(form, dataset, read.package)
    manifest = manifest_text(manifest_of(dataset)) if dataset.used else ""
    duplicates = possible_duplicates(form, dataset.dataset_id, known, manifest=manifest)
    return TrainingQuote(
        account.name, practice, cost.text, cost.source, cost.dollars, len(dataset.used),
        read.package.caption_count, read.package.size, form.body(), problems,
        warnings + _repeats(form, read.package, known), _over(costs, budget, known, made, account.account_id),
        tuple(dict.fromkeys(run.name for run in duplicates)),
        (
            *(f"{photo.path.name}: {photo.problem}" for photo in dataset.photos if photo.problem),
            *(f"{file.name}: {file.reason}" for file in read.report.skipped),
        ),
    )


def _judged(form: TrainingForm, dataset: Dataset, package: PackageInfo) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what forbids a start, and what is only a warning."""
    public_zip = form.text("data_source_path")
    said = advice(form, DatasetFacts.of(dataset, package))
    problems = [*form.problems().values(), *(item.text for item in said if item.severity is Severity.MUST)]
    warnings = [item.text for item in said if item.severity is Severity.SHOULD]
    for finding in () if public_zip else package.findings:
        if finding.severity is not Severity.INFO:
            (problems if finding.severity is Severity.MUST else warnings).append(finding.text)
    if package.unmeasured and not public_zip:
        words = _(
            "Sharpness and similarity of more than {count} photos are only checked by “segmind-studio check”.",
        )
        warnings.append(words.format(count=MEASURED_UNASKED))
    return tuple(dict.fromkeys(problems)), tuple(dict.fromkeys(warnings))


def _over(
    costs: tuple[CostEstimate, ...], budget: Budget, runs: tuple[Run, ...], images: tuple[GeneratedImage, ...],
    account_id: str,
) -> tuple[str, ...]:
    status = status_of_bill(budget, Bill(costs), lambda: (runs, images), account_id)
    return tuple(breach.text for breach in status.breaches) if status else ()


def _repeats(form: TrainingForm, package: PackageInfo, runs: tuple[Run, ...]) -> tuple[str, ...]:
    found: list[str] = []
    closed = refused_for_good(runs)
    if closed is not None:
        found.append(_("At the last check, the service accepted no new runs."))
    repeats = exact_repeats(form, package.fingerprint, runs)
    if repeats:
        run = max(repeats, key=lambda run: run.created_at)
        words = _("You already trained this: “{name}”, {time}.")
        found.append(words.format(name=run.name, time=exact_time(run.created_at)))
    return tuple(found)


def quote_from(message: object) -> TrainingQuote:
    """Read what `TrainingQuote.message` returned; ValueError when it is something else."""
    return from_record(TrainingQuote, message)
