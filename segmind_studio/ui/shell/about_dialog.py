"""What this program is, which version, and under which licence."""

from __future__ import annotations

import platform

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from segmind_studio import __version__
from segmind_studio.resources import resource
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S, SPACE_XL

_ICON_SIDE = 64
_TEXT_WIDTH = 400


class AboutDialog(QDialog):
    """A page that closes with Escape."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Segmind Studio"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = QLabel()
        app_icon = QIcon(str(resource("icons", "app.svg")))
        picture.setPixmap(app_icon.pixmap(QSize(_ICON_SIDE, _ICON_SIDE), self.devicePixelRatioF()))
        words = QVBoxLayout()
        words.setSpacing(SPACE_S)
        lines = (
            text_label("Segmind Studio", "title"),
            text_label(self.tr("Version {0}").format(__version__), "muted"),
            text_label(self.tr("Teach Flux Pro a face, a product or a style with your own photos.")),
            text_label(self.tr("This is not a product of Segmind. Runs are paid to Segmind by your own account.")),
            text_label(self.tr("MIT licence. Icons: Lucide, ISC licence. Qt and PySide: LGPL 3."), "small"),
            text_label(f"Qt {qVersion()}, Python {platform.python_version()}, {platform.system()}", "small"),
        )
        for label in lines:
            label.setFixedWidth(_TEXT_WIDTH)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(SPACE_XL)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_L)
        column.setSpacing(SPACE_L)
        column.addLayout(row)
        column.addWidget(close)
