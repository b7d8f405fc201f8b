"""Where the window was: restored, but always on a screen that is there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from segmind_studio.core.settings import Settings
from segmind_studio.ui.shell.window import WindowState, centred
from tests.fakes.run_services import FakeSettings


def test_centred_keeps_the_size():
    area = QRect(-1000, 20, 1000, 500)
    found = centred(QSize(100, 50), area)
    assert found.size() == QSize(100, 50)
    assert (found.center() - area.center()).manhattanLength() <= 1


class Window(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.splitter = QSplitter()
        self.splitter.setObjectName("data.splitter")
        for _ in range(2):
            pane = QWidget()
            pane.setMinimumWidth(20)
            self.splitter.addWidget(pane)
        QVBoxLayout(self).addWidget(self.splitter)


@pytest.fixture
def make(qtbot):
    def make_window(settings):
        window = Window()
        qtbot.addWidget(window)
        return window, WindowState(window, settings)
    return make_window


def area():
    return QGuiApplication.primaryScreen().availableGeometry()


def test_the_first_time_it_stands_in_the_middle(make):
    window, state = make(FakeSettings())
    state.restore()
    assert area().contains(window.geometry())
    assert (window.geometry().center() - area().center()).manhattanLength() <= 2


def test_size_place_and_splitters_come_back(make):
    settings = FakeSettings(Settings(splitters=(("runs.splitter", "a2VwdA=="),)))
    window, state = make(settings)
    window.setGeometry(area().x() + 20, area().y() + 30, 500, 300)
    window.show()
    window.splitter.setSizes([100, 350])
    sizes = window.splitter.sizes()
    state.save()
    assert dict(settings.value.splitters)["runs.splitter"] == "a2VwdA=="  # another window's is kept
    other, again = make(settings)
    again.restore()
    again.restore_splitters(other)
    other.show()
    assert other.geometry() == window.geometry()
    assert other.splitter.sizes() == sizes


@pytest.mark.parametrize("away", [QPoint(3000, 2000), QPoint(-200, -150), QPoint(-60, -40)])
def test_from_a_screen_that_is_gone_it_comes_back_into_sight(make, away):
    settings = FakeSettings()
    window, state = make(settings)
    window.setGeometry(QRect(area().bottomRight() + away, QSize(400, 300)))
    state.save()
    other, again = make(settings)
    again.restore()
    assert area().contains(other.geometry())


@pytest.mark.parametrize("damaged", ["", "no base64!", "AAAA", "ü"])
def test_damaged_state_is_as_none(make, damaged):
    window, state = make(FakeSettings(Settings(window=damaged, splitters=(("data.splitter", damaged),))))
    state.restore()
    state.restore_splitters(window)
    assert area().contains(window.geometry())
