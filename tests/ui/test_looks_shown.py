"""What the window says of photos that are still being looked at, and shows of those that turned out damaged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segmind_studio.core.datasets import PackageInfo
from segmind_studio.services.datasets.full_look_pool import FullLookPool
from segmind_studio.services.datasets.full_look_service import FullLookService
from segmind_studio.services.system.activity import ActivityBoard
from tests.fakes.data_place import DataPlace
from tests.fakes.train_place import Bench
from tests.fakes.typed import known

pytestmark = pytest.mark.qt_log_ignore("Corrupt JPEG data")  # its subject


def test_a_count_is_said_once_and_nothing_where_all_is_known():
    assert PackageInfo().unlooked_text == ""
    assert len({PackageInfo(unlooked=count).unlooked_text for count in (1, 2, 3)}) == 3


def test_train_says_that_the_start_waits(qtbot):
    bench = Bench(qtbot)
    words = PackageInfo(unlooked=3).unlooked_text
    assert not bench.says(words)
    bench.datasets.package = replace(bench.datasets.package, unlooked=3)
    bench.datasets.package_changed.emit(bench.datasets.package)
    qtbot.waitUntil(lambda: bench.says(words))
    bench.click("train.check")
    assert sum(words in text for text in bench.texts()) > 1
    bench.datasets.package = replace(bench.datasets.package, unlooked=0)
    bench.datasets.package_changed.emit(bench.datasets.package)
    qtbot.waitUntil(lambda: not bench.says(words))


def test_a_damaged_photo_is_still_seen_and_says_what_is_missing(qtbot, tmp_path):
    place = DataPlace(tmp_path)
    looks = FullLookService(place.datasets, FullLookPool(), ActivityBoard())
    place.start()
    looks.start()
    (path,) = place.write(1)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + b"\xff\xd9")
    with qtbot.waitSignal(looks.message, timeout=60_000):
        place.datasets.add([path])
    photo = place.datasets.dataset.photos[0]
    assert "missing" in photo.problem
    place.select(photo.path.stem)
    side = place.parts.grid.width()
    qtbot.waitUntil(lambda: place.thumbnails.image(photo, side) is not None)
    assert photo.shown
    assert not known(place.thumbnails.image(photo, side)).isNull()
    qtbot.waitUntil(lambda: place.datasets.package.unlooked == 0)
    assert not place.button("data.train").isEnabled()
    assert looks.stop()
    place.stop()
