"""Who won a vote: pictures, models or strengths, the best first, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.votes import Ranking, Standing
from segmind_studio.formats import exact_number, percent
from segmind_studio.services.images.judging import VoteResult
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.parts import Chip, text_label
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.small_picture import SmallPicture
from segmind_studio.ui.theme.direction import in_a_row
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S
from segmind_studio.ui.tryout.results_model import ResultsModel

_SIDE = 56  # logical pixels of a picture in the list
_KINDS = 3
K = TypeVar("K", str, float)


class VoteResults(QWidget):
    """Show a VoteResult as a table.

    Signals (GUI thread): image_wanted(str), the id of a picture whose row is activated.
    """

    image_wanted = Signal(str)

    def __init__(self, model: ResultsModel, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._thumbnails = model, thumbnails
        self._result: VoteResult | None = None
        self._images: Mapping[str, GeneratedImage] = {}
        self._says = mark(text_label(""), role="strong")
        self._says.setObjectName("try.voting.says")
        self.chips = tuple(Chip(text, checkable=True) for text in (_("Pictures"), _("Models"), _("Strengths")))
        self._group = QButtonGroup(self)
        chips = QHBoxLayout()
        chips.setSpacing(SPACE_S)
        for number, chip in enumerate(self.chips):
            self._group.addButton(chip, number)
            chips.addWidget(chip)
        chips.addStretch()
        self.chips[0].setChecked(True)
        self._group.idToggled.connect(self._fill)
        self.table = QTableWidget(0, 5)
        self.table.setObjectName("try.voting.table")
        self.table.setAccessibleName(_("Result of the vote"))
        self.table.setHorizontalHeaderLabels(
            [_("Position"), _("Compared"), _("Preferred"), _("Range"), _("Votes")],
        )
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.activated.connect(self._open)
        note = text_label(
            _("Preferred: how often it would win against an average one. Range: 95 % confidence."), "small",
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_M)
        column.addWidget(self._says)
        column.addLayout(chips)
        column.addWidget(self.table, 1)
        column.addWidget(note)

    def show_result(self, result: VoteResult, images: Mapping[str, GeneratedImage]) -> None:
        """Show another result; `images` are those that were voted on, by id."""
        self._result, self._images = result, images
        for chip, ranking in zip(self.chips, (result.images, result.runs, result.strengths), strict=True):
            chip.setVisible(len(ranking.standings) > 1)
        if not any(chip.isChecked() and not chip.isHidden() for chip in self.chips):
            self.chips[0].setChecked(True)
        self._fill()

    def take_focus(self) -> None:
        """Set the keyboard focus to the first row."""
        if self.table.rowCount():
            self.table.selectRow(0)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _fill(self) -> None:
        result, kind = self._result, self._group.checkedId()
        self.table.setRowCount(0)
        if result is None or not 0 <= kind < _KINDS:
            return
        if kind == 0:
            self._fill_with(result.images, self._names_of_images)
        elif kind == 1:
            self._fill_with(result.runs, {image.run_id: self._model.name_of(image)
                                          for image in self._images.values()})
        else:
            self._fill_with(result.strengths, {
                one.item: _("strength {value}").format(value=exact_number(one.item))
                for one in result.strengths.standings
            })

    @property
    def _names_of_images(self) -> Mapping[str, str]:
        names: dict[str, str] = {}
        for image in self._images.values():
            facts = (self._model.name_of(image), exact_number(image.strength), " ".join(image.prompt.split()))
            names[image.image_id] = in_a_row(part for part in facts if part)
        return names

    def _fill_with(self, ranking: Ranking[K], names: Mapping[K, str]) -> None:
        self._says.setText(_verdict(ranking, names))
        self.table.setRowCount(len(ranking.standings))
        for row, standing in enumerate(ranking.standings):
            self._fill_row(row, standing, names.get(standing.item, str(standing.item)))

    def _fill_row(self, row: int, standing: Standing[K], name: str) -> None:
        between = _("{low} to {high}").format(low=_share(standing.low), high=_share(standing.high))
        if standing.uncertain:
            # Translators: {between} is a range of percentages.
            between = _("{between}, too few votes").format(between=between)
        texts = (
            str(row + 1), name, _share(standing.share), between,
            str(standing.votes),
        )
        items = [QTableWidgetItem(text) for text in texts]
        for column, (item, text) in enumerate(zip(items, texts, strict=True)):
            item.setToolTip(plain_tip(text))
            self.table.setItem(row, column, item)
        image = self._images.get(standing.item) if isinstance(standing.item, str) else None
        if image is None:
            self.table.setRowHeight(row, self.table.verticalHeader().defaultSectionSize())
            return
        items[1].setData(Qt.ItemDataRole.UserRole, image.image_id)
        items[0].setText("")
        self.table.setCellWidget(row, 0, self._picture(row, image))
        self.table.setRowHeight(row, _SIDE + SPACE_S)

    def _picture(self, row: int, image: GeneratedImage) -> QWidget:
        place = QWidget()
        line = QHBoxLayout(place)
        line.setContentsMargins(SPACE_S, 0, SPACE_S, 0)
        line.setSpacing(SPACE_S)
        line.addWidget(text_label(str(row + 1), "strong", wrap=False))
        line.addWidget(SmallPicture(self._model.photo(image), _SIDE, self._thumbnails))
        return place

    def _open(self) -> None:
        item = self.table.item(self.table.currentRow(), 1)
        name = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if name:
            self.image_wanted.emit(str(name))


def _verdict(ranking: Ranking[K], names: Mapping[K, str]) -> str:
    """Say who won, or that nobody did yet."""
    if not ranking.votes:
        return _("No votes yet.")
    first = ranking.standings[0]
    if not ranking.decided or ranking.sure is None:
        return _("Too few votes to say which is best.")
    return _("Best: {name}. The chance that it is better than the second is {share}.").format(
        name=names.get(first.item, str(first.item)), share=_share(ranking.sure),
    )


def _share(chance: float) -> str:
    """Return a chance in percent; nothing is ever certain."""
    return percent(min(max(chance, 0.01), 0.99))
