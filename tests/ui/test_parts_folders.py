"""A file dialog opens where there is something, whatever the settings remember."""

from pathlib import Path

import pytest
from PySide6.QtCore import QDir
from PySide6.QtWidgets import QFileDialog, QWidget

from segmind_studio.ui.data.file_dialogs import FileDialogs
from segmind_studio.ui.parts.folders import existing_folder
from tests.fakes.typed import child


@pytest.mark.parametrize("wanted", [".", "gone", "gone/further/down", "file"])
def test_the_nearest_folder_that_is_there(tmp_path, wanted):
    (tmp_path / "file").touch()
    assert existing_folder(tmp_path / wanted) == tmp_path


@pytest.mark.parametrize("wanted", ["", "/no-such-disk/photos", "a\0b"])
def test_else_it_is_home(wanted):
    assert existing_folder(wanted) == Path.home()


def test_a_dialog_does_not_open_on_a_folder_that_is_gone(qtbot, tmp_path):
    window = QWidget()
    qtbot.addWidget(window)
    dialogs = FileDialogs(window)
    photos = tmp_path / "photos"
    photos.mkdir()
    dialogs.ask_folder()
    dialog = child(window, QFileDialog)
    dialog.setDirectory(str(photos))
    dialog.done(QFileDialog.DialogCode.Accepted)
    photos.rmdir()
    dialogs.ask_folder()
    again = [found for found in window.findChildren(QFileDialog) if found.isVisible()][-1]
    assert QDir(again.directory()).absolutePath() == str(tmp_path)
    again.reject()
