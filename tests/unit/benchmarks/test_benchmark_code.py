"""The code of the benchmarks on tiny inputs: that it measures, never how much."""

import math
import os
from dataclasses import replace

import pytest
import system_packages

from tests.benchmarks import __main__ as command
from tests.benchmarks import downloads, fits, scans, thumbnails, uploads, windows
from tests.benchmarks.compare import Report, changes, verdict
from tests.benchmarks.report import Goal, Limit, Line, Race
from tests.benchmarks.rounds import AlwaysCalm, Calm, take_turns
from tests.benchmarks.rows import Row, table
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
    return [row for race in races for row in replace(race, rounds=1).run(CALM)]


def measured(row):
    return len(row.own) == len(row.theirs) == 1 and row.met is not None


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


def test_no_round_begins_that_would_end_too_late():
    found = take_turns(counted(), counted(), 5, CALM, end=0.0)
    assert found.product == {"time": [1.0]}
    assert not found.doubtful


def test_where_no_round_is_calm_the_table_says_so():
    found = take_turns(counted(), counted(), 2, Sometimes(*[False] * 6))
    assert found.product == {"time": [1.0, 2.0]}
    assert found.doubtful
    line = Line("work", "time", "s", "peer", Goal(1.1))
    row, = Race([line], counted(), counted(), 1).run(Sometimes(False, False, False))
    assert row.state == "met, disturbed"


@pytest.mark.parametrize(("goal", "state"), [
    (Goal(0.51), "met"), (Goal(0.49), "NOT MET"), (Goal(1, own=True), "met"), (Goal(0.9, own=True), "NOT MET"),
])
def test_a_goal_is_a_ratio_or_a_figure_of_the_products_own(goal, state):
    line = Line("work", "time", "s", "peer", goal, Limit("light"))
    row, = Race(
        [line], lambda: {"time": 1.0}, lambda: {"time": 2.0}, 1, limit=lambda: {"time": 0.5},
    ).run(CALM)
    assert row.cells()[:5] == ["work", "1 s", "2 s (peer)", "0.5 s (light)", "0.50"]
    assert row.state == state


@pytest.mark.parametrize(("mine", "theirs", "ratios"), [
    ([0.0], [0.0], [1.0]), ([1.0], [0.0], [math.inf]), ([0.0, 1.0], [0.0, 4.0], [1.0, 0.25]), ([1.0], [], []),
    ([], [], []),
])
def test_a_figure_of_nothing_or_no_figure_spoils_no_table(mine, theirs, ratios):
    for goal in (Goal(1.0), Goal(1.0, own=True)):
        row = Row("work", "s", mine, goal, "peer", theirs)
        assert row.ratios == ratios
        assert (row.cells()[-1] != "?") == bool(mine if goal.own else ratios)


@pytest.mark.parametrize(("cost", "growth", "state"), [
    (lambda size: size, 1.0, "met"), (lambda size: size**2, 100.0, "met, grows"),
    (lambda size: float(size > 100), math.inf, "met, grows"), (lambda _size: 0.0, 1.0, "met"),
])
def test_what_one_item_costs_must_not_grow(cost, growth, state):
    line = Line("work", "time", "s", "", Goal(math.inf, own=True))
    row, = Race(
        [line], lambda: {"time": cost(10_000)}, rounds=2, sized=lambda size: {"time": cost(size)},
        sizes=(100, 1_000, 10_000),
    ).run(CALM)
    assert [len(row.sizes[size]) for size in (100, 1_000, 10_000)] == [1, 1, 2]
    assert (row.growth, row.state) == (growth, state)


@pytest.mark.parametrize(("before", "after", "words"), [
    ([10, 11, 12], [7, 8, 9], "better"), ([7, 8, 9], [10, 11, 12], "WORSE"),
    ([10, 11, 12], [7, 8, 10], "within the noise"), ([10, 11], [1, 1], "too few repeats"),
    ([10, 10, 10], [10.2, 10.2, 10.2], "same"),
    ([10, 11, 12, 11, 99], [20, 21, 22, 21, 23], "WORSE"),  # the slowest of five does not count
    ([10, 11, 12, 99], [20, 21, 22, 23], "within the noise"),
])
def test_a_change_counts_where_the_spreads_of_the_repeats_do_not_touch(before, after, words):
    assert verdict(before, after) == words


def test_two_files_are_compared_by_ratio_and_own_figures_on_one_machine_only(tmp_path):
    def report(own, machine, *names, disturbed=False):
        rows = [
            Row("ratio", "s", own, Goal(1.0), "peer", [2.0] * 3, "light", [0.5], {100: own, 1000: own}),
            Row("own", "MB", own, Goal(1.0, own=True), disturbed=disturbed),
            *(Row(name, "s", own, Goal(1.0)) for name in names),
        ]
        return Report(rows, {"cores": machine}, {"Python": "3"})

    def words(before, after):
        paths = tmp_path / "a", tmp_path / "b"
        for path, one in zip(paths, (before, after), strict=True):
            one.write(path)
        assert Report.read(paths[0]).rows[0] == before.rows[0]
        return {cells[0]: cells[-1] for cells in changes(*map(Report.read, paths))}

    slow, quick = report([4.0, 4.1, 4.2], "2", "old"), report([1.0, 1.1, 1.2], "2", "young")
    assert words(slow, quick) == {"ratio": "better", "own": "better", "old": "gone", "young": "new"}
    assert words(slow, report([1.0, 1.1, 1.2], "64"))["own"] == "other machine"
    assert words(slow, report([1.0, 1.1, 1.2], "64"))["ratio"] == "better"
    assert words(slow, report([1.0, 1.1, 1.2], "2", disturbed=True))["own"] == "disturbed"
    (tmp_path / "c").write_text('{"format": 1}')
    with pytest.raises(ValueError, match="not written by the bench"):
        Report.read(tmp_path / "c")


def test_the_table_is_as_wide_as_its_cells():
    assert table(("a", "b"), [("long", "x")]) == "| a    | b |\n|------|---|\n| long | x |"


@pytest.mark.parametrize(("spent", "worked", "calm"), [(1.2, 1.2, True), (1.3, 1.3, False), (1.0, 0.5, False)])
def test_a_quiet_machine_is_as_quick_as_at_its_best_and_works_all_the_time(spent, worked, calm):
    works = iter([(1.0, 1.0)] * 8 + [(spent, worked)])
    assert Calm(lambda: next(works)).now() is calm


def test_the_upload_is_measured(tmp_path, peers):
    before = dict(os.environ)
    with uploads.races(tmp_path, count=3, size=TINY) as races:
        rows = one_round(races)
    assert dict(os.environ) == before
    assert [row.what for row in rows][:2] == ["archive and upload", "archive and upload, TLS"]
    assert all(map(measured, rows[:3]))
    assert all(row.least for row in rows[:3])
    assert peers() == ["zip", "curl", "zip", "curl", "7zz", "curl"]


def test_the_download_is_measured_and_leaves_nothing(tmp_path, peers):
    with downloads.races(tmp_path, size=100_000) as races:
        row, = one_round(races)
    assert row.what == "download, verified"
    assert measured(row)
    assert row.least
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
    assert len(peers()) == 6


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
    with getattr(windows, name)(tmp_path, sizes=(120,), rounds=1, **more) as races:
        rows = one_round(races)
    assert len(rows) >= 2
    assert all(map(measured, rows))


@pytest.mark.parametrize(("name", "lines"), [("holds", 4), ("runs", 4), ("gallery", 3)])
def test_holds_of_the_window_are_measured(tmp_path, name, lines):
    with getattr(windows, name)(tmp_path, sizes=(50,), rounds=1) as races:
        rows = one_round(races)
    assert len(rows) == lines
    assert all(row.own and row.met is not None for row in rows)


def test_a_scan_is_measured(tmp_path):
    with scans.races(tmp_path, count=5, sources=2) as races:
        row, = one_round(races)
    assert measured(row)


def test_the_start_is_measured(tmp_path):
    with windows.start(tmp_path, rounds=1, more=False) as races:
        rows = one_round(races)
    assert len(rows) == 2
    assert all(map(measured, rows))


def test_an_unknown_name_is_told(capsys):
    with pytest.raises(SystemExit):
        command.main(["dance"])
    assert "unknown: dance; known: start, polls" in capsys.readouterr().err
