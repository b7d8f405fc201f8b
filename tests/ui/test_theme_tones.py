"""The colours: readable in both themes, and the style sheet knows every one it names."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QColor

from segmind_studio.resources import resource
from segmind_studio.ui.theme.theme import style_sheet
from segmind_studio.ui.theme.tokens import DARK, DARK_HIGH, LIGHT, LIGHT_HIGH

pytestmark = pytest.mark.usefixtures("qapp")  # the style sheet has sizes of the application's font
THEMES = pytest.mark.parametrize("tones", [LIGHT, DARK], ids=["light", "dark"])
ALL = pytest.mark.parametrize(
    ("tones", "least"), [(LIGHT, 4.5), (DARK, 4.5), (LIGHT_HIGH, 7.0), (DARK_HIGH, 7.0)],
    ids=["light", "dark", "light, high contrast", "dark, high contrast"],
)
GROUNDS = ("window", "surface", "raised", "sunken", "rail")


def luminance(colour):
    parts = [QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF()]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@ALL
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", ["text", "muted", "faint", "accent", "good", "warn", "bad", "info"])
def test_text_can_be_read_on_every_ground(tones, least, text, ground):
    assert contrast(getattr(tones, text), getattr(tones, ground)) >= least


@ALL
@pytest.mark.parametrize("tone", ["good", "warn", "bad", "info", "accent"])
def test_a_status_can_be_read_on_its_soft_ground(tones, least, tone):
    soft = getattr(tones, f"{tone}_soft")
    assert contrast(getattr(tones, tone), soft) >= least
    assert contrast(tones.text, soft) >= least


@ALL
def test_words_on_the_accent_can_be_read(tones, least):
    assert contrast(tones.accent_text, tones.accent) >= least
    assert contrast(tones.accent_text, tones.accent_hover) >= least


@ALL
@pytest.mark.parametrize("ground", ["window", "surface", "raised"])
def test_fields_and_the_focus_ring_stand_out(tones, least, ground):
    assert contrast(tones.line_strong, getattr(tones, ground)) >= 2 / 3 * least
    assert contrast(tones.focus, getattr(tones, ground)) >= 2 / 3 * least


@THEMES
def test_the_ground_of_pictures_has_no_tint(tones):
    colour = QColor(tones.canvas)
    assert colour.red() == colour.green() == colour.blue()


@THEMES
def test_the_style_sheet_is_filled_in(tones):
    sheet = style_sheet(tones)
    assert "$" not in sheet
    assert tones.accent in sheet
    other = LIGHT if tones is DARK else DARK
    assert other.window not in sheet


@THEMES
def test_the_small_pictures_of_the_style_sheet_exist_in_its_colours(tones):
    paths = set(re.findall(r"url\(\"([^\")]+)\"\)", style_sheet(tones)))
    assert len(paths) > 5
    known = set(vars_of(tones))
    for path in paths:
        text = resource("style", "dark" if tones.dark else "light", path.rsplit("/", 1)[1]).read_text("utf-8")
        colours = set(re.findall(r"#[0-9a-f]{6}", text))
        assert colours, path
        assert colours <= known, f"{path} has a colour of no theme or of the other one"


def vars_of(tones):
    return [getattr(tones, name) for name in type(tones)._fields if name != "dark"]
