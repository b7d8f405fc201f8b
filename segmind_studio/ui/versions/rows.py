"""One photo that differs between two versions: its picture before and after, and its words with what changed."""

from __future__ import annotations

from dataclasses import fields
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from segmind_studio.core.datasets import Photo
from segmind_studio.core.runs import ManifestItem
from segmind_studio.core.versions import ChangeKind, PieceKind, VersionChange, caption_pieces
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _, listed
from segmind_studio.ui.parts.labels import ElidedLabel, text_label
from segmind_studio.ui.small_picture import SmallPicture
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_XS, Tones, tones_of

SIDE = 72  # logical pixels
_SHARED = frozenset(item.name for item in fields(Photo)) & frozenset(item.name for item in fields(ManifestItem))


def photo_of(item: ManifestItem) -> Photo:
    """Return a photo that shows what a version has, with all that both records know."""
    known: dict[str, Any] = {name: getattr(item, name) for name in _SHARED if name != "path"}
    return Photo(f"{item.path}\n{item.mtime_ns}", Path(item.path), **known)


def kind_text(kind: ChangeKind) -> str:
    """Return what happened to a photo, in words."""
    words = {
        ChangeKind.ADDED: _("added"),
        ChangeKind.REMOVED: _("removed"),
        ChangeKind.PICTURE: _("new crop or rotation"),
        ChangeKind.FILE: _("file changed"),
        ChangeKind.WORDS: _("caption changed"),
    }
    return words[kind]


def caption_html(change: VersionChange, tones: Tones) -> str:
    """Return the caption as rich text: what is gone struck through, what is new underlined."""
    before = change.before.caption if change.before else ""
    after = change.after.caption if change.after else ""
    if change.before is None or change.after is None or before == after:
        return escape(after or before)
    styles = {
        PieceKind.SAME: "",
        PieceKind.REMOVED: f"color:{tones.bad}; text-decoration:line-through",
        PieceKind.ADDED: f"color:{tones.good}; text-decoration:underline",
    }
    pieces = caption_pieces(before, after)
    gaps = [
        " " if one.kind is PieceKind.REMOVED and other.kind is PieceKind.ADDED else ""
        for one, other in pairwise(pieces)
    ]
    return "".join(
        f'<span style="{styles[piece.kind]}">{escape(piece.text)}</span>{gap}'
        for piece, gap in zip(pieces, (*gaps, ""), strict=True)
    )


class ChangeRow(QWidget):
    """One change; of a picture that changed, before and after."""

    def __init__(self, change: VersionChange, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.change = change
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_M)
        both = ChangeKind.PICTURE in change.kinds  # of a file that changed, the old picture is not there any more
        for item in (change.before, change.after) if both else (change.item,):
            if item is not None:
                row.addWidget(SmallPicture(photo_of(item), SIDE, thumbnails), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(SPACE_XS)
        words.addWidget(mark(ElidedLabel(change.name, mode=Qt.TextElideMode.ElideMiddle), role="strong"))
        what = listed(kind_text(kind) for kind in change.kinds)
        words.addWidget(text_label(what, "small"))
        self.caption = QLabel()
        self.caption.setTextFormat(Qt.TextFormat.RichText)
        self.caption.setWordWrap(True)
        self.caption.setMinimumWidth(1)
        self.caption.setText(caption_html(change, tones_of(self.palette())))
        words.addWidget(self.caption)
        words.addStretch()
        row.addLayout(words, 1)
        self.caption.setVisible(bool(self.caption.text()))
        self.setAccessibleName(f"{change.name}: {what}")
