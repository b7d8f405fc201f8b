"""Cyclic garbage is collected in the GUI thread, never by a worker that happens to allocate."""

import gc
import threading

import pytest

from segmind_studio.services.system.garbage import GarbageCollector


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
