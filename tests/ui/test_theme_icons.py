"""Icons: from the shipped drawings, in the theme's colours, sharp, and alive as long as Qt needs them."""

from __future__ import annotations

import gc
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QPushButton

import segmind_studio
from segmind_studio.resources import resource
from segmind_studio.ui.theme.icons import icon, pixmap
from segmind_studio.ui.theme.tokens import DARK, LIGHT

pytestmark = pytest.mark.usefixtures("palette")


@pytest.fixture
def palette(qapp):
    before = qapp.palette()
    set_window(qapp, LIGHT.window)
    yield
    qapp.setPalette(before)


def set_window(app, colour):
    palette = QPalette(app.palette())
    palette.setColor(QPalette.ColorRole.Window, QColor(colour))
    app.setPalette(palette)


def strongest(picture):
    """Return the colour of the pixels that are fully painted."""
    image = picture.toImage()
    colours = {
        image.pixelColor(x, y).name()
        for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y).alpha() == 255
    }
    assert len(colours) == 1
    return colours.pop()


def test_an_unknown_icon_is_told_when_it_is_asked_for():
    with pytest.raises(FileNotFoundError):
        icon("no-such-drawing")


def test_the_colour_follows_the_theme_without_a_new_icon(qapp):
    house = icon("house", "accent")
    assert strongest(house.pixmap(QSize(64, 64))) == LIGHT.accent
    set_window(qapp, DARK.window)
    assert strongest(house.pixmap(QSize(64, 64))) == DARK.accent


def test_a_checked_button_has_its_other_colour():
    two = icon("house", "muted", on="accent")
    assert strongest(two.pixmap(QSize(64, 64))) == LIGHT.muted
    assert strongest(two.pixmap(QSize(64, 64), QIcon.Mode.Normal, QIcon.State.On)) == LIGHT.accent


def test_disabled_is_paler():
    house = icon("house")
    image = house.pixmap(QSize(64, 64), QIcon.Mode.Disabled).toImage()
    alphas = {image.pixelColor(x, y).alpha() for x in range(64) for y in range(64)}
    assert 0 < max(alphas) < 200


def test_it_is_drawn_anew_for_a_finer_screen():
    fine = pixmap("house", "text", 16, 2.0)
    assert (fine.width(), fine.devicePixelRatio()) == (32, 2.0)
    assert icon("house").pixmap(QSize(16, 16), 3.0).width() == 48


def test_an_empty_size_gives_nothing_and_no_warning():
    assert icon("house").pixmap(QSize(0, 0)).isNull()


def test_icons_live_as_long_as_their_button(qtbot):
    button = QPushButton(icon("house"), "Home")
    qtbot.addWidget(button)
    copies = [QIcon(button.icon()) for _ in range(50)]
    gc.collect()
    button.show()
    assert not button.grab().isNull()
    assert all(strongest(copy.pixmap(QSize(32, 32))) == LIGHT.text for copy in copies)


@pytest.mark.parametrize("path", sorted(resource("icons").glob("*.svg")), ids=lambda path: path.stem)
def test_every_drawing_can_be_drawn(path):
    assert QSvgRenderer(str(path)).isValid()


def test_the_licence_of_the_drawings_is_beside_them():
    text = resource("icons", "LICENSE").read_text("utf-8")
    assert "ISC License" in text
    assert "Lucide" in text


def test_every_icon_named_in_the_source_is_there():
    named = set()
    asked_for = re.compile(r'(?:\bicon|IconLabel|StageLook|EmptyState|StatusChip)\(\s*"([a-z0-9-]+)"')
    for path in Path(segmind_studio.__file__).parent.rglob("*.py"):
        named |= set(asked_for.findall(path.read_text("utf-8")))
    there = {path.stem for path in resource("icons").glob("*.svg")}
    assert named - there == set()
    assert len(named) > 30
