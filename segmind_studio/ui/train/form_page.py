"""The page with the form: dataset, presets, fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.datasets import Severity, advised_images
from segmind_studio.core.fields import FIELDS, Value
from segmind_studio.core.form import PRESETS, Preset, TrainingForm
from segmind_studio.formats import bytes_text
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _, listed, ngettext
from segmind_studio.ui.forms import (
    CardRow,
    FieldRow,
    Fold,
    FormBinding,
    FormModel,
    Message,
    MessageLine,
    OptionCard,
    make_row,
)
from segmind_studio.ui.forms.field_row import HEAD_HEIGHT, field_value_text
from segmind_studio.ui.forms.texts import ParagraphEditor
from segmind_studio.ui.parts import ElidedLabel, IconLabel, StatusChip, page_title, text_label
from segmind_studio.ui.parts.layouts import ScrollArea
from segmind_studio.ui.parts.trigger_highlighter import TriggerHighlighter
from segmind_studio.ui.small_picture import MOSAIC, Mosaic
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import READING_WIDTH, SPACE_L, SPACE_LINE, SPACE_M, SPACE_XL, SPACE_XS
from segmind_studio.ui.train.facts import CHECKS, TrainFacts
from segmind_studio.ui.train.sweep_editor import SweepEditor

_PICTURES = 72  # the side of the four photos, in logical pixels
_ROWS_AT_ONCE = 3  # are made in one turn of the event loop
_ICONS = {"explore": "rabbit", "standard": "gauge", "thorough": "snail"}


class PresetCards(QWidget):
    """Offer the presets; the one whose values the form holds is marked.

    Signals:
        chosen(object): Preset; GUI thread.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        cards: list[OptionCard] = []
        for preset in PRESETS:
            extra = _("{count} iterations").format(count=preset.values["iterations"])
            card = OptionCard(str(preset.name), str(preset.hint), _ICONS.get(preset.key, ""), extra)
            card.setObjectName(f"train.preset.{preset.key}")
            cards.append(card)
        self._row = CardRow(cards)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._row)
        self._row.chosen.connect(self._chosen)

    def show_form(self, form: TrainingForm) -> None:
        """Mark the preset that the form holds, or none."""
        keys = [preset.key for preset in PRESETS]
        self._row.check(keys.index(form.preset()) if form.preset() else -1)

    def show_notes(self, notes: Mapping[str, str]) -> None:
        """Show a line on each card, by the preset's key: what it costs, and how long it usually takes."""
        for preset, card in zip(PRESETS, self._row.cards, strict=True):
            card.set_note(notes.get(preset.key, ""))

    def _chosen(self, place: int) -> None:
        self.chosen.emit(PRESETS[place])


class DatasetCard(QFrame):
    """Show the dataset that would be uploaded, or that there is none yet.

    Signals:
        open_wanted(): the user wants to see the photos; GUI thread.
    """

    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="sunken")
        self._icon = IconLabel("images", "muted", 24)
        self._thumbnails: Thumbnails | None = None
        self._pictures = Mosaic(_PICTURES, _PICTURES)
        self._pictures.hide()
        self._name = mark(ElidedLabel(), role="strong")
        self._counts = text_label("", "muted")
        self._state = StatusChip()
        self._button = QPushButton(_("Open Data"))
        self._button.setObjectName("train.open_data")
        self._button.setAccessibleName(_("Open the Data page"))
        self._button.clicked.connect(self.open_wanted)
        words = QVBoxLayout()
        words.setSpacing(SPACE_LINE)
        for label in (self._name, self._counts):
            words.addWidget(label)
        chip = QHBoxLayout()
        chip.setContentsMargins(0, SPACE_XS, 0, 0)
        chip.addWidget(self._state)
        chip.addStretch()
        words.addLayout(chip)
        self._message = MessageLine()
        words.addWidget(self._message)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_M, SPACE_M, SPACE_M)
        row.setSpacing(SPACE_M)
        row.addWidget(self._icon)
        row.addWidget(self._pictures, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self._button)

    @property
    def button(self) -> QPushButton:
        """Return the button that leads to the photos."""
        return self._button

    @property
    def shown_texts(self) -> tuple[str, str]:
        """Return the name and the counts as they are shown."""
        return self._name.text(), self._counts.text()

    @property
    def message(self) -> Message | None:
        """Return the shown text about the photos."""
        return self._message.message

    @property
    def status(self) -> str:
        """Return the word on the chip."""
        return self._state.text

    def set_thumbnails(self, thumbnails: Thumbnails) -> None:
        """Show four of the photos from the next facts on."""
        self._thumbnails = thumbnails

    def show_facts(self, facts: TrainFacts) -> None:
        """Show what would be sent now."""
        used = len(facts.dataset.used)
        self._button.setText(_("Open Data") if used else _("Add photos"))
        mark(self._button, kind="primary" if not used and not facts.public_zip else "normal")
        if not used:
            self._icon.set_icon("image-plus", "muted")
            self._name.setText(_("No photos yet"))
            self._counts.setText(_(
                "Add {count} photos on the Data page, or enter a public zip below.",
            ).format(count=advised_images()))
        else:
            self._icon.set_icon("images", "muted")
            self._name.setText(facts.dataset.name)
            self._counts.setText(self._count_text(facts, used))
        said = facts.about_photos if used else ()
        self._show_state(facts, used, Counter(severity for severity, _words in said))
        pictured = bool(used) and self._thumbnails is not None
        self._icon.setHidden(pictured)
        self._pictures.setVisible(pictured)
        self._pictures.show_photos(facts.dataset.used[:MOSAIC], self._thumbnails)
        words = "\n".join(words for _severity, words in said)
        self._message.show_message(Message(said[0][0], words) if said else None)

    def _count_text(self, facts: TrainFacts, used: int) -> str:
        captions = sum(bool(photo.caption.strip()) for photo in facts.dataset.used)
        left_out = sum(photo.excluded for photo in facts.dataset.photos)
        unreadable = len(facts.dataset.photos) - used - left_out
        parts = [ngettext("{count} photo", "{count} photos", used).format(count=used)]
        if facts.measured:
            parts.append(bytes_text(facts.package.size))
        parts.append(ngettext("{count} with a caption", "{count} with captions", captions).format(count=captions))
        if left_out:
            parts.append(ngettext("{count} excluded", "{count} excluded", left_out).format(count=left_out))
        if unreadable:
            # Translators: photos whose files cannot be used.
            words = ngettext("{count} unreadable", "{count} unreadable", unreadable)
            parts.append(words.format(count=unreadable))
        return " · ".join(parts)

    def _show_state(self, facts: TrainFacts, used: int, said: Mapping[Severity, int]) -> None:
        must, should = said[Severity.MUST], said[Severity.SHOULD]
        self._state.setVisible(bool(used) or bool(facts.public_zip))
        if facts.public_zip:
            self._state.set_status("circle-slash", _("Not used: the public zip is sent instead"), "plain")
        elif not facts.measured:
            self._state.set_status("loader-circle", _("Measuring the package…"), "plain")
        elif must:
            self._state.set_status(
                "circle-x", ngettext("{count} to fix", "{count} to fix", must).format(count=must), "bad"
            )
        elif should:
            self._state.set_status(
                "triangle-alert",
                ngettext("{count} warning", "{count} warnings", should).format(count=should),
                "warn",
            )
        elif facts.waiting_text:
            self._state.set_status("loader-circle", _("Checking the photos…"), "plain")
        else:
            self._state.set_status("lock", _("Ready, uploaded privately"), "good")


_THEME_ICONS: dict[Value, str] = {
    "CHARACTER": "user-round", "PRODUCT": "package", "STYLE": "palette", "GENERAL": "shapes",
}


class FormPage(ScrollArea):
    """Show all fields of a FormModel.

    Signals:
        data_wanted(), checks_wanted(): the user wants to go to the photos, or to what was found about them.
        fix_wanted(object): Fix, a button beside a message was pressed. All in the GUI thread.
    """

    data_wanted = Signal()
    checks_wanted = Signal()
    fix_wanted = Signal(object)

    _filled = False  # Qt sends changes of style and palette already while the page is being made

    def __init__(self, model: FormModel, notices: QWidget, parent: QWidget | None = None) -> None:
        """Its parts are made by who goes through `rest`, before anything else."""
        super().__init__(parent)
        self._model = model
        self.rest = self._make(model, notices)

    def _make(self, model: FormModel, notices: QWidget) -> Iterator[None]:
        rows: dict[str, FieldRow] = {}
        for field in FIELDS:
            rows[field.key] = make_row(field, "train", _THEME_ICONS if field.key == "theme" else None)
            if len(rows) % _ROWS_AT_ONCE == 0:
                yield
        self.binding = FormBinding(model, rows.values(), self)
        self._dataset = DatasetCard()
        self._dataset.open_wanted.connect(self.data_wanted)
        for row in rows.values():
            row.fix_wanted.connect(self.fix_wanted)
        yield
        self._presets = PresetCards()
        self._presets.chosen.connect(self._preset_chosen)
        prompt = rows["instance_prompt"].editor
        document = prompt.control.document() if isinstance(prompt, ParagraphEditor) else None
        self._highlight = TriggerHighlighter(document) if document else None
        self._filled = True
        self._folded = tuple(field.key for field in FIELDS if field.folded)
        self._fold = Fold(_("Details"), "train.details")
        self._zip = Fold(_("Use a public zip instead"), "train.zip")
        self._compare = Fold(_("Compare several values"), "train.sweep")
        self._sweep = SweepEditor()
        self._sweep.edited.connect(model.set_sweep)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("The training form"))
        yield
        self._column = self._make_column()
        yield from self._fill(rows, notices)
        self.open_where_changed()

    # -- construction: from the outside in, since Qt styles a widget again each time it is moved

    def _make_column(self) -> QVBoxLayout:
        page = QWidget()
        page.setProperty("page", True)
        self.setWidget(page)
        middle = QWidget(page)
        middle.setMaximumWidth(READING_WIDTH)
        row = QHBoxLayout(page)
        row.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_XL)
        row.setSpacing(0)
        row.addWidget(middle, 1)
        row.addStretch()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_L)
        return column

    def _fill(self, rows: dict[str, FieldRow], notices: QWidget) -> Iterator[None]:
        head = QVBoxLayout()
        head.setSpacing(SPACE_LINE)
        head.addWidget(page_title(_("Train a model")))
        head.addWidget(text_label(
            _("Set up a run. Nothing is sent or paid before you confirm the review."), "muted",
        ))
        self._column.addLayout(head)
        self._column.addWidget(notices)
        self._card(rows["theme"])
        self._card(_heading(_("Photos")), self._dataset, self._zip)
        words = self._card()
        pair = QHBoxLayout()
        pair.setSpacing(SPACE_L)
        words.addLayout(pair)
        for key in ("name", "trigger_word"):
            pair.addWidget(rows[key], 1, Qt.AlignmentFlag.AlignTop)
        words.addWidget(rows["instance_prompt"])
        yield
        self._card(_heading(_("Training length")), self._presets, rows["iterations"])
        switches = QHBoxLayout()
        switches.setSpacing(SPACE_L)
        self._card().addLayout(switches)
        for key in ("captioning", "segmind_public"):
            switches.addWidget(rows[key], 1, Qt.AlignmentFlag.AlignTop)
        yield
        self._card(self._fold)
        self._card(self._compare)
        self._compare.contents.addWidget(self._sweep)
        self._zip.contents.addWidget(rows["data_source_path"])
        for key in self._folded:
            self._fold.contents.addWidget(rows[key])
        yield
        reset = mark(QPushButton(icon("undo-2", "muted"), _("Reset to defaults")), kind="quiet")
        reset.setObjectName("train.reset_details")
        reset.clicked.connect(self._reset_details)
        self._fold.contents.addWidget(reset, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch()

    def _card(self, *inside: QWidget) -> QVBoxLayout:
        """Add a card to the page, with these widgets in it."""
        card = mark(QFrame(), surface="card")
        self._column.addWidget(card)
        column = QVBoxLayout(card)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        for widget in inside:
            column.addWidget(widget)
        return column

    # -- display

    def set_thumbnails(self, thumbnails: Thumbnails) -> None:
        """Show pictures of the photos from the next facts on."""
        self._dataset.set_thumbnails(thumbnails)

    def show_keys(self, *, shown: bool) -> None:
        """Show the names of all fields in the request, or do without them."""
        self.binding.show_keys(shown=shown)

    def show_preset_notes(self, notes: Mapping[str, str]) -> None:
        """Show a line on each preset, by its key."""
        self._presets.show_notes(notes)

    def show_facts(self, facts: TrainFacts, *, everything: bool) -> None:
        """Show photos, suggestions and messages; `everything` names missing fields before they were touched."""
        form = facts.form
        self._dataset.show_facts(facts)
        self._presets.show_form(form)
        self.binding.show_messages(_messages(facts, everything=everything))
        changed = sum(form.changed(key) for key in self._folded)
        self._fold.set_note(
            ngettext("{count} changed", "{count} changed", changed).format(count=changed) if changed else ""
        )
        self._sweep.show_form(form, facts.problems.get("sweep", ""))
        runs = len(form.forms)
        words = ngettext("{count} run", "{count} runs", runs).format(count=runs)
        self._compare.set_note(words if form.sweep.on else "")
        self.binding.row("data_source_path").editor.set_placeholder("https://example.org/photos.zip")
        if self._highlight is not None:
            self._highlight.set_word(form.text("trigger_word"))

    def reveal(self, key: str) -> None:
        """Unfold, scroll to and focus a field; the photos have their button, the checks their page."""
        if key == CHECKS:
            self.checks_wanted.emit()
            return
        if key in self._folded:
            self._fold.set_open(True)
        if key == "sweep":
            self._compare.set_open(True)
        target: QWidget = self._sweep if key == "sweep" else self.binding.row(key)
        focus: QWidget = self._sweep if key == "sweep" else self.binding.row(key).editor
        if key == "data_source_path" and not self._zip.is_open:
            target = self._dataset
            focus = self._dataset.button
        self._column.activate()
        self.ensureWidgetVisible(target, 0, SPACE_XL)
        focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_for(self, keys: Iterable[str]) -> None:
        """Unfold the groups of these fields."""
        for key in keys:
            if key in self._folded:
                self._fold.set_open(True)
            if key == "data_source_path":
                self._zip.set_open(True)

    def open_where_changed(self) -> None:
        """Unfold the groups with values other than the defaults, so that nothing is sent unseen."""
        form = self._model.form
        if any(form.changed(key) for key in self._folded):
            self._fold.set_open(True)
        if form.text("data_source_path"):
            self._zip.set_open(True)
        if form.sweep.on:
            self._compare.set_open(True)

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        super().changeEvent(event)
        if self._filled and event.type() == QEvent.Type.PaletteChange and self._highlight is not None:
            self._highlight.follow_theme()

    # -- actions of the user

    @Slot(object)
    def _preset_chosen(self, preset: Preset) -> None:
        self._model.apply(preset.values)

    @Slot()
    def _reset_details(self) -> None:
        form = self._model.form
        for key in self._folded:
            form = form.without(key)
        self._model.replace(form)


def _heading(words: str) -> QLabel:
    label = text_label(words, "strong")
    label.setMinimumHeight(HEAD_HEIGHT)
    return label


def _messages(facts: TrainFacts, *, everything: bool) -> dict[str, Message]:
    """Choose the message of each field: errors first, then advice; none for an empty untouched field."""
    form, sweep = facts.form, facts.form.sweep
    words = _("Suggested. You can change it.")
    found = {key: Message(Severity.INFO, words) for key in form.suggested if key not in form.touched}
    if sweep.on:
        values = listed(field_value_text(sweep.field, value) for value in sweep.values)
        words = _("Compared below, one run for each value: {values}").format(values=values)
        found[sweep.key] = Message(Severity.INFO, words)
    for item in reversed(facts.advice):  # worst first in the list, so worst last to be written
        if item.key != "data_source_path":  # that is shown on the dataset's card
            fixes = () if item.key == sweep.key else item.fixes  # it would not change what is compared
            found[item.key] = Message(item.severity, item.text, fixes)
    for key, words in facts.refusals:
        said = _("Message from the service: {words}").format(words=words)
        found[key] = Message(Severity.MUST, said)
    for key, words in facts.problems.items():
        if everything or not facts.untouched(key):
            found[key] = Message(Severity.MUST, words)
    return found
