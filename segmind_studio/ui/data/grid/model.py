"""The photos as a Qt model: filtered, and updated by differences, so that selection and scroll position stay.

The difference between two lists of rows is found as the runs of rows that a Qt model announces.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import IntEnum
from itertools import repeat

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from segmind_studio.core.datasets import Dataset, Finding, Photo
from segmind_studio.core.photo_order import PhotoOrder, sorted_photos
from segmind_studio.core.photo_terms import QueryContext, needs_measures
from segmind_studio.texts import _, listed, stored
from segmind_studio.ui.data import filter as photo_filter
from segmind_studio.ui.data.filter import PhotoFilter, Show
from segmind_studio.ui.data.findings import badge_word
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.parts.tiles import RowRange, TileModel, runs_of
from segmind_studio.ui.parts.tips import plain_tip


def same_order_changes(old: Sequence[Photo], new: Sequence[Photo]) -> list[tuple[Photo, Photo]] | None:
    """Pair the photos that changed with their earlier state; None when photos were added, removed or moved."""
    if len(old) != len(new):
        return None
    changes = [pair for pair in zip(old, new, strict=True) if pair[0] is not pair[1]]
    moved = [was for was, now in changes if was.photo_id != now.photo_id]
    return None if moved else changes


def removed_runs(old: Sequence[str], kept: Collection[str]) -> list[RowRange]:
    """Return the runs of `old` that are not kept, the last one first, so that earlier numbers stay true."""
    return runs_of(row for row, name in enumerate(old) if name not in kept)[::-1]


def inserted_runs(new: Sequence[str], known: Collection[str]) -> list[RowRange]:
    """Return the runs of `new` that were not known, as row numbers in `new`, the first one first.

    Correct for inserting one after the other when the known rows keep their order.
    """
    return runs_of(row for row, name in enumerate(new) if name not in known)


_MOST_RUNS = 64  # more separate pieces than this are announced as a reset: it is quicker for the view
_NO_PARENT = QModelIndex()
_FLAGS = (
    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
    | Qt.ItemFlag.ItemIsDragEnabled
)


class Role(IntEnum):
    """The roles for the delegate, besides Qt's own roles."""

    PHOTO = Qt.ItemDataRole.UserRole
    TROUBLED = Qt.ItemDataRole.UserRole + 1


class PhotoModel(TileModel):
    """Show the photos of a dataset that pass the filter.

    Held photos stay visible though they no longer pass: a photo must not disappear while the user types its
    caption.

    Signals: counted(dict[Show, int]), after each change of the photos or the findings; GUI thread.
    """

    counted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dataset = Dataset("", "")
        self._findings: tuple[Finding, ...] = ()  # about pictures
        self._named: frozenset[str] = frozenset()  # by them, as a problem
        self._troubled: frozenset[str] = frozenset()
        self._badges: Mapping[str, str] = {}
        self._held: frozenset[str] = frozenset()
        self._filter = PhotoFilter()
        self._trigger_word = ""
        self._measured: Mapping[PhotoOrder, Mapping[str, float]] = {}
        self._judged: Mapping[str, Collection[str]] = {}
        self._order, self._descending = PhotoOrder.ADDED, False
        self._ordered: list[Photo] | None = None  # None: the dataset's own order
        self._counts = dict.fromkeys(Show, 0)
        self._shown: list[Photo] = []
        self._row_of: dict[str, int] = {}
        self._readers: dict[int, Callable[[Photo], object]] = {
            Role.PHOTO: _itself,
            Role.TROUBLED: self._is_troubled,
            Qt.ItemDataRole.DisplayRole: _name,
            Qt.ItemDataRole.AccessibleTextRole: self._spoken,
            Qt.ItemDataRole.ToolTipRole: self._tip,
        }

    @property
    def filter(self) -> PhotoFilter:
        """Return what is filtered by."""
        return self._filter

    @property
    def counts(self) -> dict[Show, int]:
        """Return how many photos each chip would show."""
        return self._counts

    @property
    def troubled(self) -> frozenset[str]:
        """Name the photos with a problem."""
        return self._troubled

    @property
    def badges(self) -> Mapping[str, str]:
        """Return by photo id the check that named it first, excluded photos too."""
        return self._badges

    @property
    def shown(self) -> Sequence[Photo]:
        """Return the rows."""
        return self._shown

    def matching(self) -> frozenset[str]:
        """Return the photos that pass the filter now: what is shown, without what is only held."""
        passes = photo_filter.test_of(self._filter, self._context(self._troubled))
        if passes is None:
            return frozenset(self._row_of)
        held = [photo for photo in self._shown if photo.photo_id in self._held]
        return frozenset(self._row_of.keys() - {photo.photo_id for photo in held if not passes(photo)})

    @override
    def name_at(self, row: int) -> str:
        return self._shown[row].photo_id

    @override
    def row_of(self, name: str) -> int:
        return self._row_of.get(name, -1)

    def set_dataset(self, dataset: Dataset) -> None:
        """Show another state of the dataset, or another dataset."""
        old, self._dataset = self._dataset, dataset
        if dataset.dataset_id == old.dataset_id:
            changes = same_order_changes(old.photos, dataset.photos)
            if changes is None:
                self._sort()
            elif changes and self._ordered is not None:  # a photo must not move while its caption is typed
                now = {new.photo_id: new for _was, new in changes}
                self._ordered = [now.get(photo.photo_id, photo) for photo in self._ordered]
            if changes is not None and self._change_in_place(changes):
                return
            self._find_trouble()
            self._refresh()
        else:
            self._held = frozenset()
            self._find_trouble()
            self._sort()
            self._start_again(self._wanted())
        self._count()

    def set_findings(self, findings: tuple[Finding, ...]) -> None:
        """Mark the photos that the checks name."""
        pictures = photo_filter.about_pictures(findings)
        if pictures == self._findings:
            return
        self._findings, self._named = pictures, photo_filter.named_by(pictures)
        before, badges = self._troubled, self._badges
        self._badges = photo_filter.badges_of(pictures)
        self._find_trouble()
        changed = _differing(badges, self._badges) | (before ^ self._troubled)
        if before != self._troubled and self._filter.narrows:
            self._refresh()
        self._rows_changed(sorted([self._row_of[name] for name in changed if name in self._row_of]))
        if before != self._troubled:
            self._count()

    def set_order(self, order: PhotoOrder, *, descending: bool) -> None:
        """Sort the photos; later edits move none of them until this is called again, or photos come or go."""
        self._order, self._descending = order, descending
        self._sort()
        self._refresh()

    def set_trigger_word(self, word: str) -> None:
        """Use this word for `has:trigger`."""
        if word != self._trigger_word:
            self._trigger_word = word
            if "trigger" in self._filter.search:
                self._refresh()

    def set_measured(
        self, measured: Mapping[PhotoOrder, Mapping[str, float]], judged: Mapping[str, Collection[str]],
    ) -> None:
        """Use these numbers, by photo id, for the orders that no photo carries itself, and for `sharp:`.

        `judged` are the photos that measures judge, by the name of the check, for `is:blurred` and others.
        """
        self._measured, self._judged = measured, judged
        if self._order in measured:
            self._sort()
        if self._order in measured or needs_measures(self._filter.search):
            self._refresh()

    def set_filter(self, wanted: PhotoFilter) -> None:
        """Show other photos of the same dataset. Only photos that pass stay held: a selection survives edits."""
        if wanted != self._filter:
            self._filter = wanted
            passes, held = photo_filter.test_of(wanted, self._context(self._troubled)), self._held
            self._held = frozenset(
                photo.photo_id for photo in self._dataset.photos
                if photo.photo_id in held and (passes is None or passes(photo))
            )
            self._refresh()

    def hold(self, photo_ids: frozenset[str]) -> None:
        """Keep these photos in view, and release those held before."""
        if photo_ids != self._held:
            self._held = photo_ids
            if self._filter.narrows:
                self._refresh()

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    @override
    @guarded(NOTHING)
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = index.row()
        if not index.isValid() or row >= len(self._shown):
            return None
        read = self._readers.get(role)
        return read(self._shown[row]) if read else None

    @override
    @guarded(Qt.ItemFlag.NoItemFlags)
    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        return _FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def _is_troubled(self, photo: Photo) -> bool:
        return photo.photo_id in self._troubled

    def _spoken(self, photo: Photo) -> str:
        return listed((photo.path.name, *self._states(photo)))

    def _tip(self, photo: Photo) -> str:
        return plain_tip("\n".join((photo.path.name, *self._states(photo), photo.caption)).strip())

    def _states(self, photo: Photo) -> list[str]:
        states: list[str] = []
        if photo.excluded:
            states.append(_("excluded"))
        if photo.problem:
            states.append(stored(photo.problem))
        elif not photo.excluded and (check := self._badges.get(photo.photo_id)):
            states.append(_("check: {word}").format(word=badge_word(check)))
        if photo_filter.without_caption(photo):
            states.append(_("no caption"))
        elif photo.caption_readings:
            states.append(_("the encoding of its caption is unclear"))
        return states

    def _change_in_place(self, changes: Sequence[tuple[Photo, Photo]]) -> bool:
        """Update changed photos one by one; False when one enters or leaves the filter or loses its problem."""
        news = [new for _old, new in changes]
        names = [new.photo_id for new in news]
        now = self._troubled.difference(names) | photo_filter.troubled(news, self._named)
        rows = list(map(self._row_of.get, names, repeat(-1)))
        passes = photo_filter.test_of(self._filter, self._context(now))
        if passes is not None and any(
            (row >= 0) != (new.photo_id in self._held or passes(new)) for row, new in zip(rows, news, strict=True)
        ):
            return False
        for row, new in zip(rows, news, strict=True):
            if row >= 0:
                self._shown[row] = new
        self._troubled = now
        self._rows_changed(sorted([row for row in rows if row >= 0]))
        if changes:
            self._count()
        return True

    def _count(self) -> None:
        self._counts = photo_filter.counts(self._dataset.photos, self._troubled)
        self.counted.emit(self._counts)

    def _find_trouble(self) -> None:
        self._troubled = photo_filter.troubled(self._dataset.photos, self._named)

    def _wanted(self) -> list[Photo]:
        photos = self._dataset.photos if self._ordered is None else self._ordered
        passes = photo_filter.test_of(self._filter, self._context(self._troubled))
        if passes is None:
            return list(photos)
        held = self._held
        return [photo for photo in photos if photo.photo_id in held or passes(photo)]

    def _context(self, troubled: frozenset[str]) -> QueryContext:
        sharpness = self._measured.get(PhotoOrder.SHARPNESS, {})
        return QueryContext(troubled, self._trigger_word, sharpness, self._judged)

    def _sort(self) -> None:
        if self._order is PhotoOrder.ADDED and not self._descending:
            self._ordered = None
        else:
            self._ordered = sorted_photos(
                self._dataset.photos, self._order, descending=self._descending,
                measured=self._measured.get(self._order),
            )

    def _refresh(self) -> None:
        old, new = self._shown, self._wanted()
        old_ids, new_ids = [photo.photo_id for photo in old], [photo.photo_id for photo in new]
        if old_ids != new_ids and not self._move_to(old_ids, new_ids, new):
            self._start_again(new)
            return
        before = {photo.photo_id: photo for photo in old}
        self._shown = new
        changed = [row for row, photo in enumerate(new) if before.get(photo.photo_id, photo) is not photo]
        self._rows_changed([row for row in changed if before[new_ids[row]] != new[row]])

    def _move_to(self, old_ids: list[str], new_ids: list[str], new: list[Photo]) -> bool:
        """Remove and insert rows by runs; False when a reset is better."""
        known, wanted = set(old_ids), set(new_ids)
        if [name for name in old_ids if name in wanted] != [name for name in new_ids if name in known]:
            return False
        gone, come = removed_runs(old_ids, wanted), inserted_runs(new_ids, known)
        if len(gone) + len(come) > _MOST_RUNS:
            return False
        self._shown = list(self._shown)
        for rows in gone:
            self.beginRemoveRows(QModelIndex(), rows.first, rows.last)
            del self._shown[rows.first : rows.last + 1]
            self._count_rows()
            self.endRemoveRows()
        for rows in come:
            self.beginInsertRows(QModelIndex(), rows.first, rows.last)
            self._shown[rows.first : rows.first] = new[rows.first : rows.last + 1]
            self._count_rows()
            self.endInsertRows()
        return True

    def _start_again(self, new: list[Photo]) -> None:
        self.beginResetModel()
        self._shown = new
        self._count_rows()
        self.endResetModel()

    def _count_rows(self) -> None:
        self._row_of = {photo.photo_id: row for row, photo in enumerate(self._shown)}

    def _rows_changed(self, rows: Sequence[int]) -> None:
        """Announce ascending rows by runs, or many as one range: a view paints what it shows of it once."""
        many = len(rows) > _MOST_RUNS
        for run in [RowRange(rows[0], rows[-1])] if many else runs_of(rows):
            self.dataChanged.emit(self.index(run.first), self.index(run.last))


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """Return the keys with another value, or that only one has."""
    changed = {name for name, value in after.items() if before.get(name) != value}
    return changed.union(before.keys() - after.keys())


def _itself(photo: Photo) -> Photo:
    return photo


def _name(photo: Photo) -> str:
    return photo.path.name
