"""Plots are made one after the other, off the GUI thread; only the newest wish counts."""

from __future__ import annotations

from pathlib import Path
from threading import current_thread, main_thread

import pytest
from PySide6.QtTest import QSignalSpy

from segmind_studio.core.datasets import Photo
from segmind_studio.core.glance import PlotKind
from segmind_studio.services.images.plot_maker import PlotMaker

PHOTOS = tuple(Photo(f"{n}", Path(f"{n}.jpg"), 900, 600, caption="x" * n) for n in range(30))


@pytest.fixture
def maker(qapp):
    maker = PlotMaker()
    yield maker
    maker.ask_stop()
    assert maker.wait_end(5000)


def nothing(_photos):
    assert current_thread() is not main_thread()
    return {}


def broken(_photos):
    raise ValueError


def test_only_the_newest_plot_is_answered(qtbot, maker):
    spy = QSignalSpy(maker.made)
    with qtbot.waitSignal(maker.made) as made:
        for kind in (PlotKind.SIZES, PlotKind.RATIOS, PlotKind.CAPTIONS):
            maker.make(kind, PHOTOS, nothing)
    assert made.args[0].kind is PlotKind.CAPTIONS
    assert sum(len(spot.photos) for spot in made.args[0].spots) == len(PHOTOS)
    assert spy.count() == 1


def test_after_a_failure_the_next_plot_is_made(qtbot, maker, caplog):
    maker.make(PlotKind.SIZES, PHOTOS, broken)
    with qtbot.waitSignal(maker.made) as made:
        maker.make(PlotKind.RATIOS, PHOTOS, nothing)
    assert made.args[0].kind is PlotKind.RATIOS
    assert "could not be made" in caplog.text
    caplog.clear()


def test_a_stopped_maker_makes_nothing(qapp, maker):
    spy = QSignalSpy(maker.made)
    maker.ask_stop()
    maker.make(PlotKind.SIZES, PHOTOS, nothing)
    assert maker.wait_end(5000)
    qapp.sendPostedEvents()
    assert spy.count() == 0
