"""Contrast is measured from drawn pixels, for a real widget of each kind, in all four sets of colours."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QScrollBar,
    QSlider,
    QSpinBox,
    QSplitter,
    QTabBar,
    QTableWidget,
    QToolButton,
    QWidget,
)

from segmind_studio.core.datasets import Photo, Severity
from segmind_studio.ui.data.grid.tile import TileLook, TilePainter
from segmind_studio.ui.forms.option_card import OptionCard
from segmind_studio.ui.forms.segments import Segment
from segmind_studio.ui.forms.switch import Switch
from segmind_studio.ui.parts import Banner
from segmind_studio.ui.parts.chip import Chip, StatusChip
from segmind_studio.ui.parts.density import GAP, LARGE, CellSizes
from segmind_studio.ui.parts.labels import IconLabel, text_label
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.theme import MODES
from tests.fakes.themed import themed

FINE = 3  # device pixels for a logical one: the middle of a stroke has its whole colour
TEXT, PART = 4.5, 3.0
KINDS = ("", "primary", "danger", "quiet", "link", "chip", "strip", "card", "contents")


@cache
def luminance(colour):
    seen = QColor(colour)
    shares = (seen.redF(), seen.greenF(), seen.blueF())
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Board:
    """A ground of one colour, on which widgets are drawn one after the other."""

    def __init__(self, ground, fine=FINE):
        self.page = QWidget()
        self.fine = fine
        self.set_ground(ground)
        self.page.resize(400, 240)
        self.page.show()

    def set_ground(self, ground):
        self.ground = QColor(ground)

    def drawn(self, widget, size=None):
        """Return a picture of a widget with four logical pixels of the ground round it."""
        widget.setParent(self.page)
        widget.resize(size or widget.sizeHint().expandedTo(QSize(24, 16)).boundedTo(QSize(160, 72)))
        widget.show()
        image = QImage((widget.size() + QSize(8, 8)) * self.fine, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(self.fine)
        image.fill(self.ground)
        flags = QWidget.RenderFlag.DrawChildren | QWidget.RenderFlag.IgnoreMask
        painter = QPainter(image)
        widget.render(painter, QPoint(4, 4), renderFlags=flags)
        painter.end()
        widget.hide()
        return image

    def ink(self, image, rect=None):
        """Return the contrast of the strongest colour with the most frequent one: of words, of an icon."""
        part = image if rect is None else image.copy(QRect(rect.topLeft() * self.fine, rect.size() * self.fine))
        counted = Counter(memoryview(part.convertToFormat(QImage.Format.Format_RGB32).constBits()).cast("I"))
        ground = counted.most_common(1)[0][0]
        return max(contrast(ground, colour) for colour in counted)

    def edge(self, image, across=None):
        """Return the strongest contrast with the ground on the way in from the left, at half the height."""
        y = image.height() // 2 if across is None else round(across * self.fine)
        deep = 10 * self.fine
        return max(contrast(self.ground.rgb(), image.pixel(x, y)) for x in range(min(deep, image.width())))

    def foot(self, image):
        """Return the contrast with the ground of a widget's lowest line, at half the width."""
        return contrast(self.ground.rgb(), image.pixel(image.width() // 2, image.height() - 5 * self.fine))

    def top(self, image, x):
        """Return the strongest contrast with the ground on the way down, at a column of logical pixels."""
        return max(
            contrast(self.ground.rgb(), image.pixel(round(x * self.fine), y)) for y in range(image.height())
        )


@pytest.fixture
def theme(qapp):
    with themed(qapp) as theme:
        yield theme


@pytest.fixture
def measured(qtbot, theme):
    """Return a board on the window's ground, and a list of what falls short."""
    board = Board("#000000")
    qtbot.addWidget(board.page)
    short: list[str] = []

    def expect(what, found, least):
        if found < least:
            short.append(f"{what}: {found:.2f}")

    return board, expect, short


def inside(image, fine=FINE, cut=9):
    """Return what lies inside a widget's edge, in logical pixels."""
    return QRect(cut, 7, image.width() // fine - 2 * cut, image.height() // fine - 14)


def button(kind=""):
    return mark(QPushButton("Words"), kind=kind)


def states(kind):
    """Return a button of a kind in each state that can be had without a pointer."""
    made = {name: button(kind) for name in ("at rest", "hovered", "pressed", "checked", "disabled")}
    made["hovered"].setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    made["pressed"].setDown(True)
    made["checked"].setCheckable(True)
    made["checked"].setChecked(True)
    made["disabled"].setEnabled(False)
    return made


@pytest.mark.parametrize("mode", MODES)
def test_words_on_buttons_and_fields_can_be_read(theme, measured, mode):
    board, expect, short = measured
    theme.apply(mode)
    for ground in ("surface", "rail"):  # the lightest and the darkest
        board.set_ground(getattr(theme.tones, ground))
        for kind in KINDS:
            for state, widget in states(kind).items():
                image = board.drawn(widget)
                expect(f"{kind or 'button'} {state} on {ground}", board.ink(image, inside(image)), TEXT)
    board.set_ground(theme.tones.window)
    for what, widget in worded().items():
        image = board.drawn(widget)
        expect(what, board.ink(image, inside(image)), TEXT)
    assert short == []


def worded():
    """Return other widgets with words."""
    empty, several, off = QLineEdit(), QPlainTextEdit(), QLineEdit("Words")
    empty.setPlaceholderText("Placeholder")
    several.setPlaceholderText("Placeholder")
    off.setEnabled(False)
    combo, spin = QComboBox(), QSpinBox()
    combo.addItems(["Words"])
    spin.setValue(88)
    tabs = QTabBar()
    tabs.addTab("Words")
    other = QTabBar()
    other.addTab("")
    other.addTab("Words")
    rows = QListWidget()
    rows.addItems(["Words"])
    chosen = QListWidget()
    chosen.addItems(["Words"])
    chosen.setCurrentRow(0)
    table = QTableWidget(1, 1)
    table.setHorizontalHeaderLabels(["Words"])
    table.verticalHeader().hide()
    link = QLabel('<a href="x">Words</a>')
    menu = QMenu()
    menu.addAction("Words").setEnabled(False)
    chip = Chip("Words", checkable=True)
    chip.setChecked(True)
    segment = Segment("Words")
    segment.setChecked(True)
    found = {
        "placeholder": empty, "placeholder of a text": several, "disabled field": off, "combo box": combo,
        "number": spin, "selected tab": tabs, "other tab": other, "row": rows, "selected row": chosen,
        "table's header": table, "link": link, "disabled entry of a menu": menu, "checked chip": chip,
        "segment": segment, "card": OptionCard("Words", "More words"), "check box": QCheckBox("Words"),
        "radio button": QRadioButton("Words"), "switch": Switch(),
    }
    for role in ("title", "section", "strong", "muted", "small", "mono", "bad", "warn", "good"):
        found[f"label {role}"] = text_label("Words", role, wrap=False)
    for tone in ("plain", "accent", "good", "warn", "bad", "info"):
        found[f"status {tone}"] = StatusChip("circle", "Words", tone)
    for severity in (Severity.MUST, Severity.SHOULD, Severity.INFO):
        found[f"banner {severity.name}"] = Banner(severity, "Words", "More words")
    return found


@pytest.mark.parametrize("mode", MODES)
def test_edges_tracks_and_marks_stand_out(theme, measured, mode):
    board, expect, short = measured
    theme.apply(mode)
    for ground in ("window", "surface", "rail"):
        board.set_ground(getattr(theme.tones, ground))
        for what, widget in edged().items():
            expect(f"edge of {what} on {ground}", board.edge(board.drawn(widget)), PART)
        for what, widget in ringed().items():
            image = board.drawn(widget)
            found = board.foot(image) if what in {"link", "fold"} else board.edge(image)
            expect(f"ring of {what} on {ground}", found, PART)
        slider = QSlider(Qt.Orientation.Horizontal)
        expect(f"groove on {ground}", board.top(board.drawn(slider, QSize(100, 24)), 90), PART)
        bar = QScrollBar(Qt.Orientation.Vertical)
        bar.setRange(0, 100)
        expect(f"scroll bar on {ground}", board.top(board.drawn(bar, QSize(12, 100)), 10), PART)
        tabs = QTabBar()
        tabs.addTab("Words")
        expect(f"selected tab's line on {ground}", board.top(board.drawn(tabs), 10), PART)
        halves = QSplitter()
        halves.addWidget(QWidget())
        halves.addWidget(QWidget())
        image = board.drawn(halves, QSize(105, 60))
        row = [image.pixel(x, image.height() // 2) for x in range(image.width())]
        expect(f"splitter on {ground}", max(contrast(board.ground.rgb(), one) for one in row), PART)
    assert short == []


def edged():
    """Return widgets whose edge shows where they are, or what state they have."""
    made = {kind or "button": button(kind) for kind in ("", "primary", "danger", "chip")}
    combo, on, radio = QComboBox(), QCheckBox(), QRadioButton()
    on.setChecked(True)
    radio.setChecked(True)
    switched = Switch()
    switched.setChecked(True)
    chip = Chip("Words", checkable=True)
    chip.setChecked(True)
    full = QProgressBar()
    full.setValue(100)
    card = OptionCard("Words", "More words")
    chosen = OptionCard("Words", "More words")
    chosen.setChecked(True)
    return {
        **made, "field": QLineEdit(), "text": QPlainTextEdit(), "combo box": combo, "number": QSpinBox(),
        "check box": QCheckBox(), "checked box": on, "radio button": QRadioButton(), "checked radio button": radio,
        "switch off": Switch(), "switch on": switched, "checked chip": chip, "track": QProgressBar(),
        "bar": full, "card": card, "chosen card": chosen,
    }


def ringed():
    """Return a widget of each kind that has a ring from the style sheet, with it."""
    tool, fold, checked = QToolButton(), mark(QToolButton(), kind="fold"), QCheckBox("a")
    tool.setIcon(icon("x", "muted"))
    fold.setText("Words")
    checked.setChecked(True)
    made = {**{kind or "button": button(kind) for kind in KINDS}, "tool button": tool, "check box": QCheckBox("a"),
            "checked box": checked, "fold": fold, "combo box": QComboBox(), "list": QListWidget()}
    for widget in made.values():
        set_mark(widget, "ring", True)
    return made


@pytest.mark.parametrize("fine", [1, 2])
@pytest.mark.parametrize("mode", MODES)
def test_icons_stand_out_also_with_few_pixels(qtbot, theme, mode, fine):
    theme.apply(mode)
    board, short = Board(theme.tones.window, fine), []
    qtbot.addWidget(board.page)
    for ground in ("window", "surface", "rail", "sunken"):
        board.set_ground(getattr(theme.tones, ground))
        for tone in ("text", "muted", "faint", "accent", "good", "warn", "bad", "info"):
            for side in (14, 16, 20):
                found = board.ink(board.drawn(IconLabel("x", tone, side), QSize(side, side)))
                if found < PART:
                    short.append(f"{tone} {side} on {ground}: {found:.2f}")
    for severity in (Severity.MUST, Severity.SHOULD, Severity.INFO):
        banner = Banner(severity, "Words", closable=True)
        image = board.drawn(banner, QSize(240, 48))
        cross = QRect(banner.width() - 24, 14, 16, 20)
        found = board.ink(image, cross)
        if found < TEXT:
            short.append(f"cross of {severity.name}: {found:.2f}")
    assert short == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("picture", ["white", "black"])
def test_badges_on_photos_can_be_read_whatever_the_photo(qtbot, theme, mode, picture):
    theme.apply(mode)
    board = Board(theme.tones.window)
    qtbot.addWidget(board.page)
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    image.fill(QColor(picture))
    cells = CellSizes(LARGE, 1, LARGE.tile, 20)
    painter = TilePainter(cells, FINE, theme.tones, QFont())
    for photo in (Photo("a", Path("a.jpg")), Photo("b", Path("b.jpg"), caption="a", problem="It is cut off.")):
        drawn = painter.paint(TileLook(photo, "", selected=False), image).toImage()
        top = GAP // 2 + 4 if photo.problem else GAP // 2 + LARGE.tile - 26
        pill = QRect(GAP // 2 + 8, top + 2, 60, 18)
        assert board.ink(drawn, pill) >= TEXT
