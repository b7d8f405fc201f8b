"""Where the app cannot start, a window says why and what to do."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton

from segmind_studio import __version__
from segmind_studio.core.errors import StoreError
from segmind_studio.ui.shell.refusal import RefusalDialog
from tests.fakes.typed import child

ERROR = StoreError("“data” could not be made.", "The app is not allowed to use /media/stick.", "Read-only")


def shown(qtbot):
    dialog = RefusalDialog(ERROR, "Data folder: /media/stick/data")
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def press(dialog, name):
    child(dialog, QPushButton, name).click()


def test_it_says_what_happened_and_what_to_do_and_can_be_copied(qtbot):
    dialog = shown(qtbot)
    press(dialog, "refusal.copy")
    copied = QGuiApplication.clipboard().text()
    assert copied.endswith(child(dialog, QPlainTextEdit, "refusal.details").toPlainText())
    for part in (ERROR.title, ERROR.advice, ERROR.detail, "/media/stick/data", __version__):
        assert part in copied
    assert dialog.isVisible()


def test_try_again_and_close_are_told_apart(qtbot):
    dialog = shown(qtbot)
    press(dialog, "refusal.again")
    assert dialog.result() == dialog.DialogCode.Accepted
    dialog = shown(qtbot)
    press(dialog, "refusal.close")
    assert dialog.result() == dialog.DialogCode.Rejected
