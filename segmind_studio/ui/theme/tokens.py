"""Colours, distances and type sizes, each named once.

Text colours have 4.5 : 1 on every surface, those of high contrast 7 : 1.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtGui import QGuiApplication, QPalette

SPACE_XS = 4
SPACE_S = 8
SPACE_M = 12
SPACE_L = 16
SPACE_XL = 24
SPACE_XXL = 32
RADIUS = 8
READING_WIDTH = 760  # a column of text and fields is never wider

SMALL = 9.0  # points
BODY = 10.0
STRONG = 10.0
SECTION = 12.0
TITLE = 18.0

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
    line_button: str  # round an outlined button
    line_strong: str  # round a field: 3 : 1
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
    canvas: str  # round pictures: grey without any tint


LIGHT = Tones(
    dark=False,
    window="#f6f6f7", surface="#ffffff", raised="#ffffff", sunken="#efeff1", rail="#eeeef1",
    line="#e2e2e6", line_button="#c8c8d0", line_strong="#8a8a95",
    text="#1d1d22", muted="#55555f", faint="#6a6a75",
    accent="#4f45c6", accent_hover="#3f36aa", accent_text="#ffffff", focus="#6a60e6",
    good="#17693b", warn="#835200", bad="#b0241c", info="#215a9b",
    good_soft="#e2f3e9", warn_soft="#fbf0d8", bad_soft="#fce9e7", info_soft="#e6f0fa",
    accent_soft="#e7e5fb", hover="#e9e9ed", canvas="#e4e4e4",
)
DARK = Tones(
    dark=True,
    window="#1a1a1d", surface="#222226", raised="#2a2a2f", sunken="#161618", rail="#151517",
    line="#333339", line_button="#4b4b54", line_strong="#7b7b87",
    text="#ededf1", muted="#b0b0bb", faint="#9696a2",
    accent="#aba3f7", accent_hover="#c0baf9", accent_text="#17132f", focus="#aba3f7",
    good="#6fcb95", warn="#e5b655", bad="#f4938a", info="#86b9ee",
    good_soft="#1d3226", warn_soft="#382f1a", bad_soft="#402524", info_soft="#1c2c3e",
    accent_soft="#2f2b4c", hover="#2d2d33", canvas="#141414",
)
LIGHT_HIGH = LIGHT._replace(
    window="#ffffff", sunken="#f4f4f6", rail="#fbfbfc",
    line="#5c5c66", line_button="#000000", line_strong="#000000",
    text="#000000", muted="#26262b", faint="#3f3f47", accent="#2f2599", accent_hover="#1f1775", focus="#2f2599",
    good="#004a22", warn="#553400", bad="#8b0f09", info="#0a3a70", hover="#dcdcf6",
)
DARK_HIGH = DARK._replace(
    window="#000000", surface="#0b0b0d", raised="#121214", sunken="#000001", rail="#000000",
    line="#9a9aa4", line_button="#ffffff", line_strong="#ffffff",
    text="#ffffff", muted="#e6e6ea", faint="#cfcfd6", accent="#cdc8ff", accent_hover="#e4e1ff", focus="#cdc8ff",
    good="#9cf0bb", warn="#ffdc8a", bad="#ffc0ba", info="#b9dcff", hover="#33333c",
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


def label_colour(name: str, tones: Tones | None = None) -> str:
    """Return a colour that a person marks things with, "#rrggbb", as it is in these tones, or in those in use."""
    return _LABEL_COLOURS[name][(tones or tones_of()).dark]
