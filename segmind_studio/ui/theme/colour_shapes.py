"""The marks of coloured runs and accounts: each colour has a shape, so that none is told by hue alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QIconEngine, QPainter, QPolygonF
from typing_extensions import override

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID, Account, AccountKind
from segmind_studio.core.label_colours import RunColour
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.theme.icons import PaintedEngine, icon
from segmind_studio.ui.theme.tokens import label_colour

_SIDE = 10.0  # of a grid that the corners below are on
_CORNERS: dict[RunColour, tuple[tuple[float, float], ...]] = {  # red is a circle
    RunColour.ORANGE: ((5, 0.4), (10, 9.4), (0, 9.4)),
    RunColour.GREEN: ((0.8, 0.8), (9.2, 0.8), (9.2, 9.2), (0.8, 9.2)),
    RunColour.BLUE: ((5, -0.4), (10.4, 5), (5, 10.4), (-0.4, 5)),
    RunColour.PURPLE: (
        (5, -0.2), (6.5, 3.5), (10.4, 3.8), (7.4, 6.4), (8.3, 10.2), (5, 8.1), (1.7, 10.2), (2.6, 6.4),
        (-0.4, 3.8), (3.5, 3.5),
    ),
    RunColour.GREY: ((0.2, 3.4), (9.8, 3.4), (9.8, 6.6), (0.2, 6.6)),
}
_SHARE = 0.72  # of the icon's side


@cache
def colour_icon(colour: RunColour) -> QIcon:
    """Return the mark of a colour, painted in the theme's tone of it; nothing for no colour."""
    return QIcon() if colour is RunColour.NONE else QIcon(_ShapeEngine(colour))


def account_icon(account: Account) -> QIcon:
    """Return the mark of an account, which stands beside its name; practice has a flask."""
    if account.kind is AccountKind.PRACTICE:
        return icon("flask-conical", "accent")
    colour = RunColour.named(account.colour)
    return icon("key-round", "muted") if colour is RunColour.NONE else colour_icon(colour)


def account_mark(account_id: str, accounts: Mapping[str, Account]) -> QIcon:
    """Return the mark of an account by its id, also of practice and of one that was removed."""
    account = accounts.get(account_id)
    if account is not None:
        return account_icon(account)
    return icon("flask-conical", "accent") if account_id == PRACTICE_ACCOUNT_ID else icon("key-round", "muted")


def bold_if(font: QFont, *, bold: bool) -> QFont:
    """Return a font for an entry of a menu: beside an icon no check mark is painted, so the chosen one is bold."""
    made = QFont(font)
    made.setBold(bold)
    return made


class _ShapeEngine(PaintedEngine):
    """Paint one shape in the middle."""

    def __init__(self, colour: RunColour) -> None:
        super().__init__()
        self._colour = colour

    @override
    @guarded(None)
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = _SHARE * min(rect.width(), rect.height())
        middle = QRectF(rect).center()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(label_colour(self._colour)))
        painter.translate(middle.x() - side / 2, middle.y() - side / 2)
        painter.scale(side / _SIDE, side / _SIDE)
        corners = _CORNERS.get(self._colour)
        if corners is None:
            painter.drawEllipse(QRectF(0, 0, _SIDE, _SIDE))
        else:
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
        painter.restore()

    @override
    def clone(self) -> QIconEngine:
        return _ShapeEngine(self._colour)

    @override
    def key(self) -> str:
        return "studio-run-colour"
