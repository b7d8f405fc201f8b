"""Each photo is measured once and each two are compared once, in this session and in the next."""

from __future__ import annotations

import dataclasses

import pytest

from segmind_studio.core.datasets import Check, Photo
from segmind_studio.core.photo_edits import PhotoEdit
from segmind_studio.core.picture_traits import usual
from segmind_studio.dataset.cutouts import cutouts
from segmind_studio.dataset.inspection import look_again
from segmind_studio.services.images import picture_steps
from segmind_studio.services.images.picture_steps import PictureSteps, file_of, findings_of_files
from segmind_studio.store.measure_store import MeasureStore
from tests.fakes.image_files import encode, photo


@pytest.fixture
def photos(tmp_path):
    """The astronaut, a part of it, and four others."""
    whole = photo("astronaut.png")
    pictures = {
        "whole": whole, "part": whole.crop((128, 0, 384, 256)), "cat": photo("chelsea.png"), "cup": photo(),
        "rocket": photo("rocket.jpg"), "camera": photo("camera.png"),
    }
    found = []
    for name, picture in pictures.items():
        (tmp_path / f"{name}.jpg").write_bytes(encode(picture, "JPEG"))
        found.append(look_again(Photo(name, tmp_path / f"{name}.jpg")))
    return tuple(found)


class Counts:
    """What was measured, and how many new pictures were compared, each time."""

    def __init__(self, monkeypatch):
        self.measured: list[str] = []
        self.compared: list[int] = []  # pictures that were new
        measure = picture_steps.measures_of

        def measured(path, edit):
            self.measured.append(path.stem)
            return measure(path, edit)

        monkeypatch.setattr(picture_steps, "measures_of", measured)

    def find(self, pictures, stopped, before):
        self.compared.append(len(pictures.keys() - before))
        return cutouts(pictures, stopped, before)

    def take(self):
        taken = self.measured, self.compared
        self.measured, self.compared = [], []
        return taken


def cut_out(photos, steps):
    found = findings_of_files(photos, (), steps, stripped=True, stopped=bool)
    return [finding.photo_ids for finding in found if finding.check == Check.CUT_OUT]


def test_nothing_is_measured_or_compared_twice(photos, tmp_path, monkeypatch):
    store = MeasureStore(tmp_path / "measures.sqlite3")
    counts = Counts(monkeypatch)
    steps = PictureSteps(store, find=counts.find)
    assert cut_out(photos[:5], steps) == [("part",)]
    assert counts.take() == (["whole", "part", "cat", "cup", "rocket"], [5])
    assert cut_out(photos, steps) == [("part",)]
    assert counts.take() == (["camera"], [1])  # the one that is new is compared with the others
    assert cut_out(photos[1:], steps) == []  # the whole is gone
    assert counts.take() == ([], [])
    assert cut_out(photos, PictureSteps(store, find=counts.find)) == [("part",)]  # after a restart
    assert counts.take() == ([], [])
    turned = dataclasses.replace(photos[0], edit=PhotoEdit(turns=1))
    assert cut_out((turned, *photos[1:]), PictureSteps(store, find=counts.find)) == []
    assert counts.take() == (["whole"], [6])


def test_cutouts_that_take_too_long_are_left_out_until_the_next_session(photos, tmp_path, monkeypatch, caplog):
    store = MeasureStore(tmp_path / "measures.sqlite3")
    counts, asked = Counts(monkeypatch), []

    def hangs(pictures, _stopped, _before):
        asked.append(len(pictures))
        raise TimeoutError

    steps = PictureSteps(store, find=hangs)
    assert [cut_out(photos, steps) for _time in range(2)] == [[], []]
    assert asked == [6]  # nobody waits for it twice
    assert "left out" in caplog.text
    caplog.clear()
    assert cut_out(photos, PictureSteps(store, find=counts.find)) == [("part",)]


def test_a_photo_that_cannot_be_read_stops_nothing(photos, tmp_path, monkeypatch, caplog):
    def broken(_path, _edit):
        raise ValueError

    monkeypatch.setattr(picture_steps, "measures_of", broken)
    answers = list(PictureSteps(MeasureStore(tmp_path / "measures.sqlite3")).measure(photos, bool))
    assert [file for answer in answers for file in answer] == list(map(file_of, photos))
    assert "could not be measured" in caplog.text
    caplog.clear()
    assert list(PictureSteps(None).measure(photos, lambda: True)) == [{}]


def test_all_photos_are_judged_by_the_included_ones(photos):
    steps = PictureSteps()
    answers = steps.measure(photos, bool)
    known = {file: measures for answer in answers for file, measures in answer.items() if measures}
    used = list(map(file_of, photos[2:4]))
    found = steps.compare(known, used, bool, last=True)
    traits = [known[file].traits for file in used]
    assert found.usual == usual(one for one in traits if one)
    assert found.usual != usual(measures.traits for measures in known.values() if measures.traits)
    assert not found.cutouts  # those that have one are not in the package
    assert steps.compare(known, known, bool, last=True).cutouts
