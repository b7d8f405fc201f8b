"""What an intake did not take: one line with counts, every file by its reason, and never nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QIdentityProxyModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QLabel, QListView, QPushButton
from typing_extensions import override

from segmind_studio.core.datasets import Photo, ScanReport, SkippedFile, ZipName, ZipNames
from segmind_studio.ui.data.intake_bars import IntakeReport, ZipNameChoice
from tests.fakes.data_place import DataPlace
from tests.fakes.hosting import hosted
from tests.fakes.typed import child

HIDDEN, ODD = "It is a hidden file.", "This is not a picture. Save it as a JPEG."
FILES = (
    *(SkippedFile(f".thumb{number}", HIDDEN) for number in range(20)),
    SkippedFile("film.mov", ODD), SkippedFile("a\nb.pdf", ODD),
    SkippedFile("x", "Third."), SkippedFile("y", "Fourth."),
)


def texts(bar):
    return " ".join(label.text() for label in bar.findChildren(QLabel) if label.isVisible())


def rows(bar):
    model = child(bar, QListView).model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


@pytest.fixture
def bar(qtbot):
    bar = IntakeReport()
    hosted(qtbot, bar, 800, 400)
    return bar


def test_one_line_counts_what_was_and_was_not_taken(bar, tmp_path):
    photos = tuple(Photo(str(number), tmp_path / f"{number}.jpg") for number in range(12))
    bar.show_report(ScanReport(photos, FILES))
    for words in ("12 photos", "24 files", "20 ×", "2 × This is not a picture."):  # noqa: RUF001  # the sign for it
        assert words in texts(bar)


def test_every_file_is_listed_below_its_reason(bar):
    bar.show_report(ScanReport((), FILES))
    view = child(bar, QListView)
    assert not view.isVisible()
    child(bar, QPushButton, "data.skipped.unfold").click()
    assert view.isVisible()
    shown = rows(bar)
    assert [row.strip() for row in shown[21:25]] == ["2 × " + ODD, "film.mov", "a b.pdf", "1 × Third."]  # noqa: RUF001
    assert len(shown) == len(FILES) + 4
    view.setFocus()
    QAbstractItemModelTester(view.model(), QAbstractItemModelTester.FailureReportingMode.Fatal)


def test_the_list_can_be_copied(qtbot, bar):
    bar.show_report(ScanReport((), FILES[20:22]))
    child(bar, QPushButton, "data.skipped.unfold").click()
    qtbot.keyClick(child(bar, QListView), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[:2] == ["2 × " + ODD, "    film.mov"]  # noqa: RUF001


class Counting(QIdentityProxyModel):
    """Count what a view asks for."""

    asked = 0

    @override
    def data(self, proxyIndex, role=int(Qt.ItemDataRole.DisplayRole)):
        self.asked += 1
        return super().data(proxyIndex, role)


def test_only_what_is_seen_of_a_long_list_is_asked_for(bar):
    bar.show_report(ScanReport((), tuple(SkippedFile(f"{number}.mov", ODD) for number in range(100_000))))
    view, counting = child(bar, QListView), Counting()
    counting.setSourceModel(view.model())
    view.setModel(counting)
    child(bar, QPushButton, "data.skipped.unfold").click()
    view.grab()
    assert counting.rowCount() == 100_001
    assert 0 < counting.asked < 10_000


@pytest.mark.parametrize(("report", "shown"), [
    (ScanReport((), ()), True),
    (ScanReport((), (), already_there=2), True),
    (ScanReport((), (), cancelled=True), False),
    (ScanReport((Photo("a", Path("a.jpg")),), ()), False),
    (ScanReport((), (), 1, offered=((Path("words.csv"), "text"),)), False),  # has a bar of its own
])
def test_what_brings_nothing_says_so(bar, report, shown):
    bar.show_report(report)
    assert bar.isVisible() == shown
    assert bool(texts(bar)) == shown


JAPANESE = ZipNames(
    Path("/zips/a.zip"), ZipName("cp437", "ù\\ÆΦò\\.jpg"),
    (ZipName("cp932", "予定表.jpg"), ZipName("odd-page", "x" * 500)),
)


def buttons(bar):
    return [button for button in bar.findChildren(QPushButton) if button.isVisible()]


def test_doubtful_names_in_zips_are_asked_about_one_zip_after_the_other(qtbot):
    bar = hosted(qtbot, ZipNameChoice(), 800, 300)
    bar.ask((JAPANESE, replace(JAPANESE, zip_path=Path("/zips/b.zip"))))
    assert "a.zip" in texts(bar)
    assert "ù\\ÆΦò\\.jpg" in texts(bar)
    chosen = QSignalSpy(bar.chosen)
    next(button for button in buttons(bar) if "予定表.jpg" in button.text()).click()
    assert chosen.at(0) == [Path("/zips/a.zip"), "cp932"]
    assert "b.zip" in texts(bar)
    qtbot.waitUntil(lambda: len(buttons(bar)) == len(JAPANESE.alternatives) + 1)
    buttons(bar)[-1].click()  # keep
    bar.ask((JAPANESE,))
    assert not bar.isVisible()
    assert chosen.count() == 1


def test_a_zip_is_read_again_in_the_code_page_that_was_chosen(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.start()
    try:
        asked = QSignalSpy(place.datasets._threads.scan_wanted)
        place.datasets.scan_finished.emit(ScanReport((), (), zip_names=(JAPANESE,)))
        with qtbot.waitSignal(place.datasets.scan_finished):
            buttons(place.parts.zip_names)[0].click()
        request = asked.at(0)[0]
        assert (request.paths, request.code_page) == ((Path("/zips/a.zip"),), "cp932")
    finally:
        place.stop()


def test_an_empty_folder_says_why_nothing_came(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    place.start()
    try:
        folder = tmp_path / "2024.05.12"
        folder.mkdir()
        with qtbot.waitSignal(place.datasets.scan_finished):
            place.datasets.add([folder])
        assert place.parts.skipped.isVisible()
    finally:
        place.stop()


@pytest.mark.parametrize(("folder", "told"), [("10_TOK woman", True), ("1_TOK", False), ("2024 trip", False)])
def test_the_repeats_of_kohyas_folders_are_named_and_not_used(qtbot, tmp_path, folder, told):
    place = DataPlace(tmp_path)
    place.start()
    path = place.write(1)[0]
    (place.photos_folder / folder).mkdir()
    path.rename(place.photos_folder / folder / "a.jpg")
    place.take_in(qtbot)
    assert ("Repeat counts in folder names are ignored" in place.toasts[-1]) == told
    assert len(place.datasets.dataset.photos) == 1
    place.stop()
