"""The tour inside the window: four bubbles over the real controls, at the first start and from the Help menu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWindow
from PySide6.QtWidgets import QWidget
from shiboken6 import Shiboken
from typing_extensions import override

from segmind_studio.core.accounts import AccountKind
from segmind_studio.record import record
from segmind_studio.services.accounts.account_service import AccountService
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import N_, Text
from segmind_studio.ui.assistive import announce
from segmind_studio.ui.guarded import guarded
from segmind_studio.ui.help.bubble import Bubble, BubbleLayer, beside
from segmind_studio.ui.shell.window import MainWindow

_CHANGES = {
    QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest,
}


@record
class GuideStep:
    """One bubble: the place, the control in it by its object name, and the words."""

    place: str
    control: str
    title: Text
    text: Text


STEPS = (
    GuideStep("data", "data.add", N_("Start with your photos"), N_(
        "Add photos here, or drop photos, folders or zips on the window. Write a caption for each. Checks "
        "shows what may harm the training.",
    )),
    GuideStep("train", "train.review", N_("Describe the training"), N_(
        "Fill in the form. This button shows a review with the cost. Nothing is sent or paid before you "
        "confirm it.",
    )),
    GuideStep("runs", "runs.check", N_("Follow the run"), N_(
        "Each run is listed here, from the upload to the finished model. You can quit: training continues "
        "without the app.",
    )),
    GuideStep("try", "try.generate", N_("Make pictures"), N_(
        "When a model is ready, write a prompt here. The button says whether the picture is paid.",
    )),
)


class Guide(QObject):
    """Show the bubbles over a window, each at its place. GUI thread.

    A control that is not to be seen now is stood in for by its place's button in the rail. The bubble follows its
    control, and the place if the user goes to another one of the four; in other places it is hidden. A press of
    the mouse beside it hides it until another of the four is shown: it covers nothing that the user works with.
    Ended or skipped, it is not shown again by itself: `Settings.guide_done`.
    """

    def __init__(self, window: MainWindow, settings: SettingsService) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._host = window.contents
        self._number = -1
        self._aside = False  # hidden while the user works at its place
        self._handle: QWindow | None = None  # gets each press before the control below the pointer
        self._home = ""  # the place to return to
        self._watched: list[QWidget] = []
        self.layer = BubbleLayer(self._host)
        self.bubble = Bubble(self._host)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._point)
        self.bubble.skipped.connect(self.end)
        self.bubble.back.connect(self._back)
        self.bubble.forward.connect(self._forward)

    @property
    def step(self) -> GuideStep | None:
        """Return the step that is shown, None when it is not running."""
        return STEPS[self._number] if self._number >= 0 else None

    @Slot()
    def start(self) -> None:
        """Show the first bubble; start again when it is running."""
        if self.step is None:
            self._home = self._window.place
            self._window.installEventFilter(self)
            self._window.place_shown.connect(self._follow_place)
            if self._window.isVisible():
                self._handle = self._window.windowHandle()
                self._handle.installEventFilter(self)
        self._show(0)

    @Slot()
    def end(self) -> None:
        """End it, skipped or not, at the place where it began."""
        if self.step is not None:
            self._stop()
            self._window.show_place(self._home)
            self.bubble.hide()

    def _stop(self) -> None:
        self._number = -1
        self._window.place_shown.disconnect(self._follow_place)
        self._window.removeEventFilter(self)
        if self._handle is not None and Shiboken.isValid(self._handle):
            self._handle.removeEventFilter(self)
        self._watch(None)
        self.layer.hide()
        self._settings.update(guide_done=True)

    def _hide(self) -> None:
        self._soon.stop()
        self._watch(None)
        self.layer.hide()
        self.bubble.hide()

    def _pressed(self, at: QPoint) -> None:
        """Make room for what the user does, `at` a point of the window's contents; after the last bubble, end."""
        if self.step is None or self._aside or not self.bubble.isVisible() or self.bubble.geometry().contains(at):
            return
        self._aside = True
        if self._number + 1 == len(STEPS):
            self._stop()
        self._hide()

    @Slot()
    def _back(self) -> None:
        self._show(max(0, self._number - 1))

    @Slot()
    def _forward(self) -> None:
        if self._number + 1 < len(STEPS):
            self._show(self._number + 1)
        else:
            self.end()

    def _show(self, number: int) -> None:
        self._number, self._aside = number, False
        step = STEPS[number]
        if self._window.place != step.place:
            self._window.show_place(step.place)
        self.bubble.show_words(str(step.title), str(step.text), number + 1, len(STEPS))
        self._watch(self._control(step))
        for part in (self.layer, self.bubble):
            part.show()
            part.raise_()
        self._point()
        self.bubble.next_button.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self.bubble, self.bubble.spoken)

    @Slot(str)
    def _follow_place(self, place: str) -> None:
        number = next((number for number, step in enumerate(STEPS) if step.place == place), None)
        if number is None:
            self._hide()
        elif number != self._number or not (self._aside or self.bubble.isVisible()):
            self._show(number)

    # -- where it points

    def _control(self, step: GuideStep) -> QWidget:
        place = next(place for place in self._window.places if place.place_id == step.place)
        control = place.findChild(QWidget, step.control)
        there = control is not None and control.isVisibleTo(self._window) and not control.visibleRegion().isEmpty()
        if control is not None and there:
            return control
        return self._host.findChild(QWidget, f"rail.{step.place}") or self._host

    @Slot()
    def _point(self) -> None:
        step = self.step
        if step is None or self._aside:
            return
        control = self._control(step)
        if not self._watched or self._watched[0] is not control:
            self._watch(control)
        corner = control.mapTo(self._host, QPoint(0, 0))
        rect = QRect(corner, control.size()).intersected(self._host.rect())
        self.bubble.fit()
        self.layer.setGeometry(self._host.rect())
        self.bubble.setGeometry(beside(rect, self.bubble.size(), self._host.rect()))
        self.layer.point(rect, self.bubble.geometry())
        self.bubble.join(self.layer.arrow)

    def _watch(self, control: QWidget | None) -> None:
        """Follow a control and everything that it lies in, so that it is followed wherever it moves."""
        for widget in self._watched:
            if Shiboken.isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []
        while control is not None and control is not self._window:
            control.installEventFilter(self)
            self._watched.append(control)
            control = control.parentWidget()

    @override
    @guarded(False)
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if watched is self._handle:
            if isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseButtonPress:
                self._pressed(self._host.mapFromGlobal(event.globalPosition().toPoint()))
        elif event.type() in _CHANGES and watched is not self._window:
            self._soon.start(0)
        elif watched is self._window and _is_escape(event):
            self.end()
            return True
        return False


def _is_escape(event: QEvent) -> bool:
    """Return whether it is Escape; the window gets it when no control has used it, such as a search field."""
    return (
        isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress
        and event.key() == Qt.Key.Key_Escape
    )


class FirstGuide(QObject):
    """Start the tour by itself, once: after the choice of the first start.

    After "practice" it starts at once; after "key", as soon as there is a connection with it.
    """

    def __init__(self, guide: Guide, accounts: AccountService, settings: SettingsService) -> None:
        super().__init__(guide)
        self._guide = guide
        self._accounts = accounts
        self._settings = settings
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._start)

    def begin(self) -> None:
        """Look now, and after each change, unless the tour was ended or skipped before."""
        if not self._settings.value.guide_done:
            self._settings.changed.connect(self._look)
            self._accounts.changed.connect(self._look)
            self._look()

    @Slot()
    def _look(self) -> None:
        if self._wanted() and not self._soon.isActive():
            self._soon.start(0)

    @Slot()
    def _start(self) -> None:
        if self._wanted():
            self._guide.start()

    def _wanted(self) -> bool:
        value, state = self._settings.value, self._accounts.state
        if value.guide_done or self._guide.step is not None:
            return False
        connected = state.connection is not None and state.current.kind is AccountKind.SEGMIND
        return value.first_choice == "practice" or (value.first_choice == "key" and connected)
