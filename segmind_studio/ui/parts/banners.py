"""A line or an error across the top of a page, with its actions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio import __version__
from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import ApiError, CancelledError, StudioError
from segmind_studio.texts import _, sentences
from segmind_studio.ui.assistive import announce
from segmind_studio.ui.parts.buttons import ActionButton
from segmind_studio.ui.parts.labels import IconLabel, text_label
from segmind_studio.ui.parts.layouts import FlowLayout
from segmind_studio.ui.theme.direction import set_margins
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.tokens import SPACE_LINE, SPACE_M, SPACE_S

_CLOSE = 24  # logical pixels
_LOOKS = {
    Severity.MUST: ("circle-x", "bad"),
    Severity.SHOULD: ("triangle-alert", "warn"),
    Severity.INFO: ("info", "info"),
}


class Banner(QFrame):
    """A soft coloured bar with an icon, a title, a text and actions.

    Signals:
        closed(): the user closed it; only a closable banner can be. GUI thread.
    """

    closed = Signal()

    def __init__(  # noqa: PLR0913  # one for each thing that is shown
        self, severity: Severity = Severity.INFO, title: str = "", text: str = "",
        actions: Sequence[QAction] = (), parent: QWidget | None = None, *, closable: bool = False,
        beside: bool = False,
    ) -> None:
        """`beside`: the action, one of a word or two, is at the end of the line instead of below the text."""
        super().__init__(parent)
        self._icon = IconLabel("info", "info", 18)
        self._title = text_label("", "strong")
        self._text = text_label("")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons_box = QWidget()
        self._buttons = FlowLayout(self._buttons_box, spacing=SPACE_S)
        self.text_column = QVBoxLayout()
        self.text_column.setSpacing(SPACE_LINE)
        for widget in (self._title, self._text):
            self.text_column.addWidget(widget)
        if not beside:
            self.text_column.addSpacing(SPACE_LINE)
            self.text_column.addWidget(self._buttons_box)
        row = QHBoxLayout(self)
        set_margins(row, SPACE_M, SPACE_S, SPACE_S, SPACE_S)
        row.setSpacing(SPACE_S)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self.text_column, 1)
        if beside:
            row.addWidget(self._buttons_box, 0, Qt.AlignmentFlag.AlignVCenter)
        self._close = QToolButton()
        self._close.setIcon(icon("x", "text"))
        self._close.setFixedSize(_CLOSE, _CLOSE)
        self._close.setAccessibleName(_("Close this message"))
        self._close.setToolTip(_("Close"))
        self._close.clicked.connect(self._dismiss)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._close.setVisible(closable)
        self._severity = severity
        self._said = ""  # the text announced while it is shown
        self.set_message(severity, title, text)
        self.set_actions(actions)

    def set_message(self, severity: Severity, title: str, text: str = "") -> None:
        """Show something else; whether the banner is visible stays the caller's choice."""
        name, tone = _LOOKS[severity]
        self._icon.set_icon(name, tone)
        set_mark(self, "tone", tone)
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._severity = severity
        self.setAccessibleName(title or text)
        self._say()

    def _say(self) -> None:
        words = sentences(self._title.text(), self._text.text())
        if self.isVisible() and words != self._said:
            self._said = words
            announce(self, words, urgent=self._severity is Severity.MUST)

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        self._say()

    @override
    def hideEvent(self, event: QHideEvent, /) -> None:
        super().hideEvent(event)
        if self.isHidden():  # hidden itself, not only with its page
            self._said = ""

    def set_actions(self, actions: Sequence[QAction]) -> None:
        """Replace the buttons."""
        while (item := self._buttons.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for action in actions:
            self._buttons.addWidget(ActionButton(action))
        self._buttons_box.setVisible(bool(actions))

    def _dismiss(self) -> None:
        self.hide()
        self.closed.emit()


_LINES = 6


def diagnosis(*parts: str) -> str:
    """Return the details of an error and the app's version, as text; no part may contain a key."""
    import platform  # noqa: PLC0415  # when first needed

    app = f"Segmind Studio {__version__}, Python {platform.python_version()}, {platform.platform()}"
    return "\n".join(part for part in (*parts, app) if part)


class ErrorBanner(Banner):
    """Hidden until `show_error`; closable.

    `details` is the title of the folded part, by default the service's answer; `more` are more actions.
    """

    def __init__(
        self, parent: QWidget | None = None, *, details: str = "", more: Sequence[QAction] = (),
    ) -> None:
        super().__init__(Severity.MUST, parent=parent, closable=True)
        self._detail_name = details or _("Message from the service")
        self._error: StudioError | None = None
        self._copy = QAction(icon("copy"), _("Copy error details"), self)
        self._copy.triggered.connect(self._copy_diagnosis)
        self._unfold = QPushButton(self._detail_name)
        self._unfold.setCheckable(True)
        mark(self._unfold, kind="link")
        self._detail: QPlainTextEdit | None = None  # made for the first error that has some
        self.text_column.insertWidget(2, self._unfold)
        self.set_actions((self._copy, *more))
        self.hide()

    def _show_detail(self, text: str) -> None:
        """Write it below the fold, which is closed."""
        if self._detail is None:
            detail = self._detail = mark(QPlainTextEdit(), role="mono")
            detail.setReadOnly(True)
            detail.setAccessibleName(self._detail_name)
            detail.setFixedHeight(detail.fontMetrics().lineSpacing() * _LINES)
            detail.hide()
            self._unfold.toggled.connect(detail.setVisible)
            self.text_column.insertWidget(3, detail)
            QWidget.setTabOrder(self._unfold, detail)
        self._detail.setPlainText(text)

    @property
    def error(self) -> StudioError | None:
        """Return the error that is shown, None when there is none."""
        return self._error

    def show_error(self, error: StudioError, severity: Severity = Severity.MUST) -> None:
        """Show an error; a CancelledError is not shown."""
        if isinstance(error, CancelledError):
            return
        self._error = error
        self.set_message(severity, error.title, error.advice)
        by_service = isinstance(error, ApiError)
        self._unfold.setText(_("Message from the service") if by_service else _("Details"))
        self._unfold.setVisible(bool(error.detail))
        self._unfold.setChecked(False)
        if error.detail or self._detail is not None:
            self._show_detail(error.detail)
        self.show()

    def unfold(self) -> None:
        """Show the words behind the fold."""
        self._unfold.setChecked(True)

    def clear(self) -> None:
        """Hide it; the problem is gone."""
        self._error = None
        self.hide()

    def diagnosis(self) -> str:
        """Return a text that helps support to understand the problem; it contains no key."""
        if self._error is None:
            return ""
        kind = getattr(self._error, "problem", "")
        named = f"{type(self._error).__name__} {kind}".strip()
        return diagnosis(self._error.title, self._error.advice, self._error.detail, named)

    def _copy_diagnosis(self) -> None:
        QGuiApplication.clipboard().setText(self.diagnosis())
