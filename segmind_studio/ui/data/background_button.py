"""The button that chooses what transparent photos are laid over."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QColorDialog, QMenu, QPushButton, QWidget

from segmind_studio.core.datasets import WHITE
from segmind_studio.ui.data.conversion_words import BLACK, GREY, colour_name
from segmind_studio.ui.theme.tokens import tones_of

_SWATCH = 16  # logical pixels


class BackgroundButton(QPushButton):
    """Show the colour, and offer others in a menu.

    Signals: chosen(str), "#rrggbb", when the person chose another one; GUI thread.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data.background")
        self.setToolTip(self.tr("What the transparent photos of this dataset are laid over, here and in training"))
        self._colour = WHITE
        self._group = QActionGroup(self)
        menu = QMenu(self)
        for colour in (WHITE, BLACK, GREY):
            action = QAction(colour_name(colour).capitalize(), self)
            action.setData(colour)
            action.setCheckable(True)
            self._group.addAction(action)
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(self.tr("Other colour…")).triggered.connect(self._ask)
        menu.aboutToShow.connect(self._draw_swatches)
        self._group.triggered.connect(self._on_action)
        self.setMenu(menu)
        self.set_colour(WHITE)

    def set_colour(self, colour: str) -> None:
        """Show this colour as the chosen one."""
        self._colour = colour
        self.setText(self.tr("Background: {0}").format(colour_name(colour)))
        self.setAccessibleName(self.tr("Background of transparent photos: {0}").format(colour_name(colour)))
        self.setIcon(self._swatch(colour))
        for action in self._group.actions():
            action.setChecked(action.data() == colour)

    def _swatch(self, colour: str) -> QIcon:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(_SWATCH * ratio), round(_SWATCH * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tones_of(self.palette()).line_strong), 1))
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(1, 1, _SWATCH - 2, _SWATCH - 2, 3, 3)
        painter.end()
        return QIcon(pixmap)

    @Slot()
    def _draw_swatches(self) -> None:
        for action in self._group.actions():
            action.setIcon(self._swatch(str(action.data())))

    @Slot(QAction)
    def _on_action(self, action: QAction) -> None:
        self._choose(str(action.data()))

    @Slot()
    def _ask(self) -> None:
        dialog = QColorDialog(QColor(self._colour), self)
        dialog.setObjectName("data.background_colour")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Background of transparent photos"))
        dialog.colorSelected.connect(self._on_colour)
        dialog.open()

    @Slot(QColor)
    def _on_colour(self, colour: QColor) -> None:
        self._choose(colour.name())

    def _choose(self, colour: str) -> None:
        before = self._colour
        self.set_colour(colour)
        if colour != before:
            self.chosen.emit(colour)
