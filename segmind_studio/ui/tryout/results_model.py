"""The pictures of Try as a Qt model: filtered and sorted, newest first; nothing is decoded here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage
from typing_extensions import override

from segmind_studio.core.accounts import Account, account_name
from segmind_studio.core.datasets import Photo
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.result_filter import ResultFilter, ResultOrder, ordered
from segmind_studio.services.images.image_service import TryResult
from segmind_studio.texts import _, listed, ngettext
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.parts.tiles import TileModel, runs_of
from segmind_studio.ui.parts.tips import plain_tip

_KEPT_SIDE = 512  # pixels of a picture that has no file
Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
_FLAGS = (
    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
    | Qt.ItemFlag.ItemIsDragEnabled
)


def shown(generated: GeneratedImage) -> bool:
    """Return whether a picture has its place here: it was made, or it may have been paid."""
    return generated.state in {ImageState.MADE, ImageState.UNKNOWN}


def photo_of(result: TryResult) -> Photo:
    """Return the picture as the thumbnails know it."""
    generated = result.generated
    there = generated.state is ImageState.MADE and result.path is not None
    return Photo(
        generated.image_id, result.path or Path(), width=generated.width, height=generated.height,
        problem="" if there else "no file",
    )


class ResultsModel(TileModel):
    """Hold all results of an account, and show those that are wanted.

    A picture stays in view when its rating or its tags change, until another filter is set. In memory are only
    the picture made last, and those without a file.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._result_of: Callable[[GeneratedImage], TryResult] = TryResult
        self._all: dict[str, GeneratedImage] = {}
        self._kept: tuple[GeneratedImage, ...] | None = None  # of those, the ones that are not deleted
        self._made: dict[str, TryResult] = {}  # with their pixels
        self._photos: dict[str, Photo] = {}
        self._shown: list[GeneratedImage] = []
        self._row_of: dict[str, int] = {}
        self._filter, self._order = ResultFilter(), ResultOrder.NEWEST
        self.names: Mapping[str, str] = {}  # of the runs, by id
        self.accounts: Mapping[str, Account] = {}  # by id
        self.account_id = ""  # of the account in use; "" while it is not known
        self.says_accounts = False  # pictures of several accounts are shown

    @property
    def filter(self) -> ResultFilter:
        """Return what is filtered by."""
        return self._filter

    @property
    def order(self) -> ResultOrder:
        """Return what is sorted by."""
        return self._order

    @property
    def images(self) -> Sequence[GeneratedImage]:
        """Return all pictures that are not deleted, also those that the filter hides."""
        if self._kept is None:
            self._kept = tuple(image for image in self._all.values() if not image.deleted_at)
        return self._kept

    @property
    def deleted(self) -> Sequence[GeneratedImage]:
        """Return the deleted pictures of which something can still be shown."""
        if len(self.images) == len(self._all):
            return ()
        return tuple(image for image in self._all.values() if image.deleted and not image.gone)

    @property
    def total(self) -> int:
        """Return the number of all pictures, deleted ones included."""
        return len(self._all)

    def holds(self, name: str) -> bool:
        """Return whether there is a picture of this name, deleted ones and hidden ones included."""
        return name in self._all

    @property
    def shown(self) -> Sequence[GeneratedImage]:
        """Return the rows."""
        return self._shown

    def show_all(
        self, images: Sequence[GeneratedImage], result_of: Callable[[GeneratedImage], TryResult],
    ) -> None:
        """Show other pictures; `result_of` finds the file of one. Pixels that have no file stay."""
        self._result_of = result_of
        self._all, self._kept = {image.image_id: image for image in images}, None
        self._made = {
            name: made for name, made in self._made.items() if name in self._all and made.path is None
        }
        self._photos = {}
        self._arrange()

    def set_filter(self, wanted: ResultFilter, order: ResultOrder) -> None:
        """Show others of the pictures, or sort them anew."""
        if (wanted, order) != (self._filter, self._order):
            self._filter, self._order = wanted, order
            self._arrange()

    def add(self, result: TryResult) -> None:
        """Put a result first, whatever the filter wants: it is what was asked for just now."""
        name = result.generated.image_id
        for known, made in list(self._made.items()):
            if made.path is not None:
                del self._made[known]
        if not result.image.isNull():
            self._made[name] = result
        self._photos.pop(name, None)
        row = self.row_of(name)
        if row >= 0:
            self.update((result.generated,))
            return
        self._all, self._kept = {name: result.generated, **self._all}, None
        self.beginInsertRows(_TOP, 0, 0)
        self._shown.insert(0, result.generated)
        self._count_rows()
        self.endInsertRows()

    def update(self, images: Sequence[GeneratedImage]) -> None:
        """Show other ratings and tags; nothing moves, also where one was deleted: `show_all` follows."""
        rows: list[int] = []
        self._kept = None
        for image in images:
            if image.image_id in self._all:
                self._all[image.image_id] = image
                if (row := self.row_of(image.image_id)) >= 0:
                    self._shown[row] = image
                    rows.append(row)
        for part in runs_of(sorted(rows)):
            self.dataChanged.emit(self.index(part.first), self.index(part.last))

    def result(self, row: int) -> TryResult:
        """Return a result; IndexError past the end."""
        generated = self._shown[row]
        made = self._made.get(generated.image_id)
        if made is None:
            return self._result_of(generated)
        return TryResult(generated, made.image, made.path, made.remaining)

    def photo(self, generated: GeneratedImage) -> Photo:
        """Return a picture as the thumbnails know it."""
        found = self._photos.get(generated.image_id)
        if found is None:
            made = self._made.get(generated.image_id) or self._result_of(generated)
            found = self._photos[generated.image_id] = photo_of(made)
        return found

    def pixels(self, generated: GeneratedImage) -> QImage:
        """Return a small picture of one that has no file; null where there is none."""
        made = self._made.get(generated.image_id)
        if made is None or made.path is not None:
            return QImage()
        return made.image.scaled(
            _KEPT_SIDE, _KEPT_SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation,
        )

    def name_of(self, generated: GeneratedImage) -> str:
        """Return the name of the run that a picture was made with, as far as it is known."""
        return self.names.get(generated.run_id, generated.slug)

    def account_of(self, generated: GeneratedImage) -> str:
        """Return the name of a picture's account where several are shown, else ""."""
        return account_name(generated.account_id, self.accounts) if self.says_accounts else ""

    def own(self, generated: GeneratedImage) -> bool:
        """Return whether a picture is one of the account in use: others are only looked at."""
        return not self.account_id or generated.account_id == self.account_id

    @override
    def name_at(self, row: int) -> str:
        return self._shown[row].image_id

    @override
    def row_of(self, name: str) -> int:
        return self._row_of.get(name, -1)

    @override
    def rowCount(self, parent: Index = _TOP, /) -> int:
        return 0 if parent.isValid() else len(self._shown)

    @override
    @guarded(NOTHING)
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> object:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        match role:
            case Qt.ItemDataRole.ToolTipRole:
                image = self._shown[index.row()]
                return plain_tip(_tip(image, self.account_of(image)))
            case Qt.ItemDataRole.AccessibleTextRole:
                image = self._shown[index.row()]
                return _spoken(image, self.account_of(image))
            case _:
                return None

    @override
    @guarded(Qt.ItemFlag.NoItemFlags)
    def flags(self, index: Index, /) -> Qt.ItemFlag:
        return _FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def _arrange(self) -> None:
        images = list(filter(self._filter.test(), ordered(self._all.values(), self._order)))
        self.beginResetModel()
        self._shown = images
        self._count_rows()
        self.endResetModel()

    def _count_rows(self) -> None:
        self._row_of = {image.image_id: row for row, image in enumerate(self._shown)}


def caption_of(generated: GeneratedImage) -> str:
    """Return the prompt, with what is missing before it."""
    if generated.state is not ImageState.UNKNOWN:
        return generated.prompt
    return _("No answer: {prompt}").format(prompt=generated.prompt)


def stars_text(rating: int) -> str:
    """Name a rating."""
    return ngettext("{count} star", "{count} stars", rating).format(count=rating) if rating else _("not rated")


def _spoken(generated: GeneratedImage, account: str) -> str:
    rated = (stars_text(generated.rating),) if generated.rating else ()
    return listed((caption_of(generated), *rated, *generated.tags, *((account,) if account else ())))


def _tip(generated: GeneratedImage, account: str) -> str:
    lines = caption_of(generated), ", ".join(generated.tags), account
    return "\n".join(line for line in lines if line)
