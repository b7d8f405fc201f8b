"""Make a contact sheet: choose columns and what is written below each picture, see it, save it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from segmind_studio.core.errors import StudioError
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.result_filter import settings_of
from segmind_studio.formats import date_text, exact_number, size_in_pixels
from segmind_studio.services.images.contact_sheet import MOST_COLUMNS, ContactSheets, SheetCell, SheetOrder
from segmind_studio.texts import _, ngettext, pgettext
from segmind_studio.ui.assistive import guard_scroll_areas
from segmind_studio.ui.forms.choices import CalmCombo
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.parts import ErrorBanner, text_label
from segmind_studio.ui.parts.folders import existing_folder, file_filter
from segmind_studio.ui.theme.direction import in_a_row, isolated
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.theme import text_scaled
from segmind_studio.ui.theme.tokens import HAIRLINE, RADIUS, SPACE_L, SPACE_M, SPACE_S, tones_of
from segmind_studio.ui.tryout.results_model import ResultsModel, stars_text

_LEAST_PREVIEW = QSize(280, 240)  # logical pixels
_WIDTH, _HEIGHT = 860, 620
_OPTIONS_WIDTH = 240
_SOON_MS = 150
_USUAL_COLUMNS = 4


class SheetPreview(QWidget):
    """Show the top of a sheet, as wide as there is room; what is below goes on past the lower edge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = QImage()
        self._words = _("Preview appears here.")
        self.setObjectName("try.sheet.preview")
        self.setAccessibleName(_("Preview"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(_LEAST_PREVIEW)

    @property
    def paper_width(self) -> int:
        """Return how wide a sheet is shown, in device pixels."""
        return round(max(1, self.width() - 2 * SPACE_L) * self.devicePixelRatioF())

    def show_image(self, image: QImage) -> None:
        """Show another preview."""
        self.image = image
        self.update()

    @override
    @guarded(None)
    def paintEvent(self, event: QPaintEvent, /) -> None:
        tones, painter = tones_of(), QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        ground = QPainterPath()
        ground.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        painter.fillPath(ground, QColor(tones.canvas))
        if self.image.isNull():
            painter.setPen(QColor(tones.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._words)
            return
        painter.setClipPath(ground)
        width = self.paper_width / self.devicePixelRatioF()
        paper = QRectF(SPACE_L, SPACE_L, width, width * self.image.height() / self.image.width())
        painter.drawImage(paper, self.image)
        painter.setPen(QPen(QColor(tones.line), HAIRLINE))
        painter.drawRect(paper.adjusted(-0.5, -0.5, 0.5, 0.5))


class SheetDialog(QDialog):
    """Make a sheet of some pictures. `folder` returns where files are saved."""

    def __init__(
        self, images: Sequence[GeneratedImage], model: ResultsModel, sheets: ContactSheets,
        folder: Callable[[], Path], parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("try.sheet")
        self.setWindowTitle(_("Contact sheet"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(text_scaled(_WIDTH), text_scaled(_HEIGHT))
        self._images, self._model, self._sheets, self._folder = tuple(images), model, sheets, folder
        self._error = ErrorBanner()
        self._title = QLineEdit()
        self._title.setObjectName("try.sheet.title")
        self._columns = CalmCombo()
        self._columns.setObjectName("try.sheet.columns")
        self._columns.addItems([str(count) for count in range(1, MOST_COLUMNS + 1)])
        self._columns.setCurrentIndex(min(_USUAL_COLUMNS, max(1, len(images))) - 1)
        self._facts = {
            name: QCheckBox(text) for name, text in (
                ("prompt", _("Prompt")), ("model", _("Model")), ("strength", _("Strength")), ("seed", _("Seed")),
                ("size", pgettext("width and height", "Size")), ("rating", _("Rating")), ("tags", _("Tags")),
                ("date", _("Date")),
            )
        }
        self.preview = SheetPreview()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._make_preview)
        self._lay_out()
        for name, box in self._facts.items():
            box.setObjectName(f"try.sheet.{name}")
            box.setChecked(name in {"prompt", "model", "strength", "seed"})
            box.toggled.connect(self._changed)
        self._title.textChanged.connect(self._changed)
        self._columns.currentIndexChanged.connect(self._changed)
        sheets.previewed.connect(self.preview.show_image)
        sheets.saved.connect(self._saved)
        sheets.failed.connect(self._failed)

    def _lay_out(self) -> None:
        options = QVBoxLayout()
        options.setSpacing(SPACE_S)
        count = ngettext("{count} picture", "{count} pictures", len(self._images)).format(count=len(self._images))
        options.addWidget(text_label(count, "section"))
        for text, field in ((_("Title"), self._title), (_("Columns"), self._columns)):
            label = text_label(text, "strong")
            label.setBuddy(field)
            field.setAccessibleName(text)
            options.addWidget(label)
            options.addWidget(field)
        options.addSpacing(SPACE_S)
        options.addWidget(text_label(_("Text below each picture"), "strong"))
        for box in self._facts.values():
            options.addWidget(box)
        options.addStretch()
        options.addWidget(text_label(_("The file contains no key, account or folder names."), "small"))
        side = QWidget()
        side.setFixedWidth(text_scaled(_OPTIONS_WIDTH))
        side.setLayout(options)
        options.setContentsMargins(0, 0, 0, 0)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE_L)
        middle.addWidget(side)
        middle.addWidget(self.preview, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        buttons.addStretch()
        self.png = QPushButton(icon("save"), _("Save as PNG…"))
        self.pdf = QPushButton(icon("save"), _("Save as PDF…"))
        cancel = QPushButton(_("Close"))
        for button, slot in ((cancel, self.reject), (self.png, self._choose_png), (self.pdf, self._choose_pdf)):
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(self._error)
        column.addLayout(middle, 1)
        column.addLayout(buttons)

    @override
    def showEvent(self, event: QShowEvent, /) -> None:
        super().showEvent(event)
        self._soon.start()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        if self.isVisible():
            self._soon.start()  # for the width that it has now

    @property
    def order(self) -> SheetOrder:
        """Return the sheet as it is chosen."""
        cells = tuple(
            SheetCell(
                self._model.photo(image).path, self._lines(image), settings_of(image, self._model.name_of(image)),
            ) for image in self._images
        )
        family = QGuiApplication.font().family()
        return SheetOrder(cells, self._columns.currentIndex() + 1, self._title.text().strip(), family)

    def _lines(self, image: GeneratedImage) -> tuple[str, ...]:
        on = {name for name, box in self._facts.items() if box.isChecked()}
        facts = {
            "model": self._model.name_of(image),
            "strength": _("strength {value}").format(value=exact_number(image.strength)),
            "seed": "" if image.seed is None else _("seed {seed}").format(seed=image.seed),
            "size": size_in_pixels(image.width, image.height),
            "rating": stars_text(image.rating) if image.rating else "",
            "tags": ", ".join(image.tags),
            "date": date_text(image.asked_at),
        }
        line = in_a_row(text for name, text in facts.items() if name in on and text)
        return (isolated(image.prompt) if "prompt" in on else "", line)

    @Slot()
    def _changed(self) -> None:
        self._soon.start()

    @Slot()
    def _make_preview(self) -> None:
        self._sheets.preview(self.order, self.preview.paper_width)

    @Slot()
    def _choose_png(self) -> None:
        self._choose(_("Pictures"), "png")

    @Slot()
    def _choose_pdf(self) -> None:
        # Translators: a kind of files in a file dialog.
        self._choose(_("Documents"), "pdf")

    def _choose(self, kind: str, suffix: str) -> None:
        # Translators: the name of a file, before a number or the suffix.
        stem = _("contact sheet")
        name = f"{stem}.{suffix}"
        dialog = QFileDialog(self, _("Save contact sheet"), str(existing_folder(self._folder()) / name))
        guard_scroll_areas(dialog)
        dialog.setObjectName("try.sheet.save_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([file_filter(kind, f"*.{suffix}")])
        dialog.setDefaultSuffix(suffix)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save)
        dialog.open()

    @Slot(str)
    def save(self, target: str) -> None:
        """Write the sheet; what is said about it is shown here, and the dialog closes when it is done."""
        self._error.clear()
        for button in (self.png, self.pdf):
            button.setEnabled(False)
        self._sheets.save(self.order, Path(target))

    @Slot(object)
    def _saved(self, _target: Path) -> None:
        self.accept()

    @Slot(object)
    def _failed(self, error: StudioError) -> None:
        self._error.show_error(error)
        for button in (self.png, self.pdf):
            button.setEnabled(True)
