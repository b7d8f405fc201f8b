"""Orders of the command line, carried out by the open window's services.

The command line cannot write while a window has the data folder. It sends an order to the window, a line of JSON,
and reads lines until one has `"end": true`:

    {"order": "quote", "train": TrainingOrder}      → {"event": "quote", "quote": TrainingQuote, "token": …}
    {"order": "start", "token": …}                  → run, progress and sent events; a new quote if it is refused
    {"order": "download", "run": …, "folder": …}    → progress events, then downloaded

`account` in an order is the account that it is meant for, "" for the one in use. What is started is what was
quoted: photos are not read again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, cast
from uuid import uuid4

from PySide6.QtCore import QObject, Slot

from segmind_studio.core.accounts import AccountKind
from segmind_studio.core.budget import Budget
from segmind_studio.core.datasets import PackageOptions
from segmind_studio.core.errors import ApiError, CancelledError, DatasetError, StudioError
from segmind_studio.core.runs import Run
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.runs.download_service import DownloadProgress, DownloadResult, DownloadService
from segmind_studio.services.runs.run_service import RunFailure, RunService
from segmind_studio.services.runs.submission_service import SubmissionService, SubmitOutcome, UploadProgress
from segmind_studio.services.runs.training_order import (
    ReadOrder,
    TrainingOrder,
    TrainingQuote,
    quote_of,
    read_order,
)
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.paths import AppPaths
from segmind_studio.texts import _

MOST_QUOTES = 8  # that wait to be confirmed; the oldest is dropped


class StartingError(StudioError):
    """The window cannot take the order yet; the caller tries again."""


class OrderCaller(Protocol):
    """The other end of an order; see `single_instance.OrderCall`."""

    @property
    def message(self) -> Mapping[str, object]:
        """Return the order."""
        ...

    def answer(self, event: Mapping[str, object], *, last: bool = False) -> None:
        """Send a line; nothing is sent once the caller is gone."""
        ...


@dataclass(frozen=True, slots=True)
class DeskServices:
    """The services that carry the orders out."""

    accounts: AccountService
    runs: RunService
    images: ImageService
    submits: SubmissionService
    downloads: DownloadService
    settings: SettingsService
    tasks: TaskRunner
    folders: AppPaths


class _Reading(QObject):
    """The photos of one order are being read, on the task pool."""

    def __init__(self, desk: OrderDesk, call: OrderCaller, order: TrainingOrder) -> None:
        super().__init__(desk)
        self._desk, self._call = desk, call
        services = desk.services
        options = PackageOptions(strip_metadata=services.settings.value.strip_metadata)
        services.tasks.run(partial(read_order, order, services.folders, options), self._done, self._failed)

    @Slot(object)
    def _done(self, read: ReadOrder) -> None:
        self._desk.give_quote(self._call, read)
        self.deleteLater()

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        self._call.answer(error_event(error), last=True)
        self.deleteLater()


class OrderDesk(QObject):
    """Take orders and answer them. GUI thread."""

    def __init__(self, services: DeskServices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.services = services
        self._quoted: OrderedDict[str, tuple[ReadOrder, str]] = OrderedDict()  # with the account that would pay
        self._starts: dict[str, _Start] = {}  # by run
        self._downloads: dict[str, OrderCaller] = {}  # by run
        submits, downloads = services.submits, services.downloads
        submits.started.connect(self._started)
        submits.progress.connect(self._uploading)
        submits.finished.connect(self._sent)
        downloads.progress.connect(self._downloading)
        downloads.finished.connect(self._downloaded)
        downloads.failed.connect(self._not_downloaded)

    def ordered(self, run_id: str) -> bool:
        """Return whether a run that is being sent was ordered here, and not in the window."""
        return run_id in self._starts

    def take(self, call: OrderCaller) -> None:
        """Carry out an order, or answer why not."""
        try:
            self._take(call)
        except StudioError as error:
            call.answer(error_event(error), last=True)

    def _take(self, call: OrderCaller) -> None:
        message = call.message
        self._check_account(str(message.get("account", "")))
        match message.get("order"):
            case "quote":
                train = message.get("train")
                order = TrainingOrder.of(cast("Mapping[str, object]", train) if isinstance(train, Mapping) else {})
                _Reading(self, call, order)
            case "start":
                self._start(call, str(message.get("token", "")))
            case "download":
                self._download(call, str(message.get("run", "")), Path(str(message.get("folder", ""))))
            case _:
                raise StudioError(_("The open window does not know this command."), _("Install and start the "
                                                                                    "newest version."))

    def _check_account(self, wanted: str) -> None:
        state = self.services.accounts.state
        if state.connection is None:
            error = StartingError if state.current.kind is AccountKind.PRACTICE else StudioError
            raise error(_("The open window has no connection."), _("Check its Settings."))
        if wanted not in {"", state.connection.account.account_id}:
            raise StudioError(
                _("The open window uses the account “{name}”.").format(name=state.current.name),
                _("Switch the account there, or close the window."),
            )

    @property
    def _account_id(self) -> str:
        connection = self.services.accounts.state.connection
        return connection.account.account_id if connection is not None else ""

    # -- a training

    def give_quote(self, call: OrderCaller, read: ReadOrder) -> None:
        """Answer what an order costs, and keep it until it is confirmed."""
        try:
            quote = self._quote(read)
        except StudioError as error:
            call.answer(error_event(error), last=True)
            return
        token = uuid4().hex
        self._quoted[token] = read, self._account_id
        while len(self._quoted) > MOST_QUOTES:
            self._quoted.popitem(last=False)
        call.answer({"event": "quote", "quote": quote.message(), "token": token}, last=True)

    def _quote(self, read: ReadOrder) -> TrainingQuote:
        services = self.services
        connection = services.accounts.state.connection
        if connection is None or not (services.runs.loaded and services.images.loaded):
            raise StartingError(_("The open window is still loading your history."), _("Try again."))
        account, runs, images = connection.account, services.runs.runs, services.images.images
        if any(row.account_id != account.account_id for row in (*runs, *images)):
            raise StartingError(_("The open window is still loading your history."), _("Try again."))
        return quote_of(read, account, Budget.of(services.settings.value), runs, images)

    def _start(self, call: OrderCaller, token: str) -> None:
        read, account_id = self._quoted.pop(token, (None, ""))  # an order is started once
        if read is None:
            raise StudioError(_("This command is no longer known."), _("Nothing was sent. Run the command "
                                                                        "again."))
        if account_id != self._account_id:
            raise StudioError(
                _("Another account was chosen in the open window."), _("Nothing was sent. Run the command again."),
            )
        quote = self._quote(read)
        if not quote.allowed:  # something was paid in the meantime
            call.answer({"event": "quote", "quote": quote.message()}, last=True)
            return
        run_ids = self.services.submits.submit(read.request)
        start = _Start(call, set(run_ids))
        self._starts.update(dict.fromkeys(run_ids, start))
        if not run_ids:
            raise StudioError(_("The open window has no connection."), _("Check its Settings."))

    @Slot(object)
    def _started(self, runs: tuple[Run, ...]) -> None:
        for run in runs:
            start = self._starts.get(run.run_id)
            if start is not None:
                start.call.answer({"event": "run", "run": run.run_id, "name": run.name, "phase": run.phase.value})

    @Slot(object)
    def _uploading(self, progress: UploadProgress) -> None:
        start = self._starts.get(progress.run_id)
        if start is not None:
            start.call.answer({"event": "progress", "done": progress.sent, "total": progress.total})

    @Slot(object)
    def _sent(self, outcome: SubmitOutcome) -> None:
        run_id = outcome.run.run_id
        start = self._starts.pop(run_id, None)
        if start is None:
            return
        start.waiting.discard(run_id)
        event: dict[str, object] = {"event": "sent", "run": run_id}
        if outcome.error is not None:
            event["error"] = error_event(outcome.error)["error"]
        start.call.answer(event, last=not start.waiting)

    # -- a model

    def _download(self, call: OrderCaller, run_id: str, folder: Path) -> None:
        services = self.services
        if not folder.is_absolute():  # it would be one of the window's own
            raise StudioError(_("Enter the full path of the folder."))
        run = next((one for one in services.runs.runs if one.run_id == run_id), None)
        if run is None:
            raise StudioError(_("The open window does not have this run."), _("It may belong to another account."))
        if run_id in services.downloads.running:
            raise StudioError(_("This model is already being downloaded."))
        self._downloads[run_id] = call
        services.downloads.download(run_id, services.downloads.default_target(run, folder))

    @Slot(object)
    def _downloading(self, progress: DownloadProgress) -> None:
        call = self._downloads.get(progress.run_id)
        if call is not None:
            call.answer({"event": "progress", "done": progress.received, "total": progress.total})

    @Slot(object)
    def _downloaded(self, result: DownloadResult) -> None:
        call = self._downloads.pop(result.run_id, None)
        if call is not None:
            call.answer({"event": "downloaded", "run": result.run_id, "path": str(result.path)}, last=True)

    @Slot(object)
    def _not_downloaded(self, failure: RunFailure) -> None:
        call = self._downloads.pop(failure.run_id, None)
        if call is not None:
            call.answer(error_event(failure.error), last=True)


@dataclass(slots=True, eq=False)
class _Start:
    call: OrderCaller
    waiting: set[str]  # runs that have not ended


def error_event(error: StudioError) -> dict[str, object]:
    """Return an error as the last event of an order."""
    kind = "busy"
    if isinstance(error, ApiError):
        kind = error.problem.value
    elif isinstance(error, DatasetError):
        kind = "photos"
    elif isinstance(error, StartingError):
        kind = "starting"
    elif isinstance(error, CancelledError):
        kind = "cancelled"
    return {
        "event": "error",
        "error": {"title": error.title, "advice": error.advice, "detail": error.detail, "kind": kind},
    }
