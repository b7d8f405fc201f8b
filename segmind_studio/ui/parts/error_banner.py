"""A banner for one of our errors: what happened, what to do, and the details folded away."""

from __future__ import annotations

import platform
from collections.abc import Sequence

from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget

from segmind_studio import __version__
from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import ApiError, CancelledError, StudioError
from segmind_studio.ui.parts.banner import Banner
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark

_LINES = 6


def diagnosis(*parts: str) -> str:
    """Write what is known of a problem, and which app it was; no part may hold a key."""
    app = f"Segmind Studio {__version__}, Python {platform.python_version()}, {platform.platform()}"
    return "\n".join(part for part in (*parts, app) if part)


class ErrorBanner(Banner):
    """Hidden until `show_error`; closable.

    `details` names what is folded away, by itself the service's words; `more` is what else can be done.
    """

    def __init__(
        self, parent: QWidget | None = None, *, details: str = "", more: Sequence[QAction] = (),
    ) -> None:
        super().__init__(Severity.MUST, parent=parent, closable=True)
        details = details or self.tr("What the service said")
        self._error: StudioError | None = None
        self._copy = QAction(icon("copy"), self.tr("Copy diagnosis"), self)
        self._copy.triggered.connect(self._copy_diagnosis)
        self._unfold = QPushButton(details)
        self._unfold.setCheckable(True)
        mark(self._unfold, kind="link")
        self._detail = QPlainTextEdit()
        self._detail.setReadOnly(True)
        self._detail.setAccessibleName(details)
        self._detail.setFixedHeight(self._detail.fontMetrics().lineSpacing() * _LINES)
        mark(self._detail, role="mono")
        self._detail.hide()
        self._unfold.toggled.connect(self._detail.setVisible)
        self.words.insertWidget(2, self._unfold)
        self.words.insertWidget(3, self._detail)
        self.set_actions((self._copy, *more))
        self.hide()

    @property
    def error(self) -> StudioError | None:
        """Give the error that is shown, None when there is none."""
        return self._error

    def show_error(self, error: StudioError, severity: Severity = Severity.MUST) -> None:
        """Show an error; a CancelledError is shown to nobody."""
        if isinstance(error, CancelledError):
            return
        self._error = error
        self.set_message(severity, error.title, error.advice)
        by_service = isinstance(error, ApiError)
        self._unfold.setText(self.tr("What the service said") if by_service else self.tr("Details"))
        self._unfold.setVisible(bool(error.detail))
        self._unfold.setChecked(False)
        self._detail.setPlainText(error.detail)
        self.show()

    def unfold(self) -> None:
        """Show the words behind the fold."""
        self._unfold.setChecked(True)

    def clear(self) -> None:
        """Hide it; the problem is gone."""
        self._error = None
        self.hide()

    def diagnosis(self) -> str:
        """Write what helps somebody else to understand the problem; it holds no key."""
        if self._error is None:
            return ""
        kind = getattr(self._error, "problem", "")
        named = f"{type(self._error).__name__} {kind}".strip()
        return diagnosis(self._error.title, self._error.advice, self._error.detail, named)

    def _copy_diagnosis(self) -> None:
        QGuiApplication.clipboard().setText(self.diagnosis())
