"""The right side of the Data place: what stands in it stays where it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QRect
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from segmind_studio.core.conversions import Conversion, change
from segmind_studio.core.datasets import Check, Dataset, Finding, Photo, Severity
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.ui.data.actions import PhotoActions
from segmind_studio.ui.data.inspector.inspector import PhotoInspector
from tests.fakes.hosting import hosted
from tests.fakes.typed import child

FINDINGS = tuple(
    Finding(check, Severity.SHOULD, "Something is to be said of it, in many words. " * 3, photo_ids=("loud",))
    for check in (Check.TOO_LARGE, Check.DUPLICATE, Check.SMALL, Check.ASPECT, Check.NO_TRIGGER, Check.CONVERTED)
)
QUIET = Photo("quiet", Path("quiet.jpg"), 800, 600, caption="TOK, a cat", looked=True)
LOUD = Photo(
    "loud", Path("loud.png"), 80, 4000, caption="x", looked=True, caption_readings=("кот", "cat", "chat"),
    excluded=True,
)
CLEAR = Photo("clear", Path("clear.png"), 400, 400, looked=True, changes=(change(Conversion.TRANSPARENT),))
BROKEN = Photo("broken", Path("a-very-long-name-of-a-file-that-cannot-be-read.jpg"), problem="It is damaged.")
DATASET = Dataset("d", "d", (QUIET, LOUD, CLEAR, BROKEN))


@pytest.fixture
def inspector(qtbot):
    thumbnails = Thumbnails()
    place = QWidget()
    qtbot.addWidget(place)
    inspector = PhotoInspector(thumbnails, PhotoActions(place))
    hosted(qtbot, inspector, 264, 520)
    inspector.photo.field.set_trigger_word("TOK" * 12)
    yield inspector
    inspector.hide()
    assert thumbnails.stop()


def seen(widget: QWidget, inside: QWidget) -> QRect:
    return QRect(widget.mapTo(inside, widget.rect().topLeft()), widget.size())


@pytest.mark.parametrize("height", [430, 520, 900])
def test_picture_and_caption_stay_in_place_from_photo_to_photo(qtbot, inspector, height):
    inspector.resize(264, height)
    panel, places = inspector.photo, []
    for photo in (QUIET, LOUD, CLEAR, BROKEN):
        inspector.show_selection(DATASET, (photo,), FINDINGS, "")
        qtbot.waitUntil(panel.caption.isVisible)
        for _ in range(5):  # a layout asks for the next one
            QCoreApplication.sendPostedEvents()
        places.append([seen(widget, inspector) for widget in (panel.picture, panel.caption)])
    assert places == [places[0]] * 4
    assert places[0][1].right() < 264


def test_the_button_of_an_edit_of_many_stays_in_sight(qtbot, inspector):
    inspector.resize(264, 300)
    inspector.show_bulk((QUIET, CLEAR))
    apply = child(inspector, QPushButton, "data.bulk.apply")
    qtbot.waitUntil(lambda: inspector.rect().contains(seen(apply, inspector)))
    inspector.resize(264, 900)  # there is room: it stands right below what it does
    skip = child(inspector, QCheckBox, "data.bulk.skip")
    qtbot.waitUntil(lambda: 0 < seen(apply, inspector).top() - seen(skip, inspector).bottom() < 24)
