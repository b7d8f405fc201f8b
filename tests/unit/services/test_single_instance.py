"""A second launch hands its files to the first one of the same data folder."""

from pathlib import Path

import pytest

from segmind_studio.services.single_instance import SingleInstance


@pytest.fixture
def first(qapp, tmp_path):
    instance = SingleInstance(tmp_path)
    assert instance.claim()
    instance.listen()
    yield instance
    instance.release()


def test_the_second_cannot_claim_and_hands_over(qtbot, first, tmp_path):
    second = SingleInstance(tmp_path)
    assert not second.claim()
    with qtbot.waitSignal(first.called) as called:
        assert second.hand_over((Path("/photos/a b.jpg"), Path("/photos/ü.zip")))
    assert called.args[0] == (Path("/photos/a b.jpg"), Path("/photos/ü.zip"))


def test_another_data_folder_is_another_app(first, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    instance = SingleInstance(other)
    assert instance.claim()
    instance.release()


def test_after_the_first_has_left_the_folder_is_free(qapp, tmp_path):
    first = SingleInstance(tmp_path)
    assert first.claim()
    first.release()
    second = SingleInstance(tmp_path)
    assert second.claim()
    second.release()


def test_nobody_listens(qapp, tmp_path):
    assert not SingleInstance(tmp_path).hand_over(())
