"""The dialog for tags and colour of one or many runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.label_colours import COLOUR_WORDS, RunColour
from segmind_studio.core.run_labels import LONGEST_TAG, LabelChange, clean_tags, tag_shares
from segmind_studio.core.runs import Run
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.buttons import ButtonBox
from segmind_studio.ui.theme.colour_shapes import colour_icon
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_WIDTH, _HEIGHT = 420, 480
_ICON = 15
_PER_ROW = 3  # colours


class TagEntry(QLineEdit):
    """A line for a new tag; Return adds it, and presses the dialog's button only where nothing is typed.

    Signals: entered(), Return was pressed with a text; GUI thread.
    """

    entered = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.text().strip():
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class LabelsDialog(QDialog):
    """Choose tags and a colour for some runs; it deletes itself.

    A tag that only some of the runs have is partly checked, and stays as it is unless it is clicked.

    Signals: applied(object), a LabelChange, once; GUI thread.
    """

    applied = Signal(object)

    def __init__(self, runs: Sequence[Run], known: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("runs.labels")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Tags and colour"))
        self.resize(text_scaled(_WIDTH), text_scaled(_HEIGHT))
        self._runs = tuple(runs)
        self._before: dict[str, Qt.CheckState] = {}
        self.entry = TagEntry()
        self.entry.setObjectName("runs.labels.new")
        self.entry.setAccessibleName(_("New tag"))
        self.entry.setPlaceholderText(_("New tag"))
        self.entry.setMaxLength(LONGEST_TAG)
        completer = QCompleter(list(known), self.entry)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.entry.setCompleter(completer)
        self.add = QPushButton(icon("plus"), _("Add"))
        self.add.setAutoDefault(False)
        self.add.setEnabled(False)
        self.list = QListWidget()
        self.list.setObjectName("runs.labels.tags")
        self.list.setAccessibleName(_("Tags"))
        self._colours = QButtonGroup(self)
        buttons = ButtonBox()
        buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.apply = buttons.addButton(_("Apply"), QDialogButtonBox.ButtonRole.AcceptRole)
        mark(self.apply, kind="primary")
        self._lay_out(buttons)
        self._fill(known)
        self.entry.textChanged.connect(self._follow)
        self.entry.entered.connect(self._add)
        self.add.clicked.connect(self._add)
        buttons.accepted.connect(self._apply)
        buttons.rejected.connect(self.reject)

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        count = len(self._runs)
        whose = self._runs[0].name if count == 1 else ngettext("{count} run", "{count} runs", count)
        entry = QHBoxLayout()
        entry.setSpacing(SPACE_S)
        entry.addWidget(self.entry, 1)
        entry.addWidget(self.add)
        colours = QWidget()
        grid = QGridLayout(colours)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACE_S)
        shared = {RunColour.of(run) for run in self._runs}
        for number, colour in enumerate(RunColour):
            button = QRadioButton(str(COLOUR_WORDS[colour]))
            button.setObjectName(f"runs.colour.{colour.value or 'none'}")
            button.setIcon(colour_icon(colour))
            button.setIconSize(QSize(_ICON, _ICON))
            button.setChecked(shared == {colour})
            self._colours.addButton(button, number)
            row, place = divmod(number + _PER_ROW - 1, _PER_ROW)  # no colour has a row of its own
            grid.addWidget(button, row if number else 0, place if number else 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(text_label(whose.format(count=count) if count > 1 else whose, "muted"))
        column.addWidget(text_label(_("Tags"), "strong"))
        column.addLayout(entry)
        column.addWidget(self.list, 1)
        column.addWidget(text_label(_("Colour"), "strong"))
        column.addWidget(colours)
        column.addWidget(buttons)
        guard_scroll_areas(self)

    def _fill(self, known: Sequence[str]) -> None:
        shares = tag_shares(self._runs)
        for tag in clean_tags_of(known, self._runs):
            share = shares.get(tag.casefold(), 0)
            state = Qt.CheckState.PartiallyChecked if share else Qt.CheckState.Unchecked
            self._before[tag] = Qt.CheckState.Checked if share == len(self._runs) else state
            self._add_item(tag, self._before[tag])

    def _add_item(self, tag: str, state: Qt.CheckState) -> None:
        item = QListWidgetItem(tag)
        item.setFlags(
            Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable,
        )
        item.setCheckState(state)
        self.list.addItem(item)

    @property
    def change(self) -> LabelChange:
        """Return what is chosen."""
        states = {item.text(): item.checkState() for item in self._items()}
        colour = list(RunColour)[self._colours.checkedId()].value if self._colours.checkedId() >= 0 else None
        return LabelChange(
            tuple(tag for tag, state in states.items() if state is Qt.CheckState.Checked),
            tuple(tag for tag, state in states.items() if state is Qt.CheckState.Unchecked),
            colour,
        )

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    @Slot()
    def _follow(self) -> None:
        self.add.setEnabled(bool(clean_tags((self.entry.text(),))))

    @Slot()
    def _add(self) -> None:
        for tag in clean_tags((self.entry.text(),)):
            there = next((item for item in self._items() if item.text().casefold() == tag.casefold()), None)
            if there is None:
                self._add_item(tag, Qt.CheckState.Checked)
                there = self.list.item(self.list.count() - 1)
            there.setCheckState(Qt.CheckState.Checked)
            self.list.setCurrentItem(there)
        self.entry.clear()

    @Slot()
    def _apply(self) -> None:
        self._add()  # what is typed and not added yet is meant too
        self.applied.emit(self.change)
        self.accept()


def clean_tags_of(known: Sequence[str], runs: Sequence[Run]) -> tuple[str, ...]:
    """Return the tags to choose from: those of the runs first, then the others that there are."""
    own = dict.fromkeys(tag.casefold() for run in runs for tag in run.tags)
    return tuple(sorted(known, key=lambda tag: tag.casefold() not in own))
