"""Banners: a problem or a piece of news that stands in the page, above what it is about."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Severity
from segmind_studio.ui.assistive import announce
from segmind_studio.ui.parts.action_button import ActionButton
from segmind_studio.ui.parts.flow_layout import FlowLayout
from segmind_studio.ui.parts.labels import IconLabel, text_label
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import set_mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S

_LOOKS = {
    Severity.MUST: ("circle-x", "bad"),
    Severity.SHOULD: ("triangle-alert", "warn"),
    Severity.INFO: ("info", "info"),
}


class Banner(QFrame):
    """A soft coloured bar with an icon, a title, a text and what can be done.

    Signals:
        closed(): the person closed it; only a closable banner can be. GUI thread.
    """

    closed = Signal()

    def __init__(  # noqa: PLR0913  # one for each thing that is shown
        self, severity: Severity = Severity.INFO, title: str = "", text: str = "",
        actions: Sequence[QAction] = (), parent: QWidget | None = None, *, closable: bool = False,
    ) -> None:
        super().__init__(parent)
        self._icon = IconLabel("info", "info", 18)
        self._title = text_label("", "strong")
        self._text = text_label("")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons_box = QWidget()
        self._buttons = FlowLayout(self._buttons_box, spacing=SPACE_S)
        self.words = QVBoxLayout()
        self.words.setSpacing(2)
        for widget in (self._title, self._text):
            self.words.addWidget(widget)
        self.words.addSpacing(2)
        self.words.addWidget(self._buttons_box)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, 10, SPACE_S, 10)
        row.setSpacing(10)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self.words, 1)
        self._close = QToolButton()
        self._close.setIcon(icon("x", "muted"))
        self._close.setFixedSize(24, 24)
        self._close.setAccessibleName(self.tr("Close this message"))
        self._close.setToolTip(self.tr("Close"))
        self._close.clicked.connect(self._dismiss)
        self._close.setVisible(closable)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self._severity = severity
        self._said = ""  # what was announced while it is shown
        self.set_message(severity, title, text)
        self.set_actions(actions)

    def set_message(self, severity: Severity, title: str, text: str = "") -> None:
        """Say something else; whether the banner is visible stays the caller's choice."""
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
        words = " ".join(part for part in (self._title.text(), self._text.text()) if part)
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
        if self.isHidden():  # taken away, not only out of sight with its page
            self._said = ""

    def set_actions(self, actions: Sequence[QAction]) -> None:
        """Offer these buttons instead of those before."""
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
