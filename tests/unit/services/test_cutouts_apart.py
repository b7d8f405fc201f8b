"""A process of its own finds the same cut-outs, ends when it is told to, and is not needed."""

from __future__ import annotations

import sys

import pytest

from segmind_studio.dataset.cutouts import cutouts
from segmind_studio.services.images import cutouts_apart
from tests.conftest import own_children
from tests.fakes.image_files import photo


@pytest.fixture
def pictures(monkeypatch):
    """Parts of two photographs, which are many enough for a process."""
    monkeypatch.setattr(cutouts_apart, "FEW", 8)
    found = {}
    for name in ("astronaut.png", "chelsea.png"):
        whole = photo(name).convert("L")
        for number in range(4):
            side = min(whole.size) - 50 * number
            part = whole.crop((9 * number, 6 * number, 9 * number + side, 6 * number + side))
            part.thumbnail((64, 64))
            found[name, number] = part
    return found


def test_it_finds_the_same(pictures, monkeypatch):
    wanted = list(cutouts(pictures))
    before = frozenset(name for name in pictures if name[1] < 3)
    later = list(cutouts(pictures, bool, before))
    assert wanted
    assert wanted != later
    monkeypatch.setattr(cutouts_apart, "cutouts", None)  # nothing is compared here
    assert list(cutouts_apart.cutouts_apart(pictures)) == wanted
    assert list(cutouts_apart.cutouts_apart(pictures, bool, before)) == later


@pytest.fixture
def hangs(monkeypatch):
    """The process is there, and never answers."""
    command = (sys.executable, "-c", "import sys, time; time.sleep(600)", cutouts_apart.SWITCH)
    monkeypatch.setattr(cutouts_apart, "child_command", lambda _switch: command)


@pytest.mark.usefixtures("hangs")
def test_stopping_ends_the_process(pictures):
    seen = []

    def stopped():
        seen.append(own_children())
        return True

    assert list(cutouts_apart.cutouts_apart(pictures, stopped)) == []
    assert seen[0]  # it was at work
    assert own_children() == []


@pytest.mark.usefixtures("hangs")
def test_a_process_that_hangs_is_ended(pictures, monkeypatch):
    monkeypatch.setattr(cutouts_apart, "DEADLINE_S", 0.5)
    seen = []
    with pytest.raises(TimeoutError):
        list(cutouts_apart.cutouts_apart(pictures, lambda: seen.append(own_children()) is not None))
    assert seen[0]  # it was at work
    assert own_children() == []


@pytest.mark.parametrize("command", [("no such program",), (sys.executable, "-c", "print('[]')")])
def test_without_a_process_they_are_found_here(pictures, monkeypatch, command, caplog):
    monkeypatch.setattr(cutouts_apart, "child_command", lambda _switch: command)
    assert list(cutouts_apart.cutouts_apart(pictures)) == list(cutouts(pictures))
    caplog.clear()
