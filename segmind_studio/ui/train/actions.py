"""The commands of the Train place, for its buttons and the menus."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from segmind_studio.texts import N_, _
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.needs import set_need
from segmind_studio.ui.parts.tips import key_name, plain_tip
from segmind_studio.ui.theme.icons import icon


class TrainActions:
    """Four actions, added to the place, so that Ctrl+Enter works anywhere on the page."""

    def __init__(self, place: QWidget) -> None:
        self.review = QAction(icon("send"), _("Review and start…"), place)
        self.review.setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        words = _("Review everything before it is sent ({keys})").format(keys=key_name("Ctrl+Enter"))
        self.review.setToolTip(plain_tip(words))
        self.check = QAction(icon("list-checks"), _("Check everything"), place)
        self.check.setToolTip(
            _("Check form, photos and account, without paying"),
        )
        self.undo_load = QAction(icon("undo-2"), _("Restore the previous form"), place)
        self.undo_load.setEnabled(False)
        self.clear = QAction(icon("eraser"), _("Clear the form"), place)
        set_need((self.review,), N_("Fill in the form first. The summary shows what is missing."))
        set_need((self.undo_load,), N_("There is no previous form."))
        for action in (self.review, self.check, self.undo_load, self.clear):
            finish_before(action).setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            place.addAction(action)

    def in_menus(self) -> Sequence[tuple[str, QAction]]:
        """Return each with its menu."""
        return (
            ("train", self.review), ("train", self.check), ("train", self.clear), ("edit", self.undo_load),
        )
