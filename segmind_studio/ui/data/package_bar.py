"""The bottom of the Data place: what would be sent, how large it is, and its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import (
    ADVISED_MAX_IMAGES,
    MAX_ARCHIVE_BYTES,
    ZIP_SUFFIX,
    Dataset,
    Finding,
    PackageInfo,
    Severity,
    advised_images,
)
from segmind_studio.formats import bytes_text
from segmind_studio.services.datasets.messages import ExportProgress
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.data.actions import PhotoActions
from segmind_studio.ui.data.facts import photos_text
from segmind_studio.ui.parts import ActionButton, Banner, ElidedLabel, IconLabel, text_label
from segmind_studio.ui.parts.buttons import PrimaryButton
from segmind_studio.ui.parts.files_out import FileHandle
from segmind_studio.ui.theme.style import mark, set_mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_LINE, SPACE_M, SPACE_S, SPACE_XL, SPACE_XS


class ExportedBar(Banner):
    """Name the zip that was exported, with a handle to drag or copy it; hidden until then, or closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Severity.INFO, "", "", (), parent, closable=True)
        self._handle = FileHandle()
        self._handle.setObjectName("data.exported")
        self.text_column.addWidget(self._handle, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_file(self, target: Path) -> None:
        """Show where it is."""
        folder = target.parent
        kinds = {ZIP_SUFFIX: _("Zip saved"), ".csv": _("Table saved")}
        ready = kinds.get(target.suffix, _("Folder saved"))
        self.set_message(Severity.INFO, ready, _("Saved in {folder}.").format(folder=folder))
        self._handle.show_file(target)
        self.show()


_WORTH_A_LOOK = (Severity.MUST, Severity.SHOULD)
_METER = 120  # logical pixels
_STEPS = 1000
_WIDE = 900  # below this there is no room for all words


class PackageBar(QFrame):
    """Show the package and its buttons.

    Signals: cancel_wanted(), the export should stop; GUI thread.
    """

    cancel_wanted = Signal()

    def __init__(self, actions: PhotoActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="strip")
        self._actions = actions
        self._count_icon = IconLabel("images", "muted", 16)
        self._count = mark(_shrinking(), role="strong")
        self._advice = mark(ElidedLabel(), role="small")
        self._size = _shrinking()
        self._meter = QProgressBar()
        self._meter.setRange(0, _STEPS)
        self._meter.setMinimumWidth(_METER)
        self._meter.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)  # as wide as its text
        self._meter.setTextVisible(False)
        self._meter.setAccessibleName(_("Package size, limit 100 MB"))
        self._cancel = QPushButton(_("Cancel"))
        self._cancel.setObjectName("data.cancel_export")
        self._cancel.setAccessibleName(_("Stop export"))
        self._cancel.clicked.connect(self.cancel_wanted)
        self._cancel.hide()
        self._private = QWidget()
        private = QHBoxLayout(self._private)
        private.setContentsMargins(0, 0, 0, 0)
        private.setSpacing(SPACE_S)
        private.addWidget(IconLabel("lock", "muted", 14))
        label = text_label(_("Private upload"), "small", wrap=False)
        label.setToolTip(_("The photos are uploaded to a private address of your account. Nobody else gets a "
                           "link."))
        private.addWidget(label)
        self._fitted_from = 0  # bytes of the files, 0 when none is fitted
        self.fit = ActionButton(actions.fit)
        self.fit.setObjectName("data.fit_to_size")
        self._used, self._package = 0, PackageInfo()
        self._late = 0  # used photos that the fit of the others leaves out
        self.fit_more = ActionButton(actions.fit_more)
        self.fit_more.setObjectName("data.fit_more")
        self.unfit = ActionButton(actions.unfit, "quiet")
        self.unfit.setObjectName("data.undo_fit")
        self._fits = (self.fit, self.fit_more, self.unfit)
        for button in self._fits:
            button.hide()
        self.checks = ActionButton(actions.checks, "quiet")
        self.export = ActionButton(actions.export)
        self.export.setObjectName("data.export")
        self.train = PrimaryButton(actions.train, "rocket")
        self.train.setObjectName("data.train")
        self._build()

    def _build(self) -> None:
        count = QHBoxLayout()
        count.setSpacing(SPACE_S)
        count.addWidget(self._count_icon)
        count.addWidget(self._count)
        first = QVBoxLayout()
        first.setSpacing(SPACE_LINE)
        first.addLayout(count)
        first.addWidget(self._advice)
        second = QVBoxLayout()
        second.setSpacing(SPACE_XS)
        second.addWidget(self._size)
        second.addWidget(self._meter)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_S, SPACE_L, SPACE_S)
        row.setSpacing(SPACE_M)
        row.addLayout(first, 1)
        row.addLayout(second)
        for button in (self._cancel, *self._fits):
            row.addWidget(button)
        row.addSpacing(SPACE_M)
        row.addWidget(self._private)
        row.addSpacing(SPACE_XL - SPACE_M)
        for button in (self.checks, self.export, self.train):
            row.addWidget(button)

    @override
    def minimumSizeHint(self) -> QSize:
        spare = self._private.sizeHint().width() if self._private.isVisibleTo(self) else 0
        return super().minimumSizeHint() - QSize(spare, 0)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._show_private()

    def _show_private(self) -> None:
        taken = any(button.isVisibleTo(self) for button in (self._cancel, *self._fits))
        self._private.setVisible(self.width() >= text_scaled(_WIDE) and not taken)

    def show_package(self, dataset: Dataset, package: PackageInfo) -> None:
        """Show counts at once from the dataset, and the size as it was last computed."""
        used = dataset.used
        count, everything = len(used), len(dataset.photos)
        of_all = ngettext("{count} of {all} photos", "{count} of {all} photos", everything).format(
            count=count, all=everything
        )
        self._count.setText(photos_text(count) if count == everything else of_all)
        self._count.setMinimumWidth(self._count.sizeHint().width() if count == everything else 0)
        self._used, self._package = count, package
        self._show_advice()
        fitted = dataset.fitted
        self._fitted_from = sum(photo.size for photo in used) if fitted and any(p.fit for p in used) else 0
        self._actions.unfit.setEnabled(fitted)
        self._actions.fit.setEnabled(count > 0)
        if not self._cancel.isVisibleTo(self):
            self._show_size(package)
        self._actions.export.setEnabled(count > 0)
        self._actions.export_for.setEnabled(count > 0)
        self._actions.train.setEnabled(count > 0)

    def show_late(self, count: int) -> None:
        """Say how many photos the fit of the others leaves out, and offer to fit them; 0 for none."""
        if count != self._late:
            self._late = count
            self._show_advice()
            if not self._cancel.isVisibleTo(self):
                self._show_size(self._package)

    def _show_advice(self) -> None:
        too_many = self._used > ADVISED_MAX_IMAGES
        self._count_icon.set_icon("triangle-alert" if too_many else "images", "warn" if too_many else "muted")
        self._advice.setText(
            self._package.unlooked_text if self._package.unlooked
            else ngettext("{count} photo not fitted", "{count} photos not fitted", self._late)
            .format(count=self._late) if self._late
            else _("Above {count}, training sometimes fails").format(count=ADVISED_MAX_IMAGES) if too_many
            # Translators: how many photos are recommended.
            else _("{count} recommended").format(count=advised_images())
        )

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show how many of the findings should be looked at."""
        count = sum(finding.severity in _WORTH_A_LOOK for finding in findings)
        self._actions.checks.setText(_("Checks: {count}").format(count=count) if count else _("Checks"))

    def show_export(self, progress: ExportProgress) -> None:
        """Show the progress of the export."""
        done, total = bytes_text(progress.done), bytes_text(progress.total)
        self._size.setText(_("Exporting: {done} of {total}").format(done=done, total=total))
        self._fill(progress.done, max(1, progress.total))

    def set_exporting(self, exporting: bool, package: PackageInfo) -> None:  # noqa: FBT001  # as the signal has it
        """Offer to cancel, or show the size again."""
        self._cancel.setVisible(exporting)
        self._show_private()
        if exporting:
            self.show_export(ExportProgress(0, package.size))
        else:
            self._show_size(package)

    def _show_size(self, package: PackageInfo) -> None:
        size = bytes_text(package.size)
        about = size if package.exact else _("about {size}").format(size=size)
        self._size.setText(_("{size} of 100 MB").format(size=about))
        full = package.size >= MAX_ARCHIVE_BYTES
        set_mark(self._size, "role", "bad" if full else "")
        if full:
            self._size.setText(_("Too large: {size} of 100 MB").format(size=about))
        elif self._fitted_from:
            before = bytes_text(self._fitted_from)
            # Translators: sizes of the package, before and after Fit to size.
            self._size.setText(_("{before} → {size} of 100 MB").format(before=before, size=about))
        self.fit.setVisible(full)
        self.fit_more.setVisible(self._late > 0)
        self.unfit.setVisible(bool(self._fitted_from) and not full and not self._late)
        self._show_private()
        self._fill(package.size, MAX_ARCHIVE_BYTES)

    def _fill(self, part: int, whole: int) -> None:
        self._meter.setValue(min(_STEPS, part * _STEPS // whole))
        self._meter.setAccessibleDescription(self._size.text())


def _shrinking() -> ElidedLabel:
    """Return a line that has its whole width where there is room, and is elided where there is none."""
    label = ElidedLabel()
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return label
