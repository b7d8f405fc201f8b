"""The files of a run and the progress of their download."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.runs import Run, Stage
from segmind_studio.formats import bytes_text
from segmind_studio.services.runs.result_service import ResultService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _
from segmind_studio.ui.parts import ActionButton, FlowLayout, text_label
from segmind_studio.ui.parts.files_out import FileHandle
from segmind_studio.ui.runs.actions import RunCommands
from segmind_studio.ui.runs.inspector.facts import Fact, FactsGrid
from segmind_studio.ui.runs.inspector.page import Page
from segmind_studio.ui.runs.inspector.weights import DownloadTarget, WeightsPanel
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_S, SPACE_XS

_TRAINED = frozenset({Stage.TRAINED, Stage.DEPLOYING, Stage.READY})


class FilesPage(Page):
    """Show what can be downloaded and what was.

    Signals:
        said(str): a short message; GUI thread.
    """

    said = Signal(str)

    def __init__(self, commands: RunCommands, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.title = _("Files")
        self.setAccessibleName(self.title)
        self.add_section(_("Trained weights"))
        self._text = text_label("", "muted")
        self.column.addWidget(self._text)
        buttons = QWidget()
        row = FlowLayout(buttons, SPACE_S)
        for action in (commands.download_as, commands.show_folder):
            row.addWidget(ActionButton(action, "", buttons))
        self.column.addWidget(buttons)
        self._target: DownloadTarget | None = None
        self._target_place = QVBoxLayout()
        self.column.addLayout(self._target_place)
        self._saved_title = self.add_section(_("Saved on this computer"))
        self.saved = FactsGrid()
        self.column.addWidget(self.saved)
        self.handle = FileHandle()
        self.handle.setObjectName("runs.file")
        self.column.addWidget(self.handle, 0, Qt.AlignmentFlag.AlignLeft)
        self._panel: WeightsPanel | None = None
        self._panel_place = QVBoxLayout()
        self.column.addLayout(self._panel_place)
        self._model_title = self.add_section(_("At the service"))
        self.model = FactsGrid()
        self.column.addWidget(self.model)
        self.column.addStretch()

    def set_services(self, results: ResultService, settings: SettingsService, usual_folder: Path) -> None:
        """Show also where downloads go, and what is in the files; once, before the first run."""
        self._target = DownloadTarget(settings, usual_folder)
        self._target_place.addWidget(self._target)
        self._panel = WeightsPanel(results)
        self._panel.copied.connect(self.said)
        self._panel_place.addWidget(self._panel)

    def show_run(self, run: Run) -> None:
        """Show a run's files."""
        if self._target is not None and self._panel is not None:
            self._target.show_run(run)
            self._panel.show_run(run)
        self._text.setText(self._sentence(run))
        saved: list[Fact] = []
        if run.result_path:
            saved.append(Fact(_("File"), run.result_path, code=True))
        if run.result_sha256:
            saved.append(Fact(_("SHA-256"), run.result_sha256, code=True))
        self.saved.set_facts(saved)
        self._saved_title.setVisible(bool(saved))
        self.handle.show_file(Path(run.result_path) if run.result_path else None)
        model = [Fact(_("Visibility"), who_sees(run))] if run.service_id else []
        model += [Fact(label, value, code=True) for label, value in (
            (_("Weights"), run.weights_url), (_("Model name"), run.slug),
            (_("Model address"), run.inference_api_url),
        ) if value]
        self.model.set_facts(model)
        self._model_title.setVisible(bool(model))

    def _sentence(self, run: Run) -> str:
        if run.weights_url:
            return _("The trained weights are one file. You can use it in other programs.")
        if run.stage in _TRAINED:
            return _("The service offers no file for this run. It may not offer any for Flux Pro.")
        return _("Available when training is done.")


def who_sees(run: Run) -> str:
    """Return in words who can use a model, and what of that is not known."""
    if run.public is None:
        return _("It is not known who can use this model. Press “Refresh details”.")
    if run.public:
        return _(
            "Public: anyone on Segmind can make pictures with it. Segmind does not say whether others can "
            "download its weights."
        )
    return _("Private: only your account can make pictures with it, according to the service.")


_STEPS = 1000  # a progress bar counts in int32, a file may be larger


class DownloadStrip(QWidget):
    """The progress of a download; hidden until one is shown.

    Signals:
        cancelled(): the user wants it stopped.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text_label("", "small", wrap=False)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Download"))
        self._cancel = mark(QPushButton(_("Cancel")), kind="quiet")
        self._cancel.setAccessibleName(_("Cancel download"))
        self._cancel.clicked.connect(self.cancelled)
        left = QVBoxLayout()
        left.setSpacing(SPACE_XS)
        left.addWidget(self._text)
        left.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_S)
        row.addLayout(left, 1)
        row.addWidget(self._cancel)
        self.hide()

    @property
    def shown_text(self) -> str:
        """Return the shown line."""
        return self._text.text()

    def show_progress(self, received: int, total: int | None) -> None:
        """Show how many bytes are here, of how many if that is known."""
        if total:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(min(_STEPS, received * _STEPS // total))
            self._text.setText(_("Downloading: {done} of {all}").format(
                done=bytes_text(received), all=bytes_text(total)))
        else:
            self._bar.setRange(0, 0)
            self._text.setText(_("Downloading: {done}").format(done=bytes_text(received)))
        self.show()
