"""The design system: colours, distances, corners, type sizes and durations, each named once.

Distances are multiples of four logical pixels, but for the two between a title and its text, and the six between
an icon and its word. Text colours have 4.5 : 1 on every surface, those of high contrast 7 : 1; edges of controls
and the ring of the keyboard focus have 3 : 1: `tests/ui/test_theme_contrast.py` measures the drawn pixels. The
style sheet, `resources/style/studio.qss`, is filled in from here; what it cannot reach is painted with them.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtGui import QColor, QGuiApplication, QPalette

HAIRLINE = 1  # the line round a card or between two panels
SPACE_LINE = 2  # between a title and the text below it
SPACE_XS = 4
ICON_GAP = 6  # between an icon and its word
SPACE_S = 8
SPACE_M = 12
SPACE_L = 16
SPACE_XL = 24
SPACE_XXL = 32
BELOW_CHOICE = 18 + SPACE_S  # to the words of a check box, past its square and a gap
RADIUS_S = 4  # pictures, marks in a list
RADIUS_M = 6  # buttons, fields, rows
RADIUS = 8  # cards, popups
RING = 2  # the ring of the keyboard focus, and the frame of what is selected
TITLE_HEIGHT = 32  # of the row with a place's title: that of the buttons beside it
READING_WIDTH = 760  # a column of text and fields is never wider

SMALL = 9.0  # points: captions, facts, table headers
BODY = 10.0  # all other text
STRONG = 10.0  # names, in `SEMIBOLD`
SECTION = 12.0  # a section's heading
TITLE = 18.0  # a page's heading
SEMIBOLD = 600  # the one heavier weight

# On a photo, whatever the theme: its own colours are not known.
PHOTO_LINES, UNDER_PHOTO_LINES = "#ffffff", "#000000"
SHADOW = "#000000"
NO_DIFFERENCE = "#000000"  # of two pictures, where they are alike

_HALF_LIGHT = 128
TEXT_SIZES = (100, 125, 150)  # percent, the choices in Settings


class Tones(NamedTuple):
    """One set of named colours, each "#rrggbb"."""

    dark: bool
    window: str  # behind everything
    surface: str  # cards, fields, lists
    raised: str  # menus, toasts, dialogs
    sunken: str  # wells, table headers, code
    rail: str
    line: str  # hairlines between surfaces
    line_raised: str  # round menus and popups
    line_button: str  # round an outlined button, a track: 3 : 1
    line_strong: str  # round a field, or under the pointer
    text: str
    muted: str
    faint: str
    accent: str
    accent_hover: str
    accent_text: str  # on accent
    focus: str
    good: str
    warn: str
    bad: str
    info: str
    good_soft: str
    warn_soft: str
    bad_soft: str
    info_soft: str
    accent_soft: str
    hover: str  # behind a quiet button or a row under the pointer
    pressed: str  # behind a button while it is held
    canvas: str  # round pictures: grey without any tint


LIGHT = Tones(
    dark=False,
    window="#f6f6f7", surface="#ffffff", raised="#ffffff", sunken="#efeff1", rail="#eeeef1",
    line="#e2e2e6", line_raised="#c8c8d0", line_button="#82828d", line_strong="#70707b",
    text="#1d1d22", muted="#55555f", faint="#6a6a75",
    accent="#4f45c6", accent_hover="#3f36aa", accent_text="#ffffff", focus="#6a60e6",
    good="#17693b", warn="#835200", bad="#b0241c", info="#215a9b",
    good_soft="#e2f3e9", warn_soft="#fbf0d8", bad_soft="#fce9e7", info_soft="#e6f0fa",
    accent_soft="#e7e5fb", hover="#e9e9ed", pressed="#dcdce2", canvas="#e4e4e4",
)
DARK = Tones(
    dark=True,
    window="#1a1a1d", surface="#222226", raised="#2a2a2f", sunken="#161618", rail="#151517",
    line="#333339", line_raised="#4b4b54", line_button="#787884", line_strong="#888894",
    text="#ededf1", muted="#b0b0bb", faint="#9696a2",
    accent="#aba3f7", accent_hover="#c0baf9", accent_text="#17132f", focus="#aba3f7",
    good="#6fcb95", warn="#e5b655", bad="#f4938a", info="#86b9ee",
    good_soft="#1d3226", warn_soft="#382f1a", bad_soft="#402524", info_soft="#1c2c3e",
    accent_soft="#2f2b4c", hover="#2d2d33", pressed="#3a3a42", canvas="#141414",
)
LIGHT_HIGH = LIGHT._replace(
    window="#ffffff", sunken="#f4f4f6", rail="#fbfbfc",
    line="#5c5c66", line_raised="#000000", line_button="#000000", line_strong="#000000",
    text="#000000", muted="#26262b", faint="#3f3f47", accent="#2f2599", accent_hover="#1f1775", focus="#2f2599",
    good="#004a22", warn="#553400", bad="#8b0f09", info="#0a3a70", hover="#dcdcf6", pressed="#c9c9ec",
)
DARK_HIGH = DARK._replace(
    window="#000000", surface="#0b0b0d", raised="#121214", sunken="#000001", rail="#000000",
    line="#9a9aa4", line_raised="#ffffff", line_button="#ffffff", line_strong="#ffffff",
    text="#ffffff", muted="#e6e6ea", faint="#cfcfd6", accent="#cdc8ff", accent_hover="#e4e1ff", focus="#cdc8ff",
    good="#9cf0bb", warn="#ffdc8a", bad="#ffc0ba", info="#b9dcff", hover="#33333c", pressed="#45454f",
)
_LABEL_COLOURS = {  # what a person marks things with, on light and on dark: 3 : 1 on every surface
    "red": ("#c2322b", "#f4938a"),
    "orange": ("#b35a00", "#eda45f"),
    "green": ("#1e7a3c", "#6fcb95"),
    "blue": ("#1f63b0", "#86b9ee"),
    "purple": ("#7b3fb5", "#c9a2f2"),
    "grey": ("#6a6a75", "#a5a5b0"),
}
_BY_WINDOW = {tones.window: tones for tones in (LIGHT, DARK, LIGHT_HIGH, DARK_HIGH)}


def tones_of(_palette: QPalette | None = None) -> Tones:
    """Return the colours that `Theme` has set on the application.

    A palette of a widget or of a paint option may be passed but is not used: the style sheet puts each
    widget's own background into it, so it cannot tell light from dark.
    """
    colour = QGuiApplication.palette().window().color()
    return _BY_WINDOW.get(colour.name()) or (DARK if colour.lightness() < _HALF_LIGHT else LIGHT)


def veil(colour: str, alpha: int) -> QColor:
    """Return a colour that lets through what lies below it; `alpha` of 255 hides all."""
    made = QColor(colour)
    made.setAlpha(alpha)
    return made


def label_colour(name: str, tones: Tones | None = None) -> str:
    """Return a colour that a person marks things with, "#rrggbb", as it is in these tones, or in those in use."""
    return _LABEL_COLOURS[name][(tones or tones_of()).dark]
