"""Which photos the grid shows: the filter and the bar that sets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from segmind_studio.core.caption_terms import holds_term
from segmind_studio.core.datasets import Check, Finding, Photo, Severity
from segmind_studio.texts import _
from segmind_studio.ui.parts import Chip, FlowLayout
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.parts.search_field import SearchField
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

CAPTION_CHECKS = frozenset({
    Check.NO_CAPTION, Check.NO_TRIGGER, Check.MISREAD, Check.TRIGGER_MISSPELT, Check.TRIGGER_PLACE,
    Check.TRIGGER_COMMON, Check.FUSED, Check.ALIKE, Check.LONG_CAPTION, Check.ODD_LENGTH, Check.FEW_WORDS,
    Check.CONTRADICTORY, Check.IGNORED,
})
ABOUT_ALL_CAPTIONS = frozenset({  # nothing to mend in one of the photos
    Check.FUSED, Check.TRIGGER_COMMON, Check.FEW_WORDS, Check.IGNORED,
})


class Show(StrEnum):
    """The chips above the grid."""

    ALL = "all"
    NO_CAPTION = "no_caption"
    PROBLEMS = "problems"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class PhotoFilter:
    """One chip, words to look for in names and captions, and a term of the captions ("" for none)."""

    show: Show = Show.ALL
    search: str = ""
    term: str = ""

    @property
    def narrows(self) -> bool:
        """Return whether it can hide anything."""
        return self.show is not Show.ALL or bool(self.search.strip()) or bool(self.term)


def without_caption(photo: Photo) -> bool:
    """Return whether a photo that goes into the package has no caption."""
    return photo.used and not photo.caption.strip()


def troubled(photos: Iterable[Photo], findings: Iterable[Finding]) -> frozenset[str]:
    """Name the photos that cannot be used, or that a check of the picture reports.

    Findings about captions have their own chip and badge; excluded photos are not named.
    """
    named = {
        photo_id
        for finding in findings
        if finding.severity is not Severity.INFO and finding.check not in CAPTION_CHECKS
        for photo_id in finding.photo_ids
    }
    return frozenset(
        photo.photo_id
        for photo in photos
        if not photo.excluded and (photo.problem or photo.photo_id in named)
    )


def passes(photo: Photo, wanted: PhotoFilter, in_trouble: frozenset[str]) -> bool:
    """Return whether a photo is shown."""
    words = wanted.search.strip().casefold()
    if words and words not in photo.path.name.casefold() and words not in photo.caption.casefold():
        return False
    if wanted.term and not holds_term(photo.caption, wanted.term):
        return False
    if wanted.show is Show.NO_CAPTION:
        return without_caption(photo)
    if wanted.show is Show.PROBLEMS:
        return photo.photo_id in in_trouble
    if wanted.show is Show.EXCLUDED:
        return photo.excluded
    return True


def counts(photos: Iterable[Photo], in_trouble: frozenset[str]) -> dict[Show, int]:
    """Count what each chip would show without a search."""
    found = dict.fromkeys(Show, 0)
    found[Show.PROBLEMS] = len(in_trouble)
    for photo in photos:
        found[Show.ALL] += 1
        found[Show.NO_CAPTION] += without_caption(photo)
        found[Show.EXCLUDED] += photo.excluded
    return found


_SEARCH_WIDTH = 200


class PhotoFilterBar(QWidget):
    """Choose which photos are shown.

    Signals (GUI thread): filtered(PhotoFilter); left(), when the keyboard focus should go to the grid.
    """

    filtered = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: dict[Show, Chip] = {}
        self._group = QButtonGroup(self)
        chips = QWidget()
        chips.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        flow = FlowLayout(chips, spacing=SPACE_S)
        for show, words in (
            (Show.ALL, _("All")),
            (Show.NO_CAPTION, _("No caption")),
            (Show.PROBLEMS, _("Problems")),
            (Show.EXCLUDED, _("Excluded")),
        ):
            chip = Chip(words, checkable=True)
            chip.setObjectName(f"data.filter.{show.value}")
            self.chips[show] = chip
            self._group.addButton(chip)
            flow.addWidget(chip)
        self.chips[Show.ALL].setChecked(True)
        self._term = ""
        self.term_chip = Chip("")
        self.term_chip.setObjectName("data.filter.term")
        self.term_chip.hide()
        flow.addWidget(self.term_chip)
        self.search = SearchField(_("Find photos by name or caption"))
        self.search.setObjectName("data.search")
        self.search.setPlaceholderText(_("Name or caption"))
        self.search.setMinimumWidth(120)
        self.search.setMaximumWidth(_SEARCH_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, 0, SPACE_L, SPACE_M)
        row.setSpacing(SPACE_S)
        row.addWidget(chips, 3, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.search, 1)
        self._group.buttonToggled.connect(self._emit_filter)  # not buttonClicked: assistive technology toggles
        self.search.textChanged.connect(self._emit_filter)
        self.search.done.connect(self.left)
        self.term_chip.clicked.connect(self._drop_term)

    @property
    def filter(self) -> PhotoFilter:
        """Return what is chosen."""
        show = next(show for show, chip in self.chips.items() if chip.isChecked())
        return PhotoFilter(show, self.search.text(), self._term)

    def choose_term(self, term: str) -> None:
        """Show only photos whose captions hold this word or phrase, "" for all; a chip shows it."""
        self._term = term
        # Translators: a button that ends the search for a word.
        self.term_chip.setText(_("“{term}” ✕").format(term=term.replace("&", "&&")))
        self.term_chip.setAccessibleName(_("Show photos without “{term}” too").format(term=term))
        self.term_chip.setVisible(bool(term))
        self._emit_filter()

    def set_counts(self, counts: Mapping[Show, int]) -> None:
        """Show the number of photos of each chip."""
        for show, chip in self.chips.items():
            chip.set_count(counts[show])

    def choose(self, show: str) -> None:
        """Check the chip of a stored name; an unknown one changes nothing."""
        if show in self.chips:
            self.chips[Show(show)].setChecked(True)

    def show_all(self) -> None:
        """Reset chip and search."""
        self.chips[Show.ALL].setChecked(True)
        replace_text(self.search, "")
        self.choose_term("")

    @Slot()
    def _drop_term(self) -> None:
        self.choose_term("")
        self.left.emit()

    @Slot()
    def _emit_filter(self) -> None:
        self.filtered.emit(self.filter)
