"""The theme: Fusion, a palette and a style sheet from one set of tones, following the system live."""

from __future__ import annotations

import sys
from string import Template

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from segmind_studio.resources import resource
from segmind_studio.ui.theme import tokens
from segmind_studio.ui.theme.tokens import DARK, LIGHT, Tones

FUSION = "Fusion"  # the style that the palette and the style sheet are made for
_MAC_POINTS = 4 / 3  # macOS has 72 points to the inch where the others have 96 pixels


class Theme(QObject):
    """Own the look of the application.

    Signals:
        changed(Tones): the colours have changed; GUI thread.
    """

    changed = Signal(object)

    def __init__(self, app: QApplication, parent: QObject | None = None, *, styled: bool = False) -> None:
        """`styled` : the application was created with the style Fusion."""
        super().__init__(parent)
        self._app = app
        self._styled = styled
        self._mode = "system"
        self._tones: Tones | None = None
        self._applied: Tones | None = None  # the tones of the current style sheet
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._refresh)
        # In the slot of colorSchemeChanged Qt's own palette is still the old one; and it sets one afterwards.
        app.styleHints().colorSchemeChanged.connect(self._later.start)

    @property
    def mode(self) -> str:
        """Return "system", "light" or "dark", as last applied."""
        return self._mode

    @property
    def tones(self) -> Tones:
        """Return the colours that hold now."""
        return self._tones or self._wanted()

    def prepare(self, mode: str) -> None:
        """Set the style, the font and the colours that widgets ask for while they are made.

        `apply` adds the style sheet when all widgets exist: else each would be styled again with every parent
        that it gets.
        """
        self._choose(mode)
        self._colour(self._wanted())

    def apply(self, mode: str) -> None:
        """Use "light", "dark", or the "system" setting (any other value counts as "system")."""
        self._choose(mode)
        self._refresh()

    def _choose(self, mode: str) -> None:
        self._mode = mode if mode in {"light", "dark"} else "system"

    def _refresh(self) -> None:
        wanted = self._wanted()
        if wanted is self._applied:
            return
        self._colour(wanted)
        self._applied = wanted
        self._app.setStyleSheet(style_sheet(wanted))
        self.changed.emit(wanted)

    def _colour(self, wanted: Tones) -> None:
        if wanted is self._tones:
            return
        first = self._tones is None
        self._tones = wanted
        if first:
            if not self._styled:
                self._app.setStyle(QStyleFactory.create(FUSION))
            font = QFont(self._app.font())
            font.setPointSizeF(points(tokens.BODY))
            self._app.setFont(font)
        self._app.setPalette(palette_of(wanted))

    def _wanted(self) -> Tones:
        if self._mode == "system":
            scheme = self._app.styleHints().colorScheme()
            return DARK if scheme is Qt.ColorScheme.Dark else LIGHT  # unknown counts as light
        return DARK if self._mode == "dark" else LIGHT


def points(size: float) -> float:
    """Return a type size for this system."""
    return size * _MAC_POINTS if sys.platform == "darwin" else size


def palette_of(tones: Tones) -> QPalette:
    """Return the palette, for everything that the style sheet does not reach."""
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, colour in (
        (roles.Window, tones.window), (roles.WindowText, tones.text),
        (roles.Base, tones.surface), (roles.AlternateBase, tones.sunken), (roles.Text, tones.text),
        (roles.Button, tones.surface), (roles.ButtonText, tones.text), (roles.BrightText, tones.bad),
        (roles.ToolTipBase, tones.raised), (roles.ToolTipText, tones.text),
        (roles.PlaceholderText, tones.faint),
        (roles.Highlight, tones.accent), (roles.HighlightedText, tones.accent_text), (roles.Accent, tones.accent),
        (roles.Link, tones.accent), (roles.LinkVisited, tones.accent),
        (roles.Light, tones.raised), (roles.Midlight, tones.line), (roles.Mid, tones.line_button),
        (roles.Dark, tones.line_strong), (roles.Shadow, tones.line_strong),
    ):
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tones.faint))
    return palette


def style_sheet(tones: Tones) -> str:
    """Fill the style sheet's template with colours, sizes and the folder of its small pictures."""
    names: dict[str, str] = {name: str(getattr(tones, name)) for name in Tones.__dataclass_fields__}
    for name in ("small", "body", "strong", "section", "title"):
        names[f"pt_{name}"] = f"{points(getattr(tokens, name.upper())):g}pt"
    names["radius"] = f"{tokens.RADIUS}px"
    names["pictures"] = resource("style", "dark" if tones.dark else "light").as_posix()
    template = resource("style", "studio.qss").read_text(encoding="utf-8")
    return Template(template).substitute(names)
