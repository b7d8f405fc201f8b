"""From right to left, what paints itself is the mirror image, and a user's words keep their own direction."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import (
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionMenuItem,
    QStyleOptionViewItem,
    QWidget,
)

import segmind_studio.ui
from segmind_studio.core.datasets import DatasetSummary
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.ui.data.dataset_list import DatasetList
from segmind_studio.ui.data.inspector.bulk_parts import CaptionPartList
from segmind_studio.ui.forms.option_card import OptionCard
from segmind_studio.ui.forms.switch import Switch
from segmind_studio.ui.help.page_view import HelpPageView
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.layouts import FlowLayout
from segmind_studio.ui.runs.history.chart import BarChart
from segmind_studio.ui.runs.history.plots import BarPlot, HistoryKind, PlotBar, Unit
from segmind_studio.ui.shell.menus import BackwardsMenu
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.direction import (
    draw_own,
    in_a_row,
    isolated,
    mirrored_sheet,
    placed,
    set_margins,
    visual_key,
)
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import Theme
from segmind_studio.ui.tryout.result_views import StarPicker
from tests.fakes.typed import the

LTR, RTL = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
COARSE = 24  # pixels of a picture across: letters, which are not mirrored, are no more than grey there


@pytest.fixture
def read(qapp):
    """Return what changes the direction of the app, and put it back afterwards."""
    before = qapp.layoutDirection()
    yield qapp.setLayoutDirection
    qapp.setLayoutDirection(before)


def switch():
    made = Switch()
    made.setChecked(True)
    return made


def card():
    made = OptionCard("", "")
    made.setChecked(True)
    return made


def stars():
    made = StarPicker()
    made.show_rating(2)
    return made


def chart(*, sideways=False):
    kind = HistoryKind.DATASETS if sideways else HistoryKind.RUNS
    bars = tuple(PlotBar(str(row), (float(row),), "", (), (), str(row)) for row in range(1, 6))
    made = BarChart()
    made.set_plot(BarPlot(kind, "", Unit.RUNS, (), bars))
    return made


def grab(widget: QWidget) -> QImage:
    widget.resize(240, max(40, widget.sizeHint().height()))
    image = QImage(widget.size(), QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    widget.render(image, QPoint(0, 0))
    return image


def distance(one: QImage, other: QImage) -> int:
    smooth = Qt.TransformationMode.SmoothTransformation
    one, other = (image.scaled(COARSE, COARSE // 2, mode=smooth) for image in (one, other))
    return sum(
        abs(one.pixelColor(x, y).value() - other.pixelColor(x, y).value())
        for x in range(COARSE) for y in range(COARSE // 2)
    )


@pytest.mark.parametrize("make", [switch, card, stars, chart, lambda: chart(sideways=True)])
def test_painted_widgets_are_mirrored(qtbot, read, make):
    widget = make()
    qtbot.addWidget(widget)
    read(LTR)
    forwards = grab(widget)
    read(RTL)
    backwards = grab(widget)
    mirrored = forwards.flipped(Qt.Orientation.Horizontal)
    assert distance(mirrored, backwards) * 3 < distance(forwards, backwards)


def test_a_flow_begins_at_the_right(qtbot, read):
    read(RTL)
    holder = QWidget()
    qtbot.addWidget(holder)
    flow = FlowLayout(holder)
    first, second = QPushButton("1"), QPushButton("2")
    flow.addWidget(first)
    flow.addWidget(second)
    flow.setGeometry(QRect(0, 0, 400, 60))
    assert first.geometry().right() == 399
    assert second.geometry().right() < first.geometry().left()


@pytest.mark.parametrize(("name", "turns"), [
    ("chevron-right", True), ("arrow-right", True), ("undo-2", True), ("list", True), ("play", False),
    ("rotate-cw", False), ("list-checks", False), ("hourglass", False),
])
def test_icons_with_a_direction_turn(read, name, turns):
    read(LTR)
    forwards = icons.pixmap(name, "text", 24, 1.0).toImage()
    read(RTL)
    backwards = icons.pixmap(name, "text", 24, 1.0).toImage()
    assert (backwards != forwards) == turns


def test_a_name_keeps_its_own_direction(read):
    """Without that, "03-a.jpg" would be read as "a.jpg-03"; it stands where a line begins, at the right."""
    def drawn(direction, words):
        read(direction)
        image = QImage(200, 30, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        draw_own(painter, QRectF(0, 0, 200, 30), Qt.AlignmentFlag.AlignLeft, words)
        painter.end()
        columns = [x for x in range(200) if any(image.pixelColor(x, y).value() < 200 for y in range(30))]
        return columns[0], image.copy(columns[0], 0, columns[-1] - columns[0] + 1, 30)

    (left, ltr), (right, rtl) = drawn(LTR, "03-a.jpg"), drawn(RTL, "03-a.jpg")
    assert left < 20
    assert right > 100
    _left, wrong = drawn(LTR, "a.jpg-03")
    assert distance(ltr, rtl) * 2 < distance(wrong, rtl)  # its pixels may begin a fraction further
    read(RTL)
    assert isolated("") == ""
    assert len(isolated("03")) == 4


def test_names_and_parts_of_captions_keep_their_own_direction_in_lists(qtbot, read):
    read(RTL)
    thumbnails = Thumbnails()
    parts, datasets = CaptionPartList(), DatasetList(thumbnails)
    datasets.datasets.show_datasets([DatasetSummary("1", "Cat (copy)", 3, 0.0)])
    parts.rows.show_captions(["red hat, sea"])
    for view, text in ((parts, "red hat"), (datasets, "Cat (copy)")):
        qtbot.addWidget(view)
        option: Any = QStyleOptionViewItem()  # its fields are not in the stubs
        the(QStyledItemDelegate, view.itemDelegateForColumn(0) or view.itemDelegate()).initStyleOption(
            option, view.model().index(0, 0),
        )
        assert option.text.startswith(isolated(text))
    assert thumbnails.stop()


def test_forwards_is_left_and_margins_change_sides(qtbot, read):
    read(RTL)
    widget = QWidget()
    qtbot.addWidget(widget)
    set_margins(widget, 1, 2, 3, 4)
    margins = widget.contentsMargins()
    assert (margins.left(), margins.top(), margins.right(), margins.bottom()) == (3, 2, 1, 4)
    assert visual_key(Qt.Key.Key_Left) is Qt.Key.Key_Right
    assert visual_key(Qt.Key.Key_Home) is Qt.Key.Key_Home
    assert placed(QRectF(2, 1, 3, 1), QRectF(0, 0, 20, 9)) == QRectF(15, 1, 3, 1)


def test_code_stays_left_to_right(qtbot, read):
    read(RTL)
    text = mark(QPlainTextEdit('{"a": 1}'), role="mono")
    qtbot.addWidget(text)
    assert text.layoutDirection() is LTR
    assert text.document().defaultTextOption().textDirection() is LTR


def test_the_style_sheet_changes_sides():
    given = "A { border-left: 1px; padding: 1px 2px 3px 4px; image: url(x/chevron-right.svg); } B { left: 8px; }"
    wanted = "A { border-right: 1px; padding: 1px 4px 3px 2px; image: url(x/chevron-left.svg); } B { left: 8px; }"
    assert mirrored_sheet(given) == wanted
    slider = "QSlider::{}-page:horizontal {{ height: 4px; }}"
    assert mirrored_sheet(slider.format("sub")) == slider.format("add")
    menu = "QMenu::item { padding: 6px 28px 6px 12px; }"  # Qt mirrors it by itself
    assert mirrored_sheet(menu) == menu


def test_no_uneven_margins_are_set_past_the_direction():
    """Qt does not mirror them: `set_margins` does."""
    found = []
    for path in Path(segmind_studio.ui.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in {"setContentsMargins", "setViewportMargins"} and len(node.args) == 4:
                left, _top, right, _bottom = (ast.unparse(argument) for argument in node.args)
                if left != right and path.name != "direction.py":
                    found.append(f"{path.name}:{node.lineno}")
    assert not found


@pytest.mark.parametrize("text", ["8", "CHELSEA", "مجموعة"])
def test_a_label_stands_at_the_side_where_reading_begins_whatever_its_letters(read, text):
    read(RTL)
    label = text_label(text)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    image = grab(label)
    ground = image.pixel(0, 0)
    dark = [x for x in range(image.width()) for y in range(image.height()) if image.pixel(x, y) != ground]
    assert min(dark) > image.width() // 2


def test_no_line_of_a_wrapped_text_is_moved_by_the_space_it_is_broken_at(read):
    """Qt's own label moves all lines but the last one to the left, and cuts them there."""
    read(RTL)
    first = "مظهر: طريقة رسم أو إضاءة"
    label = text_label(f"{first} أو ألوان.")
    label.setFixedWidth(label.fontMetrics().horizontalAdvance(first) + 2)  # no room for the space
    label.setFixedHeight(label.heightForWidth(label.width()))
    image = label.grab().toImage()
    ground, line = image.pixel(0, 0), image.height() // 2
    rows = range(line // 3, line * 3 // 4)  # without what of the second line's letters reaches into the first
    edges = [
        max(x for x in range(image.width()) for y in rows if image.pixel(x, top + y) != ground)
        for top in (0, line)
    ]
    assert abs(edges[0] - edges[1]) <= 1


@pytest.mark.parametrize("level", ["AlignTop", "AlignVCenter", "AlignBottom"])
def test_the_lines_of_a_wrapped_text_are_as_high_as_the_label_reckons(read, level):
    read(RTL)
    label = text_label("طريقة رسم أو إضاءة أو ألوان")
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag[level])  # in the middle, Qt moves no line
    label.setFixedWidth(label.fontMetrics().horizontalAdvance(label.text()) // 2)
    label.setFixedHeight(label.heightForWidth(label.width()) + 5)
    qts = QLabel(label.text())
    qts.setWordWrap(True)
    qts.setAlignment(label.alignment())
    qts.setFixedSize(label.size())
    assert label.grab().toImage() == qts.grab().toImage()


def test_keys_in_menus_are_named_as_everywhere(qtbot, read):
    read(RTL)
    menu = BackwardsMenu()
    qtbot.addWidget(menu)
    item: Any = QStyleOptionMenuItem()
    action = menu.addAction("أ")
    action.setShortcut("Ctrl+,")
    menu.initStyleOption(item, action)
    assert item.text == "أ\t\u2066Ctrl+,\u2069"
    menu.initStyleOption(item, menu.addAction("ب"))
    assert item.text == "ب"


def test_a_page_of_help_has_the_direction_of_the_window_but_for_code(qtbot, qapp, read):
    read(RTL)
    page = HelpPageView(Theme(qapp))
    qtbot.addWidget(page)
    page.show_page("# Webhook\n\nCaddy \u0648nginx.\n\n    is:ready tag:best\n")
    blocks, block = {}, page.document().begin()
    while block.isValid():
        blocks[block.text()] = block.textDirection()
        block = block.next()
    assert blocks == {"Webhook": RTL, "Caddy \u0648nginx.": RTL, "is:ready tag:best": LTR}


def test_values_in_a_row_have_the_order_of_the_window(read):
    read(LTR)
    assert in_a_row(["600", "a (b)"]) == "600 \u00b7 a (b)"
    read(RTL)
    assert in_a_row(["600", "a (b)"]) == "\u200f\u2068600\u2069 \u00b7 \u2068a (b)\u2069"
    assert in_a_row([]) == ""
