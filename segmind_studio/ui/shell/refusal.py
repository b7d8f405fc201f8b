"""The window shown when the app cannot start: the reason, what to do, and details to copy."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from segmind_studio import __version__
from segmind_studio.core.errors import StudioError
from segmind_studio.resources import resource
from segmind_studio.texts import _
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XL

_ICON_SIDE = 48
_TEXT_WIDTH = 440
_LINES = 4


class RefusalDialog(QDialog):
    """Show why the app does not start; accepted when the user wants to try again."""

    def __init__(self, error: StudioError, facts: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Segmind Studio cannot start"))
        import platform  # noqa: PLC0415  # when first needed

        version = f"Segmind Studio {__version__}, Python {platform.python_version()}, {platform.platform()}"
        below = "\n".join(part for part in (error.detail, facts, version) if part)
        self.details = f"{error}\n{below}"  # what is copied
        self._again = mark(QPushButton(icon("refresh-cw", "accent_text"), _("Try again")), kind="primary")
        words = QVBoxLayout()
        words.setSpacing(SPACE_S)
        for label in (text_label(error.title, "section"), text_label(error.advice)):
            label.setFixedWidth(text_scaled(_TEXT_WIDTH))
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(label)
        words.addSpacing(SPACE_S)
        words.addWidget(self._details_box(below))
        upper = QHBoxLayout()
        upper.setSpacing(SPACE_L)
        upper.addWidget(self._picture(), 0, Qt.AlignmentFlag.AlignTop)
        upper.addLayout(words)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_L)
        column.addLayout(upper)
        column.addLayout(self._buttons())
        self._again.setFocus()

    def _picture(self) -> QLabel:
        picture = QLabel()
        app_icon = QIcon(str(resource("icons", "app.svg")))
        picture.setPixmap(app_icon.pixmap(QSize(_ICON_SIDE, _ICON_SIDE), self.devicePixelRatioF()))
        return picture

    def _details_box(self, text: str) -> QPlainTextEdit:
        box = mark(QPlainTextEdit(text), role="mono")
        box.setObjectName("refusal.details")
        box.setReadOnly(True)
        box.setTabChangesFocus(True)
        box.setAccessibleName(_("Details"))
        box.setFixedSize(text_scaled(_TEXT_WIDTH), box.fontMetrics().lineSpacing() * _LINES + SPACE_L)
        return box

    def _buttons(self) -> QHBoxLayout:
        copy = QPushButton(icon("copy"), _("Copy details"))
        copy.setObjectName("refusal.copy")
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        close = QPushButton(_("Close"))
        close.setObjectName("refusal.close")
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        self._again.setObjectName("refusal.again")
        self._again.setDefault(True)
        self._again.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setSpacing(SPACE_M)
        row.addWidget(copy)
        row.addStretch()
        row.addWidget(close)
        row.addWidget(self._again)
        return row

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details)
