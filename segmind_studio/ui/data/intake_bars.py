"""What stands above the grid while photos come in, and afterwards when some were not taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QProgressBar, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import ScanProgress, ScanReport, Severity, SkippedFile
from segmind_studio.ui.data.commands import counted
from segmind_studio.ui.data.photo_facts import photos_text
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.parts import Banner, ElidedLabel
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S, SPACE_XS

_LINES = 8
_GROUPS = 3  # reasons in the one line
_NO_PARENT = QModelIndex()


class ScanBar(QFrame):
    """Show how far an intake is; hidden while there is none.

    Signals: cancel_wanted(); GUI thread.
    """

    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_mark(self, "tone", "info")
        self._words = ElidedLabel()
        self._current = mark(ElidedLabel(), role="small")
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(self.tr("Taking photos in"))
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setObjectName("data.cancel_scan")
        cancel.setAccessibleName(self.tr("Stop taking photos in"))
        cancel.clicked.connect(self.cancel_wanted)
        words = QVBoxLayout()
        words.setSpacing(SPACE_XS)
        words.addWidget(self._words)
        words.addWidget(self._bar)
        words.addWidget(self._current)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, SPACE_S)
        row.setSpacing(SPACE_M)
        row.addLayout(words, 1)
        row.addWidget(cancel)
        self.hide()

    def begin(self) -> None:
        """Show that an intake has begun."""
        self.set_progress(ScanProgress(0, 0, ""))

    def set_progress(self, progress: ScanProgress) -> None:
        """Show the counts."""
        files = counted(progress.looked_at, self.tr("1 file looked at"), self.tr("{0} files looked at"))
        self._words.setText(self.tr("{0} found, {1}").format(photos_text(progress.found), files))
        self._current.setText(progress.current)
        self.show()


class SkippedModel(QAbstractListModel):
    """List what was not taken, grouped by reason, the largest group first. It may hold thousands."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, bool]] = []  # the text, and whether it is a reason
        self.groups: list[tuple[str, int]] = []  # reasons with their counts

    def set_files(self, files: Sequence[SkippedFile]) -> None:
        """List these."""
        by_reason: dict[str, list[str]] = {}
        for file in files:
            by_reason.setdefault(file.reason, []).append(file.name)
        groups = sorted(by_reason.items(), key=_fewest_last)
        self.beginResetModel()
        self.groups = [(reason, len(names)) for reason, names in groups]
        self._rows = []
        for reason, names in groups:
            self._rows.append((f"{len(names)} × {reason}", True))  # noqa: RUF001  # the sign for it
            self._rows.extend((name, False) for name in names)
        self.endResetModel()

    def text_of(self, rows: Iterable[int]) -> str:
        """Give rows as text; names are set in."""
        return "\n".join(text if heads else f"    {text}" for text, heads in map(self._rows.__getitem__, rows))

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    @guarded(NOTHING)
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        text, heads = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join((text if heads else f"      {text}").splitlines())
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            return plain_tip(text)
        if role == Qt.ItemDataRole.FontRole and heads:
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return None


class SkippedList(QListView):
    """Show a SkippedModel; Copy takes the selected lines, or all when none is selected."""

    def __init__(self, model: SkippedModel) -> None:
        super().__init__()
        self._files = model
        self.setModel(model)
        self.setObjectName("data.skipped")
        self.setAccessibleName(self.tr("Files that were not taken, and why"))
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * _LINES + 2 * SPACE_S)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted(index.row() for index in self.selectedIndexes()) or range(self._files.rowCount())
            QGuiApplication.clipboard().setText(self._files.text_of(rows))
        else:
            super().keyPressEvent(event)


class IntakeReport(Banner):
    """Say in one line what an intake did not take, with every file folded away; hidden when all was taken."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Severity.SHOULD, parent=parent, closable=True)
        self._skipped: tuple[SkippedFile, ...] = ()
        self._unfold = mark(QPushButton(), kind="link")
        self._unfold.setObjectName("data.skipped.unfold")
        self._unfold.setCheckable(True)
        self._files = SkippedModel(self)
        self._reasons = SkippedList(self._files)
        self._reasons.hide()
        self._unfold.toggled.connect(self._fold)
        self.words.insertWidget(2, self._unfold, 0, Qt.AlignmentFlag.AlignLeft)
        self.words.insertWidget(3, self._reasons)
        self._fold(unfolded=False)
        self.hide()

    @property
    def reasons(self) -> str:
        """Give what is folded away, a line for each file."""
        return "\n".join(f"{skipped.name}: {skipped.reason}" for skipped in self._skipped)

    def show_report(self, report: ScanReport) -> None:
        """Show what was not taken; hide when there is nothing to say."""
        self._skipped = report.skipped
        self._files.set_files(report.skipped)
        again, count, added = report.already_there, len(report.skipped), len(report.added)
        there = counted(again, self.tr("1 photo was there already."), self.tr("{0} photos were there already."))
        if count:
            brought = [counted(added, self.tr("1 photo added."), self.tr("{0} photos added."))] if added else []
            brought.append(counted(count, self.tr("1 file was not taken."), self.tr("{0} files were not taken.")))
            text = self._groups_in_words()
            self.set_message(Severity.SHOULD, " ".join(brought), f"{text} {there}" if again else text)
        elif again and not added:
            self.set_message(Severity.INFO, there)
        elif not (added or report.captions or report.offered or report.renamed):
            self.set_message(Severity.SHOULD, self.tr("Nothing was added: no photo and no caption is in it."))
        self._unfold.setVisible(bool(count))
        self._unfold.setChecked(False)
        told = count or not (added or report.captions or report.offered or report.renamed)
        self.setVisible(not report.cancelled and bool(told))

    def _groups_in_words(self) -> str:
        """Write the largest groups with their counts and the first sentence of their reasons."""
        parts = [
            f"{count} × {reason.partition('. ')[0].rstrip('.')}"  # noqa: RUF001  # the sign for it
            for reason, count in self._files.groups[:_GROUPS]
        ]
        more = sum(count for _reason, count in self._files.groups[_GROUPS:])
        if more:
            parts.append(self.tr("{0} for other reasons").format(more))
        return f"{', '.join(parts)}."

    @Slot(bool)
    def _fold(self, unfolded: bool) -> None:  # noqa: FBT001  # a slot takes what the signal gives
        self._reasons.setVisible(unfolded)
        self._unfold.setText(self.tr("Hide the files") if unfolded else self.tr("Show the files"))


def _fewest_last(group: tuple[str, list[str]]) -> int:
    return -len(group[1])
