"""Files dropped on the window: their kinds, the overlay during the drag, and where they go.

Dropped files are classified by name only: nothing is read during the drag. A name that does
not show the kind (a folder with a dot in its name, a picture with no usual suffix) is accepted too: the intake
checks the file on a thread of its own, and reports what it could not use.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFileOpenEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import CAPTION_SUFFIX, IMAGE_SUFFIXES, ZIP_SUFFIX
from segmind_studio.core.file_uris import local_paths
from segmind_studio.record import record
from segmind_studio.texts import _, listed, ngettext, sentences
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.files_in import has_picture, picture_of
from segmind_studio.ui.parts.labels import IconLabel, text_label
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import RADIUS, SPACE_L, SPACE_S, tones_of

_WEB = ("http:", "https:", "data:", "blob:", "ftp:")


@record
class DropOffer:
    """The files and folders of one drag; `others` are those whose names do not show their kind.

    `web` counts items from a browser without a file; `elsewhere` counts files on another computer.
    """

    paths: tuple[Path, ...] = ()
    photos: int = 0
    zips: int = 0
    captions: int = 0
    others: int = 0
    web: int = 0
    elsewhere: int = 0
    picture: bool = False  # one without a file, such as a browser holds

    @property
    def useful(self) -> bool:
        """Return whether there is anything in it that can be taken."""
        return bool(self.paths) or self.picture

    @property
    def words(self) -> str:
        """Return its contents as text: "12 photos, 1 zip"."""
        alone = self.others == len(self.paths)
        others = self.others
        other = ngettext("{count} file or folder", "{count} files or folders", others) if alone \
            else ngettext("{count} other file or folder", "{count} other files or folders", others)
        if self.picture:
            return _("a picture")
        return listed(
            words.format(count=count)
            for count, words in (
                (self.photos, ngettext("{count} photo", "{count} photos", self.photos)),
                (self.zips, ngettext("{count} zip", "{count} zips", self.zips)),
                (self.captions, ngettext("{count} caption file", "{count} caption files", self.captions)),
                (others, other),
            )
            if count
        )

    @property
    def refusals(self) -> tuple[str, ...]:
        """Return what of it cannot be taken, and what to do; empty when all can be."""
        parts: list[str] = []
        if self.web:
            parts.append(_("The app does not download from the web. Save the picture first, then drop the file."))
        if self.elsewhere:
            parts.append(_("Files on another computer cannot be read. Copy them to this computer first."))
        return tuple(parts)


def offer_of(mime: QMimeData) -> DropOffer | None:
    """Read a drag; None when it has no files or pictures, such as a selected text."""
    uris = [bytes(url.toEncoded().data()).decode() for url in mime.urls() if url.isValid()]
    paths = local_paths(uris)
    web = sum(uri.lower().startswith(_WEB) for uri in uris)
    elsewhere = sum(not uri.lower().startswith((*_WEB, "file:")) or _on_a_host(uri) for uri in uris)
    of_text = mime.hasText() and not uris and "<img" not in mime.html().lower()  # with a picture of it
    if not paths and not of_text and has_picture(mime):
        return DropOffer(picture=True)
    if not uris and "<img" in mime.html().lower():
        web = 1
    if not (paths or web or elsewhere):
        return None
    suffixes = [path.suffix.lower() for path in paths]
    photos = sum(suffix in IMAGE_SUFFIXES for suffix in suffixes)
    zips, captions = suffixes.count(ZIP_SUFFIX), suffixes.count(CAPTION_SUFFIX)
    return DropOffer(paths, photos, zips, captions, len(paths) - photos - zips - captions, web, elsewhere)


def _on_a_host(uri: str) -> bool:
    return uri.lower().startswith("file:") and not local_paths((uri,))



_VEIL = 235  # of 255


class DropVeil(QWidget):
    """Show what would be added and where, before the drop."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._icon = IconLabel("images", "accent", 48)
        self._title = mark(text_label("", wrap=False), role="title")
        self._words = text_label("", "section", wrap=False)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE_S)
        column.addStretch()
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for widget in (self._icon, self._title, self._words):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        self.hide()

    @property
    def title(self) -> str:
        """Return the line in large."""
        return self._title.text()

    def offer(self, offer: DropOffer, dataset_name: str) -> None:
        """Cover the window."""
        if offer.useful:
            self._icon.set_icon("images", "accent")
            self._title.setText(_("Drop to add to “{dataset}”").format(dataset=dataset_name))
        else:
            self._icon.set_icon("image-off", "warn")
            self._title.setText(_("Files not supported"))
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self._words.setText("\n".join(line for line in (offer.words, *offer.refusals) if line))
        self.raise_()
        self.show()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        tones = tones_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(tones.window)
        ground.setAlpha(_VEIL)
        painter.fillRect(self.rect(), ground)
        painter.setPen(QPen(QColor(tones.accent), 2, Qt.PenStyle.DashLine))
        soft = QColor(tones.accent_soft)
        soft.setAlpha(_VEIL)
        painter.setBrush(soft)
        edge = QRectF(self.rect()).adjusted(SPACE_L, SPACE_L, -SPACE_L, -SPACE_L)
        painter.drawRoundedRect(edge, RADIUS * 1.5, RADIUS * 1.5)
        painter.end()


_DRAGS = {QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.DragLeave, QEvent.Type.Drop}


class DropTarget(QObject):
    """Filter the events of the window's QWindow: else text fields would insert a file's name as text.

    Drags of text go to the widgets. So does an address from a browser over a field that accepts it.

    Signals:
        dropped(object): tuple[Path, ...]; GUI thread.
        picture_dropped(object): PastedPicture, a picture without a file.
        refused(str): why some of what was dropped, or all of it, is not accepted, and what to do.
    """

    dropped = Signal(object)
    picture_dropped = Signal(object)
    refused = Signal(str)

    def __init__(self, window: QWidget, dataset_name: Callable[[], str]) -> None:
        super().__init__(window)
        self._window = window
        self._dataset_name = dataset_name
        self._offer: DropOffer | None = None  # of the drag over the window, if it is for this app
        self._ours = False
        self._veil: DropVeil | None = None
        window.setAcceptDrops(True)

    @property
    def veil(self) -> DropVeil:
        """Return what is shown over the window during a drag; it is made for the first one."""
        if self._veil is None:
            self._veil = DropVeil(self._window)
        return self._veil

    def attach(self) -> None:
        """Start to filter; the window must have been shown."""
        self._window.windowHandle().installEventFilter(self)

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() not in _DRAGS:
            return False
        if isinstance(event, QDragEnterEvent):
            from_here = cast("QObject | None", event.source()) is not None
            self._ours = from_here and event.mimeData().hasUrls()
            self._offer = offer_of(event.mimeData())  # once for each drag: it may hold thousands
        if self._ours:  # a file on its way out, which is still over the window: no part of it takes that
            event.ignore()
            return True
        if self._offer is None:
            return False
        if not isinstance(event, QDropEvent):
            fields_too = not self._offer.useful  # the drag may be over one
            self._end()
            return not fields_too
        if not self._offer.useful and self._field_takes(event):
            self.veil.hide()
            return False
        self._judge(event, self._offer)
        return True

    def _judge(self, event: QDropEvent, offer: DropOffer) -> None:
        """Handle an enter, a move or a drop; all three are subclasses of QDropEvent."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if isinstance(event, QDragMoveEvent):
            if not self.veil.isVisible():
                self.veil.offer(offer, self._dataset_name())
            return
        self._end()
        picture = picture_of(event.mimeData()) if offer.picture else None
        if picture is not None:
            self.picture_dropped.emit(picture)
        elif offer.picture:
            self.refused.emit(DropOffer(web=1).refusals[0])
        elif offer.useful:
            self.dropped.emit(offer.paths)
        if offer.refusals:
            self.refused.emit(sentences(*offer.refusals))

    def _field_takes(self, event: QDropEvent) -> bool:
        """Return whether a text field under the pointer would take it as text."""
        under = self._window.childAt(event.position().toPoint())
        while under is not None:
            if isinstance(under, QLineEdit):
                return under.isEnabled() and not under.isReadOnly() and event.mimeData().hasText()
            if isinstance(under, QPlainTextEdit | QTextEdit):
                takes = under.isEnabled() and not under.isReadOnly()
                return takes and under.canInsertFromMimeData(event.mimeData())
            under = under.parentWidget()
        return False

    def _end(self) -> None:
        self._offer = None
        if self._veil is not None:
            self._veil.hide()


class FileOpenApplication(QApplication):
    """The application, which macOS asks to open files: by "Open with", or dropped on its icon.

    Signals:
        opened(object): tuple[Path, ...], all of one turn of the event loop together; only after `start_opening`.
        quit_wanted(): the system asks the app to quit (the dock, a logout); its windows are closed next.
    """

    opened = Signal(object)
    quit_wanted = Signal()

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self._asked: list[Path] = []
        self._started = False

    def start_opening(self) -> None:
        """Emit from now on, and what was asked for before; call it when `opened` is connected."""
        self._started = True
        self._emit_soon()

    @override
    @guarded(False)
    def event(self, event: QEvent, /) -> bool:
        if isinstance(event, QFileOpenEvent):
            local = event.url().toLocalFile() or event.file()
            if local:
                self._asked.append(Path(local))
                self._emit_soon()
            return True
        if event.type() is QEvent.Type.Quit:
            self.quit_wanted.emit()
        return super().event(event)

    def _emit_soon(self) -> None:
        if self._started and self._asked:
            QTimer.singleShot(0, self, self._emit_opened)

    @Slot()
    def _emit_opened(self) -> None:
        paths, self._asked = tuple(self._asked), []
        if paths:
            self.opened.emit(paths)
