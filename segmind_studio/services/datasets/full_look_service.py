"""The looks at the open dataset's photos: what is asked for, in which order, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.dataset.damage import Look, LookKey
from segmind_studio.services.datasets.dataset_service import DatasetService, worth_a_look
from segmind_studio.services.datasets.full_look_pool import FullLookPool
from segmind_studio.services.runs.submission_service import LookProgress, SubmitOutcome
from segmind_studio.services.system.activity import ActivityBoard
from segmind_studio.texts import _, ngettext, stored

TOLD_EVERY_MS = 100
PHOTOS_A_MS = 5  # a change of a large dataset costs more, so it comes less often
ACTIVITY = "look"
_GATHER_MS = 1000
_AHEAD = 64  # photos in the pool: enough for all processes until the next answer


@dataclass(frozen=True, slots=True)
class _Answer:
    key: LookKey
    look: Look


class FullLookService(QObject):
    """Have each photo of the open dataset looked at in full once, the used ones first. Lives in the GUI thread.

    What is found is stored with the dataset. Another dataset takes the place of the one before, whose photos are
    looked at when it is opened again.

    Signals:
        told(str): photos that were taken for good until now are left out; words for the person.
    """

    told = Signal(str)
    _found = Signal(object)  # _Answer, from the pool's threads

    def __init__(
        self, datasets: DatasetService, pool: FullLookPool, board: ActivityBoard, parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._datasets = datasets
        self._pool = pool
        self._board = board
        self._started = False
        self._dataset_id = ""
        self._photos: tuple[Photo, ...] = ()  # as they were last seen
        self._first: dict[str, Photo] = {}  # to be asked for, by id: those that are used
        self._later: dict[str, Photo] = {}  # and those that are left out
        self._asked: set[LookKey] = set()
        self._failed: set[LookKey] = set()  # files that could not be looked at as they were known
        self._done = 0  # since nothing was under way
        self._shown = False  # on the board
        self._waits: set[str] = set()  # starts that wait, by their key on the board
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

    def ask_stop(self) -> None:
        """Look at nothing more and end the processes; what was found already is stored. May be repeated."""
        if self._started:
            self._started = False
            self._datasets.dataset_changed.disconnect(self._on_changed)
            self._drop()
            self._tell()
        self._timer.stop()
        self._telling.stop()
        self._pool.ask_stop()

    def wait_end(self, deadline_ms: int) -> bool:
        """Wait for the processes and their threads; False when the deadline passed."""
        return self._pool.stop(deadline_ms / 1000)

    def stop(self, deadline_ms: int = 3000) -> bool:
        """Look at nothing more, and wait for the end; False when the deadline passed."""
        self.ask_stop()
        return self.wait_end(deadline_ms)

    @Slot(object)
    def doubt(self, photo: Photo) -> None:
        """Look again at a photo that cannot be shown, whatever is known of it, and before all others."""
        if not photo.problem and self._datasets.dataset.photo(photo.photo_id):
            self._pool.forget(key_of(photo))
            self._ask(key_of(photo), first=True)

    @Slot(object)
    def _on_changed(self, dataset: Dataset) -> None:
        if dataset.dataset_id != self._dataset_id:
            self._open(dataset)
        before, self._photos = self._photos, dataset.photos
        for photo in _missing(before, dataset.photos):
            self._first.pop(photo.photo_id, None)
            self._later.pop(photo.photo_id, None)
        for photo in _missing(dataset.photos, before):
            if worth_a_look(photo):
                (self._first if photo.used else self._later)[photo.photo_id] = photo
            elif self._failed:
                self._failed.discard(key_of(photo))  # when the file is back it is another try
        self._feed()

    def _open(self, dataset: Dataset) -> None:
        """Forget the dataset before, and learn what was found in this one in an earlier session."""
        self._drop()
        self._failed.clear()
        self._dataset_id, self._photos = dataset.dataset_id, ()
        for photo in dataset.photos:
            if photo.looked:
                self._pool.remember(key_of(photo), Look(photo.problem, photo.changes))

    def _drop(self) -> None:
        self._first.clear()
        self._later.clear()
        self._pool.withdraw(self._hand_over, self._asked)
        self._asked.clear()
        self._timer_on()

    def _feed(self) -> None:
        """Ask for the next ones; a few at a time, so that thousands cost nothing at once."""
        while len(self._asked) < _AHEAD and (waiting := self._first or self._later):
            key = key_of(waiting.pop(next(iter(waiting))))
            if key not in self._looks and key not in self._failed and key not in self._asked:
                self._ask(key)

    def _ask(self, key: LookKey, *, first: bool = False) -> None:
        self._asked.add(key)
        self._pool.ask(key, self._hand_over, first=first)
        self._timer_on()

    def _hand_over(self, key: LookKey, look: Look) -> None:
        """Take an answer; called on a thread of the pool, or on this one."""
        self._found.emit(_Answer(key, look))

    @Slot(object)
    def _take(self, answer: _Answer) -> None:
        if answer.key in self._asked:
            self._asked.discard(answer.key)
            self._done += 1
            self._looks[answer.key] = answer.look
            self._timer_on()
            self._feed()

    def _timer_on(self) -> None:
        if not self._timer.isActive():
            self._timer.start(max(TOLD_EVERY_MS, len(self._datasets.dataset.photos) // PHOTOS_A_MS))

    @Slot()
    def _tell(self) -> None:
        """Store what came, and say how far it is."""
        looks, self._looks = self._looks, {}
        failed = {key for key, look in looks.items() if not look.final}
        self._failed |= failed
        left = len(self._first) + len(self._later) + len(self._asked)
        if left:
            if not self._shown:
                self._board.begin(ACTIVITY, _("Checking the photos"))
            self._board.progress(ACTIVITY, self._done, self._done + left, "photos")
        else:
            self._board.end(ACTIVITY)
            self._done = 0
        self._shown = left > 0
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
            _("“{name}” cannot be used: {problem}").format(name=first.path.name, problem=stored(first.problem))
            if len(damaged) == 1 else ngettext(
                "{count} photo is damaged and cannot be used. The checks name it.",
                "{count} photos are damaged and cannot be used. The checks name them.", len(damaged),
            ).format(count=len(damaged))
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
            self._board.begin(key, _("The start waits until the photos are checked"))
        self._board.progress(key, progress.done, progress.total, "photos")

    @Slot(object)
    def end_wait(self, outcome: SubmitOutcome) -> None:
        """Show no more that a start waits: it went on, or was given up."""
        self.show_wait(LookProgress(outcome.run.run_id, 0, 0))


def _missing(photos: tuple[Photo, ...], others: tuple[Photo, ...]) -> list[Photo]:
    """Return the photos that are not among the others; an edited one is another."""
    if len(photos) == len(others):
        return [photo for photo, other in zip(photos, others, strict=True) if photo is not other]
    known = set(map(id, others))
    return [photo for photo in photos if id(photo) not in known]


def key_of(photo: Photo) -> LookKey:
    """Return the file of a photo as it was when it was scanned."""
    return LookKey(str(photo.path), photo.size, photo.mtime_ns)
