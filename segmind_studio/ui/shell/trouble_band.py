"""The band that says on every place that something in the app itself failed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.ui.parts.error_banner import ErrorBanner
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S


class TroubleBand(QWidget):
    """Hidden until there is trouble, and again once it was closed.

    Signals:
        support_wanted(): the person wants to save a support bundle; GUI thread.
    """

    support_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        bundle = QAction(icon("package"), self.tr("Save a support bundle…"), self)
        bundle.triggered.connect(self.support_wanted)
        self._banner = ErrorBanner(details=self.tr("Where it happened"), more=(bundle,))
        self._banner.setObjectName("trouble")
        self._banner.closed.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, 0)
        row.addWidget(self._banner)
        self.hide()

    def show_trouble(self, error: StudioError, severity: Severity) -> None:
        """Say it, unless something is said already: the first trouble explains those that follow."""
        if self.isHidden():
            self._banner.show_error(error, severity)
            self.show()
