"""The dialog "Fit to size": how large at most, what that does, and the photo that loses most, before and after."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from segmind_studio.core.datasets import PackageInfo, Photo
from segmind_studio.core.errors import StudioError
from segmind_studio.core.fit_plan import (
    BEST_QUALITY,
    FLOOR_PIXELS,
    TARGET_BYTES,
    FitEstimate,
    FitForecast,
    FitLoss,
    FitOrder,
    FitResult,
    degrees,
    fits_of,
)
from segmind_studio.core.photo_fit import written_kind
from segmind_studio.formats import bytes_text, number, size_in_pixels
from segmind_studio.services.datasets.dataset_service import DatasetService
from segmind_studio.services.datasets.fitting import FitPhase, FitProgress
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _, ngettext, sentences
from segmind_studio.ui.data.inspector.comparison import Compared, ComparisonCanvas
from segmind_studio.ui.data.work_dialog import WorkDialog
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_M, SPACE_S, SPACE_XS

_MEGA = 1_000_000
_LEAST = 1  # MB, at the left end of the slider
_PAGE = 10  # MB, for Page Up and Page Down
_SAME, _NEARLY, _LITTLE = 0.98, 0.95, 0.90  # SSIM


class FitDialog(WorkDialog):
    """Choose a size, make the smaller copies, compare, and use them.

    It measures some photos first; then each place of the slider has an estimate at once, and the exact size after
    the work. Closing it stops the work and changes nothing.

    Signals: used(Mapping[str, PhotoFit], int): the fits by photo id, and the exact size of the package in bytes;
    GUI thread.
    """

    used = Signal(object, object)

    def __init__(self, datasets: DatasetService, thumbnails: Thumbnails, parent: QWidget) -> None:
        empty = _("The most affected photo appears here, before and after.")
        super().__init__("data.fit", _("Fit to size"), empty, parent)
        self._datasets = datasets
        self._service = datasets.fitter
        self._photos = datasets.dataset.used
        self.estimate: FitEstimate | None = None
        self.made: FitResult | None = None
        self.forecast: FitForecast | None = None
        self._make_parts(thumbnails)
        self.lay_out(self._asked(), (self.make, self.stop), self._shown(), (), self.use)
        self._service.measured.connect(self._take_estimate)
        self._service.fitted.connect(self._take_result)
        self._service.failed.connect(self._show_error)
        self._service.progress.connect(self._show_progress)
        self._service.busy_changed.connect(self._follow)
        datasets.package_changed.connect(self._follow)  # the size of a crop just made comes later
        self.finished.connect(self._service.cancel)
        self.slider.valueChanged.connect(self._change)
        self.as_jpeg.toggled.connect(self._change)
        self._service.measure(datasets.dataset)
        self._follow()

    def _make_parts(self, thumbnails: Thumbnails) -> None:
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("data.fit.target")
        self.slider.setAccessibleName(_("Maximum package size in MB"))
        self.slider.setRange(_LEAST, TARGET_BYTES // _MEGA)
        self.slider.setPageStep(_PAGE)
        self.slider.setValue(TARGET_BYTES // _MEGA)
        self._target = mark(QLabel(), role="section")
        self.facts = {name: text_label("", wrap=True) for name in ("now", "after", "scaled", "quality")}
        mark(self.facts["after"], role="strong")
        self.as_jpeg = QCheckBox(_("Also save PNG photos as JPEG"))
        self.as_jpeg.setObjectName("data.fit.as_jpeg")
        self.as_jpeg.setVisible(any(written_kind(photo.image_format) == "PNG" for photo in self._photos))
        self.note = text_label("", "small")
        self.bar.setAccessibleName(_("Photos done"))
        self.make = self.button("make", _("Create copies"), self._start, "primary")
        self.stop = self.button("stop", _("Stop"), self._stop)
        self.use = self.button("use", _("Use copies"), self._use, "primary")
        self.canvas = ComparisonCanvas(thumbnails)
        self.canvas.setObjectName("data.fit.pictures")
        # Translators: a comparison: two pictures over each other, with a line that is dragged.
        self.wipe = QPushButton(icon("square-split-horizontal"), _("Wipe"))
        self.wipe.setObjectName("data.fit.wipe")
        self.wipe.setCheckable(True)
        self.wipe.setAutoDefault(False)
        self.wipe.toggled.connect(self.canvas.set_wiping)
        self.worst = text_label("", "strong")
        self._before, self._after = text_label("", "small", wrap=False), text_label("", "small", wrap=False)

    def _asked(self) -> QVBoxLayout:
        facts = QGridLayout()
        facts.setHorizontalSpacing(SPACE_M)
        facts.setVerticalSpacing(SPACE_XS)
        facts.setColumnStretch(1, 1)
        # Translators: a table's heading: what is done to the size of the photos.
        words = {"now": _("Now"), "after": _("After"), "scaled": _("Pixels"), "quality": _("Quality")}
        for row, (name, value) in enumerate(self.facts.items()):
            facts.addWidget(text_label(words[name], "muted", wrap=False), row, 0, Qt.AlignmentFlag.AlignTop)
            facts.addWidget(value, row, 1)
        target = QHBoxLayout()
        label = QLabel(_("Maximum"))
        label.setBuddy(self.slider)
        target.addWidget(label)
        target.addStretch()
        target.addWidget(self._target)
        rule = _("Very large photos are scaled down first. Quality is lowered only if needed. Small photos do "
                 "not change. Your own files stay as they are. Exports for another trainer use the same "
                 "copies.")
        left = QVBoxLayout()
        left.setSpacing(SPACE_M)
        left.addWidget(text_label(rule, "muted"))
        left.addLayout(target)
        left.addWidget(self.slider)
        left.addLayout(facts)
        left.addWidget(self.as_jpeg)
        left.addWidget(self.note)
        left.addStretch(1)
        return left

    def _shown(self) -> QWidget:
        page = QWidget()
        top = QHBoxLayout()
        top.addWidget(self.worst, 1)
        top.addWidget(self.wipe)
        below = QHBoxLayout()
        below.addWidget(self._before)
        below.addStretch()
        below.addWidget(self._after)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addLayout(top)
        column.addWidget(self.canvas, 1)
        column.addLayout(below)
        return page

    @property
    def target(self) -> int:
        """Return the size in bytes that the package must stay below."""
        return self.slider.value() * _MEGA

    # -- the work

    @Slot()
    def _start(self) -> None:
        self.error.hide()
        self.bar.setRange(0, 0)
        self.status.setText("")
        if self.estimate is not None and self.forecast is not None:
            self._service.fit(FitOrder(
                self._datasets.dataset, self.forecast, self.estimate, self.target, self._datasets.options,
            ))

    @Slot()
    def _stop(self) -> None:
        self._service.cancel()
        if self.estimate is None:
            self.reject()  # nothing can be estimated without it

    @Slot()
    def _use(self) -> None:
        result = self.made
        if result is not None:
            self.used.emit(fits_of(self._datasets.dataset.photos, result.fit), result.size)
            self.accept()

    @Slot(object)
    def _take_estimate(self, estimate: FitEstimate) -> None:
        self.estimate = estimate
        self._change()
        self.slider.setFocus(Qt.FocusReason.OtherFocusReason)  # it was disabled until now

    @Slot(object)
    def _take_result(self, result: FitResult) -> None:
        self.made = result
        self._show_worst(result.worst)
        self._follow()
        self.use.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _show_error(self, error: StudioError) -> None:
        self.error.show_error(error)

    @Slot(object)
    def _show_progress(self, progress: FitProgress) -> None:
        self.bar.setRange(0, max(1, progress.total))
        self.bar.setValue(progress.done)
        words = {
            FitPhase.MEASURE: _("Measuring: {done} of {total} photos"),
            FitPhase.MAKE: _("Creating copies: {done} of {total} photos"),
            FitPhase.COMPARE: _("Comparing copies: {done} of {total} photos"),
        }
        self.status.setText(words[progress.phase].format(done=progress.done, total=progress.total))

    # -- what is shown

    @Slot()
    def _change(self) -> None:
        """Estimate anew for the chosen size; a result for another one is dropped."""
        if self._service.busy and self.estimate is not None:
            self._service.cancel()
        self.made = None
        self.show_results(there=False)
        if self.estimate is not None:
            self.forecast = self.estimate.mildest(
                self._photos, self.target, as_jpeg=self.as_jpeg.isChecked(),
            )
        self._follow()

    @Slot()
    def _follow(self) -> None:
        busy, result, forecast = self._service.busy, self.made, self.forecast
        self._target.setText(bytes_text(self.target))
        self.slider.setAccessibleDescription(bytes_text(self.target))
        for part in (self.slider, self.as_jpeg):
            part.setEnabled(self.estimate is not None)
        self.bar.setVisible(busy)
        self.status.setVisible(busy)
        self.stop.setVisible(busy)
        self.use.setEnabled(not busy and result is not None)
        nothing = forecast is not None and not forecast.scaled + forecast.encoded
        self.make.setEnabled(forecast is not None and not nothing and not busy and result is None)
        now = self._datasets.package
        self.facts["now"].setText(_size_text(now))
        if result is not None:
            self.facts["after"].setText(bytes_text(result.size))
        elif forecast is not None:
            self.facts["after"].setText(_("about {size}").format(size=bytes_text(forecast.size)))
        else:
            self.facts["after"].setText("…")
        made = result or forecast
        self.facts["scaled"].setText(_scaled_text(made, len(self._photos)) if made else "…")
        self.facts["quality"].setText(_quality_text(made) if made else "…")
        self.note.setText(self._note())

    def _note(self) -> str:
        """Say what cannot be reached, and what else could be done."""
        made, forecast = self.made or self.forecast, self.forecast
        if made is None or forecast is None:
            return ""
        if not forecast.scaled + forecast.encoded:
            return _("The package is already small enough.")
        last = degrees(self._photos, as_jpeg=made.fit.as_jpeg)[-1]
        if made.size < self.target or made.fit != last:
            return ""
        return sentences(
            _("The package cannot get smaller without visible loss."),
            _("Saving PNG photos as JPEG would help.") if self.as_jpeg.isVisibleTo(self) and not made.fit.as_jpeg
            else _("Exclude some photos for a smaller package."),
        )

    def _show_worst(self, loss: FitLoss | None) -> None:
        self.show_results(there=loss is not None)
        if loss is None:
            return
        copy = Photo(
            f"fit:{loss.copy.name}", loss.copy, loss.width, loss.height, image_format="JPEG", looked=True,
        )
        before = _("Before: {size}").format(size=size_in_pixels(*loss.photo.edited_size))
        after = _("After: {size}").format(size=size_in_pixels(loss.width, loss.height))
        self.canvas.set_pictures(Compared(loss.photo, before), Compared(copy, after))
        self._before.setText(before)
        self._after.setText(after)
        self.worst.setText(_("Most affected: {name}, {words} (SSIM {number}).").format(
            name=loss.photo.path.name, words=likeness_words(loss.likeness), number=number(loss.likeness, 3),
        ))


def likeness_words(likeness: float) -> str:
    """Return what a structural similarity of 0 to 1 means to the eye."""
    if likeness >= _SAME:
        return _("no visible difference")
    if likeness >= _NEARLY:
        return _("hardly any difference, even when enlarged")
    return _("a small difference, when enlarged") if likeness >= _LITTLE else _("a visible difference")


def _size_text(package: PackageInfo) -> str:
    size = bytes_text(package.size)
    return size if package.exact else _("about {size}").format(size=size)


def _scaled_text(made: FitForecast | FitResult, count: int) -> str:
    if not made.scaled:
        return _("no photo is scaled")
    words = ngettext("{count} of {all} photos is scaled to {number} MP",
                     "{count} of {all} photos are scaled to {number} MP", made.scaled)
    return words.format(count=made.scaled, all=count, number=number(made.fit.pixels / _MEGA, 1))


def _quality_text(made: FitForecast | FitResult) -> str:
    if not made.scaled + made.encoded:
        return _("unchanged")
    if made.fit.quality == BEST_QUALITY:
        return _("{number} of 100 (best)").format(number=BEST_QUALITY)
    return _("{number} of 100, at {pixels} MP").format(
        number=made.fit.quality, pixels=number(FLOOR_PIXELS / _MEGA, 1),
    )
