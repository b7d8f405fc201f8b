"""A map of pictures on a grid: those that look alike lie near each other. Values and pure functions.

The two directions in which the pictures differ most are found by principal components of their looks. Half by
value and half by rank they become places in a grid of cells, so that groups stay visible and the room is used; a
picture whose cell is taken gets the nearest free one.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import ceil, sqrt
from operator import mul
from typing import Generic, TypeVar

from segmind_studio.record import record

_ROOM = 1.6  # cells for each picture
_WIDE = 1.5  # columns for each row
_SAMPLED = 600  # pictures that the directions are found from; all get a place
_TURNS = 40  # of the power iteration

K = TypeVar("K", bound=Hashable)


@record
class LikenessMap(Generic[K]):
    """The size of the grid in cells, and each picture's column and row from the lower left, no two in one cell."""

    columns: int
    rows: int
    cells: Mapping[K, tuple[int, int]]


def likeness_map(looks: Mapping[K, bytes]) -> LikenessMap[K]:
    """Return the map of pictures by their looks (`PictureMeasures.look`), all of one length.

    The same looks in the same order make the same map. Some tenths of a second for 10,000 pictures.
    """
    count = len(looks)
    rows = max(1, round(sqrt(count * _ROOM / _WIDE)))
    columns = max(1, ceil(count * _ROOM / rows))
    if not looks:
        return LikenessMap(columns, rows, {})
    vectors = list(looks.values())
    across, upwards = (_spread(values) for values in _components(vectors))
    wanted = [
        (min(columns - 1, int(x * columns)), min(rows - 1, int(y * rows)))
        for x, y in zip(across, upwards, strict=True)
    ]
    found = _own_cells(wanted, columns, rows)
    return LikenessMap(columns, rows, dict(zip(looks, found, strict=True)))


def _components(vectors: Sequence[bytes]) -> tuple[list[float], list[float]]:
    """Return each vector's values along the two directions in which they differ most."""
    sample = vectors[:: max(1, len(vectors) // _SAMPLED)]
    columns = [[float(value) for value in column] for column in zip(*sample, strict=True)]
    means = [sum(column) / len(sample) for column in columns]
    columns = [[value - mean for value in column] for column, mean in zip(columns, means, strict=True)]
    matrix = [[_dot(one, other) for other in columns] for one in columns]
    first = _direction(matrix)
    strength = _dot(first, [_dot(line, first) for line in matrix])
    rest = [
        [value - strength * one * other for value, other in zip(line, first, strict=True)]
        for line, one in zip(matrix, first, strict=True)
    ]
    second = _direction(rest)
    return [_dot(vector, first) for vector in vectors], [_dot(vector, second) for vector in vectors]


def _direction(matrix: Sequence[Sequence[float]]) -> list[float]:
    """Return the strongest direction of a symmetric matrix, by power iteration."""
    found = [1.0 + place / len(matrix) for place in range(len(matrix))]
    for _turn in range(_TURNS):
        grown = [_dot(line, found) for line in matrix]
        length = sqrt(_dot(grown, grown))
        if length == 0:
            break
        found = [value / length for value in grown]
    largest = max(found, key=abs)
    return found if largest > 0 else [-value for value in found]  # else the sign would be a matter of chance


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(map(mul, one, other))


def _spread(values: Sequence[float]) -> list[float]:
    """Return the values between 0 and 1, half by size and half by rank."""
    low, high = min(values), max(values)
    places = [0.5] * len(values)
    last = max(1, len(values) - 1)
    if low == high:
        return places
    for rank, place in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        places[place] = (values[place] - low) / (high - low) / 2 + rank / last / 2
    return places


def _own_cells(wanted: Sequence[tuple[int, int]], columns: int, rows: int) -> list[tuple[int, int]]:
    """Return a free cell for each wanted one, the nearest that is left."""
    taken: set[tuple[int, int]] = set()
    full: dict[tuple[int, int], int] = {}  # how far round a cell none is left
    found: list[tuple[int, int]] = []
    for cell in wanted:
        free = cell
        if cell in taken:
            reach = full.get(cell, 1)
            while (near := _free_on_ring(cell, reach, (columns, rows), taken)) is None:
                reach += 1
            full[cell] = reach
            free = near
        taken.add(free)
        found.append(free)
    return found


def _free_on_ring(
    cell: tuple[int, int], reach: int, size: tuple[int, int], taken: set[tuple[int, int]],
) -> tuple[int, int] | None:
    """Return the nearest free cell on the square ring round a cell, None without one."""
    (x, y), (columns, rows) = cell, size
    best: tuple[int, int] | None = None
    least = 3 * reach * reach
    for dx in range(-reach, reach + 1):
        if not 0 <= x + dx < columns:
            continue
        for dy in range(-reach, reach + 1) if abs(dx) == reach else (-reach, reach):
            away = dx * dx + dy * dy
            if away < least and 0 <= y + dy < rows and (x + dx, y + dy) not in taken:
                best, least = (x + dx, y + dy), away
    return best
