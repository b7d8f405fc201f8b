"""Bands across the window: practice, and errors of the connection."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from segmind_studio.core.accounts import AccountKind
from segmind_studio.core.datasets import Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.services.accounts.account_service import AccountService, AccountsState
from segmind_studio.texts import _
from segmind_studio.ui.parts.banners import ErrorBanner
from segmind_studio.ui.parts.deferred import Deferred
from segmind_studio.ui.parts.labels import ElidedLabel, IconLabel, text_label
from segmind_studio.ui.theme.icons import icon
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_LINE, SPACE_M, SPACE_S


class PracticeBand(QFrame):
    """Visible while the practice service is used.

    Signals:
        key_wanted(): the user wants to use a real key; GUI thread.
    """

    key_wanted = Signal()

    def __init__(self, accounts: AccountService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark(self, surface="practice")
        self.setObjectName("practice_band")
        more = ElidedLabel(_("Runs are simulated on this computer."))
        mark(more, role="muted")
        link = QPushButton(_("Use a Segmind key…"))
        link.clicked.connect(self.key_wanted)
        mark(link, kind="link")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_L, SPACE_LINE, SPACE_L, SPACE_LINE)
        row.setSpacing(SPACE_S)
        row.addWidget(IconLabel("flask-conical", "accent", 16))
        row.addWidget(text_label(_("Practice: free, nothing is sent"), "strong", wrap=False))
        row.addWidget(more, 1)
        row.addWidget(link)
        accounts.changed.connect(self._follow)
        self._follow(accounts.state)

    def _follow(self, state: AccountsState) -> None:
        self.setVisible(state.current.kind is AccountKind.PRACTICE)


class TroubleBand(QWidget):
    """The band of an error; hidden before one and after it was closed.

    Signals:
        support_wanted(): the user wants to save a support bundle; GUI thread.
    """

    support_wanted = Signal()

    def __init__(self, after: QWidget | None = None, parent: QWidget | None = None) -> None:
        """`after` : the widget that it follows in the order of the Tab key."""
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_M, SPACE_S, SPACE_M, 0)
        self._banner = Deferred(row, self._make_banner, after)
        self.hide()

    def _make_banner(self) -> ErrorBanner:
        banner = ErrorBanner(details=_("Go to the problem"), more=(self._bundle_action(),))
        banner.setObjectName("trouble")
        banner.closed.connect(self.hide)
        return banner

    def _bundle_action(self) -> QAction:
        bundle = QAction(icon("package"), _("Save a support bundle…"), self)
        bundle.triggered.connect(self.support_wanted)
        return bundle

    def show_trouble(self, error: StudioError, severity: Severity) -> None:
        """Show an error, unless one is shown already: the first error explains the later ones."""
        if self.isHidden():
            self._banner.widget.show_error(error, severity)
            self.show()
