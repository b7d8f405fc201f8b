"""What a person says about generated images: ratings, tags, deletions, votes. They are written on one thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast
from uuid import uuid4

from PySide6.QtCore import QObject, Signal, Slot

from segmind_studio.core.errors import StudioError
from segmind_studio.core.generated_images import HIGHEST_RATING, GeneratedImage
from segmind_studio.core.votes import Candidate, Ranking, Vote, VoteAnswer, ranking
from segmind_studio.record import record
from segmind_studio.services.images.image_service import ImageService
from segmind_studio.services.system.ending import END_MS
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.services.system.worker_thread import Outcome, WorkerThread
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.vote_store import VoteStore
from segmind_studio.texts import N_, Text

_MOST_STEPS = 100  # that can be undone


@record
class VoteResult:
    """Who won: images by id, their runs by id, and the strengths that they were made with."""

    images: Ranking[str]
    runs: Ranking[str]
    strengths: Ranking[float]


@record
class _Step:
    """What can be undone: the images as they were."""

    name: Text
    before: tuple[GeneratedImage, ...]


class JudgingService(QObject):
    """Rate, tag and delete the images of an ImageService, and hold all votes. GUI thread; another one writes.

    Signals (GUI thread):
        marked(object): tuple[GeneratedImage, ...], with other ratings, tags, deleted or restored.
        votes_changed(): one more, one less, or all of them were read.
        ranked(object): VoteResult, the answer to `rank`.
        failed(object): StudioError, when something could not be written; what is shown is taken back.
    """

    marked = Signal(object)
    votes_changed = Signal()
    ranked = Signal(object)
    failed = Signal(object)

    def __init__(
        self, images: ImageService, image_store: ImageStore, vote_store: VoteStore, parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._images = images
        self._image_store = image_store
        self._vote_store = vote_store
        self._unwritten: dict[str, GeneratedImage] = {}
        self._steps: list[_Step] = []
        self._votes: dict[str, Vote] = {}
        self._asked = self._showing = False
        self.loaded = False
        self._worker = WorkerThread("judging", self, finishes=True)
        self._worker.ended.connect(self._take_outcome)
        images.replaced.connect(self._images_replaced)

    # -- ratings, tags and deletions

    @property
    def undo_name(self) -> str:
        """Return what `undo` takes back, "" when there is nothing."""
        return str(self._steps[-1].name) if self._steps else ""

    def rate(self, images: Iterable[GeneratedImage], rating: int) -> None:
        """Give images a number of stars, 0 for none."""
        stars = min(max(rating, 0), HIGHEST_RATING)
        self._change(N_("Undo rating"), images, partial(_rated, stars))

    def change_tags(self, images: Iterable[GeneratedImage], add: Iterable[str], remove: Iterable[str]) -> None:
        """Add tags to images, and remove others from them."""
        self._change(N_("Undo tags"), images, partial(_tagged, tuple(add), frozenset(remove)))

    def delete(self, images: Iterable[GeneratedImage]) -> None:
        """Delete images; their rows stay, since they were paid, and their files for `KEPT_DELETED_DAYS`."""
        self._change(N_("Undo delete"), images, partial(_deleted, time.time()))

    def restore(self, images: Iterable[GeneratedImage]) -> None:
        """Let images not be deleted."""
        self._change(N_("Undo restore"), images, partial(_deleted, 0.0))

    @Slot()
    def undo(self) -> None:
        """Take the last change of ratings, tags or deletions back."""
        if self._steps:
            self._write(self._steps.pop().before)

    def _change(
        self, name: Text, images: Iterable[GeneratedImage], change: Callable[[GeneratedImage], GeneratedImage],
    ) -> None:
        pairs = [(image, change(image)) for image in images]
        changed = [(image, new) for image, new in pairs if image != new]
        if not changed or self._worker.stopped:
            return
        self._steps.append(_Step(name, tuple(image for image, _new in changed)))
        del self._steps[:-_MOST_STEPS]
        self._write(tuple(new for _image, new in changed))

    def _write(self, images: tuple[GeneratedImage, ...]) -> None:
        before = {image.image_id: image for image in self._images.images}
        was = tuple(before[image.image_id] for image in images if image.image_id in before)
        self._unwritten |= {image.image_id: image for image in images}
        self._show(images)

        def write(_stop: TransferStop) -> None:
            self._image_store.mark(images)

        self._worker.run(_Marks(images, was), write)

    def _show(self, images: tuple[GeneratedImage, ...]) -> None:
        self._showing = True  # what `accept` makes the images emit is no news here
        self._images.accept(images)
        self._showing = False
        self.marked.emit(images)

    @Slot(object)
    def _images_replaced(self, images: Sequence[GeneratedImage]) -> None:
        """Forget the steps of another account; what is not written yet is newer than what was read."""
        if self._showing:
            return
        there = {image.image_id for image in images}
        self._steps = [step for step in self._steps if all(image.image_id in there for image in step.before)]
        newer = tuple(image for name, image in self._unwritten.items() if name in there)
        if newer:
            self._show(newer)

    # -- votes

    @property
    def votes(self) -> Sequence[Vote]:
        """Return all votes, the oldest first; none before they were read."""
        return tuple(self._votes.values())

    def load_votes(self) -> None:
        """Read the votes, once; `votes_changed` follows."""
        if not self._asked:
            self._asked = True
            self._worker.run(_READ, self._read)

    def vote(self, left: str, right: str, verdict: VoteAnswer) -> Vote:
        """Add a vote on two images."""
        vote = Vote(uuid4().hex, time.time(), left, right, verdict)
        self._votes[vote.vote_id] = vote
        self._worker.run(vote, partial(self._add, vote))
        self.votes_changed.emit()
        return vote

    def take_back(self, vote: Vote) -> None:
        """Let a vote not count."""
        if self._votes.pop(vote.vote_id, None) is not None:
            self._worker.run(None, partial(self._take_back, vote.vote_id))
            self.votes_changed.emit()

    def rank(self, images: Sequence[GeneratedImage], candidates: Sequence[Candidate]) -> None:
        """Rank the candidates by all votes between them; `ranked` follows."""
        votes, known = self.votes, {image.image_id: image for image in images}
        chosen = [known[one.image_id] for one in candidates if one.image_id in known]
        self._worker.run(_RANK, partial(_result, chosen, votes))

    def _read(self, _stop: TransferStop) -> tuple[Vote, ...]:
        return self._vote_store.votes()

    def _add(self, vote: Vote, _stop: TransferStop) -> None:
        self._vote_store.add(vote)

    def _take_back(self, vote_id: str, _stop: TransferStop) -> None:
        self._vote_store.take_back(vote_id)

    @Slot(object)
    def _take_outcome(self, outcome: Outcome[object, object]) -> None:
        order, error = outcome.order, outcome.error
        if isinstance(order, _Marks):
            for image in order.images:
                if self._unwritten.get(image.image_id) is image:
                    del self._unwritten[image.image_id]
            if error is not None:
                self._steps.clear()
                self._show(order.before)
        elif isinstance(order, Vote) and error is not None:
            self._votes.pop(order.vote_id, None)
            self.votes_changed.emit()
        elif order is _READ:
            self._take_votes(outcome.result, error)
        elif order is _RANK and isinstance(outcome.result, VoteResult):
            self.ranked.emit(outcome.result)
        if error is not None:
            self.failed.emit(error)

    def _take_votes(self, result: object, error: StudioError | None) -> None:
        if error is not None:
            self._asked = False  # a disk error may be over the next time
        elif isinstance(result, tuple):
            stored = cast("tuple[Vote, ...]", result)
            read = {vote.vote_id: vote for vote in stored}
            self._votes = read | self._votes
            self.loaded = True
        self.votes_changed.emit()

    # -- the end

    def ask_stop(self) -> None:
        """Write what is waiting, and accept nothing more."""
        self._worker.ask_stop()

    def wait_end(self, deadline_ms: int = END_MS) -> bool:
        """Wait for the end after `ask_stop`; False when the deadline passed."""
        return self._worker.wait_end(deadline_ms)

    def stop(self, deadline_ms: int = END_MS) -> bool:
        """Write what is waiting and end the thread; False when the deadline passed. May be repeated."""
        return self._worker.stop(deadline_ms)


@dataclass(frozen=True, slots=True, eq=False)
class _Marks:
    images: tuple[GeneratedImage, ...]
    before: tuple[GeneratedImage, ...]


_READ, _RANK = object(), object()


def _rated(stars: int, image: GeneratedImage) -> GeneratedImage:
    return replace(image, rating=stars)


def _deleted(at: float, image: GeneratedImage) -> GeneratedImage:
    return replace(image, deleted_at=at)


def _tagged(add: Sequence[str], remove: frozenset[str], image: GeneratedImage) -> GeneratedImage:
    kept = [tag for tag in image.tags if tag not in remove]
    return replace(image, tags=tuple(dict.fromkeys((*kept, *add))))


def _result(images: Sequence[GeneratedImage], votes: Sequence[Vote], _stop: TransferStop) -> VoteResult:
    by_id: Mapping[str, GeneratedImage] = {image.image_id: image for image in images}

    def run_of(image_id: str) -> str | None:
        image = by_id.get(image_id)
        return image.run_id if image is not None else None

    def strength_of(image_id: str) -> float | None:
        image = by_id.get(image_id)
        return image.strength if image is not None else None

    def itself(image_id: str) -> str | None:
        return image_id if image_id in by_id else None

    return VoteResult(
        ranking(by_id, votes, itself),
        ranking([image.run_id for image in images], votes, run_of),
        ranking([image.strength for image in images], votes, strength_of),
    )
