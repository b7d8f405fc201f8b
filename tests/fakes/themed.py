"""The app's theme in a test; what later tests find is as it was before."""

from contextlib import contextmanager

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFont

from segmind_studio.ui.theme.theme import Theme


@contextmanager
def themed(app):
    palette, sheet, font, style = app.palette(), app.styleSheet(), QFont(app.font()), app.style().name()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # widgets of other tests would all be styled too
    app.setStyleSheet("")  # an earlier test may have left one
    theme = Theme(app)
    try:
        yield theme
    finally:
        theme.setParent(None)
        theme.deleteLater()
        app.setStyleSheet(sheet)
        app.setStyle(style)
        app.setPalette(palette)
        app.setFont(font)
