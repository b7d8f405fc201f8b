"""The commands of the Try place."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QAction


@dataclass(frozen=True, slots=True)
class TryActions:
    """All of them; whoever makes them listens."""

    generate: QAction
    again: QAction
    save: QAction
    reuse: QAction
