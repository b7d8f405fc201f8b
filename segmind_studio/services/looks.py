"""The looks at the open dataset's photos: what is asked for, in which order, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.dataset.damage import Look, LookKey
from segmind_studio.services.activity import ActivityBoard
from segmind_studio.services.datasets import DatasetService
from segmind_studio.services.looking import LookingPool
from segmind_studio.services.submissions import LookProgress, SubmitOutcome

TOLD_EVERY_MS = 100
PHOTOS_A_MS = 10  # a change of a large dataset costs more, so it comes less often
ACTIVITY = "look"
_GATHER_MS = 1000


@dataclass(frozen=True, slots=True)
class _Answer:
    key: LookKey
    look: Look


class LookService(QObject):
    """Have each photo of the open dataset looked at in full once, the used ones first. Lives in the GUI thread.

    What is found is stored with the dataset. Another dataset takes the place of the one before, whose photos are
    looked at when it is opened again.

    Signals:
        told(str): photos that were taken for good until now are left out; words for the person.
    """

    told = Signal(str)
    _found = Signal(object)  # _Answer, from the pool's threads

    def __init__(
        self, datasets: DatasetService, pool: LookingPool, board: ActivityBoard, parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._datasets = datasets
        self._pool = pool
        self._board = board
        self._started = False
        self._dataset_id = ""
        self._failed: set[LookKey] = set()  # files that could not be looked at as they were known
        self._awaited: set[LookKey] = set()
        self._waits: set[str] = set()  # starts that wait, by their key on the board
        self._done = 0  # since nothing was awaited
        self._looks: dict[LookKey, Look] = {}  # to be told with the next change
        self._damaged: list[Photo] = []  # to be told in one go
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(_GATHER_MS)
        self._telling.timeout.connect(self._tell_damaged)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tell)
        self._found.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Look at the photos of the dataset that is open, and of those that come."""
        self._started = True
        self._datasets.dataset_changed.connect(self._on_changed)
        self._on_changed(self._datasets.dataset)

    def stop(self) -> bool:
        """Look at nothing more and end the processes; what was found already is stored. May be repeated."""
        if self._started:
            self._started = False
            self._datasets.dataset_changed.disconnect(self._on_changed)
            self._withdraw(set(self._awaited))
            self._tell()
        self._timer.stop()
        self._telling.stop()
        return self._pool.stop()

    @Slot(object)
    def doubt(self, photo: Photo) -> None:
        """Look again at a photo that cannot be shown, whatever is known of it, and before all others."""
        if not photo.problem and self._datasets.dataset.photo(photo.photo_id):
            self._pool.forget(key_of(photo))
            self._ask(key_of(photo), first=True)

    @Slot(object)
    def _on_changed(self, dataset: Dataset) -> None:
        if dataset.dataset_id != self._dataset_id:
            self._dataset_id = dataset.dataset_id
            self._failed.clear()
            for photo in dataset.photos:
                if photo.looked:  # in an earlier session
                    self._pool.remember(key_of(photo), Look(photo.problem, photo.changes))
        if self._awaited:
            self._withdraw(self._awaited - {key_of(photo) for photo in dataset.photos})
        wanted = {key_of(p): p.used for p in dataset.photos if not p.looked and not p.problem}
        self._failed &= wanted.keys()  # a file that is back is another try
        new = [key for key in wanted if not (key in self._awaited or key in self._looks or key in self._failed)]
        for key in [*(key for key in new if wanted[key]), *(key for key in new if not wanted[key])]:
            self._ask(key)

    def _ask(self, key: LookKey, *, first: bool = False) -> None:
        if not self._awaited:
            self._done = 0
            self._board.begin(ACTIVITY, self.tr("Looking at the photos"))
        self._awaited.add(key)
        self._pool.ask(key, self._hand_over, first=first)
        self._timer_on()

    def _withdraw(self, keys: set[LookKey]) -> None:
        if keys:
            self._pool.withdraw(self._hand_over, keys)
            self._awaited -= keys
            self._timer_on()

    def _hand_over(self, key: LookKey, look: Look) -> None:
        """Take an answer; called on a thread of the pool, or on this one."""
        self._found.emit(_Answer(key, look))

    @Slot(object)
    def _take(self, answer: _Answer) -> None:
        if answer.key in self._awaited:
            self._awaited.discard(answer.key)
            self._done += 1
            self._looks[answer.key] = answer.look
            self._timer_on()

    def _timer_on(self) -> None:
        if not self._timer.isActive():
            self._timer.start(max(TOLD_EVERY_MS, len(self._datasets.dataset.photos) // PHOTOS_A_MS))

    @Slot()
    def _tell(self) -> None:
        """Store what came, and say how far it is."""
        looks, self._looks = self._looks, {}
        failed = {key for key, look in looks.items() if not look.final}
        self._failed |= failed
        if self._awaited:
            self._board.progress(ACTIVITY, self._done, self._done + len(self._awaited), "photos")
        else:
            self._board.end(ACTIVITY)
        self._damaged += self._datasets.take_looks(looks)
        if self._damaged and not self._telling.isActive():
            self._telling.start()
        if failed:
            self._datasets.check_files()  # gone, or not what they were

    @Slot()
    def _tell_damaged(self) -> None:
        damaged, self._damaged = self._damaged, []
        first = damaged[0]
        self.told.emit(
            self.tr("“{0}” is left out: {1}").format(first.path.name, first.problem) if len(damaged) == 1
            else self.tr("{0} photos are damaged and left out. The checks name them.").format(len(damaged))
        )

    @Slot(object)
    def show_wait(self, progress: LookProgress) -> None:
        """Show that a start waits until its photos were looked at."""
        key = f"{ACTIVITY}-{progress.run_id}"
        if progress.done == progress.total:
            self._waits.discard(key)
            self._board.end(key)
            return
        if key not in self._waits:
            self._waits.add(key)
            self._board.begin(key, self.tr("The start waits for the photos to be looked at"))
        self._board.progress(key, progress.done, progress.total, "photos")

    @Slot(object)
    def end_wait(self, outcome: SubmitOutcome) -> None:
        """Show no more that a start waits: it went on, or was given up."""
        self.show_wait(LookProgress(outcome.run.run_id, 0, 0))


def key_of(photo: Photo) -> LookKey:
    """Give the file of a photo as it was when it was scanned."""
    return LookKey(str(photo.path), photo.size, photo.mtime_ns)
