"""The folded part of Try's settings: how the model is called, JSON of your own, and the exact request."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from PySide6.QtGui import QColor, QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from segmind_studio.core.accounts import SEGMIND_API_URL
from segmind_studio.core.image_requests import TryRequest, read_extra
from segmind_studio.texts import _
from segmind_studio.ui.forms import FieldRow, Fold, make_editor
from segmind_studio.ui.forms.texts import ParagraphEditor
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.trigger_highlighter import utf16_length
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import tones_of
from segmind_studio.ui.tryout.fields import EXTRA, MORE

_LINES = 11


def address_of(request: TryRequest) -> str:
    """Return the whole address that a request goes to; a model without one is called at Segmind by its slug."""
    target, queued = request.call
    return target if "://" in target else f"{SEGMIND_API_URL}/{'v2' if queued else 'v1'}/{target}"


class MoreSettings(Fold):
    """Show the rarely used settings, and what will be sent. `rows` holds the rows by the keys of their fields."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("More"), "try.more", parent)
        self.rows: Mapping[str, FieldRow] = {
            field.key: FieldRow(field, make_editor(field, "try"), "try") for field in MORE
        }
        for row in self.rows.values():
            row.without_key()
            self.contents.addWidget(row)
        self.rows[EXTRA.key].editor.set_placeholder(_("such as {example}").format(example='{"guidance": 3.5}'))
        self._request = mark(QPlainTextEdit(), role="mono")
        self._request.setObjectName("try.request")
        self._request.setReadOnly(True)
        self._request.setTabChangesFocus(True)
        self._request.setAccessibleName(_("The exact request"))
        self._request.setFixedHeight(self._request.fontMetrics().lineSpacing() * _LINES)
        title = text_label(_("The exact request"), "strong")
        title.setBuddy(self._request)
        self._note = text_label("", "small")
        for widget in (title, self._request, self._note):
            self.contents.addWidget(widget)
        self._requests: tuple[TryRequest, ...] = ()
        self.opened.connect(self._show_request)

    def show_state(self, requests: Sequence[TryRequest], extra: str, changed: int, *, negative: bool) -> None:
        """Show what will be sent, where the typed JSON is wrong, and how many of these settings have changed."""
        self._requests = tuple(requests)
        checked = read_extra(extra, negative=negative)
        self._mark_place(extra, checked.place if checked.problem else None)
        self.set_note(_("{count} changed").format(count=changed) if changed else "")
        if checked.problem:
            self.set_open(True)
        self._show_request()

    def _show_request(self) -> None:
        if not self.is_open:
            return
        text, note = "", _("The request appears when the settings are complete.")
        if self._requests:
            first = self._requests[0]
            text = f"POST {address_of(first)}\n{json.dumps(first.params(), ensure_ascii=False, indent=2)}"
            note = "" if first.seed is not None else _("A random seed is chosen when the request is sent.")
        if self._request.toPlainText() != text:
            self._request.setPlainText(text)
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _mark_place(self, text: str, place: int | None) -> None:
        """Underline the character where the JSON is wrong, in the editor."""
        editor = self.rows[EXTRA.key].editor
        if not isinstance(editor, ParagraphEditor):
            return
        marks: list[QTextEdit.ExtraSelection] = []
        if place is not None and text:
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(editor.control.document())
            last = editor.control.document().characterCount() - 1
            at = min(utf16_length(text[:place]), max(0, last - 1))
            cursor.setPosition(at)
            cursor.setPosition(min(at + 1, last), QTextCursor.MoveMode.KeepAnchor)
            tones = tones_of(QGuiApplication.palette())
            selection.cursor = cursor
            selection.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            selection.format.setUnderlineColor(QColor(tones.bad))
            selection.format.setBackground(QColor(tones.bad_soft))
            marks = [selection]
        editor.control.setExtraSelections(marks)
