"""The three sizes of the grid's cells, and the sides of the thumbnails that belong to them."""

from __future__ import annotations

import math
from dataclasses import dataclass

GAP = 12  # logical pixels between two tiles: room for the selection and focus rings
NAME_GAP = 4  # between a tile and the name below it
_STEP = 64  # thumbnails come in these sides, so that resizing the window decodes nothing again


@dataclass(frozen=True, slots=True)
class Density:
    """One size: its name in the settings, the narrowest tile in logical pixels, and the mat inside it."""

    name: str
    tile: int
    mat: int


SMALL = Density("small", 92, 4)
MEDIUM = Density("medium", 140, 6)
LARGE = Density("large", 212, 8)
DENSITIES = (SMALL, MEDIUM, LARGE)


@dataclass(frozen=True, slots=True)
class CellSizes:
    """How the cells of one density fill a width: columns, and the side of the square tile in each."""

    density: Density
    columns: int
    tile: int
    name_height: int

    @property
    def width(self) -> int:
        """Return the width of a cell, with its share of the gaps."""
        return self.tile + GAP

    @property
    def height(self) -> int:
        """Return the height of a cell, with its share of the gaps."""
        return self.tile + NAME_GAP + self.name_height + GAP


def density_named(name: str) -> Density:
    """Find a density; an unknown name means the medium one."""
    return next((density for density in DENSITIES if density.name == name), MEDIUM)


def cells(density: Density, width: int, name_height: int) -> CellSizes:
    """Fill `width` logical pixels with as many tiles as fit, and divide the rest among them."""
    columns = max(1, width // (density.tile + GAP))
    return CellSizes(density, columns, max(density.tile // 2, width // columns - GAP), name_height)


def thumbnail_side(tile: int, ratio: float) -> int:
    """Return the side in device pixels to ask for, rounded up to a step."""
    return _STEP * math.ceil(tile * ratio / _STEP)
