"""The main job in the real window, on real photographs, with a real server and a real disk."""

from pathlib import Path

import pytest
import skimage
from open_studio import fill_in_the_form, open_studio, start_run, take_in
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit

from segmind_studio.api.safetensors import read_header
from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import Phase, Stage
from tests.fakes.typed import the

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(180)]
FREE_PHOTOGRAPHS = (
    "astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png", "retina.jpg",
)


@pytest.fixture
def photographs(tmp_path):
    """Real photographs in the three formats, one turned by EXIF, one with a caption beside it."""
    folder = tmp_path / "My photos, Ünïcode"
    folder.mkdir()
    shipped = Path(skimage.__file__).parent / "data"
    for number, name in enumerate(FREE_PHOTOGRAPHS):
        picture = Image.open(shipped / name).convert("RGB")
        suffix = (".jpg", ".png", ".webp")[number % 3]
        exif = Image.Exif()
        if number == 0:
            exif[0x0112] = 6
        picture.save(folder / f"{Path(name).stem}{suffix}", exif=exif)
    (folder / "coffee.txt").write_text("TOK, a cup of coffee", encoding="utf-8")
    return folder


def test_photos_in_a_trained_model_out(qapp, tmp_path, photographs):
    before = {path: path.stat().st_mtime_ns for path in photographs.iterdir()}
    with open_studio(tmp_path / "app", practice=True) as studio:
        take_in(studio, photographs)
        dataset = studio.services.datasets.dataset
        assert len(dataset.used) == 6
        captions = [photo.caption for photo in dataset.photos if photo.path.stem == "coffee"]
        assert captions == ["TOK, a cup of coffee"]
        fill_in_the_form(studio)
        run_id = start_run(studio)
        studio.driver.wait(lambda: studio.run(run_id).ready, "the model", 90)
        studio.driver.click("rail.runs")
        studio.driver.click_row("runs.table", 0)
        studio.driver.click("runs.download")
        studio.driver.wait(lambda: bool(studio.run(run_id).result_path), "the model file")
        header = read_header(Path(studio.run(run_id).result_path))
        assert the(dict, header["__metadata__"])["practice"] == "true"
        assert len(studio.jobs()) == 1
    assert {path: path.stat().st_mtime_ns for path in photographs.iterdir()} == before


def test_the_answer_to_the_submit_is_lost_and_there_is_one_run(qapp, tmp_path, photographs):
    with open_studio(tmp_path / "app", practice=True) as studio:
        take_in(studio, photographs)
        studio.practice.set_fault(Fault.LOST_ANSWER, on=True)
        fill_in_the_form(studio)
        run_id = start_run(studio)
        studio.driver.wait(lambda: studio.run(run_id).phase is Phase.ADOPTED, "the run", 60)
        studio.driver.wait(lambda: studio.run(run_id).ready, "the model", 90)
        assert len(studio.jobs()) == len(studio.runs) == 1
        posts = [path for _method, path, _status in studio.requests() if path == "/finetune/request/submit"]
        assert len(posts) == 1


def test_one_confirmation_starts_a_comparison_from_one_upload(qapp, tmp_path, photographs):
    with open_studio(tmp_path / "app", practice=True) as studio:
        take_in(studio, photographs)
        driver = studio.driver
        driver.click("data.train")
        driver.click("train.sweep")
        driver.find(QComboBox, "train.sweep.setting").setFocus()
        QTest.keyClick(driver.find(QComboBox, "train.sweep.setting"), Qt.Key.Key_Down)
        driver.type_line("train.sweep.numbers", "120, 150")
        studio.window.show_place("data")
        fill_in_the_form(studio)
        start_run(studio)
        driver.wait(lambda: len(studio.runs) == 2 and all(run.ready for run in studio.runs), "both models", 90)
        assert sorted(job.name for job in studio.jobs()) == ["my-cat-it120", "my-cat-it150"]
        assert sum(method == "PUT" for method, _path, _status in studio.requests()) == 1
        assert [run.name for run in studio.runs] == ["my-cat-it120", "my-cat-it150"]  # the first stands on top


def test_a_refused_submit_is_told_and_nothing_is_lost(qapp, tmp_path, photographs):
    with open_studio(tmp_path / "app", practice=True) as studio:
        take_in(studio, photographs)
        studio.practice.set_fault(Fault.RETIRED, on=True)
        fill_in_the_form(studio, name="kept-name")
        run_id = start_run(studio)
        studio.driver.wait(lambda: studio.run(run_id).stage is Stage.REFUSED, "the refusal")
        assert studio.jobs() == ()
        assert len(studio.services.datasets.dataset.photos) == 6
        assert "kept-name" in studio.services.settings.value.draft


def test_photos_captions_and_form_are_there_after_a_restart(qapp, tmp_path, photographs):
    with open_studio(tmp_path / "app", practice=True) as studio:
        take_in(studio, photographs)
        studio.driver.click_row("data.grid", 1)
        studio.driver.type_text("data.caption", "TOK, written here")
        studio.driver.click("data.train")
        studio.driver.type_line("train.field.name", "half-filled")
        studio.driver.wait(lambda: "half-filled" in studio.services.settings.value.draft, "the draft")
    with open_studio(tmp_path / "app", practice=True) as studio:
        studio.wait_for_connection()
        studio.driver.wait(lambda: len(studio.services.datasets.dataset.photos) == 6, "the dataset")
        assert "TOK, written here" in [photo.caption for photo in studio.services.datasets.dataset.photos]
        assert studio.driver.find(QLineEdit, "train.field.name").text() == "half-filled"
    assert not list(photographs.glob("*.bak"))
    assert len(list(photographs.glob("*.txt"))) == 1
