"""A caption whose file does not say how its text is encoded: the possible decodings, and the choice among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.datasets import Photo
from segmind_studio.texts import _
from segmind_studio.ui.parts import IconLabel, text_label
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.style import set_mark
from segmind_studio.ui.theme.tokens import SPACE_S, SPACE_XS

_LONGEST = 160  # characters of a reading that are shown; the whole is in its tooltip
_CODECS = (
    "utf-8", "cp932", "euc_jp", "gb18030", "cp950", "cp949", "cp1252", "cp1250", "cp1251", "koi8_r", "cp1253",
    "cp1254", "cp1255", "cp1256", "cp437", "cp737", "cp850", "cp852", "cp857", "cp862", "cp866", "mac_roman",
    "iso8859_1", "utf-16-le", "utf-16-be",
)


def same_way(photo: Photo, chosen: str, others: Iterable[Photo]) -> dict[str, str]:
    """Decode other uncertain captions with the encoding that was chosen for this photo's file.

    Return the new texts by photo id, this photo's among them. Only texts that are among a caption's own readings
    are chosen. When `chosen` equals the photo's caption, the others keep theirs too.
    """
    found = {photo.photo_id: chosen}
    if chosen == photo.caption:
        return found | {other.photo_id: other.caption for other in others if other.caption_readings}
    pairs = [
        (wrong, right) for wrong in _CODECS for right in _CODECS
        if wrong != right and _read_anew(photo.caption, wrong, right) == chosen
    ]
    for other in others:
        if other.caption_readings and other.photo_id != photo.photo_id:
            texts = (_read_anew(other.caption, wrong, right) for wrong, right in pairs)
            text = next((text for text in texts if text in other.caption_readings), None)
            if text is not None:
                found[other.photo_id] = text
    return found


def _read_anew(text: str, wrong: str, right: str) -> str | None:
    try:
        return text.encode(wrong).decode(right)
    except UnicodeError:
        return None


class CaptionReadings(QFrame):
    """Offer the other readings of one caption; hidden when there is none.

    Signals (GUI thread): chosen(str, str, bool), the photo's id; the text to read its caption as, its own when it
    is right as it is; and whether all captions that are in doubt in the same way should be read so.
    """

    chosen = Signal(str, str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data.readings")
        set_mark(self, "tone", "warn")
        self._photo: Photo | None = None
        self._buttons: dict[QPushButton, str] = {}
        self._lines = QVBoxLayout()
        self._lines.setSpacing(SPACE_S)
        self._all = QCheckBox(_("Apply to all captions with the same problem"))
        self._all.setObjectName("data.readings.all")
        self._keep = QPushButton(_("Keep as is"))
        self._keep.setObjectName("data.readings.keep")
        self._keep.clicked.connect(self._keep_text)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
        column.setSpacing(SPACE_S)
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(IconLabel("text-search", "warn", 16), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(text_label(_("The encoding of this caption is unclear. It could also read:")), 1)
        column.addLayout(head)
        column.addLayout(self._lines)
        column.addWidget(self._all)
        column.addWidget(self._keep, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_photo(self, photo: Photo, *, several: bool) -> None:
        """Show the readings of a photo's caption; `several` when other captions are in doubt as well."""
        self._all.setVisible(several)
        if self._photo is not None and photo.caption_readings == tuple(self._buttons.values()):
            self._photo = photo
            return
        self._photo = photo
        self._buttons.clear()
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for reading in photo.caption_readings:
            self._lines.addWidget(self._line(reading))
        self.setVisible(bool(photo.caption_readings))

    def _line(self, reading: str) -> QWidget:
        words = text_label(reading if len(reading) <= _LONGEST else f"{reading[:_LONGEST]}…", "strong")
        words.setToolTip(plain_tip(reading))
        button = QPushButton(_("Use this"))
        button.setAccessibleName(_("Read the caption as: {reading}").format(reading=reading))
        button.clicked.connect(self._choose)
        self._buttons[button] = reading
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_XS)
        row.addWidget(words, 1)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return line

    @property
    def buttons(self) -> Sequence[QPushButton]:
        """Return the buttons of the readings, in their order."""
        return tuple(self._buttons)

    @Slot()
    def _choose(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton) and button in self._buttons:
            self._emit_chosen(self._buttons[button])

    @Slot()
    def _keep_text(self) -> None:
        if self._photo is not None:
            self._emit_chosen(self._photo.caption)

    def _emit_chosen(self, text: str) -> None:
        if self._photo is not None:
            every = self._all.isChecked() and not self._all.isHidden()
            self._all.setChecked(False)
            self.chosen.emit(self._photo.photo_id, text, every)
