"""Which part of a picture a view shows, and how large. Geometry only; nothing is painted here."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF

LARGEST = 8.0  # device pixels for one pixel of the picture


class PictureFrame:
    """Keep the scale and the middle of what is shown.

    `picture` is in the picture's own pixels, `view` in logical pixels; `ratio` is how many device pixels
    make a logical one. The caller sets all three as they change.
    """

    def __init__(self) -> None:
        self.picture = QSizeF()
        self.view = QSizeF()
        self.ratio = 1.0
        self._scale = 0.0  # logical pixels for one pixel of the picture; 0 while it fits
        self._middle = QPointF()  # the point of the picture in the middle of the view

    @property
    def fits(self) -> bool:
        """Tell whether the picture is shown whole and follows the size of the view."""
        return self._scale == 0.0

    @property
    def scale(self) -> float:
        """Give the logical pixels for one pixel of the picture."""
        return self._scale or self._fit_scale()

    @property
    def zoom(self) -> float:
        """Give the device pixels for one pixel of the picture."""
        return self.scale * self.ratio

    @property
    def middle(self) -> QPointF:
        """Give the point of the picture in the middle of the view."""
        if self.fits:
            return QPointF(self.picture.width() / 2, self.picture.height() / 2)
        return self._middle

    @property
    def target(self) -> QRectF:
        """Give where in the view the whole picture would be painted, in logical pixels."""
        corner = self._centre() - self.middle * self.scale
        return QRectF(corner, self.picture * self.scale)

    def fit(self) -> None:
        """Show the whole picture, never enlarged."""
        self._scale = 0.0

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Show one pixel of the picture as `zoom` device pixels; the point under `at` stays where it is."""
        if self.picture.isEmpty():
            return
        old, new = self.scale, min(zoom, LARGEST) / self.ratio
        if new <= self._fit_scale() * 1.001:
            self.fit()
            return
        away = (at or self._centre()) - self._centre()
        middle = self.middle + away / old - away / new
        self._scale = new
        self.look_at(middle)

    def move_by(self, distance: QPointF) -> None:
        """Move the view over the picture by logical pixels."""
        if not self.fits:
            self.look_at(self._middle + distance / self._scale)

    def look_at(self, middle: QPointF) -> None:
        """Put a point of the picture in the middle, as far as its edges allow."""
        points: list[float] = []
        for wanted, length, view in (
            (middle.x(), self.picture.width(), self.view.width()),
            (middle.y(), self.picture.height(), self.view.height()),
        ):
            half = view / self.scale / 2
            points.append(length / 2 if half * 2 >= length else min(max(wanted, half), length - half))
        self._middle = QPointF(*points)

    def _centre(self) -> QPointF:
        return QPointF(self.view.width() / 2, self.view.height() / 2)

    def _fit_scale(self) -> float:
        if self.picture.isEmpty():
            return 1.0
        whole = min(self.view.width() / self.picture.width(), self.view.height() / self.picture.height())
        return min(whole, 1 / self.ratio)
