"""Orders of the command line, carried out by the open window's services.

The command line cannot write while a window has the data folder. It sends an order to the window, a line of JSON,
and reads lines until one has `"end": true`. The first, {"event": "taken"}, comes at once:

    {"order": "quote", "train": TrainingOrder}      → {"event": "quote", "quote": TrainingQuote, "token": …}
    {"order": "start", "token": …}                  → run, progress and sent events; a new quote if it is refused
    {"order": "download", "run": …, "folder": …}    → progress events, then downloaded
    {"order": "quote-run", "run": …}                → as quote, with a PurchaseQuote: to continue a run
    {"order": "give-up", "run": …}                  → given-up
    {"order": "quote-pictures", "pictures": PictureOrder} → as quote-run; "start" then makes image events

`account` in an order is the account that it is meant for, "" for the one in use. What is started is what was
quoted, once, and after the budget was checked again: photos are not read again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast
from uuid import uuid4

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.accounts import Account, AccountKind, shown_name
from segmind_studio.core.budget import Budget
from segmind_studio.core.datasets import PackageOptions
from segmind_studio.core.errors import StudioError
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.runs import Phase, Run, Stage
from segmind_studio.record import record
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.runs.download_service import DownloadProgress, DownloadResult, DownloadService
from segmind_studio.services.runs.order_calls import OrderCaller, StartingError, error_event
from segmind_studio.services.runs.ordered_pictures import OrderedPictures
from segmind_studio.services.runs.purchase_orders import (
    PictureOrder,
    PurchaseQuote,
    quote_continuing,
    quote_pictures,
)
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
from segmind_studio.store.records import plain
from segmind_studio.texts import _, ngettext

MOST_QUOTES = 8  # that wait to be confirmed; the oldest is dropped


@record
class _Continuing:
    """A quoted order to continue a run."""

    run_id: str


_Quoted = ReadOrder | PictureOrder | _Continuing


@record
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
    """Take orders and answer them. GUI thread.

    Signals:
        carried_out(str): what is done from now on for an order, to show it; a new training has its own message.
    """

    carried_out = Signal(str)

    def __init__(self, services: DeskServices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.services = services
        self._quoted: OrderedDict[str, tuple[_Quoted, str]] = OrderedDict()  # with the account that would pay
        self._starts: dict[str, _Start] = {}  # by run
        self._downloads: dict[str, OrderCaller] = {}  # by run
        self._given_up: dict[str, OrderCaller] = {}  # by run
        self._pictures = OrderedPictures(services.images, self._judge_pictures, self)
        submits, downloads = services.submits, services.downloads
        submits.started.connect(self._started)
        submits.progress.connect(self._uploading)
        submits.finished.connect(self._sent)
        submits.failed.connect(self._not_done)
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
        if message.get("order") == "account":
            call.answer({"event": "account", "account": plain(self._account())}, last=True)
            return
        self._check_account(str(message.get("account", "")))
        match message.get("order"):
            case "quote":
                train = message.get("train")
                order = TrainingOrder.of(cast("Mapping[str, object]", train) if isinstance(train, Mapping) else {})
                _Reading(self, call, order)
            case "start":
                self._start(call, str(message.get("token", "")))
            case "quote-run":
                run = self._run(str(message.get("run", "")))
                self._offer(call, _Continuing(run.run_id), self._judge_run(run).message())
            case "quote-pictures":
                pictures = PictureOrder.of(message.get("pictures"))
                self._offer(call, pictures, self._judge_pictures(pictures).message())
            case "give-up":
                run = self._run(str(message.get("run", "")))
                self._given_up[run.run_id] = call
                self.services.submits.abandon(run.run_id)
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
                _("The open window uses the account “{name}”.").format(name=shown_name(state.current)),
                _("Switch the account there, or close the window."),
            )

    def _account(self) -> Account:
        """Return the account in use, also while its key is not there. StartingError while it is being found."""
        state = self.services.accounts.state
        if state.connection is None and state.current.kind is AccountKind.PRACTICE:
            raise StartingError(_("The open window has no connection."), _("Check its Settings."))
        return state.connection.account if state.connection is not None else state.current

    @property
    def _account_id(self) -> str:
        connection = self.services.accounts.state.connection
        return connection.account.account_id if connection is not None else ""

    def _run(self, run_id: str) -> Run:
        run = self.services.runs.run(run_id)
        if run is None:
            raise StudioError(_("The open window does not have this run."), _(
                "It may belong to another account."
            ))
        return run

    # -- what it costs

    def give_quote(self, call: OrderCaller, read: ReadOrder) -> None:
        """Answer what a training costs, and keep it until it is confirmed."""
        try:
            self._offer(call, read, self._judge_training(read).message())
        except StudioError as error:
            call.answer(error_event(error), last=True)

    def _offer(self, call: OrderCaller, order: _Quoted, quote: dict[str, object]) -> None:
        """Answer with a quote, and keep the order until it is confirmed."""
        token = uuid4().hex
        self._quoted[token] = order, self._account_id
        while len(self._quoted) > MOST_QUOTES:
            self._quoted.popitem(last=False)
        call.answer({"event": "quote", "quote": quote, "token": token}, last=True)

    def _known(self) -> tuple[Account, Budget, tuple[Run, ...], tuple[GeneratedImage, ...]]:
        """Return what purchases are judged by. StartingError while it is being read."""
        services = self.services
        connection = services.accounts.state.connection
        runs, images = services.runs.runs, services.images.images
        read = services.runs.loaded and services.images.loaded
        if connection is None or not read or any(
            row.account_id != connection.account.account_id for row in (*runs, *images)
        ):
            raise StartingError(_("The open window is still loading your history."), _("Try again."))
        return connection.account, Budget.of(services.settings.value), runs, images

    def _judge_training(self, read: ReadOrder) -> TrainingQuote:
        return quote_of(read, *self._known())

    def _judge_run(self, run: Run) -> PurchaseQuote:
        quote = quote_continuing(run, *self._known())
        if run.stage is not Stage.INTERRUPTED:
            raise StudioError(
                _("“{name}” cannot be continued now.").format(name=run.name), _("See its row in Runs."),
            )
        return quote

    def _judge_pictures(self, order: PictureOrder) -> PurchaseQuote:
        return quote_pictures(order, *self._known())

    # -- a confirmed order

    def _start(self, call: OrderCaller, token: str) -> None:
        order, account_id = self._quoted.pop(token, (None, ""))  # an order is started once
        if order is None:
            raise StudioError(_("This command is no longer known."), _(
                "Nothing was sent. Run the command again."
            ))
        if account_id != self._account_id:
            raise StudioError(
                _("Another account was chosen in the open window."), _("Nothing was sent. Run the command again."),
            )
        if isinstance(order, ReadOrder):
            quote = self._judge_training(order)
            if quote.allowed:
                self._train(call, order)
            else:  # something was paid in the meantime
                call.answer({"event": "quote", "quote": quote.message()}, last=True)
            return
        if isinstance(order, PictureOrder):
            purchase = self._judge_pictures(order)
        else:
            purchase = self._judge_run(self._run(order.run_id))
        if purchase.over:
            call.answer({"event": "over", "over": list(purchase.over)}, last=True)
        elif isinstance(order, PictureOrder):
            run = self._run(order.run_id)
            self._pictures.start(call, order, run)
            words = ngettext(
                "The command line makes {count} picture with “{name}”.",
                "The command line makes {count} pictures with “{name}”.", order.count,
            )
            self.carried_out.emit(words.format(count=order.count, name=run.name))
        else:
            self._continue(call, order.run_id)

    def _train(self, call: OrderCaller, read: ReadOrder) -> None:
        run_ids = self.services.submits.submit(read.request, read.plans)
        start = _Start(call, set(run_ids))
        self._starts.update(dict.fromkeys(run_ids, start))
        if not run_ids:
            raise StudioError(_("The open window has no connection."), _("Check its Settings."))

    def _continue(self, call: OrderCaller, run_id: str) -> None:
        """Continue a run; where the app works on it already, `_not_done` follows at once."""
        start = self._starts[run_id] = _Start(call, {run_id}, beginning=True)
        self.services.submits.resume(run_id)
        start.beginning = False
        if run_id in self._starts:
            words = _("“{name}” is continued from the command line.")
            self.carried_out.emit(words.format(name=self._run(run_id).name))

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
        if outcome.run.phase is Phase.ABANDONED and (call := self._given_up.pop(run_id, None)) is not None:
            call.answer({"event": "given-up", "run": run_id}, last=True)
            self.carried_out.emit(_("“{name}” was given up from the command line.").format(name=outcome.run.name))
        start = self._starts.pop(run_id, None)
        if start is None:
            return
        start.waiting.discard(run_id)
        event: dict[str, object] = {"event": "sent", "run": run_id}
        if outcome.error is not None:
            event["error"] = error_event(outcome.error)["error"]
        start.call.answer(event, last=not start.waiting)

    @Slot(object)
    def _not_done(self, failure: RunFailure) -> None:
        """Answer that a run was not given up, or not continued."""
        given_up = self._given_up.pop(failure.run_id, None)
        if given_up is not None:
            given_up.answer(error_event(failure.error, "failed"), last=True)
        start = self._starts.get(failure.run_id)
        if start is not None and start.beginning:
            del self._starts[failure.run_id]
            start.call.answer(error_event(failure.error), last=True)

    # -- a model

    def _download(self, call: OrderCaller, run_id: str, folder: Path) -> None:
        services = self.services
        if not folder.is_absolute():  # it would be one of the window's own
            raise StudioError(_("Enter the full path of the folder."))
        run = self._run(run_id)
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
    beginning: bool = False  # a continued run; it may be refused at once
