"""The commands that save the overview of a dataset as CSV files: the figures of its photos, and its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Slot
from PySide6.QtWidgets import QFileDialog

from segmind_studio.core.caption_terms import NO_VOCABULARY
from segmind_studio.core.overview_tables import Row, photo_table, term_table
from segmind_studio.texts import _
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.data.file_dialogs import file_name_of
from segmind_studio.ui.data.widgets import DataWidgets
from segmind_studio.ui.parts import ActionButton
from segmind_studio.ui.parts.folders import existing_folder, file_filter

CSV_SUFFIX = ".csv"


class OverviewExport(QObject):
    """Ask for a file and have the table written; the dataset service emits `exported`, or `failed`.

    `trigger_word` returns the word of the training form.
    """

    def __init__(self, parts: DataWidgets, trigger_word: Callable[[], str]) -> None:
        super().__init__(parts.screen)
        self._parts = parts
        self._trigger_word = trigger_word
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._rows: Callable[[], Iterable[Row]] = tuple
        parts.words.add_tool(ActionButton(parts.actions.save_words, "quiet", words=_("Save as CSV…")))
        parts.actions.save_figures.triggered.connect(self._ask_figures)
        parts.actions.save_words.triggered.connect(self._ask_words)

    @Slot()
    def _ask_figures(self) -> None:
        """Save what is known now; what was not measured is left empty."""
        dataset = self._parts.datasets.dataset
        measures = self._parts.thumbnails.measurer.of(dataset.photos)
        self._ask(_("Save measurements"), "photos",
                  partial(photo_table, dataset, measures, self._trigger_word()))

    @Slot()
    def _ask_words(self) -> None:
        vocabulary = self._parts.datasets.package.vocabulary or NO_VOCABULARY
        self._ask(_("Save words"), "words", partial(term_table, vocabulary))

    def _ask(self, title: str, kind: str, rows: Callable[[], Iterable[Row]]) -> None:
        self._rows = rows
        dialog = QFileDialog(self._parts.screen, title, str(existing_folder(self._folder)))
        guard_scroll_areas(dialog)
        dialog.setObjectName("data.overview")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # Translators: a kind of files in a file dialog.
        dialog.setNameFilter(file_filter(_("Tables"), f"*{CSV_SUFFIX}"))
        dialog.setDefaultSuffix(CSV_SUFFIX.lstrip("."))
        dialog.selectFile(f"{file_name_of(self._parts.datasets.dataset.name)}-{kind}{CSV_SUFFIX}")
        dialog.fileSelected.connect(self._save)
        dialog.open()

    @Slot(str)
    def _save(self, name: str) -> None:
        target = Path(name)
        self._folder = str(target.parent)
        self._parts.datasets.save_table(target, self._rows)
