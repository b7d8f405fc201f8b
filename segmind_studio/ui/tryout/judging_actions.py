"""The actions on the pictures of Try: show, rate, tag, delete, compare, vote, and the contact sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from segmind_studio.core.generated_images import HIGHEST_RATING, GeneratedImage, ImageState
from segmind_studio.texts import N_, _, ngettext
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.needs import set_need
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.icons import icon


class JudgingActions:
    """Own the actions. Their keys act where the pictures have the keyboard focus, never in a text field."""

    def __init__(self, parent: QObject) -> None:
        self._parent = parent
        self.show_all = self._make("layout-grid", _("All pictures"), "G")
        self.show_all.setCheckable(True)
        self.rate = tuple(
            self._make("star", _rate_text(stars), str(stars)) for stars in range(HIGHEST_RATING + 1)
        )
        self.tag = self._make("tag", _("Tags…"), "T")
        self.delete = self._make("trash-2", _("Delete picture"), "Del")
        self.restore = self._make("archive-restore", _("Restore picture"))
        self.undo = self._make("undo-2", _("Undo rating"))
        self.compare = self._make("columns-2", _("Compare two pictures"), "C")
        self.vote = self._make("list-checks", _("Vote on pairs…"), "V")
        self.sheet = self._make("layout-grid", _("Contact sheet…"), "P")
        self.reveal = self._make("folder-open", _("Show picture in folder"))
        self.all_accounts = self._make("circle-user", _("Pictures of all accounts"))
        self.all_accounts.setCheckable(True)
        self.all_accounts.setVisible(False)
        self.all_accounts.setEnabled(False)
        set_need((self.reveal,), N_("Select a picture."))
        set_need((self.restore,), N_("Select a deleted picture."))
        set_need((*self.rate, self.tag, self.delete), N_("Select a picture of the account in use."))
        set_need((self.all_accounts,), N_("Only one account has pictures."))
        set_need((self.undo,), N_("Rate, tag or delete a picture first."))
        set_need((self.show_all,), N_("Make a picture first."))
        set_need((self.compare, self.vote), N_("Make two pictures first."))
        set_need((self.sheet,), N_("Make a picture first."))
        self.follow((), (), 0, "")

    def _make(self, icon_name: str, text: str, key: str = "") -> QAction:
        action = finish_before(QAction(icon(icon_name), text, self._parent))
        if key:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.setToolTip(plain_tip(_("{action} ({keys})").format(action=text, keys=key)))
        return action

    def follow(
        self, selected: Sequence[GeneratedImage], own: Sequence[GeneratedImage], count: int, undo_name: str,
        total: int = 0,
    ) -> None:
        """Enable what is possible: with `selected`, of `count` pictures that the filter lets through, of `total`.

        Those of the account in use are `own`: nothing is written about others.
        """
        made = [image for image in selected if image.state is ImageState.MADE]
        for action in (*self.rate, self.tag):
            action.setEnabled(any(image.state is ImageState.MADE and not image.deleted for image in own))
        self.delete.setEnabled(any(not image.deleted for image in own))
        self.restore.setEnabled(any(image.deleted for image in own))
        self.reveal.setEnabled(any(image.file_name for image in made))
        self.show_all.setEnabled(total > 0 or self.show_all.isChecked())
        self.compare.setEnabled(bool(made) and count > 1)
        self.vote.setEnabled(count > 1)
        self.sheet.setEnabled(count > 0)
        self.undo.setEnabled(bool(undo_name))
        if undo_name and self.undo.text() != undo_name:
            self.undo.setText(undo_name)

    def act_in(self, widget: QWidget) -> None:
        """Let the keys act while this widget or one in it has the keyboard focus."""
        widget.addActions([*self._all()])

    def _all(self) -> Iterable[QAction]:
        return (
            self.show_all, *reversed(self.rate), self.tag, self.delete, self.restore, self.undo, self.compare,
            self.vote, self.sheet, self.reveal,
        )

    def in_menus(self) -> Sequence[tuple[str, QAction]]:
        """Return each with its menu, in order."""
        rest = (
            self.undo, self.tag, self.delete, self.restore, self.compare, self.vote, self.sheet, self.all_accounts,
        )
        return (
            ("try", self.show_all), *(("rate", action) for action in reversed(self.rate)),
            *(("try", action) for action in rest),
        )


def _rate_text(stars: int) -> str:
    if not stars:
        return _("Remove rating")
    return ngettext("Rate with {count} star", "Rate with {count} stars", stars).format(count=stars)
