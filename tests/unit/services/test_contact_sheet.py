"""Contact sheets as other programs read them: pictures and words on a PNG and on the pages of a PDF."""

from __future__ import annotations

import json
import re

import pytest
from PIL import Image
from PySide6.QtCore import QThread
from PySide6.QtGui import QColor, QImage

from segmind_studio.core.errors import StudioError
from segmind_studio.core.result_filter import settings_of
from segmind_studio.services.images import contact_sheet
from segmind_studio.services.images.contact_sheet import ContactSheets, SheetCell, SheetOrder
from segmind_studio.services.system.tasks import TaskRunner
from tests.fakes.try_service import make_image

pytestmark = pytest.mark.usefixtures("qapp")
COLOURS = ("red", "lime", "blue")


@pytest.fixture
def cells(tmp_path):
    found = []
    for number, colour in enumerate(COLOURS):
        picture = QImage(300, 200, QImage.Format.Format_RGB32)
        picture.fill(QColor(colour))
        path = tmp_path / f"{colour}.png"
        assert picture.save(str(path))
        image = make_image(f"p{number}", prompt=f"Möwe {number}", seed=number)
        found.append(SheetCell(path, (f"Möwe {number}", "strength 1"), settings_of(image, "anna")))
    return tuple(found)


@pytest.fixture
def sheets(qtbot):
    tasks = TaskRunner()
    made = ContactSheets(tasks, tasks)

    def save(order, target):
        ends = []
        made.saved.connect(ends.append)
        made.failed.connect(ends.append)
        made.save(order, target)
        qtbot.waitUntil(lambda: bool(ends), timeout=20_000)
        if isinstance(ends[0], StudioError):
            raise ends[0]
        return ends[0]

    yield made, save
    assert tasks.stop(20_000)


def test_a_png_shows_the_pictures_their_words_and_holds_their_settings(sheets, cells, tmp_path):
    _sheets, write = sheets
    target = write(SheetOrder(cells, 2, "Gulls"), tmp_path / "sheet.png")
    with Image.open(target) as read:
        texts, shown = dict(read.info), read.convert("RGB")
    width, height = shown.size
    assert [shown.getpixel(at) for at in ((200, 300), (1000, 300), (200, 950))] == [
        (255, 0, 0), (0, 255, 0), (0, 0, 255),
    ]
    assert min(shown.crop((48, 630, 300, 700)).convert("L").tobytes()) < 100  # the words
    assert (width, texts["Title"]) == (1600, "Gulls")
    assert height < 1500
    settings = json.loads(texts["segmind-studio"])
    assert [each["seed"] for each in settings] == [0, 1, 2]
    assert str(tmp_path) not in target.read_bytes().decode("latin-1")


def test_a_pdf_has_as_many_pages_as_it_needs(sheets, cells, tmp_path):
    _sheets, write = sheets
    target = write(SheetOrder(cells * 4, 1), tmp_path / "sheet.pdf")
    content = target.read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    counts = [int(count) for count in re.findall(rb"/Count (\d{1,4})", content)]
    assert counts == [6]  # two fit on each
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 6
    assert b"/FontFile2" in content  # its letters travel with it


def test_the_preview_is_made_elsewhere_and_ends_where_one_sees_no_more(sheets, cells, qtbot, monkeypatch):
    threads, read = [], []
    picture = contact_sheet._picture
    monkeypatch.setattr(contact_sheet, "_picture", lambda *parts: (
        threads.append(QThread.currentThread()), read.append(parts[0]), picture(*parts))[2])
    service, _write = sheets
    with qtbot.waitSignal(service.previewed, timeout=20_000) as made:
        service.preview(SheetOrder(cells * 200, 4), 400)
    assert made.args[0].width() == 400
    assert len(read) < 100
    assert service.thread() not in threads


def test_what_cannot_be_made_is_worded_and_harms_no_earlier_file(sheets, cells, tmp_path, monkeypatch):
    _sheets, write = sheets
    target = tmp_path / "sheet.png"
    target.write_bytes(b"before")
    monkeypatch.setattr(contact_sheet, "MOST_PIXELS", 100_000)
    with pytest.raises(StudioError, match="too long for a PNG"):
        write(SheetOrder(cells, 2), target)
    assert target.read_bytes() == b"before"
    with pytest.raises(StudioError):
        write(SheetOrder(cells, 2), tmp_path / "no" / "sheet.pdf")


def test_a_picture_that_is_gone_is_said_in_its_place(sheets, cells, tmp_path):
    _sheets, write = sheets
    cells[1].path.unlink()
    with Image.open(write(SheetOrder(cells, 3), tmp_path / "sheet")) as read:
        shown = read.convert("RGB")
        assert shown.getpixel((300, 400)) == (255, 0, 0)  # right above its words
        assert {shown.getpixel((x, y)) for x in range(560, 1030) for y in range(50, 560)} != {(255, 255, 255)}
