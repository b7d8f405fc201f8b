"""The findings of the checks as lines with their fixes, for the drawer and for one photo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from segmind_studio.core.caption_tokens import CLIP_TOKENS, T5_TOKENS, estimated_tokens, read_length
from segmind_studio.core.datasets import SMALL_SIDE_PIXELS, Check, Finding, Photo, Severity
from segmind_studio.texts import NC_, Text, _, pgettext, stored
from segmind_studio.ui.data.conversions import what_changes, why_it_changes
from segmind_studio.ui.data.crop.words import about_edit
from segmind_studio.ui.data.filter import ABOUT_ALL_CAPTIONS
from segmind_studio.ui.parts import IconLabel, text_label
from segmind_studio.ui.theme.style import set_mark
from segmind_studio.ui.theme.tokens import SPACE_LINE, SPACE_S

LOOKS = {
    Severity.MUST: ("circle-x", "bad"),
    Severity.SHOULD: ("triangle-alert", "warn"),
    Severity.INFO: ("info", "info"),
}


class FindingLines(QWidget):
    """Show some findings one below the other; hidden when there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_S)
        self._shown: tuple[Finding, ...] = ()
        self.hide()

    @property
    def shown(self) -> tuple[Finding, ...]:
        """Return what is shown."""
        return self._shown

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Replace the shown findings."""
        if tuple(findings) == self._shown:
            return
        self._shown = tuple(findings)
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for finding in findings:
            self._column.addWidget(_line(finding))
        self.setVisible(bool(findings))


def _line(finding: Finding) -> QFrame:
    name, tone = LOOKS[finding.severity]
    line = QFrame()
    set_mark(line, "tone", tone)
    row = QHBoxLayout(line)
    row.setContentsMargins(SPACE_S, SPACE_S, SPACE_S, SPACE_S)
    row.setSpacing(SPACE_S)
    row.addWidget(IconLabel(name, tone, 16), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(SPACE_LINE)
    words.addWidget(text_label(finding.text))
    if finding.advice:
        words.addWidget(text_label(finding.advice, "small"))
    row.addLayout(words, 1)
    return line


_SHOWN_OTHERWISE = frozenset({  # above, in the empty field, in the choice of readings, and below
    Check.UNREADABLE, Check.NO_CAPTION, Check.MISREAD, Check.CONVERTED,
}) | ABOUT_ALL_CAPTIONS
# Not said of each photo: they have no badge.
ABOUT_THE_SET = frozenset({Check.FEW_SCENES, Check.ONE_SIDED, Check.PLACE_DATA})
_LAST_WORDS = 3  # that are quoted where a caption is cut


_BADGES: Mapping[str, Text] = {
    Check.TOO_LARGE: NC_("badge on a photo", "Large"),
    Check.DUPLICATE: NC_("badge on a photo", "Copy"),
    Check.NEAR_DUPLICATE: NC_("badge on a photo", "Similar"),
    # Translators: the photo is a part cut out of another.
    Check.CUT_OUT: NC_("badge on a photo", "Cut-out"),
    Check.SMALL: NC_("badge on a photo", "Small"),
    # Translators: the photo is very wide or very tall.
    Check.ASPECT: NC_("badge on a photo", "Long"),
    Check.BLURRED: NC_("badge on a photo", "Blurred"),
    Check.NOISY: NC_("badge on a photo", "Noisy"),
    Check.DARK: NC_("badge on a photo", "Dark"),
    Check.BRIGHT: NC_("badge on a photo", "Bright"),
    Check.WASHED_OUT: NC_("badge on a photo", "Low contrast"),
}


def badge_word(check: str) -> str:
    """Return the word on the badge of a photo that this check names."""
    return str(_BADGES[check]) if check in _BADGES else pgettext("badge on a photo", "Review")


def _where_cut(caption: str) -> str:
    """Say how far a long caption is read."""
    whole = estimated_tokens(caption) > T5_TOKENS
    read = caption[: read_length(caption, T5_TOKENS if whole else CLIP_TOKENS)]
    last = f"…{' '.join(read.split()[-_LAST_WORDS:]).rstrip(',;.')}"
    if whole:
        return _("The caption is too long. It is read up to “{words}”.").format(words=last)
    words = _("The caption is long. One of the two text models (CLIP) reads it up to “{words}”.")
    return words.format(words=last)


def about_photo(photo: Photo, findings: Iterable[Finding], background: str) -> list[Finding]:
    """Return the findings that name this photo, with texts for one photo, in their order (worst first).

    The conversions of the photo come last; `background` is the dataset's.
    """
    small = _("Small: below {pixels} pixels on the short side. It would be enlarged.")
    words = {
        Check.TOO_LARGE: _("One of the largest photos. The package is too large."),
        Check.DUPLICATE: _("This photo is a copy of another. Exclude it."),
        Check.NEAR_DUPLICATE: _("This photo looks like another one."),
        Check.CUT_OUT: _("This photo is part of another one."),
        Check.BLURRED: _("This photo is much less sharp than the others."),
        Check.NOISY: _("This photo has much more noise than the others."),
        Check.DARK: _("This photo is too dark."),
        Check.BRIGHT: _("This photo is too bright."),
        Check.WASHED_OUT: _("This photo has low contrast."),
        Check.SMALL: small.format(pixels=SMALL_SIDE_PIXELS),
        Check.ASPECT: _("Very wide or very tall. The edges may be cut off."),
        Check.NO_TRIGGER: _("Trigger word missing."),
        Check.TRIGGER_PLACE: _("The trigger word is not at the start, unlike in the other captions."),
        Check.ALIKE: _("The caption is the same or nearly the same as another."),
        Check.ODD_LENGTH: _("The caption is much longer or shorter than the others."),
        Check.LONG_CAPTION: _where_cut(photo.caption),
    }
    lines: list[Finding] = []
    if photo.excluded:
        lines.append(Finding("excluded", Severity.INFO, _("Excluded from the package.")))
    if photo.problem:
        lines.append(
            Finding(Check.UNREADABLE, Severity.SHOULD, stored(photo.problem), _("It is not in the package."))
        )
    for finding in findings:
        if photo.photo_id not in finding.photo_ids or finding.check in _SHOWN_OTHERWISE | ABOUT_THE_SET:
            continue
        known = next((words[check] for check in words if check == finding.check), finding.text)
        lines.append(Finding(finding.check, finding.severity, known))
    lines.extend(about_edit(photo))
    if photo.used and (changed := what_changes(photo.changes, background)):
        words = _("Converted for training: {changes}.").format(changes=changed)
        lines.append(Finding(Check.CONVERTED, Severity.INFO, words, why_it_changes(photo.changes)))
    return lines
