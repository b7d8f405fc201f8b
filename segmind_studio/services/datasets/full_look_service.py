"""The full looks at the open dataset's photos: which are requested, in which order, and what is reported."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.dataset.damage import Look, LookKey
from segmind_studio.record import record
from segmind_studio.services.datasets.dataset_changes import worth_a_look
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.datasets.full_look_pool import FullLookPool
from segmind_studio.services.runs.submission_service import LookProgress, SubmitOutcome
from segmind_studio.services.system.activity import ActivityBoard
from segmind_studio.texts import _, ngettext, stored

STORE_EVERY_MS = 100
PHOTOS_A_MS = 5  # a change of a large dataset is slower, so changes come less often
ACTIVITY = "look"
_GATHER_MS = 1000
_REMEMBERED = 500  # photos in one turn of the window
_AHEAD = 64  # photos queued in the pool: enough for all processes until the next answer


@record
class _Answer:
    key: LookKey
    look: Look


class FullLookService(QObject):
    """Look at each photo of the open dataset in full once, the included ones first. Lives in the GUI thread.

    Results are stored with the dataset. When another dataset is opened, the rest of the previous one is
    done when that is opened again.

    Signals:
        message(str): a text for the user: photos that seemed good until now are left out.
    """

    message = Signal(str)
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
        self._photos: tuple[Photo, ...] = ()  # as of the last change
        self._first: dict[str, Photo] = {}  # waiting, by id: the included photos
        self._later: dict[str, Photo] = {}  # waiting, by id: the excluded photos
        self._asked: set[LookKey] = set()
        self._failed: set[LookKey] = set()  # files that could not be read in their known state
        self._done = 0  # photos done since the queue was last empty
        self._shown = False  # an entry is on the activity board
        self._waits: set[str] = set()  # runs that wait for looks, by their key on the board
        self._to_remember: list[Photo] = []  # that were looked at in earlier sessions
        self._remember_soon = QTimer(self)
        self._remember_soon.setSingleShot(True)
        self._remember_soon.setInterval(0)
        self._remember_soon.timeout.connect(self._remember_some)
        self._looks: dict[LookKey, Look] = {}  # results to store with the next change
        self._damaged: list[Photo] = []  # photos to report in one message
        self._damage_timer = QTimer(self)
        self._damage_timer.setSingleShot(True)
        self._damage_timer.setInterval(_GATHER_MS)
        self._damage_timer.timeout.connect(self._emit_damaged)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._store_results)
        self._found.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Start to look at the photos of the open dataset, and of each dataset opened later."""
        self._started = True
        self._datasets.dataset_changed.connect(self._on_changed)
        self._on_changed(self._datasets.dataset)

    def ask_stop(self) -> None:
        """Stop looking and end the processes; results so far are stored. May be repeated."""
        if self._started:
            self._started = False
            self._datasets.dataset_changed.disconnect(self._on_changed)
            self._drop()
            self._store_results()
        self._timer.stop()
        self._damage_timer.stop()
        self._pool.ask_stop()

    def wait_end(self, deadline_ms: int) -> bool:
        """Wait for the processes and their threads; False when the deadline passed."""
        return self._pool.stop(deadline_ms / 1000)

    def stop(self, deadline_ms: int = 3000) -> bool:
        """Stop looking and wait for the end; False when the deadline passed."""
        self.ask_stop()
        return self.wait_end(deadline_ms)

    @Slot(object)
    def doubt(self, photo: Photo) -> None:
        """Look again at a photo that cannot be shown, before all others; a known result is dropped."""
        if not photo.problem and self._datasets.dataset.photo(photo.photo_id):
            self._to_remember = [other for other in self._to_remember if other.photo_id != photo.photo_id]
            self._pool.forget(key_of(photo))
            self._ask(key_of(photo), first=True)

    @Slot(object)
    def _on_changed(self, dataset: Dataset) -> None:
        if dataset.dataset_id != self._dataset_id:
            self._open(dataset)
        before, self._photos = self._photos, dataset.photos
        for photo in _missing(before, dataset.photos) if self._first or self._later else ():
            self._first.pop(photo.photo_id, None)
            self._later.pop(photo.photo_id, None)
        fresh = _missing(dataset.photos, before)
        if not self._failed:  # there may be very many, nearly all of them known by then
            fresh = [photo for photo in fresh if not photo.looked]
        for photo in fresh:
            if worth_a_look(photo):
                (self._first if photo.used else self._later)[photo.photo_id] = photo
            elif self._failed:
                self._failed.discard(key_of(photo))  # try again when the file is back
        self._feed()

    def _open(self, dataset: Dataset) -> None:
        """Clear the previous dataset's state, and load this one's results of earlier sessions."""
        self._drop()
        self._failed.clear()
        self._dataset_id, self._photos = dataset.dataset_id, ()
        self._to_remember = [photo for photo in dataset.photos if photo.looked]
        self._remember_some()

    @Slot()
    def _remember_some(self) -> None:
        """Load the next results; of many photos in several turns. One that is asked for before is found anew."""
        part, self._to_remember = self._to_remember[:_REMEMBERED], self._to_remember[_REMEMBERED:]
        self._pool.remember({key_of(photo): Look(photo.problem, photo.changes) for photo in part})
        if self._to_remember:
            self._remember_soon.start()

    def _drop(self) -> None:
        self._first.clear()
        self._later.clear()
        self._to_remember.clear()
        self._pool.withdraw(self._hand_over, self._asked)
        self._asked.clear()
        self._timer_on()

    def _feed(self) -> None:
        """Request the next photos; a few at a time, so that thousands do not block."""
        while len(self._asked) < _AHEAD and (waiting := self._first or self._later):
            key = key_of(waiting.pop(next(iter(waiting))))
            if key not in self._looks and key not in self._failed and key not in self._asked:
                self._ask(key)

    def _ask(self, key: LookKey, *, first: bool = False) -> None:
        self._asked.add(key)
        self._pool.ask(key, self._hand_over, first=first)
        self._timer_on()

    def _hand_over(self, key: LookKey, look: Look) -> None:
        """Store an answer; called on a thread of the pool, or on the GUI thread."""
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
            self._timer.start(max(STORE_EVERY_MS, len(self._datasets.dataset.photos) // PHOTOS_A_MS))

    @Slot()
    def _store_results(self) -> None:
        """Store the new results and show the progress."""
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
        if self._damaged and not self._damage_timer.isActive():
            self._damage_timer.start()
        if failed:
            self._datasets.check_files()  # the files are missing or changed

    @Slot()
    def _emit_damaged(self) -> None:
        damaged, self._damaged = self._damaged, []
        first = damaged[0]
        self.message.emit(
            _("“{name}” cannot be used: {problem}").format(name=first.path.name, problem=stored(first.problem))
            if len(damaged) == 1 else ngettext(
                "{count} photo is damaged and cannot be used. Checks shows it.",
                "{count} photos are damaged and cannot be used. Checks shows them.", len(damaged),
            ).format(count=len(damaged))
        )

    @Slot(object)
    def show_wait(self, progress: LookProgress) -> None:
        """Show that a run waits for the looks at its photos."""
        key = f"{ACTIVITY}-{progress.run_id}"
        if progress.done == progress.total:
            self._waits.discard(key)
            self._board.end(key)
            return
        if key not in self._waits:
            self._waits.add(key)
            self._board.begin(key, _("The run starts when the photos are checked"))
        self._board.progress(key, progress.done, progress.total, "photos")

    @Slot(object)
    def end_wait(self, outcome: SubmitOutcome) -> None:
        """Remove that entry: the run continued or was given up."""
        self.show_wait(LookProgress(outcome.run.run_id, 0, 0))


def _missing(photos: tuple[Photo, ...], others: tuple[Photo, ...]) -> list[Photo]:
    """Return the photos of the first tuple that are not in the second; an edited photo counts as another."""
    if len(photos) == len(others):
        return [photo for photo, other in zip(photos, others, strict=True) if photo is not other]
    known = set(map(id, others))
    return [photo for photo in photos if id(photo) not in known]


def key_of(photo: Photo) -> LookKey:
    """Return the key of a photo's file in the state at its scan."""
    return LookKey(str(photo.path), photo.size, photo.mtime_ns)
