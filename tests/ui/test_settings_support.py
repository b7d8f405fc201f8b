"""The support bundle in the settings: what is said before, the dialog, and what comes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from segmind_studio.core.errors import StoreError
from segmind_studio.services.system.support_bundle import SupportService
from segmind_studio.ui.forms import Fold
from segmind_studio.ui.parts.banners import ErrorBanner
from segmind_studio.ui.settings.support import SupportBlock
from tests.fakes.shell_services import FakeSupport
from tests.fakes.typed import as_service, child


class Block:
    def __init__(self, qtbot) -> None:
        self.support = FakeSupport()
        self.widget = SupportBlock(as_service(SupportService, self.support))
        qtbot.addWidget(self.widget)
        self.widget.show()
        self.save = child(self.widget, QPushButton, "settings.support")
        self.error = child(self.widget, ErrorBanner)

    def dialog(self):
        self.save.click()
        return self.widget.findChildren(QFileDialog, "settings.support_file")[-1]

    def texts(self):
        return [label.text() for label in self.widget.findChildren(QLabel) if label.isVisible()]


@pytest.fixture
def block(qtbot):
    return Block(qtbot)


def test_what_goes_in_and_what_stays_out_can_be_read_first(block):
    assert any("no key, photo, caption or prompt" in text for text in block.texts())
    assert "Keys and passwords" not in block.texts()
    child(block.widget, Fold).set_open(True)
    left_out = "Names of files, folders, datasets, runs and accounts"
    assert {"Included", "Not included", "Keys and passwords", left_out} <= set(block.texts())


def test_a_file_is_asked_for_and_the_service_writes_it(block, tmp_path):
    dialog = block.dialog()
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert [Path(name).name for name in dialog.selectedFiles()] == ["segmind-studio-support-2026-08-01.zip"]
    dialog.fileSelected.emit(str(tmp_path / "b.zip"))
    ((target, window),) = block.support.asked
    assert target == tmp_path / "b.zip"
    assert window["screens"]
    assert not block.save.isEnabled()


def test_it_is_said_where_it_lies(qtbot, block, tmp_path):
    block.dialog().fileSelected.emit(str(tmp_path / "b.zip"))
    with qtbot.waitSignal(block.widget.toast) as told:
        block.support.saved.emit(tmp_path / "b.zip")
    text, action = told.args
    assert (text, action.text()) == ("Saved “b.zip”. Nothing was sent.", "Show in folder")
    assert block.save.isEnabled()
    assert Path(block.dialog().directory().path()) == tmp_path


def test_a_failure_stands_in_the_page_until_the_next_try(block, tmp_path):
    block.dialog().fileSelected.emit(str(tmp_path / "b.zip"))
    block.support.failed.emit(StoreError("“b.zip” could not be saved.", "The disk is full."))
    assert (block.error.isVisible(), block.save.isEnabled()) == (True, True)
    block.dialog().fileSelected.emit(str(tmp_path / "b.zip"))
    assert not block.error.isVisible()
