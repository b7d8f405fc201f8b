"""Widgets that are made when they are first wanted take no room before, and then stand where they belong."""

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from segmind_studio.ui.parts.deferred import Deferred
from tests.fakes.typed import known


def test_a_deferred_widget_stands_in_its_place_for_the_eye_and_for_the_tab_key(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    first, last = QPushButton("first"), QPushButton("last")
    made = []

    def make():
        made.append(QWidget())
        inner = QVBoxLayout(made[-1])
        inner.addWidget(QPushButton("one"))
        inner.addWidget(QPushButton("two"))
        return made[-1]

    column.addWidget(first)
    late = Deferred(column, make, first)
    column.addWidget(last)
    late.set_shown(False)
    assert (made, late.made) == ([], None)
    without = page.sizeHint().height()
    late.set_shown(True)
    assert made == [late.widget]
    page.show()
    assert first.y() < late.widget.y() < last.y()
    order, widget = [], known(first.nextInFocusChain())
    while widget is not first:
        order += [widget.text()] if isinstance(widget, QPushButton) else []
        widget = known(widget.nextInFocusChain())
    assert order == ["one", "two", "last"]
    late.set_shown(False)
    qtbot.waitUntil(lambda: page.sizeHint().height() == without)
