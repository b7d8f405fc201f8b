"""Compare two versions of a dataset: two runs, or a run and the dataset as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segmind_studio.core.errors import StudioError
from segmind_studio.core.versions import ChangeKind, VersionDifference
from segmind_studio.formats import exact_time
from segmind_studio.services.datasets.versions import NOW, DatasetVersion, difference_of
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.services.system.tasks import Task, TaskRunner
from segmind_studio.texts import _, listed, ngettext, pgettext
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.forms.choices import CalmCombo
from segmind_studio.ui.parts.empty_state import EmptyState
from segmind_studio.ui.parts.labels import text_label
from segmind_studio.ui.parts.layouts import ScrollPage
from segmind_studio.ui.parts.sight import open_at
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.direction import isolated
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M
from segmind_studio.ui.versions.rows import ChangeRow
from segmind_studio.ui.versions.sent_files import SentFilesDialog

_WIDTH, _HEIGHT = 960, 620  # two runs with their times beside each other
_WIDEST = 900
_SHOWN_AT_MOST = 200  # rows are widgets
_NAME_CHARACTERS = 28


class VersionsDialog(QDialog):
    """Choose two versions and show what differs. It deletes itself when it is closed."""

    def __init__(  # noqa: PLR0913  # what it shows
        self, versions: Sequence[DatasetVersion], thumbnails: Thumbnails, tasks: TaskRunner, parent: QWidget, *,
        before: str, after: str,
    ) -> None:
        """`before` and `after` are the run ids of the versions shown first."""
        super().__init__(parent)
        self.setObjectName("versions")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Compare photos and captions"))
        open_at(self, _WIDTH, _HEIGHT)
        self._versions = {version.run_id: version for version in versions}
        self._thumbnails = thumbnails
        self._tasks = tasks
        self._task: Task | None = None
        self.before = self._chooser("versions.before", _("Earlier version"), before)
        self.after = self._chooser("versions.after", _("Later version"), after)
        self.files_before = self._files_button("versions.files_before", _("Files of the earlier version"))
        self.files_after = self._files_button("versions.files_after", _("Files of the later version"))
        self.summary = text_label("", "strong")
        self._nothing = EmptyState("circle-check", "", "")
        self._nothing.hide()
        self._page = ScrollPage(_WIDEST)
        self._page.setAccessibleName(_("Differences"))
        self._page.column.setSpacing(SPACE_L)
        self._rows: list[QWidget] = []
        self._lay_out()
        self.before.currentIndexChanged.connect(self._compare)
        self.after.currentIndexChanged.connect(self._compare)
        self.files_before.clicked.connect(self._show_files_before)
        self.files_after.clicked.connect(self._show_files_after)
        self._compare()

    def _chooser(self, name: str, label: str, chosen: str) -> QComboBox:
        box = CalmCombo()
        box.setObjectName(name)
        box.setAccessibleName(label)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(_NAME_CHARACTERS)
        for version in self._versions.values():
            words = _("{name}, now") if version.run_id == NOW else _("Run {name}, {time}")
            box.addItem(words.format(name=isolated(version.name), time=exact_time(version.at)), version.run_id)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        return box

    def _files_button(self, name: str, words: str) -> QPushButton:
        button = mark(QPushButton(icon("list"), ""), kind="quiet")
        button.setObjectName(name)
        button.setAccessibleName(words)
        # Translators: {what} is the name of a run.
        button.setToolTip(plain_tip(_("{what}, as sent, with their SHA-256").format(what=words)))
        return button

    def _lay_out(self) -> None:
        upper = QHBoxLayout()
        upper.setSpacing(SPACE_M)
        for words, box, files in (
            (pgettext("comparison", "From"), self.before, self.files_before),
            (pgettext("comparison", "To"), self.after, self.files_after),
        ):
            label = QLabel(words)
            label.setBuddy(box)
            upper.addWidget(label)
            upper.addWidget(box, 1)
            upper.addWidget(files)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addLayout(upper)
        column.addWidget(self.summary)
        column.addWidget(self._nothing, 1)
        column.addWidget(self._page, 1)
        guard_scroll_areas(self)

    @property
    def rows(self) -> tuple[ChangeRow, ...]:
        """Return the shown changes."""
        return tuple(row for row in self._rows if isinstance(row, ChangeRow))

    @Slot()
    def _compare(self) -> None:
        if self._task is not None:
            self._task.cancel()
        before = self._versions[str(self.before.currentData())]
        after = self._versions[str(self.after.currentData())]
        self.files_before.setEnabled(bool(before.contents))
        self.files_after.setEnabled(bool(after.contents))
        self.summary.setText(_("Comparing…"))
        self._show_nothing(on=False)
        self._task = self._tasks.run(partial(difference_of, before, after), self._show, self._fail)

    @Slot()
    def _show_files_before(self) -> None:
        self._show_files(self.before)

    @Slot()
    def _show_files_after(self) -> None:
        self._show_files(self.after)

    def _show_files(self, box: QComboBox) -> None:
        SentFilesDialog(self._versions[str(box.currentData())], self._tasks, self).open()

    @Slot(object)
    def _fail(self, error: StudioError) -> None:
        self.summary.setText(str(error))

    @Slot(object)
    def _show(self, difference: VersionDifference) -> None:
        for old in self._rows:
            self._page.column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.summary.setText(summary_text(difference))
        shown = difference.changes[:_SHOWN_AT_MOST]
        self._rows = [ChangeRow(change, self._thumbnails) for change in shown]
        left = len(difference.changes) - len(shown)
        if left:
            self._rows.append(text_label(_("and {count} more").format(count=left), "muted"))
        for place, row in enumerate(self._rows):
            self._page.column.insertWidget(place, row)
        self._nothing.set_texts("circle-check", summary_text(difference), "")
        self._show_nothing(on=not self._rows)

    def _show_nothing(self, *, on: bool) -> None:
        """Show in the middle that nothing differs, in place of a line above an empty page."""
        self._nothing.setVisible(on)
        self._page.setVisible(not on)
        self.summary.setVisible(not on)


def open_versions(  # what it shows
    versions: Sequence[DatasetVersion], thumbnails: Thumbnails, tasks: TaskRunner, parent: QWidget, *,
    run_id: str = NOW,
) -> VersionsDialog | None:
    """Show what this run and the dataset now differ in; None when there is nothing to compare with.

    Without a run, the newest one of the open dataset is taken; a run of another dataset is compared with the run
    before it.
    """
    now = next((version for version in versions if version.run_id == NOW), None)
    known = [version for version in versions if version.run_id != NOW]
    chosen = next((version for version in known if version.run_id == run_id), None)
    same = [version for version in known if now is not None and version.dataset_id == now.dataset_id]
    before = chosen or next(iter(same or known), None)
    if before is None or len(versions) < 2:  # noqa: PLR2004  # two to compare
        return None
    after = now if now is not None and (chosen is None or chosen.dataset_id == now.dataset_id) else before
    if after is before:
        kin = [version for version in known if version.dataset_id == before.dataset_id and version is not before]
        earlier = next((version for version in kin if version.at < before.at), None)
        other = earlier or next((version for version in versions if version is not before), before)
        before, after = (other, before) if earlier or other.run_id != NOW else (before, other)
    dialog = VersionsDialog(
        versions, thumbnails, tasks, parent, before=before.run_id, after=after.run_id,
    )
    dialog.open()
    return dialog


def summary_text(difference: VersionDifference) -> str:
    """Return how many photos changed in which way."""
    if not difference.changes:
        return ngettext(
            "No difference: {count} photo with the same image and caption.",
            "No difference: {count} photos with the same images and captions.", difference.unchanged,
        ).format(count=difference.unchanged)
    added, removed = difference.count(ChangeKind.ADDED), difference.count(ChangeKind.REMOVED)
    words = difference.count(ChangeKind.WORDS)
    pictures = difference.count(ChangeKind.PICTURE) + difference.count(ChangeKind.FILE)
    parts = (
        (added, ngettext("{count} added", "{count} added", added)),
        (removed, ngettext("{count} removed", "{count} removed", removed)),
        (pictures, ngettext("{count} photo changed", "{count} photos changed", pictures)),
        (words, ngettext("{count} caption changed", "{count} captions changed", words)),
        (difference.unchanged, ngettext("{count} unchanged", "{count} unchanged", difference.unchanged)),
    )
    return listed(text.format(count=count) for count, text in parts if count)
