"""Full looks in processes of their own: what is damaged and where, and what becomes of the processes."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import segmind_studio
from segmind_studio.core.errors import CancelledError
from segmind_studio.dataset.damage import NOT_SAFE, Look, LookKey, plain_look
from segmind_studio.services.datasets.full_look_pool import SWITCH, FullLookPool
from segmind_studio.services.system.own_program import child_command
from tests.fakes.damaged_image_files import damaged, odd_but_good, short_png
from tests.fakes.image_files import jpeg
from tests.fakes.typed import known

LOOKS_BUT = """
import json, os, signal, sys, time
print('"ready"', flush=True)
for line in sys.stdin:
    path = os.path.basename(json.loads(line)[0])
    if "crash" in path: os.kill(os.getpid(), signal.SIGKILL)
    while "hang" in path: signal.pause()
    if "babble" in path:
        print("[1, 2]", flush=True)
        continue
    print(json.dumps({"problem": "", "changes": ["seen"], "final": True}), flush=True)
"""


@pytest.fixture
def make_pool():
    pools = []

    def make(*command, **options):
        pools.append(FullLookPool(command, **options))
        return pools[-1]

    yield make
    for pool in pools:
        assert pool.stop()
        assert pool.processes == ()


def key_of(path):
    return LookKey(str(path), path.stat().st_size, path.stat().st_mtime_ns)


def written(folder, files):
    """Write files and give their keys by name."""
    keys = {}
    for number, (name, data) in enumerate(files):
        path = folder / f"{number}.picture"
        path.write_bytes(data)
        keys[name] = key_of(path)
    return keys


GOOD = Look(changes=(), geometry=(600, 400, 1))  # what `jpeg` gives


def look_all(pool, keys):
    looks = pool.look_all(keys.values(), lambda _done, _total: None, lambda: False)
    return dict(zip(keys, looks, strict=True))


def test_every_kind_of_damage_is_found_and_told_where_it_can_be(make_pool, tmp_path):
    table = list(damaged())
    found = look_all(make_pool(), written(tmp_path, ((name, data) for name, data, _where in table)))
    taken_for_good = [name for name, look in found.items() if not look.problem]
    assert taken_for_good == []
    assert {name: found[name].problem for name, _data, where in table if where not in found[name].problem} == {}
    assert all(look.final for look in found.values())


def test_no_good_picture_is_called_damaged(make_pool, tmp_path):
    found = look_all(make_pool(), written(tmp_path, odd_but_good()))
    assert {name: look for name, look in found.items() if look.problem or not look.final} == {}


def test_without_a_process_most_damage_is_found_all_the_same(tmp_path):
    keys = written(tmp_path, ((name, data) for name, data, _where in damaged() if "png" in name or "webp" in name))
    assert [name for name, key in keys.items() if not plain_look(key).problem] == []


def test_what_is_known_is_not_decoded_again(make_pool, tmp_path):
    keys = written(tmp_path, [("good", jpeg()), ("short", short_png(0.5))])
    pool = make_pool()
    first = look_all(pool, keys)
    for key in keys.values():  # the same size and time, so the same file: nobody opens it
        path = Path(key.path)
        path.write_bytes(bytes(key.size))
        os.utime(path, ns=(key.mtime_ns, key.mtime_ns))
    assert look_all(pool, keys) == first
    pool.forget(keys["good"])
    assert look_all(pool, keys)["good"].problem
    pool.remember({keys["short"]: Look()})
    assert look_all(pool, keys)["short"] == first["short"]  # what was found meanwhile is newer
    pool.forget(keys["short"])
    pool.remember({keys["short"]: Look()})
    assert look_all(pool, keys)["short"] == Look()


def test_a_file_that_is_gone_or_another_one_has_no_answer_for_good(make_pool, tmp_path):
    keys = written(tmp_path, [("gone", jpeg()), ("changed", jpeg())])
    (tmp_path / "0.picture").unlink()
    (tmp_path / "1.picture").write_bytes(jpeg(quality=50))
    pool = make_pool()
    assert set(look_all(pool, keys).values()) == {Look(final=False)}
    (tmp_path / "0.picture").write_bytes(jpeg())
    os.utime(tmp_path / "0.picture", ns=(keys["gone"].mtime_ns,) * 2)
    assert look_all(pool, {"gone": keys["gone"]}) == {"gone": GOOD}


@pytest.mark.parametrize("trouble", ["crash", "hang", "babble"])
def test_a_decoder_that_crashes_or_hangs_costs_its_picture_alone(make_pool, tmp_path, trouble):
    pool = make_pool(sys.executable, "-c", LOOKS_BUT, processes=1, deadline_s=3)
    names = ["a", trouble, "b"]
    keys = {name: LookKey(str(tmp_path / name), 1, 1) for name in names}
    found = look_all(pool, keys)
    good = Look(changes=("seen",))
    assert [found[name] for name in names] == [good, Look(NOT_SAFE.message), good]


def test_a_process_that_somebody_ends_costs_nothing(make_pool, tmp_path):
    keys = written(tmp_path, [("one", jpeg()), ("two", jpeg(quality=50))])
    pool = make_pool(processes=1)
    assert look_all(pool, {"one": keys["one"]}) == {"one": GOOD}
    os.kill(pool.processes[0], signal.SIGKILL)
    assert look_all(pool, {"two": keys["two"]}) == {"two": GOOD}


@pytest.mark.parametrize("command", [("no-such-program",), (sys.executable, "-c", "raise SystemExit(3)")])
def test_where_no_process_can_be_had_pictures_are_looked_at_here(make_pool, tmp_path, command):
    keys = written(tmp_path, [("good", jpeg()), ("short", short_png(0.5))])
    found = look_all(make_pool(*command), keys)
    assert [bool(look.problem) for look in found.values()] == [False, True]


def test_stopped_in_the_midst_of_a_look_nothing_stays(make_pool, tmp_path):
    pool = make_pool(sys.executable, "-c", LOOKS_BUT, processes=2)
    keys = [LookKey(str(tmp_path / f"hang {number}"), 1, 1) for number in range(5)]
    ended, begun = [], threading.Event()

    def look():
        try:
            pool.look_all(keys, lambda *_: begun.set() if pool.processes else None, lambda: False)
        except CancelledError as error:
            ended.append(error)

    asker = threading.Thread(target=look)
    asker.start()
    assert begun.wait(20)
    assert pool.stop()
    asker.join(20)
    assert len(ended) == 1
    assert pool.processes == ()


def test_a_wait_is_cancelled_and_what_waits_is_forgotten(make_pool, tmp_path):
    pool = make_pool(sys.executable, "-c", LOOKS_BUT, processes=1)
    with pytest.raises(CancelledError):
        pool.look_all([LookKey(str(tmp_path / "hang"), 1, 1)], lambda *_: None, lambda: True)


def test_processes_end_when_there_is_nothing_to_look_at(make_pool, tmp_path):
    pool = make_pool(idle_s=0.05)
    look_all(pool, written(tmp_path, [("good", jpeg())]))
    ended = threading.Event()
    while pool.processes:
        ended.wait(0.05)  # the test's own time limit ends this
    assert look_all(pool, written(tmp_path, [("another", jpeg(quality=50))])) == {"another": GOOD}


def test_a_process_ends_with_whoever_started_it_and_needs_no_display():
    environment = {name: text for name, text in os.environ.items() if "DISPLAY" not in name and "QT_" not in name}
    environment["PYTHONPATH"] = str(Path(segmind_studio.__file__).parents[1])
    with subprocess.Popen(  # noqa: S603  # our own
        child_command(SWITCH), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
    ) as child:
        assert known(child.stdout).readline() == b'"ready"\n'
        known(child.stdin).close()
        assert child.wait(20) == 0
