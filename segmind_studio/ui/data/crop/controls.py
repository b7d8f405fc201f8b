"""The controls beside the crop: its shape, its numbers, straighten, turn."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.crop_frames import RATIOS, Handle, moved, reshaped, resized, shape_of
from segmind_studio.core.photo_edits import MAX_ANGLE, Crop, PhotoEdit, crop_box, straightened_size
from segmind_studio.texts import _, pgettext
from segmind_studio.ui.forms.choices import CalmCombo
from segmind_studio.ui.parts import text_label
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_S, SPACE_XS

Size = tuple[int, int]
_TENTHS = 10  # steps of the slider for one degree
_INDENT = 8  # logical pixels in front of a number
_FIRST_RATIO = 2  # its index; before it are free, and the picture's own
_OWN = -1  # from there


class _AngleBox(QDoubleSpinBox):
    """Read a point and a comma as the decimal sign: Qt drops the one that groups thousands, so 1.5 would be 15."""

    @override
    def validate(self, input: str, pos: int, /) -> tuple[QValidator.State, str, int]:
        sign = self.locale().decimalPoint()
        return super().validate(input.replace(",", sign).replace(".", sign), pos)


class CropControls(QWidget):
    """Change an edit by numbers and buttons.

    Signals (GUI thread): edit_changed(PhotoEdit); shape_changed(), the ratio was chosen, see `shape`;
    subject_wanted().
    """

    edit_changed = Signal(object)
    shape_changed = Signal()
    subject_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edit = PhotoEdit()
        self._upright: Size = (1, 1)
        self.shapes = CalmCombo()
        self.shapes.setObjectName("crop.shape")
        self.shapes.addItems([pgettext("shape of a crop", "Any shape"), _("Original shape")])
        self.shapes.addItems([f"{wide}:{high}" for wide, high in RATIOS])
        self.numbers = {name: self._number(name) for name in ("left", "top", "width", "height")}
        self.angle = _AngleBox()
        self.angle.setObjectName("crop.angle")
        self.angle.setRange(-MAX_ANGLE, MAX_ANGLE)
        self.angle.setDecimals(1)
        self.angle.setSingleStep(0.1)
        self.angle.setSuffix("°")
        self.angle.setKeyboardTracking(False)  # else what is typed so far is written anew, and 1.5 ends at 1.0
        self.angle.lineEdit().setTextMargins(_INDENT, 0, 0, 0)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(-MAX_ANGLE * _TENTHS), round(MAX_ANGLE * _TENTHS))
        self.slider.setPageStep(_TENTHS)
        self.slider.setAccessibleName(_("Straighten"))
        self.turn_left = _button(_("Rotate left"), "rotate-ccw", "crop.left")
        self.turn_right = _button(_("Rotate right"), "rotate-cw", "crop.right")
        self.mirror = _button(_("Flip horizontally"), "triangles-centerline-dashed-vertical", "crop.mirror")
        self.subject = _button(_("Crop to the subject"), "scan-search", "crop.subject")
        self.reset = _button(_("Reset"), "undo-2", "crop.reset")
        self._lay_out()
        self.shapes.activated.connect(self._on_shape)
        self.angle.valueChanged.connect(self._on_angle)
        self.slider.valueChanged.connect(self._on_slider)
        self.turn_left.clicked.connect(self._left)
        self.turn_right.clicked.connect(self._right)
        self.mirror.clicked.connect(self._flip)
        self.reset.clicked.connect(self._reset)
        self.subject.clicked.connect(self.subject_wanted)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()  # the style sheet's least height of a button is too low for large text

    @property
    def ratio(self) -> Size | None:
        """Return the chosen ratio as width and height, None for free."""
        place = self.shapes.currentIndex() - _FIRST_RATIO
        if place >= 0:
            return RATIOS[place]
        return self._frame if place == _OWN else None

    @property
    def shape(self) -> float | None:
        """Return the chosen shape as a fraction of the picture, see `core.crop_frames`; None for free."""
        ratio = self.ratio
        return None if ratio is None else shape_of(ratio, self._frame)

    def show_edit(self, upright: Size, edit: PhotoEdit) -> None:
        """Show an edit of a photo of this size in pixels."""
        self._upright, self._edit = upright, edit
        left, top, right, bottom = crop_box(*upright, edit)
        wide, high = self._frame
        for name, value, most in (
            ("left", left, wide - 1), ("top", top, high - 1), ("width", right - left, wide),
            ("height", bottom - top, high),
        ):
            box = self.numbers[name]
            blocked = QSignalBlocker(box)
            box.setMaximum(most)
            box.setValue(value)
            blocked.unblock()
        blocked = [QSignalBlocker(self.angle), QSignalBlocker(self.slider)]
        self.angle.setValue(edit.angle)
        self.slider.setValue(round(edit.angle * _TENTHS))
        for blocker in blocked:
            blocker.unblock()
        self.reset.setEnabled(bool(edit))

    def take_numbers(self) -> None:
        """Use a number that is still being typed: Enter and another focus do it by themselves."""
        for box in (*self.numbers.values(), self.angle):
            box.interpretText()

    def start_free(self) -> None:
        """Choose no ratio, for another photo."""
        self.shapes.setCurrentIndex(0)

    @property
    def _frame(self) -> Size:
        return straightened_size(*self._upright, self._edit)

    def _number(self, name: str) -> QSpinBox:
        box = QSpinBox()
        box.setObjectName(f"crop.{name}")
        box.setMinimum(1 if name in {"width", "height"} else 0)
        box.setKeyboardTracking(False)
        box.lineEdit().setTextMargins(_INDENT, 0, 0, 0)
        box.valueChanged.connect(self._on_number)
        return box

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_S)
        grid.setVerticalSpacing(SPACE_XS)
        words = {"left": _("Left"), "top": _("Top"), "width": _("Width"), "height": _("Height")}
        for place, (name, box) in enumerate(self.numbers.items()):
            row, column = divmod(place, 2)
            grid.addWidget(_label(words[name], box), 2 * row, column)
            grid.addWidget(box, 2 * row + 1, column)
        angle = QHBoxLayout()
        angle.setSpacing(SPACE_S)
        angle.addWidget(self.slider, 1)
        angle.addWidget(self.angle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_XS)
        column.addWidget(_label(_("Shape"), self.shapes, "strong"))
        column.addWidget(self.shapes)
        column.addWidget(self.subject)
        column.addSpacing(SPACE_L)
        column.addLayout(grid)
        column.addSpacing(SPACE_L)
        column.addWidget(_label(_("Straighten"), self.angle, "strong"))
        column.addLayout(angle)
        column.addSpacing(SPACE_L)
        for button in (self.turn_left, self.turn_right, self.mirror, self.reset):
            column.addWidget(button)
        column.addStretch(1)

    def _change(self, edit: PhotoEdit) -> None:
        if edit != self._edit:
            self.show_edit(self._upright, edit)
            self.edit_changed.emit(edit)

    def _with(self, crop: Crop, angle: float | None = None) -> PhotoEdit:
        old = self._edit
        return PhotoEdit(old.turns, old.mirrored, old.angle if angle is None else angle, crop)

    @Slot(int)
    def _on_number(self, value: int) -> None:
        name = self.sender().objectName().removeprefix("crop.")
        left, top, right, bottom = crop_box(*self._upright, self._edit)
        wide, high = self._frame
        crop = self._edit.crop
        if name == "left":
            crop = moved(crop, (value - left) / wide, 0)
        elif name == "top":
            crop = moved(crop, 0, (value - top) / high)
        elif name == "width":
            crop = resized(crop, Handle(1, 0), (value - right + left) / wide, 0, self.shape)
        else:
            crop = resized(crop, Handle(0, 1), 0, (value - bottom + top) / high, self.shape)
        self._change(self._with(crop))
        self.show_edit(self._upright, self._edit)  # also when the number was not possible

    @Slot(float)
    def _on_angle(self, value: float) -> None:
        self._change(self._with(self._edit.crop, round(value, 1)))

    @Slot(int)
    def _on_slider(self, value: int) -> None:
        self._change(self._with(self._edit.crop, value / _TENTHS))

    @Slot()
    def _on_shape(self) -> None:
        self._change(self._with(reshaped(self._edit.crop, self.shape)))
        self.shape_changed.emit()

    @Slot()
    def _left(self) -> None:
        self._turn(3)

    @Slot()
    def _right(self) -> None:
        self._turn(1)

    def _turn(self, quarters: int) -> None:
        """Turn the picture, and the chosen ratio with it."""
        place = self.shapes.currentIndex() - _FIRST_RATIO
        if place >= 0:
            wide, high = RATIOS[place]
            self.shapes.setCurrentIndex(_FIRST_RATIO + RATIOS.index((high, wide)))
        self._change(self._edit.turned(quarters))
        self.shape_changed.emit()

    @Slot()
    def _flip(self) -> None:
        self._change(self._edit.flipped())

    @Slot()
    def _reset(self) -> None:
        self.start_free()
        self._change(PhotoEdit())
        self.shape_changed.emit()


def _button(text: str, icon_name: str, name: str) -> QPushButton:
    button = QPushButton(icon(icon_name), text)
    button.setObjectName(name)
    button.setAutoDefault(False)
    return button


def _label(text: str, buddy: QWidget, role: str = "small") -> QLabel:
    label = text_label(text, role, wrap=False)
    label.setBuddy(buddy)
    buddy.setAccessibleName(text)
    return label
