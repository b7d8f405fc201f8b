"""Cells with a user's text, such as a part of a caption, in lists that Qt paints."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme.direction import isolated


class OwnTextDelegate(QStyledItemDelegate):
    """Paint a text in its own direction: where it is cut, the dots stand at its own end."""

    @override
    @guarded(None)
    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.text = isolated(option.text)
