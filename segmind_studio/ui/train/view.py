"""The layout of the place Train, and its notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError, StudioError
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.texts import _
from segmind_studio.ui.forms import FormModel
from segmind_studio.ui.parts import Banner, ErrorBanner
from segmind_studio.ui.theme.tokens import SPACE_M
from segmind_studio.ui.train.actions import TrainActions
from segmind_studio.ui.train.facts import TrainFacts
from segmind_studio.ui.train.form_page import FormPage
from segmind_studio.ui.train.summary import SummaryPanel


class Notices(QWidget):
    """Two banners, hidden until there is a message."""

    def __init__(self, undo_load: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error = ErrorBanner()
        self._loaded = Banner(Severity.INFO, actions=(undo_load,), closable=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_M)
        for banner in (self._error, self._loaded):
            column.addWidget(banner)
            banner.hide()
        self._error.closed.connect(self._fit)
        self._loaded.closed.connect(self._fit)
        self._fit()

    @property
    def error(self) -> StudioError | None:
        """Return the error that is shown."""
        return self._error.error

    def show_error(self, error: StudioError) -> None:
        """Show an error; a closed service is no error of the user; the text names what still works."""
        if isinstance(error, CancelledError):
            return
        if isinstance(error, ApiError) and error.problem is ApiProblem.RETIRED:
            retired = StudioError(
                _("The service accepts no new fine-tuning runs."),
                _(
                    "Your dataset and this form are kept. You can export the photos on the Data page. Finished "
                    "models can still be used and downloaded."
                ),
                error.detail or str(error),
            )
            self._error.show_error(retired, Severity.SHOULD)
        else:
            self._error.show_error(error)
            if isinstance(error, ApiError):  # the service's message names what to change
                self._error.unfold()
        self._fit()

    def clear_error(self) -> None:
        """Remove the error."""
        self._error.clear()
        self._fit()

    def show_loaded(self, words: str) -> None:
        """Show that the form was replaced, beside the button that undoes it; "" hides it."""
        self._loaded.set_message(Severity.INFO, words)
        self._loaded.setVisible(bool(words))
        self._fit()

    def _fit(self) -> None:
        self.setVisible(not (self._error.isHidden() and self._loaded.isHidden()))


class TrainView(QWidget):
    """Show a FormModel and the facts about it. Built when the place is first looked at, not at the start.

    Signals (GUI thread):
        data_wanted(), checks_wanted(): the user wants to go to the photos, or to what was found about them.
        fix_wanted(object): Fix, a button beside a message was pressed. copied(str): news for a toast.
    """

    data_wanted = Signal()
    checks_wanted = Signal()
    fix_wanted = Signal(object)
    copied = Signal(str)

    def __init__(self, model: FormModel, actions: TrainActions, parent: QWidget | None = None) -> None:
        """Its parts are made by who goes through `rest`, before anything else."""
        super().__init__(parent)
        self.rest = self._make(model, actions)

    def _make(self, model: FormModel, actions: TrainActions) -> Iterator[None]:
        self._notices = Notices(actions.undo_load)
        yield
        self._page = FormPage(model, self._notices, self)
        yield from self._page.rest
        yield
        self._summary = SummaryPanel(actions.check, actions.review, self)
        yield
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._page, 1)
        row.addWidget(self._summary)
        self.setFocusProxy(self._page)
        self._page.data_wanted.connect(self.data_wanted)
        self._page.checks_wanted.connect(self.checks_wanted)
        self._page.fix_wanted.connect(self.fix_wanted)
        self._summary.field_wanted.connect(self._page.reveal)
        self._summary.copied.connect(self.copied)

    def set_thumbnails(self, thumbnails: Thumbnails) -> None:
        """Show pictures of the photos from the next facts on."""
        self._page.set_thumbnails(thumbnails)

    def show_keys(self, *, shown: bool) -> None:
        """Show the names of all fields in the request, and the request itself, or fold them away."""
        self._page.show_keys(shown=shown)
        self._summary.show_request(shown=shown)

    def show_preset_notes(self, notes: Mapping[str, str]) -> None:
        """Show a line on each preset, by its key."""
        self._page.show_preset_notes(notes)

    def show_facts(self, facts: TrainFacts, *, everything: bool) -> None:
        """Show the current facts; `everything` names missing fields before they were touched."""
        self._page.show_facts(facts, everything=everything)
        self._summary.show_facts(facts)

    def check(self, facts: TrainFacts, *, asking: bool) -> None:
        """Show what "Check everything" finds."""
        self._summary.check(facts, asking=asking)

    def reveal(self, key: str) -> None:
        """Go to a field."""
        self._page.reveal(key)

    def form_swapped(self, words: str) -> None:
        """Show that the form was replaced as a whole; `words` describe the undo, "" for none."""
        self._summary.show_checks(())
        self._page.open_where_changed()
        self._notices.show_loaded(words)

    def show_error(self, error: StudioError, keys: Iterable[str] = ()) -> None:
        """Show an error above the fields; `keys` are those that it names."""
        self._notices.show_error(error)
        self._page.open_for(keys)
        self._page.verticalScrollBar().setValue(0)

    def clear_error(self) -> None:
        """Remove the error."""
        self._notices.clear_error()
