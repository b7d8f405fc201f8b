"""The dialog "Fit to size": how large at most, what that does, and the photo that loses most, before and after."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSlider,
    QStackedWidget,
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
from segmind_studio.ui.parts import ErrorBanner, text_label
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XS

_SIZE = (980, 600)
_LEFT = 330
_MEGA = 1_000_000
_LEAST = 1  # MB, at the left end of the slider
_PAGE = 10  # MB, for Page Up and Page Down
_SAME, _NEARLY, _LITTLE = 0.98, 0.95, 0.90  # SSIM


class FitDialog(QDialog):
    """Choose a size, make the smaller copies, compare, and use them. Show it with `open`; it deletes itself.

    It measures some photos first; then each place of the slider has an estimate at once, and the exact size after
    the work. Closing it stops the work and changes nothing.

    Signals: used(Mapping[str, PhotoFit], int): the fits by photo id, and the exact size of the package in bytes;
    GUI thread.
    """

    used = Signal(object, object)

    def __init__(self, datasets: DatasetService, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("data.fit")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Fit to size"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._datasets = datasets
        self._service = datasets.fitter
        self._photos = datasets.dataset.used
        self.estimate: FitEstimate | None = None
        self.made: FitResult | None = None
        self.forecast: FitForecast | None = None
        self._make_parts(thumbnails)
        self._lay_out()
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
        self.slider.setAccessibleName(_("Size of the package at most, in MB"))
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
        self.error = ErrorBanner()
        self.error.hide()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Photos done"))
        self._status = text_label("", "small")
        self.make = self._button("make", _("Make the copies"), self._start, "primary")
        self.use = self._button("use", _("Use them"), self._use, "primary")
        self.stop = self._button("stop", _("Stop"), self._stop)
        self._close = self._button("close", _("Close"), self.reject)
        self.canvas = ComparisonCanvas(thumbnails)
        self.canvas.setObjectName("data.fit.pictures")
        self.wipe = QPushButton(icon("square-split-horizontal"), _("Wipe"))
        self.wipe.setObjectName("data.fit.wipe")
        self.wipe.setCheckable(True)
        self.wipe.setAutoDefault(False)
        self.wipe.toggled.connect(self.canvas.set_wiping)
        self.worst = text_label("", "strong")
        self._before, self._after = text_label("", "small", wrap=False), text_label("", "small", wrap=False)

    def _button(self, name: str, words: str, slot: object, kind: str = "") -> QPushButton:
        button = mark(QPushButton(words), kind=kind)
        button.setObjectName(f"data.fit.{name}")
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _lay_out(self) -> None:
        facts = QGridLayout()
        facts.setHorizontalSpacing(SPACE_M)
        facts.setVerticalSpacing(SPACE_XS)
        facts.setColumnStretch(1, 1)
        words = {"now": _("Now"), "after": _("After"), "scaled": _("Pixels"), "quality": _("Quality")}
        for row, (name, value) in enumerate(self.facts.items()):
            facts.addWidget(text_label(words[name], "muted", wrap=False), row, 0, Qt.AlignmentFlag.AlignTop)
            facts.addWidget(value, row, 1)
        target = QHBoxLayout()
        label = QLabel(_("At most"))
        label.setBuddy(self.slider)
        target.addWidget(label)
        target.addStretch()
        target.addWidget(self._target)
        rule = _("Photos far larger than training uses are scaled down first. Quality is lowered only when that "
                 "is not enough. Small photos stay byte for byte. Your files are not changed; an export for "
                 "another trainer gets the same copies.")
        left = QVBoxLayout()
        left.setSpacing(SPACE_M)
        left.addWidget(text_label(rule, "muted"))
        left.addLayout(target)
        left.addWidget(self.slider)
        left.addLayout(facts)
        left.addWidget(self.as_jpeg)
        left.addWidget(self.note)
        left.addStretch()
        left.addWidget(self.error)
        left.addWidget(self._status)
        left.addWidget(self._bar)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        for button in (self.make, self.use, self.stop):
            buttons.addWidget(button, 1)
        buttons.addWidget(self._close)
        left.addLayout(buttons)
        box = QWidget()
        box.setLayout(left)
        box.setFixedWidth(text_scaled(_LEFT))
        left.setContentsMargins(0, 0, 0, 0)
        empty = text_label(_("The photo that loses most appears here, before and after."), "muted")
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(empty)
        self._pages.addWidget(self._shown())
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        row.setSpacing(SPACE_L)
        row.addWidget(box)
        row.addWidget(self._pages, 1)
        self.resize(*map(text_scaled, _SIZE))

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
        self._bar.setRange(0, 0)
        self._status.setText("")
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
        self._bar.setRange(0, max(1, progress.total))
        self._bar.setValue(progress.done)
        words = {
            FitPhase.MEASURE: _("Measuring: {done} of {total} photos"),
            FitPhase.MAKE: _("Made smaller: {done} of {total} photos"),
            FitPhase.COMPARE: _("Compared with the copy: {done} of {total} photos"),
        }
        self._status.setText(words[progress.phase].format(done=progress.done, total=progress.total))

    # -- what is shown

    @Slot()
    def _change(self) -> None:
        """Estimate anew for the chosen size; a result for another one is dropped."""
        if self._service.busy and self.estimate is not None:
            self._service.cancel()
        self.made = None
        self._pages.setCurrentIndex(0)
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
        self._bar.setVisible(busy)
        self._status.setVisible(busy)
        self.stop.setVisible(busy)
        self.make.setVisible(not busy and result is None)
        self.use.setVisible(not busy and result is not None)
        nothing = forecast is not None and not forecast.scaled + forecast.encoded
        self.make.setEnabled(forecast is not None and not nothing)
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
            return _("The photos are that small already. Nothing needs to be done.")
        last = degrees(self._photos, as_jpeg=made.fit.as_jpeg)[-1]
        if made.size < self.target or made.fit != last:
            return ""
        return sentences(
            _("This is as small as they become without harm."),
            _("PNG photos could be saved as JPEG.") if self.as_jpeg.isVisibleTo(self) and not made.fit.as_jpeg
            else _("Exclude some photos for a smaller package."),
        )

    def _show_worst(self, loss: FitLoss | None) -> None:
        self._pages.setCurrentIndex(1 if loss is not None else 0)
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
        self.worst.setText(_("{name} loses most: {words} (SSIM {number}).").format(
            name=loss.photo.path.name, words=likeness_words(loss.likeness), number=number(loss.likeness, 3),
        ))


def likeness_words(likeness: float) -> str:
    """Return what a structural similarity of 0 to 1 means to the eye."""
    if likeness >= _SAME:
        return _("no difference that one sees")
    if likeness >= _NEARLY:
        return _("hardly a difference, even enlarged")
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
    if made.fit.quality == BEST_QUALITY or not made.scaled + made.encoded:
        return _("{number} of 100, the best").format(number=BEST_QUALITY)
    return _("{number} of 100, at {pixels} MP").format(
        number=made.fit.quality, pixels=number(FLOOR_PIXELS / _MEGA, 1),
    )
