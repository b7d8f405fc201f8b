"""Have the photos of the open dataset measured in the background, and judge them for its package's findings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segmind_studio.core.datasets import MEASURED_UNASKED, Finding, PackageInfo, PackageOptions
from segmind_studio.core.picture_findings import judged_photos, picture_findings
from segmind_studio.services.datasets.dataset_service import DatasetService

if TYPE_CHECKING:
    from segmind_studio.services.images.picture_measures import PictureMeasurer

IDLE_MS = 1500  # after the last change
_MANY = 1_000  # photos: judging them takes a turn of its own

_Judged = tuple[tuple[Finding, ...], int]


class MeasuredChecks(QObject):
    """Measure the used photos when nothing has changed for a moment, so that one list has all findings.

    Lives in the GUI thread. Of more than `most` used photos, and of the excluded ones, only what somebody needs is
    measured, see `use_need`. `measurer` returns what measures; it is made when it is first needed.

    Signals: changed(), when more is known about the photos; GUI thread. The package has the findings by then; of
    very many photos, a turn later.
    """

    changed = Signal()

    def __init__(
        self, datasets: DatasetService, measurer: Callable[[], PictureMeasurer], parent: QObject | None = None, *,
        most: int = MEASURED_UNASKED, idle_ms: int = IDLE_MS,
    ) -> None:
        super().__init__(parent)
        self._datasets = datasets
        self._make = measurer
        self._most = most
        self._measurer: PictureMeasurer | None = None
        self._need: Callable[[], bool] = bool
        self._last: _Judged = ((), 0)
        self._last_of = ""  # the id of the dataset that it is about
        self._stopped = False
        self._turn = False  # this turn is the one for judging very many
        self._idle = QTimer(self, singleShot=True, interval=idle_ms)
        self._idle.timeout.connect(self._measure_unasked)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._judge_many)
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self.measure)

    def start(self) -> None:
        """Follow the open dataset from now on."""
        self._datasets.package_watch.use_judge(self._judge)
        self._datasets.dataset_changed.connect(self._follow)
        self._follow()

    def ask_stop(self) -> None:
        """Ask for nothing more, and no longer whether somebody needs it. May be repeated."""
        self._stopped = True
        self._need = bool
        self._idle.stop()
        self._soon.stop()
        self._next.stop()

    def use_need(self, need: Callable[[], bool]) -> None:
        """Measure all photos at each change for which this returns True: something that is shown needs them."""
        self._need = need

    @Slot()
    def measure(self) -> None:
        """Measure all photos now, if they are needed; nothing is emitted when they were measured before."""
        if self._need():
            self._made.measure(self._datasets.dataset.photos)

    @Slot()
    def measure_next(self) -> None:
        """Do what `measure` does; of very many photos, after what needs them has been shown."""
        if len(self._datasets.dataset.photos) < _MANY:
            self.measure()
        elif not self._stopped:
            self._next.start()

    @property
    def begun(self) -> bool:
        """Return whether photos were measured, so that `changed` may have been emitted already."""
        return self._measurer is not None

    @property
    def _made(self) -> PictureMeasurer:
        if self._measurer is None:
            self._measurer = self._make()
            self._measurer.changed.connect(self._show)
        return self._measurer

    @Slot()
    def _follow(self) -> None:
        if self._need():
            self.measure()
        elif not self._stopped:
            self._idle.start()

    @Slot()
    def _measure_unasked(self) -> None:
        used = self._datasets.dataset.used
        if self._need():
            self.measure()
        elif 0 < len(used) <= self._most:
            self._made.measure(used, unasked=True)

    @Slot()
    def _show(self) -> None:
        if self._stopped:
            return
        if len(self._datasets.dataset.used) < _MANY:
            self._datasets.package_watch.judge_again()
        else:
            self._soon.start()
        self.changed.emit()

    @Slot()
    def _judge_many(self) -> None:
        self._turn = True
        self._datasets.package_watch.judge_again()
        self._turn = False

    def _judge(self, package: PackageInfo, options: PackageOptions) -> _Judged:
        """Return what is found of the pictures of a package, and how many are not measured."""
        dataset, measurer = self._datasets.dataset, self._measurer
        used = dataset.used
        if measurer is None:
            return (), len(used)
        if len(used) >= _MANY and not self._turn:
            if not self._stopped:
                self._soon.start()
            return self._last if self._last_of == dataset.dataset_id else ((), measurer.missing(used))
        photos = judged_photos(used, package.findings)
        known = measurer.known_of(photos, stripped=options.strip_metadata)
        self._last, self._last_of = (picture_findings(known), measurer.missing(used)), dataset.dataset_id
        return self._last
