"""The texts about a photo's conversion and its reason, and the colour that replaces transparency."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QColorDialog, QMenu, QPushButton, QWidget

from segmind_studio.core.conversions import HUGE, WRITTEN_AS, Conversion, detail_of, kind_of
from segmind_studio.core.datasets import WHITE
from segmind_studio.texts import _, listed, sentences
from segmind_studio.ui.theme.tokens import tones_of

BLACK, GREY = "#000000", "#808080"



def colour_name(colour: str) -> str:
    """Name a background: white, black, grey, or its number."""
    names = {WHITE: _("white"), BLACK: _("black"), GREY: _("grey")}
    return names.get(colour, colour)


def what_changes(changes: Sequence[str], background: str) -> str:
    """Name each change: "Display P3 → sRGB, turned upright"; "" when the bytes are kept."""
    return listed(filter(None, (_what(text, background) for text in changes)))


def why_it_changes(changes: Sequence[str]) -> str:
    """Return a text of the reasons: properties that training ignores, and defects."""
    kinds = tuple(kind for text in changes if (kind := kind_of(text)) is not None)
    ignored = {
        Conversion.COLOURS: _("colour profiles"),
        Conversion.PRINT_COLOURS: _("colour profiles"),
        Conversion.BRIGHTNESS: _("values brighter than white"),
        Conversion.DEPTH: _("more than 8 bits"),
        Conversion.TRANSPARENT: _("transparency"),
        Conversion.TURNED: _("rotation flags"),
    }
    huge = any(detail_of(text) == HUGE for text in changes)
    disorder = {
        Conversion.FORMAT: _("Training reads only JPEG, PNG and WebP."),
        Conversion.FIRST: _("The file contains several pictures."),
        Conversion.PROFILE: _("The colour profile is too large for some programs.") if huge
        else _("The colour profile is damaged or of the wrong kind, so sRGB is used."),
        Conversion.TAIL: _("The file has extra data after the picture."),
    }
    said = [disorder[kind] for kind in kinds if kind in disorder]
    if things := listed(dict.fromkeys(ignored[kind] for kind in kinds if kind in ignored)):
        said.insert(0, _("Training ignores: {things}.").format(things=things))
    return sentences(*said)


def _what(text: str, background: str) -> str:
    words = {
        Conversion.FORMAT: _("{from_format} → {to_format}").format(
            from_format=detail_of(text), to_format=WRITTEN_AS.get(detail_of(text), ""),
        ),
        Conversion.FIRST: _("only the first picture"),
        Conversion.COLOURS: _to_srgb(text, _("colours from its profile")),
        Conversion.PRINT_COLOURS: _to_srgb(text, _("CMYK")),
        Conversion.BRIGHTNESS: _to_srgb(text, _("HDR")),
        Conversion.DEPTH: _("16 bit → 8 bit"),
        Conversion.TRANSPARENT: _("transparent → {colour}").format(colour=colour_name(background)),
        Conversion.TURNED: _("rotated upright"),
        Conversion.PROFILE: _("without colour profile"),
        Conversion.TAIL: _("extra data removed"),
    }
    kind = kind_of(text)
    return words[kind] if kind is not None else ""


def _to_srgb(text: str, fallback: str) -> str:
    return _("{profile} → sRGB").format(profile=detail_of(text) or fallback)


_SWATCH = 16  # logical pixels


class BackgroundButton(QPushButton):
    """Show the colour, and offer others in a menu.

    Signals: chosen(str), "#rrggbb", when the user chose another one; GUI thread.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data.background")
        self.setToolTip(_("Background colour for transparent photos, here and in training"))
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
        menu.addAction(_("Choose colour…")).triggered.connect(self._ask)
        menu.aboutToShow.connect(self._draw_swatches)
        self._group.triggered.connect(self._on_action)
        self.setMenu(menu)
        self.set_colour(WHITE)

    def set_colour(self, colour: str) -> None:
        """Show this colour as the chosen one."""
        self._colour = colour
        self.setText(_("Background: {colour}").format(colour=colour_name(colour)))
        self.setAccessibleName(_("Background of transparent photos: {colour}").format(colour=colour_name(colour)))
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
        dialog.setWindowTitle(_("Background of transparent photos"))
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
