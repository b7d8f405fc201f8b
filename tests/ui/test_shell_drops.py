"""Files over the window: counted by their names, taken as a whole, whatever is under the pointer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QImage
from PySide6.QtTest import QSignalSpy

from segmind_studio.core.datasets import Dataset
from segmind_studio.ui.parts import ToastHost
from segmind_studio.ui.shell.drops import DropOffer, offer_of
from tests.fakes.shell_services import Shell
from tests.fakes.typed import child, known

COPY, LEFT, NO_KEY = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def files(*names):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(f"/photos/{name}") for name in names])
    return mime


def test_a_drag_is_counted_by_what_its_names_tell():
    names = ("a.jpg", "b.JPEG", "c.png", "d.webp", "more", "set.ZIP", "a.txt", "b.txt", "2024.05.12")
    offer = known(offer_of(files(*names)))
    assert (offer.photos, offer.zips, offer.captions, offer.others) == (4, 1, 2, 2)
    assert offer.words == "4 photos, 1 zip, 2 caption files, 2 other files or folders"
    assert offer.paths[0] == Path("/photos/a.jpg")


@pytest.mark.parametrize("name", ["2024.05.12", "J. Smith", "Trip.photoslibrary", "IMG_1", "x.jpg_large", "a.pdf"])
def test_a_name_alone_refuses_nothing(name):
    assert known(offer_of(files(name))).useful  # whether it is a folder, and what is in it, the disk knows


def of_web(*, url="", html="", image=False):
    mime = QMimeData()
    if url:
        mime.setUrls([QUrl(url)])
        mime.setText(url)
    if html:
        mime.setHtml(html)
    if image:
        mime.setImageData(QImage(2, 2, QImage.Format.Format_RGB32))
    return mime


WEB = {
    "address": {"url": "https://example.com/a.jpg"},
    "no suffix": {"url": "http://example.com/photo?id=3"},
    "page": {"html": '<meta charset="utf-8"><IMG src="https://example.com/a.jpg">'},
}


def test_text_is_no_picture():
    text, page = QMimeData(), QMimeData()
    text.setText("TOK on a beach")
    page.setHtml("<b>TOK</b> on a beach")
    assert offer_of(text) is None
    assert offer_of(page) is None


NAMES = st.text(st.characters(exclude_characters="/\\\0", exclude_categories=["Cs"]), min_size=1)


@given(st.lists(NAMES, max_size=20))
def test_every_name_is_counted_once(names):
    offer = offer_of(files(*names)) or DropOffer()
    counted = offer.photos + offer.zips + offer.captions + offer.others
    assert counted == len(offer.paths) <= len(names)


class Drag:
    """Move one drag over a window as the platform does."""

    def __init__(self, shell, mime, *, on_field=True) -> None:
        self.shell, self.mime = shell, mime
        field = shell.places[0].text
        self.point = field.mapTo(shell.window, QPoint(20, 20)) if on_field else QPoint(5, 5)
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


def toasts(shell):
    return child(shell.window, ToastHost).texts


@pytest.mark.parametrize("kind", WEB)
def test_a_drag_from_a_browser_is_taken_with_a_word_about_what_to_do(shell, kind):
    spy = QSignalSpy(shell.window.paths_dropped)
    drag = Drag(shell, of_web(url=WEB[kind].get("url", ""), html=WEB[kind].get("html", "")), on_field=False)
    assert drag.enter().isAccepted()
    assert veil(shell).isVisible()
    assert drag.move().isAccepted()
    assert drag.drop().isAccepted()
    assert spy.count() == 0
    assert not veil(shell).isVisible()
    assert [text for text in toasts(shell) if "Save the picture first" in text]


@pytest.mark.parametrize(("url", "image", "data"), [
    ("", True, b""), ("data:image/png;base64,iVBORw0KGgo=", False, b"\x89PNG\r\n\x1a\n"),
    ("https://example.com/a.jpg", True, b""),
])
def test_a_picture_out_of_a_browser_comes_as_it_is(shell, url, image, data):
    paths, pictures = QSignalSpy(shell.window.paths_dropped), QSignalSpy(shell.window.picture_dropped)
    drag = Drag(shell, of_web(url=url, image=image), on_field=False)
    assert drag.enter().isAccepted()
    assert "a picture" in veil(shell)._words.text()
    drag.move()
    drag.drop()
    assert (paths.count(), pictures.count(), toasts(shell)) == (0, 1, ())
    assert pictures.at(0)[0].data == data
    assert data or pictures.at(0)[0].image.width() == 2


def test_an_inline_picture_that_is_none_is_refused(shell):
    drag = Drag(shell, of_web(url="data:image/png;base64,%%%"), on_field=False)
    drag.enter()
    drag.drop()
    assert [text for text in toasts(shell) if "Save the picture first" in text]


def test_an_address_still_goes_to_the_field_under_the_pointer(shell):
    mime = of_web(html="<img src='https://example.com/a.jpg'> TOK on a beach")
    mime.setText("TOK on a beach")
    drag = Drag(shell, mime)
    drag.enter()
    assert not veil(shell).isVisible()
    drag.move()
    drag.drop()
    assert "TOK on a beach" in shell.places[0].text.toPlainText()
    assert not toasts(shell)


def test_what_can_be_taken_is_taken_and_the_rest_is_told(shell):
    mime = QMimeData()
    mime.setUrls([QUrl("file://LocalHost/photos/a%20b.jpg"), QUrl("sftp://nas/c.jpg"), QUrl("file://nas.example/d.jpg")])
    spy = QSignalSpy(shell.window.paths_dropped)
    drag = Drag(shell, mime)
    drag.enter()
    drag.drop()
    assert spy.at(0)[0] == (Path("/photos/a b.jpg"),)
    assert len(toasts(shell)) == 1


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
