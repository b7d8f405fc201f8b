"""The family of a run as a small tree: what was made from what, and what each step changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from segmind_studio.core.fields import FIELD_BY_KEY
from segmind_studio.core.lineage import FamilyMember, FamilyStep, family
from segmind_studio.core.runs import Run
from segmind_studio.texts import _, listed, ngettext
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.runs.stages import look_of
from segmind_studio.ui.runs.values import sent_value, value_text
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.tokens import SPACE_S

_ROWS_SEEN = 8
_ROW_PADDING = 12
_CHANGES_NAMED = 3
_FRAME = 8
_IDS = Qt.ItemDataRole.UserRole


def change_text(member: FamilyMember) -> str:
    """Return what a line changed against the one above it."""
    run = member.run
    if run is None:
        return _("different {field}").format(field=_label(member.sweep_key))
    if member.step is FamilyStep.TWICE:
        return _("same settings")
    compared = (member.sweep_key,) if member.step is FamilyStep.SWEEP and member.sweep_key else ()
    keys = tuple(dict.fromkeys((*compared, *member.changed)))
    named = [
        # Translators: a setting and its value.
        _("{field}: {value}").format(field=_label(key), value=value_text(key, sent_value(run, key)))
        for key in keys[:_CHANGES_NAMED]
    ]
    left = len(keys) - len(named)
    if left:
        named.append(ngettext("{count} more", "{count} more", left).format(count=left))
    if member.photos_changed:
        named.append(_("other photos or captions"))
    if named:
        return listed(named)
    return "" if member.step is FamilyStep.FIRST else _("nothing changed")


def _label(key: str) -> str:
    return str(FIELD_BY_KEY[key].label) if key in FIELD_BY_KEY else key


class FamilyTree(QWidget):
    """Show the family of a run, hidden where it has none. Enter or a double click goes to a run.

    Signals:
        wanted(object): tuple[str, ...], the ids of the runs to select: of the line that was activated.
    """

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._members: tuple[FamilyMember, ...] = ()
        self._run_id = ""
        self._seen: tuple[Run, Sequence[Run]] | None = None
        self.tree = QTreeWidget()
        self.tree.setObjectName("runs.family")
        self.tree.setAccessibleName(_("Family"))
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(16)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setTabKeyNavigation(False)
        header = self.tree.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        guard_scroll_areas(self.tree)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(text_label(_("Family"), "strong"))
        column.addWidget(self.tree)
        column.addWidget(text_label(_("Press Enter or double-click to go to a run."), "small"))
        self.tree.itemActivated.connect(self._go)
        self.hide()

    @property
    def members(self) -> tuple[FamilyMember, ...]:
        """Return the shown lines."""
        return self._members

    def show_run(self, run: Run, runs: Sequence[Run]) -> None:
        """Show the family of a run among all runs of the account; the same one again changes nothing."""
        if self._seen is not None and self._seen[0] == run and self._seen[1] is runs:
            return
        self._seen = run, runs
        members = family(run, runs)
        if (members, run.run_id) == (self._members, self._run_id):
            return
        self._members, self._run_id = members, run.run_id
        self.tree.clear()
        path: list[QTreeWidgetItem] = []
        for member in members:
            item = self._item(member, run)
            del path[member.depth:]
            if path:
                path[-1].addChild(item)
            else:
                self.tree.addTopLevelItem(item)
            path.append(item)
        self.tree.expandAll()
        for member, item in zip(members, self._items(), strict=True):
            if member.run is not None and member.run.run_id == run.run_id:
                self.tree.setCurrentItem(item)
        height = max(self.tree.sizeHintForRow(0), self.fontMetrics().height() + _ROW_PADDING)
        self.tree.setFixedHeight(height * min(len(members), _ROWS_SEEN) + _FRAME)
        self.setVisible(bool(members))

    def _item(self, member: FamilyMember, shown: Run) -> QTreeWidgetItem:
        run, what = member.run, change_text(member)
        name = run.name if run is not None else _("Started together")
        item = QTreeWidgetItem([name, what])
        item.setData(0, _IDS, member.run_ids)
        item.setToolTip(1, plain_tip(what))
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{name}, {what}" if what else name)
        if run is not None:
            look = look_of(run)
            item.setIcon(0, icon(look.icon, look.tone))
        else:
            item.setIcon(0, icon("rows-3", "muted"))
        if run is not None and run.run_id == shown.run_id:
            font = item.font(0)
            font.setWeight(QFont.Weight.DemiBold)
            item.setFont(0, font)
        return item

    def _items(self) -> Sequence[QTreeWidgetItem]:
        """Return the items from top to bottom."""
        found: list[QTreeWidgetItem] = []

        def add(item: QTreeWidgetItem) -> None:
            found.append(item)
            for child in (item.child(place) for place in range(item.childCount())):
                if child is not None:
                    add(child)

        for place in range(self.tree.topLevelItemCount()):
            top = self.tree.topLevelItem(place)
            if top is not None:
                add(top)
        return found

    @Slot(QTreeWidgetItem, int)
    def _go(self, item: QTreeWidgetItem, _column: int) -> None:
        self.wanted.emit(tuple(item.data(0, _IDS)))
