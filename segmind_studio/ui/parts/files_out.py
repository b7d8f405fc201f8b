"""Files out of the window: dragged to another program, or copied for it. They are copied, never moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QGuiApplication, QImage, QMouseEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from segmind_studio.texts import _
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme import icons
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark

_GNOME = "x-special/gnome-copied-files"  # what GNOME's file manager asks a clipboard for
_PICTURE = 64  # logical pixels, under the pointer
_LONGEST = 40  # characters of a name on a button


def files_mime(paths: Sequence[Path], image: QImage | None = None) -> QMimeData:
    """Return files for a drag or the clipboard, by address, and a picture for programs that take pixels."""
    mime = QMimeData()
    urls = [QUrl.fromLocalFile(str(path)) for path in paths]
    mime.setUrls(urls)
    if urls:
        lines = ["copy", *(bytes(url.toEncoded().data()).decode() for url in urls)]
        mime.setData(_GNOME, "\n".join(lines).encode())
    if image is not None and not image.isNull():
        mime.setImageData(image)
    return mime


def copy_files(paths: Sequence[Path], image: QImage | None = None) -> None:
    """Put files, and a picture if it is known, on the clipboard."""
    QGuiApplication.clipboard().setMimeData(files_mime(paths, image))


def drag_files(source: QWidget, paths: Sequence[Path], picture: QPixmap | None = None) -> Qt.DropAction:
    """Drag files out of a widget until they are dropped. Runs Qt's own event loop meanwhile."""
    drag = QDrag(source)
    drag.setMimeData(files_mime(paths))
    ratio = source.devicePixelRatioF()
    if picture is None or picture.isNull():
        picture = icons.pixmap("images" if len(paths) > 1 else "file", "accent", _PICTURE // 2, ratio)
    else:
        side = round(_PICTURE * ratio)
        picture = picture.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio)
        picture.setDevicePixelRatio(ratio)
    drag.setPixmap(picture)
    drag.setHotSpot(QPoint(-8, -8))
    return drag.exec(Qt.DropAction.CopyAction)


class DragOut(QObject):
    """Let the user drag files out of a widget with the left button. `paths` returns them; () is no drag."""

    def __init__(
        self, widget: QWidget, paths: Callable[[], Sequence[Path]], picture: Callable[[], QPixmap] | None = None,
    ) -> None:
        super().__init__(widget)
        self._widget = widget
        self._paths = paths
        self._picture = picture
        self._start: QPoint | None = None
        widget.installEventFilter(self)

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        if event.type() is QEvent.Type.MouseButtonPress:
            self._start = event.position().toPoint() if event.button() is Qt.MouseButton.LeftButton else None
        elif event.type() is QEvent.Type.MouseMove and self._start is not None:
            way = event.position().toPoint() - self._start
            if event.buttons() & Qt.MouseButton.LeftButton and \
                    way.manhattanLength() >= QApplication.startDragDistance():
                return self._drag()
        return False

    def _drag(self) -> bool:
        self._start = None
        paths = self._paths()
        if not paths:
            return False
        if isinstance(self._widget, QAbstractButton):
            self._widget.setDown(False)  # the drag takes the release of the mouse
        drag_files(self._widget, paths, self._picture() if self._picture is not None else None)
        return True


class FileHandle(QPushButton):
    """Stand for one file: dragged, it goes to another program; pressed, it is copied. Hidden without a file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        mark(self, kind="quiet")
        self.setIcon(icon("file"))
        self.setAccessibleName(_("Copy the file"))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._copy)
        DragOut(self, self._paths)
        self.hide()

    def show_file(self, path: Path | None) -> None:
        """Stand for another file, or for none."""
        self._path = path
        if path is not None:
            name = path.name if len(path.name) <= _LONGEST else f"{path.name[:_LONGEST]}…"
            self.setText(name.replace("&", "&&"))
            self.setAccessibleName(_("Copy {what}").format(what=path.name))
            self.setToolTip(plain_tip(_("Drag to another program, or press to copy the file.")))
        self.setVisible(path is not None)

    def _paths(self) -> tuple[Path, ...]:
        return () if self._path is None else (self._path,)

    def _copy(self) -> None:
        copy_files(self._paths())
