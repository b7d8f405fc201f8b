"""Which columns the table of runs has, in which order, how wide, and what it is sorted by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Self, cast

from segmind_studio.core.numbers import decoded_json
from segmind_studio.record import record
from segmind_studio.ui.runs.table.columns import ALWAYS, COLUMNS, USUAL_ORDER, Column

NAME_MINIMUM = 156  # its pictures, and some twenty characters
_NAME_BESIDE_ACCOUNT = 116  # who lists all accounts wants to see which one it is, also in a narrow window
_WIDEST = 1200
_NARROWEST = 32


@record
class TableLayout:
    """`hidden` and `shown` are the user's own choices; columns in neither go where room is short."""

    widths: tuple[int, ...] = tuple(COLUMNS[column].width for column in Column)
    order: tuple[Column, ...] = USUAL_ORDER
    hidden: frozenset[Column] = frozenset()
    shown: frozenset[Column] = frozenset()
    sort_column: Column = Column.STARTED
    descending: bool = True

    def columns_for(self, room: int, *, tagged: bool = True, accounts: bool = False) -> frozenset[Column]:
        """Return the columns that fit into `room` pixels; the name takes what is left over.

        Tags have a column only where a run has one, accounts where runs of several are listed, or the user asked
        for it.
        """
        needless = {column for column, there in ((Column.TAGS, tagged), (Column.ACCOUNT, accounts)) if not there}
        needless -= self.shown
        wanted = [column for column in Column if self.wants(column) and column not in needless]
        for column in sorted(wanted, key=lambda item: COLUMNS[item].rank, reverse=True):
            if self._needs(wanted) <= room or COLUMNS[column].rank == 0:
                break
            if column not in self.shown:
                wanted.remove(column)
        return frozenset(wanted)

    def wants(self, column: Column) -> bool:
        """Return whether a column is shown where there is room."""
        return column not in self.hidden and (COLUMNS[column].usual or column in self.shown)

    def showing(self, column: Column, *, visible: bool) -> Self:
        """Return this arrangement with a column that the user shows or hides."""
        chosen = frozenset({column})
        return replace(
            self,
            hidden=self.hidden - chosen if visible else self.hidden | chosen,
            shown=self.shown | chosen if visible else self.shown - chosen,
        )

    def moving(self, column: Column, place: int) -> Self:
        """Return this arrangement with a column at another place of the order."""
        order = [other for other in self.order if other is not column]
        order.insert(place, column)
        return replace(self, order=tuple(order))

    def same_view(self, other: TableLayout) -> bool:
        """Return whether another arrangement shows the same; widths do not count."""
        return replace(self, widths=()) == replace(other, widths=())

    def _needs(self, columns: list[Column]) -> int:
        name = _NAME_BESIDE_ACCOUNT if Column.ACCOUNT in columns else NAME_MINIMUM
        return name + sum(self.widths[column] for column in columns if column is not Column.NAME)

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
        """Read what `to_text` wrote; an invalid part keeps its default; never raises."""
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
            order=_complete(order) if len(set(order)) == len(order) else usual.order,
            hidden=frozenset(_columns(kept.get("hidden"))) - ALWAYS,
            shown=frozenset(_columns(kept.get("shown"))),
            sort_column=sort[0] if sort else usual.sort_column,
            descending=kept.get("descending") is not False,
        )


def _columns(value: object) -> tuple[Column, ...]:
    names = cast("list[object]", value) if isinstance(value, list) else []
    return tuple(Column[name] for name in names if isinstance(name, str) and name in Column.__members__)


def _complete(order: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return an order with the columns that it lacks, as one of an older version does, where they usually are."""
    found = list(order)
    for place, column in enumerate(USUAL_ORDER):
        if column not in found:
            found.insert(found.index(USUAL_ORDER[place - 1]) + 1 if place else 0, column)
    return tuple(found)


def _widths(value: object, usual: tuple[int, ...]) -> tuple[int, ...]:
    widths = cast("list[object]", value) if isinstance(value, list) else []
    known = [*widths[: len(usual)], *([None] * (len(usual) - len(widths)))]  # an older version has fewer columns
    return tuple(
        min(_WIDEST, max(_NARROWEST, width)) if isinstance(width, int) else default
        for width, default in zip(known, usual, strict=True)
    )
