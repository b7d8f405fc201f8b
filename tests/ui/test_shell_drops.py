"""Files over the window: counted by their names, taken as a whole, whatever is under the pointer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QSignalSpy

from segmind_studio.core.datasets import Dataset
from segmind_studio.ui.shell.drops import DropOffer, offer_of
from tests.fakes.shell_services import Shell

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform cannot
COPY, LEFT, NO_KEY = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def files(*names):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"/photos/{name}") for name in names])
    return mime


def test_a_drag_is_counted_by_kind():
    offer = offer_of(files("a.jpg", "b.JPEG", "c.png", "d.webp", "more", "set.ZIP", "a.txt", "b.txt", "film.mov"))
    assert (offer.photos, offer.folders, offer.zips, offer.captions, offer.unknown) == (4, 1, 1, 2, 1)
    assert offer.words == "4 photos, 1 folder, 1 zip, 2 caption files, 1 file that is no photo"
    assert offer.paths[0] == Path("/photos/a.jpg")


def test_text_and_web_addresses_are_no_files():
    text, web = QMimeData(), QMimeData()
    text.setText("TOK on a beach")
    web.setUrls([QUrl("https://example.com/a.jpg")])
    assert offer_of(text) is None
    assert offer_of(web) is None


def test_only_unknown_files_are_of_no_use():
    offer = offer_of(files("a.mov", "b.pdf"))
    assert not offer.useful
    assert offer.words == "2 files that are no photos"


NAMES = st.text(st.characters(exclude_characters="/\\\0", exclude_categories=["Cs"]), min_size=1)


@given(st.lists(NAMES, max_size=20))
def test_every_name_is_counted_once(names):
    offer = offer_of(files(*names)) or DropOffer()
    counted = offer.photos + offer.folders + offer.zips + offer.captions + offer.unknown
    assert counted == len(offer.paths) <= len(names)


class Drag:
    """Move one drag over a window as the platform does."""

    def __init__(self, shell, mime) -> None:
        self.shell, self.mime = shell, mime
        field = shell.places[0].text
        self.point = field.mapTo(shell.window, QPoint(20, 20))
        self.handle = shell.window.windowHandle()

    def _send(self, event):
        QCoreApplication.sendEvent(self.handle, event)
        return event

    def enter(self):
        return self._send(QDragEnterEvent(self.point, COPY, self.mime, LEFT, NO_KEY))

    def move(self):
        return self._send(QDragMoveEvent(self.point, COPY, self.mime, LEFT, NO_KEY))

    def leave(self):
        return self._send(QDragLeaveEvent())

    def drop(self):
        return self._send(QDropEvent(QPointF(self.point), COPY, self.mime, LEFT, NO_KEY))


@pytest.fixture
def shell(qtbot):
    shell = Shell()
    qtbot.addWidget(shell.window)
    shell.window.show()
    qtbot.waitExposed(shell.window)
    return shell


def veil(shell):
    return shell.window._drops.veil


def test_a_drop_on_a_text_field_is_taken_by_the_window(shell):
    shell.datasets.become(Dataset("d", "Anna"))
    spy = QSignalSpy(shell.window.paths_dropped)
    drag = Drag(shell, files("a.jpg", "b.jpg"))
    assert drag.enter().isAccepted()
    assert veil(shell).isVisible()
    assert veil(shell).title == "Drop to add to “Anna”"
    assert veil(shell).geometry() == shell.window.rect()
    assert drag.move().isAccepted()
    assert drag.drop().isAccepted()
    assert spy.at(0)[0] == (Path("/photos/a.jpg"), Path("/photos/b.jpg"))
    assert not veil(shell).isVisible()
    assert not shell.places[0].text.toPlainText()


def test_a_drag_that_leaves_takes_nothing(shell):
    spy = QSignalSpy(shell.window.paths_dropped)
    drag = Drag(shell, files("a.jpg"))
    drag.enter()
    drag.leave()
    assert not veil(shell).isVisible()
    assert spy.count() == 0


def test_files_of_no_use_are_refused_with_words(shell):
    spy = QSignalSpy(shell.window.paths_dropped)
    drag = Drag(shell, files("a.mov"))
    assert not drag.enter().isAccepted()
    assert veil(shell).title == "These cannot be used"
    assert not drag.move().isAccepted()
    drag.drop()
    assert spy.count() == 0
    assert not veil(shell).isVisible()


def test_text_still_goes_to_the_field_under_the_pointer(shell):
    mime = QMimeData()
    mime.setText("TOK on a beach")
    drag = Drag(shell, mime)
    drag.enter()
    drag.move()
    drag.drop()
    assert "TOK on a beach" in shell.places[0].text.toPlainText()
    assert not veil(shell).isVisible()


def test_a_second_showing_does_not_take_a_drop_twice(shell):
    spy = QSignalSpy(shell.window.paths_dropped)
    shell.window.hide()
    shell.window.show()
    drag = Drag(shell, files("a.jpg"))
    drag.enter()
    drag.drop()
    assert spy.count() == 1
