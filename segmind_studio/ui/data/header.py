"""The top of the Data place: the dataset's name, the size of the cells, and the buttons to add photos."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from segmind_studio.core.datasets import Dataset, DatasetSummary
from segmind_studio.texts import _
from segmind_studio.ui.data.actions import PhotoActions
from segmind_studio.ui.data.facts import photos_text
from segmind_studio.ui.data.tool_buttons import tool_row
from segmind_studio.ui.parts import ActionButton, ElidedLabel
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.theme.direction import isolated
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_LISTED = 12


class DataHeader(QWidget):
    """Show the dataset's name, switch datasets, add photos.

    Signals (GUI thread): open_wanted(str), the id of the dataset to open; recent_wanted(), the list of datasets
    is about to be seen.
    """

    open_wanted = Signal(str)
    recent_wanted = Signal()

    def __init__(self, actions: PhotoActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._dataset_id = ""
        self._name = mark(ElidedLabel(), role="title")
        self._switch = mark(QPushButton(_("Datasets")), kind="quiet")
        self._switch.setIcon(icon("chevrons-up-down", "muted"))
        self._switch.setAccessibleName(_("Open another dataset"))
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self.recent_wanted)
        self._switch.setMenu(self._menu)
        set_mark(self._switch, "menu", "true")
        folder = ActionButton(actions.add_folder)
        add = ActionButton(actions.add)
        add.setObjectName("data.add")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_M)
        row.setSpacing(SPACE_S)
        row.addWidget(self._name, 1)
        row.addLayout(tool_row(list(actions.densities.values())))
        row.addWidget(self._switch)
        row.addWidget(folder)
        row.addWidget(add)
        self.set_recent(())

    def set_dataset(self, dataset: Dataset) -> None:
        """Show its name."""
        self._name.setText(dataset.name)
        self._dataset_id = dataset.dataset_id
        for action in self._menu.actions():
            if action.data():
                action.setChecked(action.data() == dataset.dataset_id)

    def set_recent(self, recent: Sequence[DatasetSummary]) -> None:
        """Offer these datasets."""
        self._menu.clear()
        self._menu.addAction(self._actions.new)
        self._menu.addAction(self._actions.rename)
        self._menu.addAction(self._actions.duplicate)
        self._menu.addAction(self._actions.archive)
        if recent:
            self._menu.addSection(_("Recent"))
        for summary in recent[:_LISTED]:
            name = summary.name.replace("&", "&&")
            action = finish_before(
                QAction(
                    _("{name} ({photos})").format(
                        name=isolated(name), photos=photos_text(summary.used_count),
                    ),
                    self._menu,
                )
            )
            action.setData(summary.dataset_id)
            action.setCheckable(True)
            action.setChecked(summary.dataset_id == self._dataset_id)
            action.triggered.connect(self._open)
            self._menu.addAction(action)
        self._menu.addSeparator()
        self._menu.addAction(self._actions.all_datasets)

    @Slot()
    def _open(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            action.setChecked(action.data() == self._dataset_id)
            self.open_wanted.emit(str(action.data()))
