"""The theme: Fusion, a palette and a style sheet from one set of tones, following the system live."""

from __future__ import annotations

import sys
from math import ceil
from string import Template

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from segmind_studio.resources import resource
from segmind_studio.ui.theme import tokens
from segmind_studio.ui.theme.direction import backwards, mirrored_sheet
from segmind_studio.ui.theme.focus import FocusRing
from segmind_studio.ui.theme.tokens import DARK, DARK_HIGH, LIGHT, LIGHT_HIGH, Tones

FUSION = "Fusion"  # the style that the palette and the style sheet are made for
MODES = {"light": LIGHT, "dark": DARK, "light-high": LIGHT_HIGH, "dark-high": DARK_HIGH}
_PANEL_SHARE = 0.345  # of the screen
_OWN_FACE = "Inter"
_PLAIN_FACES = ("DejaVu", "Bitstream Vera")  # what a system has that nobody chose a face for
_POINTS_PER_INCH = 72
_TALL_ASCENT, _TALL_DESCENT = 1.16, 0.288  # of the type size, in Noto Sans CJK; few faces need more
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
        self._percent = 100
        self._families: list[str] = []
        self._tones: Tones | None = None
        self._sheet: tuple[Tones, int] | None = None  # what the current style sheet was made for
        self._ring = FocusRing(app, self)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._refresh)
        # In the slot of colorSchemeChanged Qt's own palette is still the old one; and it sets one afterwards.
        app.styleHints().colorSchemeChanged.connect(self._later.start)
        app.styleHints().accessibility().contrastPreferenceChanged.connect(self._later.start)

    @property
    def mode(self) -> str:
        """Return "system" or one of `MODES`, as last applied."""
        return self._mode

    @property
    def tones(self) -> Tones:
        """Return the colours that hold now."""
        return self._tones or self._wanted()

    def prepare(self, mode: str, text_percent: int = 100) -> None:
        """Set the style, the font and the colours that widgets ask for while they are made.

        `apply` adds the style sheet when all widgets exist: else each would be styled again with every parent
        that it gets.
        """
        self._choose(mode, text_percent)
        self._set_font_and_palette(self._wanted())

    def apply(self, mode: str, text_percent: int = 100) -> None:
        """Use one of `MODES`, or the "system" setting (any other value counts as "system").

        `text_percent` enlarges all text, in addition to what the system does. Where the system asks for high
        contrast, "light" and "dark" have it too.
        """
        self._choose(mode, text_percent)
        self._refresh()

    def _choose(self, mode: str, text_percent: int) -> None:
        self._mode = mode if mode in MODES else "system"
        self._percent = min(max(text_percent, tokens.TEXT_SIZES[0]), tokens.TEXT_SIZES[-1])

    def _refresh(self) -> None:
        wanted = self._wanted()
        if (wanted, self._percent) == self._sheet:
            return
        self._set_font_and_palette(wanted)
        self._sheet = (wanted, self._percent)
        self._app.setStyleSheet(style_sheet(wanted))
        self.changed.emit(wanted)

    def _set_font_and_palette(self, wanted: Tones) -> None:
        if self._tones is None and not self._styled:
            self._app.setStyle(QStyleFactory.create(FUSION))
        families = self._families = self._families or ui_families(self._app.font())
        size = tokens.BODY * self._percent / 100 * (_MAC_POINTS if sys.platform == "darwin" else 1)
        if self._app.font().pointSizeF() != size or self._app.font().families() != families:
            font = QFont(self._app.font())
            font.setFamilies(families)
            font.setPointSizeF(size)
            self._app.setFont(font)
        if wanted is not self._tones:
            self._tones = wanted
            self._app.setPalette(palette_of(wanted))

    def _wanted(self) -> Tones:
        hints = self._app.styleHints()
        mode = self._mode
        if mode == "system":
            mode = "dark" if hints.colorScheme() is Qt.ColorScheme.Dark else "light"  # unknown counts as light
        high = hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast
        return MODES[f"{mode}-high" if high and not mode.endswith("-high") else mode]


def ui_families(system: QFont) -> list[str]:
    """Return the families for all texts: the system's, or Inter where that is DejaVu or none.

    Inter is loaded only then, which takes a millisecond. It has Latin, Greek and Cyrillic; all else comes from the
    system's faces, which follow it.
    """
    found = QFontInfo(system).family()
    if found and not found.startswith(_PLAIN_FACES):
        return system.families()
    for name in ("Inter-Regular.otf", "Inter-SemiBold.otf"):
        if QFontDatabase.addApplicationFont(str(resource("fonts", name))) < 0:
            return system.families()
    return [_OWN_FACE, *system.families()]


def points(size: float) -> float:
    """Return a type size as it is shown: larger on macOS, and as much as the user has chosen."""
    return size * QGuiApplication.font().pointSizeF() / tokens.BODY


def line_height(font: QFont) -> int:
    """Return the height of a line in logical pixels with room for names in any script.

    The metrics of a Latin face have less than Chinese or Japanese characters need, which come from another one.
    """
    screen = QGuiApplication.primaryScreen()
    pixels = font.pointSizeF() * screen.logicalDotsPerInch() / _POINTS_PER_INCH
    return max(QFontMetrics(font).height(), ceil(_TALL_ASCENT * pixels) + ceil(_TALL_DESCENT * pixels))


def text_scaled(pixels: int) -> int:
    """Return a width in logical pixels for a column of text, as much wider as the user has made the text."""
    body = tokens.BODY * (_MAC_POINTS if sys.platform == "darwin" else 1)
    return round(pixels * max(1.0, QGuiApplication.font().pointSizeF() / body))


def panel_width(pixels: int) -> int:
    """Return the width of a panel beside a page, as `text_scaled`, but never so that the page has no room."""
    most = int(_PANEL_SHARE * QGuiApplication.primaryScreen().size().width())
    return max(pixels, min(text_scaled(pixels), most))


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
        (roles.Light, tones.raised), (roles.Midlight, tones.line), (roles.Mid, tones.line_raised),
        (roles.Dark, tones.line_strong), (roles.Shadow, tones.line_strong),
    ):
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tones.faint))
    return palette


def style_sheet(tones: Tones) -> str:
    """Fill the style sheet's template with colours, sizes and the folder of its small pictures."""
    names: dict[str, str] = {name: str(getattr(tones, name)) for name in Tones._fields}
    for name in ("small", "body", "strong", "section", "title"):
        names[f"pt_{name}"] = f"{points(getattr(tokens, name.upper())):g}pt"
    for name in ("radius", "radius_m", "radius_s", "ring"):
        names[name] = f"{getattr(tokens, name.upper())}px"
    names["semibold"] = str(tokens.SEMIBOLD)
    names["pictures"] = resource("style", "dark" if tones.dark else "light").as_posix()
    template = resource("style", "studio.qss").read_text(encoding="utf-8")
    sheet = Template(template).substitute(names)
    return mirrored_sheet(sheet) if backwards() else sheet
