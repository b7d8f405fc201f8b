"""What belongs to a downloaded model file: where the next one goes, what is in it, and how to use it elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.pricing import iterations_of
from segmind_studio.core.result_names import FIELDS, result_stem, template_problem
from segmind_studio.core.runs import Run
from segmind_studio.core.texts import line_of
from segmind_studio.formats import bytes_text, number
from segmind_studio.services.runs.result_service import ResultCheck, ResultFacts, ResultService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _, listed, ngettext, pgettext, sentences
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts import ElidedLabel, text_label
from segmind_studio.ui.parts.folders import existing_folder
from segmind_studio.ui.runs.inspector.facts import Fact, FactsGrid
from segmind_studio.ui.runs.values import base_model_text
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.tokens import SPACE_S, SPACE_XS

_NAMES_HEIGHT = 150
_MOST_METADATA, _LONGEST_KEY, _LONGEST_VALUE = 16, 60, 200  # rows, and characters in each


class DownloadTarget(QWidget):
    """The folder and the template of names for downloads; both are stored."""

    def __init__(self, settings: SettingsService, usual_folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._usual = usual_folder
        self._run: Run | None = None
        self._folder = mark(ElidedLabel(mode=Qt.TextElideMode.ElideMiddle), role="small")
        choose = QPushButton(icon("folder-open"), _("Other folder…"))
        choose.setObjectName("runs.files.folder")
        choose.clicked.connect(self._choose)
        self.template = QLineEdit(settings.value.download_name)
        self.template.setObjectName("runs.files.name")
        self.template.setAccessibleName(_("Name of the file"))
        self.template.setMaxLength(200)
        self.template.textEdited.connect(self._edited)
        self.template.editingFinished.connect(self._finished)
        self.preview = text_label("", "small")
        self.preview.setObjectName("runs.files.preview")
        row = QHBoxLayout()
        row.setSpacing(SPACE_S)
        row.addWidget(self._folder, 1)
        row.addWidget(choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addLayout(row)
        column.addWidget(text_label(_("Name of the file"), "muted"))
        column.addWidget(self.template)
        column.addWidget(self.preview)
        settings.changed.connect(self._show)
        self._show()

    def show_run(self, run: Run) -> None:
        """Preview the name of this run's file."""
        self._run = run
        self._show()

    @Slot()
    def _show(self) -> None:
        value = self._settings.value
        self._folder.setText(_("Downloads go to {folder}").format(folder=value.download_folder or self._usual))
        if not self.template.hasFocus() and self.template.text() != value.download_name:
            self.template.setText(value.download_name)
        self._preview()

    def _preview(self) -> None:
        template = self.template.text()
        problem = template_problem(template)
        if problem or self._run is None:
            self.preview.setText(problem)
        else:
            fields = listed(f"{{{field}}}" for field in FIELDS)
            name = f"{result_stem(template, self._run)}.safetensors"
            called = _("File name: {name}.").format(name=name)
            self.preview.setText(sentences(called, _("Placeholders: {fields}").format(fields=fields)))
        set_mark(self.preview, "role", "bad" if problem else "small")

    @Slot()
    def _edited(self) -> None:
        self._preview()
        if not template_problem(self.template.text()):
            self._settings.update(download_name=self.template.text())

    @Slot()
    def _finished(self) -> None:
        """Put back what is stored where the text cannot be used."""
        if template_problem(self.template.text()):
            self.template.setText(self._settings.value.download_name)
            self._preview()

    @Slot()
    def _choose(self) -> None:
        start = existing_folder(self._settings.value.download_folder or self._usual)
        dialog = QFileDialog(self, _("Folder for downloads"), str(start))
        guard_scroll_areas(dialog)
        dialog.setObjectName("runs.files.folder_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    @Slot(str)
    def _chosen(self, folder: str) -> None:
        self._settings.update(download_folder=folder)


class WeightsPanel(QWidget):
    """What the header of the downloaded file says, its check, and the notes for other programs.

    The file is read only while the panel is visible, and again when the path changes.

    Signals:
        copied(str): a short message; GUI thread.
    """

    copied = Signal(str)

    def __init__(self, results: ResultService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._results = results
        self._run: Run | None = None
        self._asked = Path()
        self._facts: ResultFacts | None = None
        self.state = text_label("", "muted")
        self.state.setObjectName("runs.files.state")
        self.check = QPushButton(icon("circle-check"), _("Check the file"))
        self.check.setObjectName("runs.files.check")
        self.check.clicked.connect(self._check)
        self.grid = FactsGrid()
        self.names = QPlainTextEdit()
        self.names.setReadOnly(True)
        self.names.setAccessibleName(_("Tensors in the file"))
        self.names.setFixedHeight(_NAMES_HEIGHT)
        self.names.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.names.setTabChangesFocus(True)
        self.names.hide()
        mark(self.names, role="mono")
        self._unfold = QPushButton(_("Show the tensors"))
        self._unfold.setObjectName("runs.files.tensors")
        self._unfold.setCheckable(True)
        self._unfold.toggled.connect(self._show_names)
        self.notes = text_label("")
        self.notes.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        copy = QPushButton(icon("copy"), _("Copy these notes"))
        copy.setObjectName("runs.files.notes")
        copy.clicked.connect(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        for button in (self.check, self._unfold):
            buttons.addWidget(button)
        buttons.addStretch()
        column.addWidget(self.grid)
        column.addWidget(self.state)
        column.addLayout(buttons)
        column.addWidget(self.names)
        column.addWidget(text_label(_("Use in other programs"), "strong"))
        column.addWidget(self.notes)
        column.addWidget(copy, 0, Qt.AlignmentFlag.AlignLeft)
        guard_scroll_areas(self)
        results.read.connect(self._show)
        results.checked.connect(self._show_check)
        self.hide()

    def show_run(self, run: Run) -> None:
        """Show the file of a run; hidden without one."""
        self._run = run
        self.setVisible(bool(run.result_path))
        self._ask()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._asked = Path()  # the file may have changed when it is seen again

    def _ask(self) -> None:
        run = self._run
        if run is None or not run.result_path or not self.isVisible() or self._asked == Path(run.result_path):
            return
        self._asked = Path(run.result_path)
        self._facts = None
        self.state.setText(_("Reading the file…"))
        self.check.setEnabled(False)
        self._results.ask(self._asked)

    @Slot(object)
    def _show(self, facts: ResultFacts) -> None:
        run = self._run
        if run is None or facts.path != self._asked:
            return
        self._facts = facts
        self.check.setEnabled(facts.size is not None and bool(run.result_sha256))
        self.grid.set_facts(_rows(facts))
        names = facts.weights.names if facts.weights else ()
        more = facts.weights.more if facts.weights else 0
        last = (ngettext("and {count} more", "and {count} more", more).format(count=number(more)),) if more else ()
        self.names.setPlainText("\n".join((*names, *last)))
        self._unfold.setVisible(bool(names))
        self.names.setVisible(bool(names) and self._unfold.isChecked())
        if facts.size is None:
            self.state.setText(_("The file is missing. Download it again, or look where you moved it."))
        else:
            self.state.setText(str(facts.error) if facts.error else "")
        self.state.setVisible(bool(self.state.text()))
        self.notes.setText("\n".join(use_notes(run, facts)))

    @Slot(bool)
    def _show_names(self, wanted: bool) -> None:  # noqa: FBT001  # as the button emits it
        self.names.setVisible(wanted)
        self._unfold.setText(_("Hide the tensors") if wanted else _("Show the tensors"))

    @Slot()
    def _check(self) -> None:
        if self._run is not None and self._facts is not None:
            self.check.setEnabled(False)
            self.state.setText(_("Checking the file…"))
            self.state.show()
            self._results.check(self._facts.path, self._run.result_sha256)

    @Slot(object)
    def _show_check(self, check: ResultCheck) -> None:
        if check.path != self._asked:
            return
        self.check.setEnabled(True)
        self.state.show()
        if check.error is not None:
            self.state.setText(str(check.error))
        elif check.same:
            self.state.setText(_("The file is unchanged since the download: its SHA-256 is the same."))
        else:
            self.state.setText(_("The file has changed since the download: its SHA-256 is different."))

    @Slot()
    def _copy(self) -> None:
        digest = f"\nSHA-256: {self._run.result_sha256}" if self._run and self._run.result_sha256 else ""
        QGuiApplication.clipboard().setText(f"{self.notes.text()}{digest}")
        self.copied.emit(_("Notes copied"))


def _rows(facts: ResultFacts) -> Sequence[Fact]:
    rows: list[Fact] = []
    if facts.size is not None:
        rows.append(Fact(_("Size"), bytes_text(facts.size)))
    weights = facts.weights
    if weights is not None:
        if weights.ranks:
            rows.append(Fact(_("Rank"), listed(map(number, weights.ranks))))
        rows += (
            # Translators: how many numbers the tensors of a file have.
            Fact(_("Tensors"), number(weights.tensors)), Fact(_("Numbers"), number(weights.parameters)),
            Fact(pgettext("of tensors", "Type"),
                 listed(f"{name} ({number(count)})" for name, count in weights.dtypes)),
        )
    written = [
        f"{line_of(key, _LONGEST_KEY)}: {line_of(value, _LONGEST_VALUE)}"
        for key, value in list((facts.metadata or {}).items())[:_MOST_METADATA]
    ]
    if written:
        rows.append(Fact(_("Metadata"), "\n".join(written)))
    return rows


def use_notes(run: Run, facts: ResultFacts | None = None) -> tuple[str, ...]:
    """Return what somebody needs who uses the file in another program; what is not known is said to be so."""
    trigger, iterations = run.trigger_word, iterations_of(run)
    ranks = facts.weights.ranks if facts is not None and facts.weights is not None else ()
    lines = [
        _("Model: {name}").format(name=run.name),
        _("Trigger word: {word}").format(word=trigger) if trigger else _("Trigger word: unknown"),
        _("Base model: {name}").format(name=base_model_text(run)),
    ]
    if ranks:
        lines.append(_("Rank: {rank}").format(rank=listed(map(number, ranks))))
    if iterations:
        lines.append(_("Iterations: {count}").format(count=number(iterations)))
    lines += [
        _("Strength: start with 1, the trained strength. Lower is weaker."),
        _("Programs: a LoRA works only with the base model it was trained for. It is not known whether your "
          "program can read this file."),
        _("Licence: the service states none for this file. Read its terms and those of the base model before "
          "you share the file or sell pictures."),
    ]
    return tuple(lines)

