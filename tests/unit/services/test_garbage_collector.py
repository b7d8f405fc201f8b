"""Cyclic garbage is collected in the GUI thread, never by a worker that happens to allocate."""

import ctypes
import gc
import os
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.services.system.garbage import MANY, MANY_OBJECTS, MANY_PHOTOS, GarbageCollector


class Cycle:
    def __init__(self, seen):
        self.myself = self
        self.seen = seen

    def __del__(self):
        self.seen.append(threading.get_ident())


@pytest.fixture
def collector(qapp):
    was_on = gc.isenabled()
    collector = GarbageCollector()
    yield collector
    collector.stop()
    if not was_on:
        gc.disable()


def fill(seen, kept):
    """Allocate far more than a collection takes to begin."""
    Cycle(seen)
    kept += [[number] for number in range(20_000)]


def test_a_worker_never_collects(collector):
    seen, kept = [], []
    worker = threading.Thread(target=fill, args=(seen, kept))
    worker.start()
    worker.join()
    assert seen == []
    collector.look()
    assert seen == [threading.get_ident()]


def test_little_garbage_waits(collector):
    gc.collect()
    seen = []
    Cycle(seen)
    collector.look()
    assert seen == []


def test_the_interpreter_takes_over_again(qapp, collector):
    collector.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_many_photos_are_not_looked_through_and_garbage_waits_for_the_background(collector):
    before, seen = gc.get_freeze_count(), []
    photos = tuple(Photo(f"p{number}", Path(f"{number}.jpg")) for number in range(MANY_PHOTOS))
    collector.follow(Dataset("a", "Anna", photos[1:]))  # few
    collector.follow_package()
    assert gc.get_freeze_count() == before
    Cycle(seen)
    collector.follow(Dataset("a", "Anna", photos))
    frozen = gc.get_freeze_count()
    assert frozen - before > len(photos)
    kept = [[number] for number in range(1_000)]
    collector.follow(Dataset("a", "Anna", (photos[0].having(caption="TOK"), *photos[1:])))  # an edit of one
    gc.collect()
    collector.follow_state(Qt.ApplicationState.ApplicationActive)
    assert gc.get_freeze_count() <= frozen
    collector.follow_package()
    assert gc.get_freeze_count() > frozen + len(kept) / 2
    assert seen == []
    collector.follow_state(Qt.ApplicationState.ApplicationInactive)
    assert seen == [], "the user may come back at once"
    collector.collect_all()
    assert seen == [threading.get_ident()]
    assert gc.get_freeze_count() > len(photos) + len(kept)


def test_many_runs_are_not_looked_through_though_they_come_in_parts(collector):
    parts = [[[number] for number in range(MANY // 2)] for _part in range(2)]
    before = gc.get_freeze_count()
    collector.follow_many(parts[0])
    assert gc.get_freeze_count() <= before
    collector.follow_many(parts[1])
    assert gc.get_freeze_count() > before + MANY


def test_what_a_worker_makes_of_very_much_is_not_looked_through_at_the_start(collector):
    seen = []
    Cycle(seen)
    collector.settle()
    assert seen == [threading.get_ident()]
    Cycle(seen)
    kept = [[number] for number in range(MANY_OBJECTS + 1)]
    collector.settle()
    assert len(seen) == 1
    assert gc.get_freeze_count() > len(kept)
    collector.collect_all()
    assert len(seen) == 2


def resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="glibc keeps free memory",
)
def test_after_many_photos_the_system_gets_back_what_only_loading_took(collector, tmp_path):
    blocks = [bytes([number % 250 + 1]) * 40_000 for number in range(1_000)]
    kept = blocks[::100]  # between what is free
    del blocks
    before = resident()
    collector.follow(Dataset("a", "Anna", tuple(Photo(str(number), tmp_path) for number in range(MANY_PHOTOS))))
    collector.look()
    assert before - resident() > 20_000_000
    assert len(kept) == 10
