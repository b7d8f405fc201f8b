"""The commands about captions: the words of all of them, the clipboard, and earlier texts."""

from __future__ import annotations

import json
from typing import cast

from PySide6.QtCore import QMimeData, QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from segmind_studio.core.caption_terms import counts_for, folded
from segmind_studio.core.datasets import Check, Finding, Photo, Severity
from segmind_studio.core.fixes import Fix, FixKind
from segmind_studio.core.numbers import decoded_json
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.data.widgets import DataWidgets

_LIST_TYPE = "application/x-segmind-captions+json"  # besides the plain text, so that line breaks stay


class CaptionCommands(QObject):
    """Run the actions about captions on the parts of one screen.

    Signals (GUI thread): fix_wanted(Fix), an edit that a finding's button offers too; toast(str), a short message.
    """

    fix_wanted = Signal(object)
    toast = Signal(str)

    def __init__(self, parts: DataWidgets) -> None:
        super().__init__(parts.screen)
        self._parts = parts
        self._trigger_word = ""
        actions, words = parts.actions, parts.words
        actions.words.toggled.connect(self._show_words)
        actions.checks.toggled.connect(self._show_checks)
        actions.checks.triggered.connect(self._go_to_checks)
        actions.copy_captions.triggered.connect(self._copy)
        actions.paste_captions.triggered.connect(self._paste)
        actions.swap_captions.triggered.connect(self._swap)
        words.chosen.connect(parts.filters.choose_term)
        words.replace_wanted.connect(self._replace)
        words.drop_wanted.connect(self._drop)
        words.declared.connect(self._declare)
        words.add_wanted.connect(self._add)
        listed = parts.inspector.bulk.parts
        listed.chosen.connect(parts.filters.choose_term)
        listed.add_wanted.connect(self._add_part)
        listed.remove_wanted.connect(self._remove_part)
        parts.inspector.photo.history.restore_wanted.connect(parts.editor.restore_caption)

    def set_trigger_word(self, word: str) -> None:
        """Set the word that others are added after."""
        self._trigger_word = word.strip()

    @Slot(bool)
    def _show_words(self, on: bool) -> None:  # noqa: FBT001  # a slot has the signal's arguments
        self._parts.words.setVisible(on)
        if on:
            self._parts.actions.checks.setChecked(False)

    @Slot(bool)
    def _show_checks(self, on: bool) -> None:  # noqa: FBT001  # as above
        self._parts.drawer.setVisible(on)
        if on:
            self._parts.actions.words.setChecked(False)

    @Slot(bool)
    def _go_to_checks(self, on: bool) -> None:  # noqa: FBT001  # as above
        if on:
            self._parts.drawer.take_focus()

    # The words of all captions

    @Slot(str)
    def _replace(self, term: str) -> None:
        self.fix_wanted.emit(Fix(FixKind.REWORD, "", self._holding(term), term))

    @Slot(str)
    def _drop(self, term: str) -> None:
        self.fix_wanted.emit(Fix(FixKind.DROP, "", self._holding(term), term))

    @Slot(str)
    def _declare(self, term: str) -> None:
        key = Finding(Check.FUSED, Severity.INFO, "", subject=term).key
        self.fix_wanted.emit(Fix(FixKind.ACCEPT, "", self._holding(term), key))
        self.toast.emit(_("“{term}” is no longer reported.").format(term=term))

    @Slot(str, bool)
    def _add(self, term: str, after: bool) -> None:  # noqa: FBT001  # as above
        """Add a term to the captions of the selected photos, each once."""
        trigger, photos = self._trigger_word, self._parts.grid.selected
        part = trigger if folded(trigger) == term else term
        self._parts.editor.add_term(photos, part, trigger if after else "")

    @Slot(str)
    def _add_part(self, part: str) -> None:
        self._parts.editor.add_part(self._parts.grid.selected, part)

    @Slot(str)
    def _remove_part(self, part: str) -> None:
        self._parts.editor.remove_part(self._parts.grid.selected, part)

    def _holding(self, term: str) -> tuple[str, ...]:
        photos = self._parts.datasets.dataset.photos
        return tuple(photo.photo_id for photo in photos if counts_for(photo.caption, term))

    # The clipboard

    @property
    def _selected(self) -> list[Photo]:
        """Return the selected photos in the order of the grid."""
        chosen = {photo.photo_id for photo in self._parts.grid.selected}
        return [photo for photo in self._parts.model.shown if photo.photo_id in chosen]

    @Slot()
    def _copy(self) -> None:
        texts = [photo.caption for photo in self._selected]
        if not texts:
            return
        data = QMimeData()
        data.setText("\n".join(" ".join(text.split()) for text in texts) if len(texts) > 1 else texts[0])
        data.setData(_LIST_TYPE, json.dumps(texts).encode())
        QGuiApplication.clipboard().setMimeData(data)
        count = len(texts)
        self.toast.emit(ngettext("Caption copied", "{count} captions copied", count).format(count=count))

    @Slot()
    def _paste(self) -> None:
        """Set one copied caption for all selected photos, or as many as are selected one by one in their order."""
        photos, texts = self._selected, _copied()
        if len(texts) == 1:
            texts *= len(photos)
        if not photos or not texts:
            self.toast.emit(_("No caption on the clipboard."))
        elif len(texts) != len(photos):
            self.toast.emit(_("{count} captions were copied, but {photos} photos are selected. Select "
                              "as many photos as captions.").format(
                count=len(texts), photos=len(photos),
            ))
        else:
            new = {photo.photo_id: text for photo, text in zip(photos, texts, strict=True)}
            self._parts.editor.set_texts(new, _("Paste captions"))

    @Slot()
    def _swap(self) -> None:
        if len(self._selected) != 2:  # noqa: PLR2004  # with each other
            return
        one, other = self._selected
        self._parts.editor.set_texts(
            {one.photo_id: other.caption, other.photo_id: one.caption}, _("Swap captions"),
        )


def _copied() -> list[str]:
    """Return the captions on the clipboard: ours as a list, foreign text as one for each line."""
    data = QGuiApplication.clipboard().mimeData()
    if data.hasFormat(_LIST_TYPE):
        try:
            found: object = decoded_json(bytes(data.data(_LIST_TYPE).data()))
        except ValueError:
            found = None
        if isinstance(found, list):
            return [text for text in cast("list[object]", found) if isinstance(text, str)]
    return [line for line in data.text().splitlines() if line.strip()]
