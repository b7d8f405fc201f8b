"""The choice of the first start: practise first, or use a Segmind key. Nothing else is held up by it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.texts import _, sentences
from segmind_studio.ui.parts.labels import IconLabel, text_label
from segmind_studio.ui.start.checklist import StepMark
from segmind_studio.ui.theme.style import mark
from segmind_studio.ui.theme.tokens import SPACE_L, SPACE_M, SPACE_S, SPACE_XL

_ICON_SIDE = 28


class ChoiceCard(QPushButton):
    """A large button with an icon, a few strong words and what they mean."""

    def __init__(self, name: str, icon_name: str, title: str, text: str, note: str) -> None:
        super().__init__()
        mark(self, kind="card")
        self.setAutoDefault(True)  # Enter presses it too
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentences(text, note))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_XL, SPACE_XL, SPACE_XL, SPACE_XL)
        column.setSpacing(SPACE_S)
        column.addWidget(IconLabel(icon_name, "accent", _ICON_SIDE))
        column.addSpacing(SPACE_S)
        column.addWidget(text_label(title, "section"))
        column.addWidget(text_label(text))
        column.addWidget(text_label(note, "small"))
        column.addStretch()
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int, /) -> int:
        return self._column.heightForWidth(width)

    @override
    def sizeHint(self) -> QSize:
        return self._column.sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        return self._column.minimumSize()


class FirstChoice(QFrame):
    """Two cards and a way round them.

    Signals:
        practice(), key(), later(): what was chosen; GUI thread.
    """

    practice = Signal()
    key = Signal()
    later = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first = practice = ChoiceCard(
            "start.choose_practice", "flask-conical", _("Practise for free"),
            _("Go through all the steps with a practice service on this computer."),
            _("Free, nothing is sent, and no key is needed. Sample photos are included."),
        )
        key = ChoiceCard(
            "start.choose_key", "key-round", _("Use my Segmind key"),
            _("Train real models. Your account pays for each run after you confirm it."),
            _("The key is tested for free and saved in the keyring of this computer, if there is one."),
        )
        later = mark(QPushButton(_("Decide later")), kind="link")
        later.setObjectName("start.choose_later")
        practice.clicked.connect(self.practice)
        key.clicked.connect(self.key)
        later.clicked.connect(self.later)
        cards = QHBoxLayout()
        cards.setSpacing(SPACE_L)
        cards.addWidget(practice, 1)
        cards.addWidget(key, 1)
        below = QHBoxLayout()
        below.addWidget(text_label(_("You can change this at any time in Settings."), "small"), 1)
        below.addWidget(later)
        head = QHBoxLayout()
        head.setSpacing(SPACE_S)
        head.addWidget(StepMark(1))
        head.addWidget(text_label(_("How do you want to start?"), "section"), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_M)
        column.addLayout(head)
        column.addLayout(cards)
        column.addLayout(below)
