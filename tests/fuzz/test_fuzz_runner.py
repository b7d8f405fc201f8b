"""The runner finds failures, saves them, and repeats the same inputs for the same seed."""

import random

import pytest

from tests.fuzz.inputs import LARGEST, hostile
from tests.fuzz.runner import Runner
from tests.fuzz.targets import Target, every

SAMPLES = (b'{"a": 17}', b"")


def raises(data, _folder):
    if len(data) > 1000:
        raise KeyError("long")


def burns(data, _folder):
    sum(range(len(data) * 50))


def fills(data, _folder):
    bytearray(b"x" * (len(data) * 2000))


def stands(_data, _folder):
    pass


@pytest.mark.parametrize(("read", "problem"), [
    (raises, "KeyError"), (burns, "processor time"), (fills, "memory"), (stands, ""),
])
def test_what_a_reader_does_not_stand_is_found_and_saved(tmp_path, read, problem):
    target = Target("one", SAMPLES, read)
    runner = Runner((target,), 1, tmp_path, slowest=0.1 if read is burns else 60.0, most_bytes=50_000_000)
    for number in range(20, 50):
        runner.try_one(target, number, runner.data(target, number))
    assert runner.tried == 30
    assert len(runner.failures) == bool(problem)
    for failure in runner.failures:
        assert problem in failure.problem
        assert failure.data == runner.data(target, failure.number)
        assert [path.read_bytes() for path in tmp_path.glob("one-*")] == [failure.data]


def test_the_same_seed_gives_the_same_inputs_and_another_gives_others():
    def made(seed):
        return [hostile(random.Random(f"{seed} {number}"), SAMPLES) for number in range(50)]  # noqa: S311  # no secret

    assert made(1) == made(1) != made(2)
    assert max(map(len, made(1))) <= LARGEST


def test_every_reader_stands_its_own_samples(tmp_path):
    for target in every():
        for sample in target.samples:
            target.run(sample, tmp_path)
