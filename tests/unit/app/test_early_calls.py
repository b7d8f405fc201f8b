"""What others request while the app starts is done when it can be."""

from pathlib import Path
from typing import Any

from segmind_studio.early_calls import EarlyCalls


def test_requests_wait_for_the_services_and_come_once_in_their_order():
    calls, came = EarlyCalls("data", (Path("a"),)), []
    for signal in (calls.wished, calls.called, calls.ordered):
        signal.connect(lambda value: came.append(value))  # noqa: PLW0108  # Qt counts the arguments
    calls.take_paths((Path("b"),))
    order: Any = "train"
    calls.take_order(order)
    calls.take_wish("runs")
    assert came == []
    calls.begin()
    assert came == ["runs", (Path("a"), Path("b")), "train"]
    calls.take_paths((Path("c"),))
    calls.take_wish("sample runs")
    assert came[3:] == [(Path("c"),), "sample", "runs"]
