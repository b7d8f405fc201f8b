"""Which photos the grid shows: the filter and the bar that sets it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import chain

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from segmind_studio.core.datasets import Check, Finding, Photo, Severity
from segmind_studio.core.photo_query import PhotoQuery, asks_for, parse_query, terms_of_field, with_term
from segmind_studio.core.photo_terms import QueryContext, completion_at, phrase_test, term_query
from segmind_studio.core.query_language import Query, QueryError
from segmind_studio.record import record
from segmind_studio.texts import _, pgettext
from segmind_studio.ui.parts import Chip, FlowLayout, text_label
from segmind_studio.ui.parts.composing import replace_text
from segmind_studio.ui.parts.query_field import QueryField
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S

_LEAST_SEARCH = 120  # logical pixels
CAPTION_CHECKS = frozenset({
    Check.NO_CAPTION, Check.NO_TRIGGER, Check.MISREAD, Check.TRIGGER_MISSPELT, Check.TRIGGER_PLACE,
    Check.TRIGGER_COMMON, Check.FUSED, Check.ALIKE, Check.LONG_CAPTION, Check.ODD_LENGTH, Check.FEW_WORDS,
    Check.CONTRADICTORY, Check.ORPHANS,
})
ABOUT_ALL_CAPTIONS = frozenset({  # nothing to mend in one of the photos
    Check.FUSED, Check.TRIGGER_COMMON, Check.FEW_WORDS, Check.ORPHANS, Check.IGNORED,
})

NOTED = frozenset({Check.NOISY, Check.WASHED_OUT, Check.CUT_OUT})  # no problem, but worth a badge


class Show(StrEnum):
    """The chips above the grid."""

    ALL = "all"
    NO_CAPTION = "no_caption"
    PROBLEMS = "problems"
    EXCLUDED = "excluded"


SHOW_TERMS = {  # what each chip writes into the search box
    Show.ALL: "", Show.NO_CAPTION: "is:uncaptioned", Show.PROBLEMS: "is:problem", Show.EXCLUDED: "is:excluded",
}
_TERMS = frozenset(SHOW_TERMS.values()) - {""}


@record
class PhotoFilter:
    """One chip, and a query as the search box has it; "" for none."""

    show: Show = Show.ALL
    search: str = ""

    @property
    def narrows(self) -> bool:
        """Return whether it can hide anything."""
        return self.show is not Show.ALL or bool(self.search.strip())


def without_caption(photo: Photo) -> bool:
    """Return whether a photo that goes into the package has no caption."""
    return photo.used and not photo.caption.strip()


def about_pictures(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings without those about captions, which have their own chip and badge."""
    return tuple(finding for finding in findings if finding.check not in CAPTION_CHECKS)


def named_by(pictures: Iterable[Finding]) -> frozenset[str]:
    """Name the photos that a finding `about_pictures` reports as a problem."""
    problems = [finding.photo_ids for finding in pictures if finding.severity is not Severity.INFO]
    return frozenset(chain.from_iterable(problems))


def troubled(photos: Iterable[Photo], named: Collection[str]) -> frozenset[str]:
    """Name those of the photos that cannot be used, or that are `named_by` a check; excluded ones are not."""
    return frozenset([
        photo.photo_id
        for photo in photos
        if not photo.excluded and (photo.problem or photo.photo_id in named)
    ])


def badges_of(pictures: Sequence[Finding]) -> dict[str, str]:
    """Return by photo id the check that its badge names: the first that is a problem, else one that is noted.

    `pictures` are findings `about_pictures`.
    """
    found: dict[str, str] = {}
    problems = [finding for finding in pictures if finding.severity is not Severity.INFO]
    noted = [finding for finding in pictures if finding.check in NOTED]
    for finding in reversed((*problems, *noted)):  # the first one comes last, and stays
        found.update(dict.fromkeys(finding.photo_ids, finding.check))
    return found


def test_of(wanted: PhotoFilter, context: QueryContext) -> Callable[[Photo], bool] | None:
    """Return what tells whether a photo is shown, None when all are."""
    queries = _query(wanted.search), parse_query(SHOW_TERMS[wanted.show])
    tests = [query.test for query in queries if query.test is not None]
    if not tests:
        return None
    if len(tests) == 1:
        one = tests[0]
        return lambda photo: one(photo, context)
    return lambda photo: all(test(photo, context) for test in tests)


def _query(text: str) -> PhotoQuery:
    try:
        return parse_query(text)
    except QueryError:
        return Query(phrase_test(text.strip()))


def counts(photos: Iterable[Photo], in_trouble: frozenset[str]) -> dict[Show, int]:
    """Count what each chip would show without a search."""
    listed = photos if isinstance(photos, tuple) else tuple(photos)
    bare = [photo for photo in listed if not photo.caption or photo.caption.isspace()]
    return {
        Show.ALL: len(listed), Show.NO_CAPTION: sum(photo.used for photo in bare),
        Show.PROBLEMS: len(in_trouble), Show.EXCLUDED: len([photo for photo in listed if photo.excluded]),
    }



class PhotoFilterBar(QWidget):
    """Choose which photos are shown: chips and a search box that write the same query.

    A query with an error is marked, and the photos stay those of the last one that could be read.

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
            # Translators: a filter: photos whose picture has a problem, whatever is wrong with captions.
            (Show.PROBLEMS, _("Photo problems")),
            (Show.EXCLUDED, pgettext("several photos", "Excluded")),
        ):
            chip = Chip(words, checkable=True)
            chip.setObjectName(f"data.filter.{show.value}")
            self.chips[show] = chip
            self._group.addButton(chip)
            flow.addWidget(chip)
        self.chips[Show.ALL].setChecked(True)
        self._query = ""  # the last one that could be read
        self.search = QueryField(
            _("Search photos"), completion_at, "caption:red name:img* w:<1024 is:excluded",
        )
        self.search.setObjectName("data.search")
        self.search.setPlaceholderText(_("Search name or caption"))
        self.search.setMinimumWidth(_LEAST_SEARCH)
        self.problem = text_label("", "bad")
        self.problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, 0, SPACE_L, SPACE_M)
        column.setSpacing(SPACE_S)
        self._row = QHBoxLayout()
        self._row.setSpacing(SPACE_S)
        self._row.addWidget(self.search, 1)
        column.addWidget(chips)
        column.addLayout(self._row)
        column.addWidget(self.problem)
        self._group.buttonToggled.connect(self._write_chip)  # not buttonClicked: assistive technology toggles
        self.search.textChanged.connect(self._read)
        self.search.done.connect(self.left)

    @property
    def filter(self) -> PhotoFilter:
        """Return what is chosen."""
        show = next(show for show, chip in self.chips.items() if chip.isChecked())
        return PhotoFilter(show, self._query)

    def add_tool(self, button: QWidget) -> None:
        """Put a button beside the search box."""
        self._row.addWidget(button)

    def write(self, query: str) -> None:
        """Replace the text of the search box; the chips follow it."""
        replace_text(self.search, query)

    def choose_term(self, term: str) -> None:
        """Show only photos whose captions hold this word or phrase, "" for all: written into the search box."""
        text = self.search.text()
        self.write(with_term(text, term_query(term) if term else "", terms_of_field(text, "term")))

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
        self.write("")

    @Slot(QAbstractButton, bool)
    def _write_chip(self, chip: QAbstractButton, on: bool) -> None:  # noqa: FBT001  # as the signal has it
        """Write the term of a chip that was switched on, in place of those of the other chips."""
        show = next(show for show, known in self.chips.items() if known is chip)
        if on and asks_for(self.search.text(), _TERMS) != SHOW_TERMS[show]:
            self.write(with_term(self.search.text(), SHOW_TERMS[show], _TERMS))

    @Slot(str)
    def _read(self, text: str) -> None:
        """Follow the text of the search box."""
        try:
            parse_query(text)
        except QueryError as error:
            self.search.mark_error(error)
            self.problem.setText(error.text)
            self.problem.show()
            return
        self.search.mark_error(None)
        self.problem.hide()
        self._query = text
        asked = asks_for(text, _TERMS)
        self.chips[next(show for show, term in SHOW_TERMS.items() if term == asked)].setChecked(True)
        self.filtered.emit(self.filter)
