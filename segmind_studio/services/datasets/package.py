"""Keep the description of what would be sent up to date: one plan for several quick edits, off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segmind_studio.core.datasets import Dataset, Finding, PackageInfo, PackageOptions
from segmind_studio.core.picture_findings import with_picture_findings
from segmind_studio.services.datasets.messages import PackageAnswer, PackageRequest
from segmind_studio.services.datasets.threads import DatasetThreads

DELAY_MS = 150  # several edits follow each other quickly

# Returns what is found of the pictures of a package, and how many of them are not measured yet. In the GUI thread.
PictureJudge = Callable[[PackageInfo, PackageOptions], tuple[tuple[Finding, ...], int]]


class PackageWatch(QObject):
    """Request the package again after changes; only the newest request gets an answer. Lives in the GUI thread.

    Signals:
        changed(PackageInfo); answered(): the last request was answered, whether `info` changed or not;
        looked_at(tuple[Photo, ...]): photos whose files changed, always before `changed`; failed(StudioError):
        about the app's own folder, emitted once until it is resolved.
    """

    changed = Signal(object)
    answered = Signal()
    looked_at = Signal(object)
    failed = Signal(object)

    def __init__(self, threads: DatasetThreads, dataset: Callable[[], Dataset], parent: QObject) -> None:
        super().__init__(parent)
        self.info = PackageInfo()
        self._planned = self.info  # without what is found of measured pictures
        self._judge: PictureJudge | None = None
        self.options = PackageOptions()
        self.trigger_word = ""
        self._dataset = dataset
        self._wanted = threads.package_wanted
        self._newest: PackageRequest | None = None
        self._answered_id = 0
        self._last_title = ""
        self._last_id = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._ask)
        threads.files.packaged.connect(self._on_packaged)

    @property
    def current(self) -> bool:
        """Return whether `info` belongs to the photos, options and trigger word as they are now."""
        return self._answered_id == self._last_id and not self._timer.isActive()

    def set_options(self, options: PackageOptions) -> None:
        """Set how the archive is made."""
        if options != self.options:
            self.options = options
            self.judge_again()
            self.refresh()

    def use_judge(self, judge: PictureJudge) -> None:
        """Add what this finds of measured pictures to the findings; `judge_again` when it finds something else."""
        self._judge = judge

    def judge_again(self) -> None:
        """Emit again with what is now known of the pictures; all else is unchanged."""
        if self._planned.image_count:  # else the photos were not counted yet, or there are none
            self._show(self._planned)

    def set_trigger_word(self, word: str) -> None:
        """Set the word that the captions should contain."""
        if word != self.trigger_word:
            self.trigger_word = word
            self.refresh()

    def refresh(self, delay_ms: int = DELAY_MS) -> None:
        """Request a new plan, `delay_ms` after the last of several calls."""
        self._timer.start(delay_ms)

    def stop(self) -> None:
        """Stop requesting; the running request is cancelled."""
        self._timer.stop()
        if self._newest is not None:
            self._newest.cancelled.set()

    @Slot()
    def _ask(self) -> None:
        self.stop()
        self._last_id += 1
        self._newest = PackageRequest(self._last_id, self._dataset(), self.options, self.trigger_word)
        self._wanted.emit(self._newest)

    @Slot(object)
    def _on_packaged(self, answer: PackageAnswer) -> None:
        newest = self._newest
        if newest is None or answer.request_id != newest.request_id or newest.cancelled.is_set():
            return
        self._answered_id = answer.request_id
        if answer.changed:
            self.looked_at.emit(answer.changed)
        if answer.error is not None and answer.error.title != self._last_title:
            self._last_title = answer.error.title
            self.failed.emit(answer.error)
        elif answer.info.exact:
            self._last_title = ""
        self._show(answer.info)
        self.answered.emit()

    def recount(self) -> None:
        """Emit again with the current number of photos that still need a look; all else is unchanged."""
        self._show(self._planned)

    def _show(self, info: PackageInfo) -> None:
        info = self._planned = replace(info, unlooked=self._dataset().unlooked)  # looks continue meanwhile
        if self._judge is not None:
            more, unmeasured = self._judge(info, self.options)
            info = replace(info, findings=with_picture_findings(info.findings, more), unmeasured=unmeasured)
        if info != self.info:
            self.info = info
            self.changed.emit(info)
