"""The sizes of the grid's cells, its list among them, and the sides of the thumbnails that belong to them."""

from __future__ import annotations

import math

from segmind_studio.record import record

GAP = 12  # logical pixels between two tiles: room for the selection and focus rings
NAME_GAP = 4  # between a tile and the name below it
_STEP = 64  # thumbnails come in these sides, so that resizing the window decodes nothing again


@record
class Density:
    """One size: its name in the settings, the narrowest tile in logical pixels, and the mat inside it.

    A cell of the list is as wide as the view, and its words stand beside the tile.
    """

    name: str
    tile: int
    mat: int
    listed: bool = False


SMALL = Density("small", 92, 4)
MEDIUM = Density("medium", 140, 6)
LARGE = Density("large", 212, 8)
LIST = Density("list", 76, 4, listed=True)
DENSITIES = (SMALL, MEDIUM, LARGE, LIST)


@record
class CellSizes:
    """How the cells of one density fill a width: columns, and the side of the square tile in each.

    `across` is the width of a cell of the list.
    """

    density: Density
    columns: int
    tile: int
    name_height: int
    across: int = 0

    @property
    def width(self) -> int:
        """Return the width of a cell, with its share of the gaps."""
        return self.across or self.tile + GAP

    @property
    def height(self) -> int:
        """Return the height of a cell, with its share of the gaps."""
        if self.density.listed:
            return self.tile + GAP
        return self.tile + NAME_GAP + self.name_height + GAP


def density_named(name: str) -> Density:
    """Find a density; an unknown name means the medium one."""
    return next((density for density in DENSITIES if density.name == name), MEDIUM)


def cells(density: Density, width: int, name_height: int) -> CellSizes:
    """Fill `width` logical pixels with as many tiles as fit, and divide the rest among them."""
    if density.listed:
        return CellSizes(density, 1, density.tile, name_height, max(2 * density.tile, width))
    columns = max(1, width // (density.tile + GAP))
    return CellSizes(density, columns, max(density.tile // 2, width // columns - GAP), name_height)


def thumbnail_side(tile: int, ratio: float) -> int:
    """Return the side in device pixels to ask for, rounded up to a step."""
    return _STEP * math.ceil(tile * ratio / _STEP)
