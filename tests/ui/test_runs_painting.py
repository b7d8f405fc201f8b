"""The table as it is painted: amber rows, whole rows under the pointer, chips that fill up."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF
from PySide6.QtGui import QColor, QHoverEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionViewItem
from typing_extensions import override

from segmind_studio.core.runs import Phase
from segmind_studio.ui.runs.table.columns import Column
from segmind_studio.ui.runs.table.model import RunsModel
from segmind_studio.ui.runs.table.view import RunsTable
from segmind_studio.ui.theme.tokens import tones_of
from tests.fakes.run_services import make_run


@pytest.fixture
def table(qtbot):
    model = RunsModel()
    table = RunsTable(model)
    qtbot.addWidget(table)
    table.resize(900, 300)
    return table


def pixel(table, row, column, fraction=0.97, level=0.2):
    """Return the colour near the upper right corner of a cell, where no text stands."""
    rect = table.visualRect(table.model().index(row, column))
    image = table.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    x, y = rect.left() + rect.width() * fraction, rect.top() + rect.height() * level
    return image.pixelColor(int(x * ratio), int(y * ratio))


def test_rows_that_need_a_decision_have_an_amber_ground(table):
    table.model().replace_all([
        make_run("c", Phase.UNKNOWN, live=False), make_run("b", Phase.UPLOADING, live=False), make_run("a"),
    ])
    amber = QColor(tones_of(table.palette()).warn_soft)
    for column in (Column.STATUS, Column.NAME, Column.PINNED):
        assert pixel(table, 0, column) == amber
        assert pixel(table, 1, column) == amber
        assert pixel(table, 2, column) != amber


class Painted(QObject):
    """Record how many lines of pixels of a widget are painted at a time."""

    def __init__(self, widget):
        super().__init__(widget)
        self.heights = []
        widget.installEventFilter(self)

    @override
    def eventFilter(self, _watched, event):
        if isinstance(event, QPaintEvent):
            parts = event.region()
            self.heights.append(sum(
                part.height()
                for part in parts  # pyright: ignore[reportGeneralTypeIssues]  # missing in the stubs
            ))
        return False


def test_scrolling_paints_only_the_rows_that_come_into_view(qtbot, table):
    table.setStyleSheet("QAbstractScrollArea { background: #fafafa; border-radius: 8px; }")
    table.model().replace_all([make_run(f"r{number:02}") for number in range(60)])
    painted = Painted(table.viewport())
    table.show()
    qtbot.waitUntil(lambda: bool(painted.heights))
    row, bar = table.rowHeight(0), table.verticalScrollBar()

    def scrolled_a_row():
        painted.heights.clear()
        bar.setValue(bar.value() + row if bar.value() < bar.maximum() else 0)
        QCoreApplication.sendPostedEvents()
        return 0 < sum(painted.heights) <= 3 * row  # a pointer over the table leaves one row for another

    qtbot.waitUntil(scrolled_a_row)  # a desktop may ask for the whole window again after it is shown
    table.model().replace_all([make_run("z")])
    image = table.viewport().grab().toImage()  # what lies below the only row is not left over from another one
    empty = image.pixelColor(40, table.viewport().height() - 9)
    assert empty == table.palette().color(table.viewport().backgroundRole())


def test_the_chip_of_an_upload_fills_up(table):
    table.model().replace_all([make_run("a", Phase.UPLOADING)])
    table.model().set_progress("a", 50, 100)
    left, right = pixel(table, 0, Column.STATUS, 0.16, 0.2), pixel(table, 0, Column.STATUS, 0.6, 0.2)
    assert left != right
    table.model().set_progress("a", 100, 100)
    assert pixel(table, 0, Column.STATUS, 0.6, 0.2) == left
    table.model().apply([make_run("a", Phase.SENDING)])
    assert pixel(table, 0, Column.STATUS, 0.16, 0.2) == right


def test_the_whole_row_under_the_pointer_is_lit(table):
    table.model().replace_all([make_run("b"), make_run("a")])
    table.show()

    def lit(row):
        states = []
        for column in Column:
            option = QStyleOptionViewItem()
            index = table.model().index(row, column)
            table.itemDelegateForIndex(index).initStyleOption(option, index)
            states.append(bool(option.state & QStyle.StateFlag.State_MouseOver))
        assert len(set(states)) == 1
        return states[0]

    assert not lit(1)
    middle = QPointF(table.visualRect(table.model().index(1, Column.NAME)).center())
    QApplication.sendEvent(table.viewport(), QHoverEvent(QEvent.Type.HoverMove, middle, middle, middle))
    assert lit(1)
    assert not lit(0)
    QApplication.sendEvent(table.viewport(), QHoverEvent(QEvent.Type.HoverLeave, middle, middle, middle))
    assert not lit(1)


def test_the_columns_are_chosen_from_a_menu(table):
    menu = table.column_menu()
    actions = {action.text(): action for action in menu.actions()}
    assert not actions["Name"].isEnabled()
    assert actions["Cost"].isChecked() is not table.isColumnHidden(Column.COST)
    shown = actions["Cost"].isChecked()
    actions["Cost"].trigger()
    assert table.isColumnHidden(Column.COST) is shown
