"""The bars above the grid: progress during an intake, and its messages and questions afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QFont, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QProgressBar, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import ScanProgress, ScanReport, Severity, SkippedFile, ZipName, ZipNames
from segmind_studio.texts import _, ngettext, sentences
from segmind_studio.ui.data.facts import photos_text
from segmind_studio.ui.guarded import NOTHING, guarded
from segmind_studio.ui.parts import Banner, ElidedLabel
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.direction import isolated
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S, SPACE_XS

_LINES = 8
_GROUPS = 3  # reasons in the one line
_SAMPLE = 32  # characters of a name
_NO_PARENT = QModelIndex()


class ScanBar(QFrame):
    """Show the progress of an intake; hidden while there is none.

    Signals: cancel_wanted(); GUI thread.
    """

    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_mark(self, "tone", "info")
        self._text = ElidedLabel()
        self._current = mark(ElidedLabel(), role="small")
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(_("Adding photos"))
        cancel = QPushButton(_("Cancel"))
        cancel.setObjectName("data.cancel_scan")
        cancel.setAccessibleName(_("Stop adding photos"))
        cancel.clicked.connect(self.cancel_wanted)
        words = QVBoxLayout()
        words.setSpacing(SPACE_XS)
        words.addWidget(self._text)
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
        count = progress.looked_at
        files = ngettext("{count} file checked", "{count} files checked", count).format(count=count)
        # Translators: {photos} is such as “3 photos”, {files} such as “7 files checked”.
        self._text.setText(_("{photos} found, {files}").format(photos=photos_text(progress.found), files=files))
        self._current.setText(progress.current)
        self.show()


class SkippedModel(QAbstractListModel):
    """List the files that were not added, by reason, the largest group first. It may have thousands of rows."""

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
            self._rows.append((_("{count} × {reason}").format(count=len(names), reason=reason), True))  # noqa: RUF001  # the sign for it
            self._rows.extend((name, False) for name in names)
        self.endResetModel()

    def text_of(self, rows: Iterable[int]) -> str:
        """Return rows as text; names are set in."""
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
        self.setAccessibleName(_("Files not added, with reasons"))
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
    """Show in one line what an intake did not add, with a foldable list of files; hidden when all was added."""

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
        self.text_column.insertWidget(2, self._unfold, 0, Qt.AlignmentFlag.AlignLeft)
        self.text_column.insertWidget(3, self._reasons)
        self._fold(unfolded=False)
        self.hide()

    @property
    def reasons(self) -> str:
        """Return what is folded away, a line for each file."""
        return "\n".join(
            _("{name}: {reason}").format(name=isolated(skipped.name), reason=skipped.reason)
            for skipped in self._skipped
        )

    def show_report(self, report: ScanReport) -> None:
        """Show what was not added; hide when there is nothing to show."""
        self._skipped = report.skipped
        self._files.set_files(report.skipped)
        again, count, added = report.already_there, len(report.skipped), len(report.added)
        there = ngettext("{count} photo was already there.", "{count} photos were already there.", again)
        there = there.format(count=again) if again else ""
        if count:
            brought = (
                ngettext("{count} photo added.", "{count} photos added.", added).format(count=added)
                if added
                else ""
            )
            words = ngettext("{count} file was not added.", "{count} files were not added.", count)
            brought = sentences(brought, words.format(count=count))
            self.set_message(Severity.SHOULD, brought, sentences(self._groups_text(), there))
        elif again and not added:
            self.set_message(Severity.INFO, there)
        elif not (added or report.captions or report.offered or report.renamed):
            self.set_message(Severity.SHOULD, _("Nothing was added: no photos or captions found."))
        self._unfold.setVisible(bool(count))
        self._unfold.setChecked(False)
        told = count or not (added or report.captions or report.offered or report.renamed)
        self.setVisible(not report.cancelled and bool(told))

    def _groups_text(self) -> str:
        """Write the largest groups with their counts and their reasons."""
        parts = [
            # Translators: how many files were not added for a reason, which is a sentence.
            _("{count} × {reason}").format(count=count, reason=reason)  # noqa: RUF001  # the sign for it
            for reason, count in self._files.groups[:_GROUPS]
        ]
        more = sum(count for _reason, count in self._files.groups[_GROUPS:])
        if more:
            parts.append(
                ngettext("{count} for other reasons.", "{count} for other reasons.", more).format(count=more)
            )
        return sentences(*parts)

    @Slot(bool)
    def _fold(self, unfolded: bool) -> None:  # noqa: FBT001  # a slot takes what the signal gives
        self._reasons.setVisible(unfolded)
        self._unfold.setText(_("Hide files") if unfolded else _("Show files"))


def _fewest_last(group: tuple[str, list[str]]) -> int:
    return -len(group[1])


class ZipNameChoice(Banner):
    """Ask for the encoding of the names in a zip, one zip after the other; hidden when all are certain.

    Signals (GUI thread): chosen(Path, str), the zip and the code page to read its names in.
    """

    chosen = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Severity.SHOULD, parent=parent)
        self.setObjectName("data.zip_names")
        self._waiting: list[ZipNames] = []
        self._settled: set[Path] = set()
        self._choices: tuple[QAction, ...] = ()
        self.hide()

    @property
    def waiting(self) -> tuple[ZipNames, ...]:
        """Return the zips that wait for a choice, the one that is shown first."""
        return tuple(self._waiting)

    def ask(self, doubtful: Sequence[ZipNames]) -> None:
        """Ask about these too; a zip that was settled is not asked about again."""
        asked = {zip_names.zip_path for zip_names in self._waiting} | self._settled
        self._waiting.extend(zip_names for zip_names in doubtful if zip_names.zip_path not in asked)
        self._show_next()

    def clear(self) -> None:
        """Drop all questions: another dataset is open."""
        self._waiting.clear()
        self._settled.clear()
        self._show_next()

    def _show_next(self) -> None:
        self.setVisible(bool(self._waiting))
        if not self._waiting:
            return
        doubtful = self._waiting[0]
        actions: list[QAction] = []
        for name in doubtful.alternatives:
            action = QAction(_name_text(name).replace("&", "&&"), self)
            action.setData(name.code_page)
            action.triggered.connect(self._choose)
            actions.append(action)
        keep = QAction(_("Keep names"), self)
        keep.triggered.connect(self._settle)
        self.set_message(
            Severity.SHOULD,
            _("The file names in {name} may be wrong.").format(name=doubtful.zip_path.name),
            _("The encoding used is {name}. Choose the right one:").format(
                name=_name_text(doubtful.chosen)
            ),
        )
        for action in self._choices:
            action.deleteLater()
        self._choices = (*actions, keep)
        self.set_actions(self._choices)

    @Slot()
    def _choose(self) -> None:
        action = self.sender()
        if isinstance(action, QAction) and self._waiting:
            path = self._waiting[0].zip_path
            self._settle()
            self.chosen.emit(path, str(action.data()))

    @Slot()
    def _settle(self) -> None:
        if self._waiting:
            self._settled.add(self._waiting.pop(0).zip_path)
            self._show_next()


def _name_text(name: ZipName) -> str:
    sample = name.sample if len(name.sample) <= _SAMPLE else f"{name.sample[: _SAMPLE - 1]}…"
    page = name.code_page
    known = {
        "cp932": _("Japanese"), "euc_jp": _("Japanese"), "gbk": _("Chinese"), "gb18030": _("Chinese"),
        "gb2312": _("Chinese"), "big5": _("Chinese"), "cp950": _("Chinese"), "cp949": _("Korean"),
        "euc_kr": _("Korean"), "cp866": _("Cyrillic"), "cp1251": _("Cyrillic"), "koi8_r": _("Cyrillic"),
        "cp437": _("Western"), "cp850": _("Western"), "cp1252": _("Western"), "utf-8": _("Unicode"),
        "cp852": _("Central European"), "cp1250": _("Central European"), "cp737": _("Greek"),
        "cp1253": _("Greek"), "cp857": _("Turkish"), "cp1254": _("Turkish"), "cp862": _("Hebrew"),
        "cp1255": _("Hebrew"), "cp864": _("Arabic"), "cp1256": _("Arabic"), "cp874": _("Thai"),
    }.get(page.lower(), "")
    if not known:
        return _("“{sample}” · {page}").format(sample=sample, page=page)
    return _("“{sample}” · {script} ({page})").format(sample=sample, script=known, page=page)

