"""Which columns are shown, how wide, in what order and sorted by what: as one value that can be kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self, cast

from segmind_studio.core.numbers import decoded_json
from segmind_studio.ui.runs.columns import SHAPES, Column

NAME_MINIMUM = 140
_WIDEST = 1200
_NARROWEST = 32


@dataclass(frozen=True, slots=True)
class TableLayout:
    """`hidden` and `shown` are the person's own choices; columns in neither go where room is short."""

    widths: tuple[int, ...] = tuple(SHAPES[column].width for column in Column)
    order: tuple[Column, ...] = tuple(Column)
    hidden: frozenset[Column] = frozenset()
    shown: frozenset[Column] = frozenset()
    sort_column: Column = Column.STARTED
    descending: bool = True

    def columns_for(self, room: int) -> frozenset[Column]:
        """Give the columns that fit into `room` pixels; the name takes what is left over."""
        wanted = [column for column in Column if column not in self.hidden]
        for column in sorted(wanted, key=lambda item: SHAPES[item].rank, reverse=True):
            if self._needs(wanted) <= room or SHAPES[column].rank == 0:
                break
            if column not in self.shown:
                wanted.remove(column)
        return frozenset(wanted)

    def _needs(self, columns: list[Column]) -> int:
        return NAME_MINIMUM + sum(self.widths[column] for column in columns if column is not Column.NAME)

    def to_text(self) -> str:
        """Write it for the settings."""
        return json.dumps({
            "widths": list(self.widths), "order": [column.name for column in self.order],
            "hidden": sorted(column.name for column in self.hidden),
            "shown": sorted(column.name for column in self.shown),
            "sort": self.sort_column.name, "descending": self.descending,
        })

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `to_text` wrote; whatever cannot be understood keeps its default, never raised."""
        try:
            loaded = decoded_json(text)
        except ValueError:
            return cls()
        if not isinstance(loaded, dict):
            return cls()
        kept = cast("Mapping[str, object]", loaded)
        order = _columns(kept.get("order"))
        usual = cls()
        sort = _columns([kept.get("sort")])
        return cls(
            widths=_widths(kept.get("widths"), usual.widths),
            order=order if sorted(order) == list(Column) else usual.order,
            hidden=frozenset(_columns(kept.get("hidden"))) - {Column.STATUS, Column.NAME},
            shown=frozenset(_columns(kept.get("shown"))),
            sort_column=sort[0] if sort else usual.sort_column,
            descending=kept.get("descending") is not False,
        )


def _columns(value: object) -> tuple[Column, ...]:
    names = cast("list[object]", value) if isinstance(value, list) else []
    return tuple(Column[name] for name in names if isinstance(name, str) and name in Column.__members__)


def _widths(value: object, usual: tuple[int, ...]) -> tuple[int, ...]:
    widths = cast("list[object]", value) if isinstance(value, list) else []
    if len(widths) != len(usual):
        return usual
    return tuple(
        min(_WIDEST, max(_NARROWEST, width)) if isinstance(width, int) else default
        for width, default in zip(widths, usual, strict=True)
    )
