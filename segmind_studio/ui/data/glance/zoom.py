"""The part of a plot that is shown: zooming about a point, and following one. A value, without widgets."""

from __future__ import annotations

from segmind_studio.core.glance import PlotSpot
from segmind_studio.record import record


@record
class PlotZoom:
    """How much a plot is enlarged, and where its shown part begins, in units of the plot (0 to 1)."""

    scale: float = 1.0
    left: float = 0.0
    low: float = 0.0

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where a place of the plot is shown: 0 to 1 from the left and from below while it is in view."""
        return (x - self.left) * self.scale, (y - self.low) * self.scale

    def at(self, shown_x: float, shown_y: float) -> tuple[float, float]:
        """Return the place of the plot that is shown there."""
        return self.left + shown_x / self.scale, self.low + shown_y / self.scale

    def zoomed(self, factor: float, about: tuple[float, float], most: float) -> PlotZoom:
        """Enlarge up to `most` times, while the place of the plot `about` stays where it is shown."""
        scale = min(most, max(1.0, self.scale * factor))
        x, y = about
        ratio = self.scale / scale
        return _inside(scale, x - (x - self.left) * ratio, y - (y - self.low) * ratio)

    def moved(self, right: float, up: float) -> PlotZoom:
        """Show a part further right and up, in units of the shown part."""
        return _inside(self.scale, self.left + right / self.scale, self.low + up / self.scale)

    def following(self, spot: PlotSpot, room: tuple[float, float]) -> PlotZoom:
        """Move as little as needed to show a spot with room beside and above it, in units of the shown part."""
        part, (beside, above) = 1 / self.scale, room
        left = min(max(self.left, spot.x + beside * part - part), spot.x - beside * part)
        low = min(max(self.low, spot.y + above * part - part), spot.y - above * part)
        return _inside(self.scale, left, low)


def _inside(scale: float, left: float, low: float) -> PlotZoom:
    end = 1 - 1 / scale
    return PlotZoom(scale, min(end, max(0.0, left)), min(end, max(0.0, low)))
