"""What a command needs before it is possible, and whether it may pay: for lists that show every command."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QAction

from segmind_studio.texts import Text

_NEED = "need"  # a dynamic property: the text as it is written in the code
_PAYS = "pays"


def set_need(actions: Iterable[QAction], need: Text) -> None:
    """Say what these actions need; shown while one is disabled, or hidden because it does not apply."""
    for action in actions:
        action.setProperty(_NEED, need.message)


def need_of(action: QAction) -> str:
    """Return what an action needs, in the language in use; "" when nothing was said."""
    return str(Text(str(action.property(_NEED) or "")))


def mark_paying(actions: Iterable[QAction]) -> None:
    """Mark actions that may pay: a list of commands leads to their button, which a person then presses."""
    for action in actions:
        action.setProperty(_PAYS, True)


def may_pay(action: QAction) -> bool:
    """Return whether an action is marked as one that may pay."""
    return bool(action.property(_PAYS))
