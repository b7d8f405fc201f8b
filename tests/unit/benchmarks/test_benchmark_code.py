"""The code of the benchmarks on tiny inputs: that it measures, never how much."""

import math
import os
from dataclasses import replace

import pytest
import system_packages

from tests.benchmarks import __main__ as command
from tests.benchmarks import downloads, fits, scans, thumbnails, uploads, windows
from tests.benchmarks.report import Goal, Growth, Line, Race, cells, table
from tests.benchmarks.rounds import AlwaysCalm, Calm, Rounds, take_turns
from tests.benchmarks.sets import phone_photos

CALM = AlwaysCalm()
TINY = (320, 240)


class Sometimes(AlwaysCalm):
    """Be calm before each round, and after it as told."""

    def __init__(self, *after):
        self._after = list(after)

    def now(self):
        return self._after.pop(0)


STAND_IN = """#!/bin/sh
for word; do
    if [ "$before" = --output ] || [ "$1" != --silent -a "${word%.zip}" != "$word" ]; then echo made >"$word"; fi
    before=$word
done
echo "${0##*/} $*" >>"${0%/*}/asked"
"""


@pytest.fixture
def peers(tmp_path_factory, monkeypatch):
    """Put programs before all others that note their arguments: only `dev.py bench` installs the true ones."""
    folder = tmp_path_factory.mktemp("peers")
    asked = folder / "asked"
    asked.touch()
    for proof in system_packages.PEERS.values():
        program = folder / proof.partition(":")[2]
        if program.name == "openssl":  # no peer: it makes the certificate of the storage
            continue
        program.write_text(STAND_IN)
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return lambda: [line.split()[0] for line in asked.read_text().splitlines()]


def one_round(races):
    once = [replace(race, rounds=1) for race in races if isinstance(race, Race)]
    return [row for race in once for row in race.run(CALM)]


def measured(row):
    return float(row[3]) >= 0 and row[-1] in {"met", "NOT MET"}


def counted():
    """Return a turn that measures 1, 2, 3 and so on."""
    numbers = iter(range(1, 100))
    return lambda: {"time": float(next(numbers))}


def test_who_comes_first_changes_with_each_round():
    order = []

    def turn(name):
        return lambda: order.append(name) or {"time": 1.0}

    take_turns(turn("product"), turn("peer"), 3, CALM)
    assert order == ["product", "peer", "peer", "product", "product", "peer"]


def test_disturbed_rounds_are_not_counted():
    found = take_turns(counted(), counted(), 2, Sometimes(True, False, True))
    assert found.product == found.peer == {"time": [1.0, 3.0]}
    assert (found.disturbed, found.doubtful) == (1, False)


def test_where_no_round_is_calm_the_table_says_so():
    found = take_turns(counted(), counted(), 2, Sometimes(*[False] * 6))
    assert found.product == {"time": [1.0, 2.0]}
    assert found.doubtful
    line = Line("work", "time", "s", "peer", Goal(1.1))
    row, = Race([line], counted(), counted(), 1).run(Sometimes(False, False, False))
    assert row[-1] == "met (disturbed)"


@pytest.mark.parametrize(("goal", "met"), [
    (Goal(0.51), "met"), (Goal(0.49), "NOT MET"), (Goal(1, own=True), "met"), (Goal(0.9, own=True), "NOT MET"),
])
def test_a_goal_is_a_ratio_or_a_figure_of_the_products_own(goal, met):
    line = Line("work", "time", "s", "peer", goal)
    row, = Race([line], lambda: {"time": 1.0}, lambda: {"time": 2.0}, 1).run(CALM)
    assert row[:4] == ["work", "1 s", "2 s (peer)", "0.50"]
    assert row[-1] == met


@pytest.mark.parametrize(("mine", "theirs", "ratio"), [
    ([0.0], [0.0], 1.0), ([1.0], [0.0], math.inf), ([0.0], [1.0], 0.0), ([0.0, 1.0, 2.0], [0.0, 0.0, 4.0], 1.0),
    ([1.0], [], None), ([], [1.0], None), ([], [], None),
])
def test_a_figure_of_nothing_or_no_figure_spoils_no_table(mine, theirs, ratio):
    found = Rounds()
    for kept, figures in ((found.product, mine), (found.peer, theirs)):
        if figures:
            kept["time"] = figures
    assert found.ratio("time") == ratio
    for goal in (Goal(1.0), Goal(1.0, own=True)):
        row = cells(Line("work", "time", "s", "peer", goal), found)
        known = bool(mine) if goal.own else ratio is not None
        assert (row[-1] != "?") == known


def test_growth_from_nothing_is_told():
    for most, told in ((100, ["inf", "NOT MET"]), (10_000, ["1.00", "met"])):
        row = Growth("work", "time", "s", lambda size, most=most: {"time": float(size > most)}, rounds=1).run(CALM)
        assert row[-2:] == told


@pytest.mark.parametrize(("power", "met"), [(1, "met"), (2, "NOT MET")])
def test_what_one_item_costs_must_not_grow(power, met):
    row = Growth("work", "time", "s", lambda size: {"time": float(size) ** power}, rounds=1).run(CALM)
    assert row[-1] == met


def test_the_table_is_as_wide_as_its_cells():
    assert table(("a", "b"), [("long", "x")]) == "| a    | b |\n|------|---|\n| long | x |"


def test_a_quiet_machine_is_as_quick_as_at_its_best():
    calm = Calm()
    calm._best = 1e9
    assert calm.now()
    calm._best = 1e-9
    assert not calm.now()


def test_the_upload_is_measured(tmp_path, peers):
    before = dict(os.environ)
    with uploads.races(tmp_path, count=3, size=TINY) as races:
        rows = one_round(races)
    assert dict(os.environ) == before
    assert [row[0] for row in rows][:2] == ["archive and upload", "archive and upload, TLS"]
    assert all(map(measured, rows[:3]))
    assert rows[3][-1] in {"met", "NOT MET", "?"}
    assert peers() == ["zip", "curl", "zip", "curl", "7zz", "curl"]


def test_the_download_is_measured_and_leaves_nothing(tmp_path, peers):
    with downloads.races(tmp_path, size=100_000) as races:
        row, = one_round(races)
    assert row[0] == "download, verified"
    assert measured(row)
    assert len(peers()) == 1


def test_the_disk_in_memory_is_used_where_it_has_room(tmp_path):
    place, ram = tmp_path / "disk", tmp_path / "memory"
    assert downloads.quick_place(place, 1, ram) == place  # it is not there
    ram.mkdir()
    assert downloads.quick_place(place, 1, ram) == ram
    assert downloads.quick_place(place, 2**62, ram) == place


def test_thumbnails_are_measured(tmp_path, qapp, peers):
    with thumbnails.races(tmp_path, count=3, size=TINY) as races:
        rows = one_round(races)
    assert measured(rows[0])
    assert len(rows) == 2
    assert len(peers()) == 3


def test_fits_are_measured_and_need_their_peer(tmp_path, monkeypatch, capsys):
    found = fits.ours(tmp_path, phone_photos(tmp_path / "photos", 1, (1600, 1200), 1))
    assert found["each"] > 0
    assert 0 < found["apart"] < 0.1
    monkeypatch.setenv("PATH", "")
    with fits.races(tmp_path) as races:
        assert races == []
    assert "ImageMagick" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["polls", "grid"])
def test_whole_windows_are_measured(tmp_path, name):
    more = {"frames": 3} if name == "grid" else {}
    with getattr(windows, name)(tmp_path, sizes=(12, 120), rounds=1, **more) as races:
        rows = one_round(races)
    assert len(rows) >= 2
    assert all(map(measured, rows))


@pytest.mark.parametrize(("name", "lines"), [("holds", 4), ("runs", 3), ("gallery", 2)])
def test_holds_of_the_window_are_measured(tmp_path, name, lines):
    with getattr(windows, name)(tmp_path, count=50, rounds=1) as races:
        rows = one_round(races)
    assert len(rows) == lines
    assert all(row[-1] in {"met", "NOT MET"} for row in rows)


def test_a_scan_is_measured(tmp_path):
    with scans.races(tmp_path, count=5, sources=2) as races:
        row, = one_round(races)
    assert measured(row)


def test_the_start_is_measured(tmp_path):
    with windows.start(tmp_path, rounds=1) as races:
        row, = one_round(races)
    assert measured(row)


def test_an_unknown_name_is_told(capsys):
    with pytest.raises(SystemExit):
        command.main(["dance"])
    assert "unknown: dance; known: upload, download" in capsys.readouterr().err
