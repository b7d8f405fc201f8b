import sys

import pytest
from PySide6.QtCore import QObject, Signal


class Sender(QObject):
    said = Signal(object)


class Receiver(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.heard = 0

    def hear(self, _: object) -> None:
        self.heard += 1


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="there None and True are never counted")
@pytest.mark.parametrize("value", [None, True])
def test_signals_do_not_eat_references(value: object) -> None:
    """PySide6 6.12.0 dropped one with each emit, until the interpreter aborted."""
    sender, receiver = Sender(), Receiver()
    sender.said.connect(receiver.hear)
    before = sys.getrefcount(value)
    for _ in range(2000):
        sender.said.emit(value)
    assert receiver.heard == 2000
    assert sys.getrefcount(value) > before - 500
