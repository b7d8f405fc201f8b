"""One list of all long work, so that it is shown and can be stopped in one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.accounts import shown_name
from segmind_studio.core.runs import Phase, Run
from segmind_studio.record import record

if TYPE_CHECKING:
    from segmind_studio.services.accounts.account_service import AccountService
    from segmind_studio.services.runs.submission_service import SubmissionService, SubmitOutcome, UploadProgress
from segmind_studio.texts import _

_FULL = 1000


@record
class Activity:
    """One piece of long work; `total` is None when its end is not known. Units: "bytes", "photos" or "".

    Work that is not `here` runs at the service, for hours: it has no progress bar. A `transfer` moves data between
    this computer and the service: the computer is kept awake for it.
    """

    key: str
    title: str
    done: int = 0
    total: int | None = None
    unit: str = ""
    cancel: Callable[[], None] | None = None
    here: bool = True
    transfer: bool = False


def permille(work: Activity) -> int | None:
    """Return how far it is, 0 to 1000, None when its end is not known."""
    if not work.total:
        return None
    return min(_FULL, work.done * _FULL // work.total)


def shared_progress(work: Sequence[Activity]) -> int | None:
    """Return how far all work in this app is together, 0 to 1000; None when there is none, or no end is known."""
    known = [done for one in work if one.here and (done := permille(one)) is not None]
    return sum(known) // len(known) if known else None


class ActivityBoard(QObject):
    """Hold all running work. GUI thread only.

    Signals:
        changed(object): tuple[Activity, ...], all running work, oldest first.
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: dict[str, Activity] = {}

    @property
    def activities(self) -> tuple[Activity, ...]:
        """Return all running work, oldest first."""
        return tuple(self._work.values())

    def begin(
        self, key: str, title: str, cancel: Callable[[], None] | None = None, *, here: bool = True,
        transfer: bool = False,
    ) -> None:
        """Add work to the board; the same key again restarts it."""
        self._work[key] = Activity(key, title, cancel=cancel, here=here, transfer=transfer)
        self.changed.emit(self.activities)

    def rename(self, key: str, title: str) -> None:
        """Rename work; unknown keys are ignored."""
        if key in self._work and self._work[key].title != title:
            self._work[key] = replace(self._work[key], title=title)
            self.changed.emit(self.activities)

    def progress(self, key: str, done: int, total: int | None, unit: str = "") -> None:
        """Set the progress of work; unknown keys are late answers and are ignored."""
        if key in self._work:
            self._work[key] = replace(self._work[key], done=done, total=total, unit=unit)
            self.changed.emit(self.activities)

    def end(self, key: str) -> None:
        """Remove work from the board."""
        if self._work.pop(key, None) is not None:
            self.changed.emit(self.activities)


class SubmissionWork(QObject):
    """Show submissions on the board, from the first step to the answer. GUI thread.

    The last bytes of an upload are in network buffers long before they arrive, and the account may be
    changed during it: each entry has the run's name, and for another account also the account's name.
    """

    def __init__(
        self, board: ActivityBoard, submits: SubmissionService, accounts: AccountService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._board = board
        self._submits = submits
        self._accounts = accounts
        self._runs: dict[str, Run] = {}
        submits.row_changed.connect(self._row_changed)
        submits.progress.connect(self._moved)
        submits.finished.connect(self._finished)
        accounts.changed.connect(self._name_again)

    @Slot(object)
    def _row_changed(self, run: Run) -> None:
        if run.live:
            self._runs[run.run_id] = run
            self._show(run)

    def _show(self, run: Run) -> None:
        stop = None if run.phase in _SENT else _Stop(self._submits, run.run_id)
        self._board.begin(f"submit-{run.run_id}", self._title(run), stop, transfer=True)

    @Slot(object)
    def _moved(self, progress: UploadProgress) -> None:
        self._board.progress(f"submit-{progress.run_id}", progress.sent, progress.total, "bytes")

    @Slot(object)
    def _finished(self, outcome: SubmitOutcome) -> None:
        self._runs.pop(outcome.run.run_id, None)
        self._board.end(f"submit-{outcome.run.run_id}")

    @Slot(object)
    def _name_again(self, _state: object) -> None:
        for run in self._runs.values():
            self._board.rename(f"submit-{run.run_id}", self._title(run))

    def _title(self, run: Run) -> str:
        state = self._accounts.state
        words = _("Sending “{name}”") if run.phase in _SENT else _("Uploading the photos of “{name}”")
        name = run.name if len(run.name) <= _LONGEST_NAME else f"{run.name[:_LONGEST_NAME]}…"
        title = words.format(name=name)
        if run.account_id == state.current.account_id:
            return title
        names = [shown_name(account) for account in state.accounts if account.account_id == run.account_id]
        return _("{account}: {title}").format(account=names[0] if names else _("Another account"), title=title)


_LONGEST_NAME = 32  # characters; the status strip shows other things too
_SENT = frozenset({Phase.SENDING, Phase.ACCEPTED, Phase.UNKNOWN})


class _Stop:
    """Stop one submission, from the list of running work."""

    def __init__(self, submits: SubmissionService, run_id: str) -> None:
        self._submits = submits
        self._run_id = run_id

    def __call__(self) -> None:
        self._submits.cancel(self._run_id)
