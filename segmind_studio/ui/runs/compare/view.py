"""Compare runs over the whole place: their settings, photos with captions, and pictures of the same prompt."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QStackedWidget, QTabBar, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.run_images import SameRequest, same_requests
from segmind_studio.core.runs import Run, manifest_items
from segmind_studio.core.versions import ChangeKind, PhotoRow, VersionChange, photo_rows
from segmind_studio.formats import exact_number, size_in_pixels
from segmind_studio.services.system.tasks import Task
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.data.inspector.comparison import Compared, PhotoComparison
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.runs.compare.pictures import PictureCell, PictureLine, PictureTable, missing_cell
from segmind_studio.ui.runs.compare.settings import SettingsTable
from segmind_studio.ui.runs.pictures import RunPictures
from segmind_studio.ui.theme.direction import isolated
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, tones_of
from segmind_studio.ui.versions.rows import caption_html, photo_of

_PHOTO_ROW = 132  # logical pixels
_REQUEST_ROW = 340
_SETTINGS, _PHOTOS, _REQUESTS = range(3)
_PROMPT = 120  # letters of it at most, so that the settings below it are seen too


class CompareView(QWidget):
    """Show runs side by side, only what differs unless all is wanted. Escape, or the button, goes back.

    Signals:
        closed(): the person wants to go back to the list; GUI thread.
    """

    closed = Signal()

    def __init__(self, pictures: RunPictures | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs.comparing")
        self._pictures = pictures
        self._runs: tuple[Run, ...] = ()
        self._manifests: tuple[str, ...] = ()
        self._task: Task | None = None
        self._rows: tuple[PhotoRow, ...] = ()
        self._requests: tuple[SameRequest, ...] = ()
        self._large: PhotoComparison | None = None
        thumbnails = pictures.thumbnails if pictures else None
        self.back = QPushButton(icon("chevron-left"), _("Back to the list"))
        self.back.setObjectName("runs.compare.back")
        self._title = text_label("", "section")
        self.same_too = QCheckBox(_("Also show what is the same"))
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(_("Comparison"))
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.settings = SettingsTable()
        self.photos = PictureTable(_("Photos and captions"), thumbnails, _PHOTO_ROW, beside=True)
        self.photos.setObjectName("runs.compare.photos")
        self.requests = PictureTable(_("Same prompts"), thumbnails, _REQUEST_ROW, beside=False)
        self.requests.setObjectName("runs.compare.requests")
        self._nothing = text_label("", "muted")
        self._pages = QStackedWidget(self)
        for page in (self.settings, self.photos, self.requests):
            self.tabs.addTab("")
            self._pages.addWidget(page)
        self._lay_out()
        self.back.clicked.connect(self.closed)
        self.same_too.toggled.connect(self._fill)
        self.tabs.currentChanged.connect(self._show_page)
        self.requests.opened.connect(self.open_cell)
        if pictures is not None:
            pictures.images_changed.connect(self._find_requests)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE_M)
        head.addWidget(self.back)
        head.addWidget(self._title, 1)
        head.addWidget(self.same_too)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_S)
        column.addLayout(head)
        column.addWidget(self.tabs)
        column.addWidget(self._nothing)
        column.addWidget(self._pages, 1)

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Compare these runs, in this order; the same runs again change nothing."""
        if tuple(runs) == self._runs:
            return
        self._runs = tuple(runs)
        self._title.setText(
            ngettext("{count} run compared", "{count} runs compared", len(runs)).format(count=len(runs))
        )
        self.settings.show_runs(runs)
        manifests = tuple(run.manifest for run in runs)
        if manifests != self._manifests:
            self._manifests = manifests
            self._read_photos()
        self._find_requests()

    @property
    def runs(self) -> tuple[Run, ...]:
        """Return the compared runs."""
        return self._runs

    @Slot()
    def take_focus(self) -> None:
        """Set the keyboard focus to what is compared."""
        tables = self.settings, self.photos, self.requests
        tables[self._pages.currentIndex()].setFocus(Qt.FocusReason.OtherFocusReason)

    # -- what is compared

    def _read_photos(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._rows = ()
        if self._pictures is not None:
            self._task = self._pictures.compute(partial(_rows_of, self._manifests), self._take_rows)

    @Slot(object)
    def _take_rows(self, rows: tuple[PhotoRow, ...]) -> None:
        self._rows = rows
        self._fill()

    @Slot()
    def _find_requests(self) -> None:
        pictures = self._pictures
        if pictures is not None and self._runs:
            columns = [pictures.images_of(run.run_id) for run in self._runs]
            self._requests = same_requests(columns, [run.trigger_word for run in self._runs])
        self._fill()

    @Slot()
    def _fill(self) -> None:
        everything = self.same_too.isChecked()
        names = tuple(run.name for run in self._runs)
        self.settings.set_all(everything)
        rows = [row for row in self._rows if everything or row.differs]
        self.photos.set_lines(names, [self._photo_line(row) for row in rows])
        requests = [request for request in self._requests if everything or request.count > 1]
        self.requests.set_lines(names, [self._request_line(request) for request in requests])
        for tab, words, count in (
            (_SETTINGS, _("Settings ({count})"), self.settings.rowCount()),
            (_PHOTOS, _("Photos and captions ({count})"), len(rows)),
            (_REQUESTS, _("Same prompts ({count})"), len(requests)),
        ):
            self.tabs.setTabText(tab, words.format(count=count))
        self._show_page(self.tabs.currentIndex())

    @Slot(int)
    def _show_page(self, tab: int) -> None:
        self._pages.setCurrentIndex(tab)
        counts = self.settings.rowCount(), len(self.photos.lines), len(self.requests.lines)
        words = (
            _("These runs have the same settings."),
            _("No known differences: photos and captions are the same, or the runs were started elsewhere."),
            _("No two of these runs have a picture with the same prompt, seed, size and strength."),
        )
        large = _("Press Enter or double-click to compare a picture with another in its row.")
        self._nothing.setText(words[tab] if not counts[tab] else large)
        self._nothing.setVisible(not counts[tab] or tab == _REQUESTS)
        self._pages.setVisible(bool(counts[tab]))

    def _photo_line(self, row: PhotoRow) -> PictureLine:
        return PictureLine(row.name, tuple(self._photo_cell(row, place) for place in range(len(row.items))))

    def _photo_cell(self, row: PhotoRow, place: int) -> PictureCell:
        """Return the photo of one run; its words are compared with those of the nearest run to the left."""
        item, before = row.items[place], row.before(place)
        first = f"<b>{escape(isolated(row.name))}</b><br>"
        if item is None:
            words = _("not included")
            return PictureCell(None, f"{first}<i>{escape(words)}</i>", words)
        if place and before is None:
            added = _("added")
            html = f"{first}<i>{escape(added)}</i><br>{escape(isolated(item.caption))}"
            return PictureCell(photo_of(item), html, f"{added}: {item.caption}")
        change = VersionChange((ChangeKind.WORDS,), before, item)
        caption = caption_html(change, tones_of(self.palette())) if before is not None else escape(item.caption)
        return PictureCell(photo_of(item), f"{first}{isolated(caption)}", item.caption)

    def _request_line(self, request: SameRequest) -> PictureLine:
        return PictureLine(request.prompt, tuple(self._request_cell(request, image) for image in request.images))

    def _request_cell(self, request: SameRequest, image: GeneratedImage | None) -> PictureCell:
        if image is None or self._pictures is None:
            return missing_cell()
        words = _("seed {seed}, strength {strength}, {size}").format(
            seed=request.seed, strength=exact_number(request.strength),
            size=size_in_pixels(request.width, request.height),
        )
        prompt = image.prompt if len(image.prompt) <= _PROMPT else f"{image.prompt[:_PROMPT].rstrip()}…"
        html = f"{escape(isolated(prompt))}<br><small>{escape(words)}</small>"
        return PictureCell(self._pictures.photo_of_image(image), html, f"{image.prompt}, {words}")

    # -- two of them, large

    @Slot(int, int)
    def open_cell(self, line: int, column: int) -> None:
        """Compare a picture with the first other one of its line, over the whole window."""
        cells = self.requests.lines[line].cells
        others = [place for place, cell in enumerate(cells) if cell.photo is not None and place != column]
        if cells[column].photo is None or not others or self._pictures is None:
            return
        places = sorted((column, others[0]))
        left, right = (
            Compared(photo, self._runs[place].name)
            for place in places if (photo := cells[place].photo) is not None
        )
        if self._large is None:
            self._large = PhotoComparison(self._pictures.thumbnails, self.window())
            self._large.closed.connect(self.take_focus)
        self._large.open(left, right, wiping=False)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def _rows_of(manifests: Sequence[str]) -> tuple[PhotoRow, ...]:
    """Return the photos of several runs; it may take a while: not for the GUI thread."""
    try:
        versions = [manifest_items(manifest) if manifest else () for manifest in manifests]
    except ValueError:
        return ()
    return photo_rows(versions) if all(versions) else ()
