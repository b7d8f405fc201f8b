"""Files: the trained weights, where they were saved, and what they can be checked by."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from segmind_studio.core.runs import Run, Stage
from segmind_studio.ui.parts import ActionButton, FlowLayout, text_label
from segmind_studio.ui.runs.commands import RunCommands
from segmind_studio.ui.runs.facts import Fact, FactsGrid
from segmind_studio.ui.runs.page import Page
from segmind_studio.ui.theme.tokens import SPACE_S

_TRAINED = frozenset({Stage.TRAINED, Stage.DEPLOYING, Stage.READY})


class FilesPage(Page):
    """Show what can be downloaded and what was."""

    def __init__(self, commands: RunCommands, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.title = self.tr("Files")
        self.setAccessibleName(self.title)
        self.add_section(self.tr("Trained weights"))
        self._words = text_label("", "muted")
        self.column.addWidget(self._words)
        buttons = QWidget()
        row = FlowLayout(buttons, SPACE_S)
        for action in (commands.download_as, commands.show_folder):
            row.addWidget(ActionButton(action, "", buttons))
        self.column.addWidget(buttons)
        self._saved_title = self.add_section(self.tr("Saved on this computer"))
        self.saved = FactsGrid()
        self.column.addWidget(self.saved)
        self._model_title = self.add_section(self.tr("At the service"))
        self.model = FactsGrid()
        self.column.addWidget(self.model)
        self.column.addStretch()

    def show_run(self, run: Run) -> None:
        """Show a run's files."""
        self._words.setText(self._sentence(run))
        saved: list[Fact] = []
        if run.result_path:
            saved.append(Fact(self.tr("File"), run.result_path, code=True))
        if run.result_sha256:
            saved.append(Fact(self.tr("SHA-256"), run.result_sha256, code=True))
        self.saved.set_facts(saved)
        self._saved_title.setVisible(bool(saved))
        model = [Fact(label, value, code=True) for label, value in (
            (self.tr("Weights"), run.weights_url), (self.tr("Model name"), run.slug),
            (self.tr("Model address"), run.inference_api_url),
        ) if value]
        self.model.set_facts(model)
        self._model_title.setVisible(bool(model))

    def _sentence(self, run: Run) -> str:
        if run.weights_url:
            return self.tr("The service keeps the trained weights as one file. It can be used in other programs.")
        if run.stage in _TRAINED:
            return self.tr("The service has named no file for this run. For Flux Pro it may offer none.")
        return self.tr("There is nothing to download before the training is done.")
