"""Saving a picture: the very bytes that came where the format is the same."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest
from PIL import Image
from PySide6.QtGui import QColor, QImage
from typing_extensions import override

from segmind_studio.core.errors import StoreError
from segmind_studio.services.images.image_saver import ImageSaver
from segmind_studio.services.images.image_service import TryResult
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.png_text import with_texts
from tests.fakes.try_service import make_image

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def tasks():
    runner = TaskRunner()
    yield runner
    assert runner.stop()


@pytest.fixture
def save_image(qtbot, tasks):
    """Save through the service, and return the path; raise what it could not do."""
    saver = ImageSaver(tasks)

    def save(made, target):
        ends = []
        saver.saved.connect(ends.append)
        saver.failed.connect(ends.append)
        saver.save(made, target)
        qtbot.waitUntil(lambda: bool(ends))
        if isinstance(ends[0], StoreError):
            raise ends[0]
        return ends[0]

    return save


def result(path=None):
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("blue"))
    if path is not None:
        image.save(str(path))
    return TryResult(make_image(), image, path)


def test_the_same_format_is_copied_byte_for_byte(save_image, tmp_path):
    came = tmp_path / "came.jpg"
    made = result(came)
    target = save_image(made, tmp_path / "mine.JPG")
    assert target.read_bytes() == came.read_bytes()


@pytest.mark.parametrize("came", ["came.png", "came.jpg"])
def test_a_png_says_how_it_was_made_and_nothing_else(save_image, tmp_path, came):
    """Pillow, which shares no code with this, reads it; all other bytes are the same."""
    made = result(tmp_path / came)
    made = replace(made, generated=replace(
        made.generated, prompt="TOKMAN, fünf Möwen\n<&>", seed=7, strength=1.2, slug="anna-slug", file_name=came,
    ))
    target = save_image(made, tmp_path / "mine.PNG")
    with Image.open(target) as read:
        texts = dict(read.info)
        blue = read.convert("RGB").getchannel("B").getpixel((4, 4))
    assert blue == pytest.approx(255, abs=5)
    assert texts["parameters"] == (
        "TOKMAN, fünf Möwen\n<&>\nSeed: 7, Size: 1024x1024, Model: anna-slug, Finetune strength: 1.2"
    )
    settings = json.loads(texts["segmind-studio"])
    assert settings == {
        "prompt": "TOKMAN, fünf Möwen\n<&>", "model": "anna-slug", "finetune_strength": 1.2, "seed": 7,
        "width": 1024, "height": 1024,
    }
    words = "".join(map(str, texts.values()))
    assert not [word for word in (str(tmp_path), came, made.generated.account_id) if word in words]
    again = save_image(replace(made, path=target), tmp_path / "again.png")
    assert again.read_bytes() == target.read_bytes()  # the texts are replaced, not doubled
    if came.endswith("png"):
        assert target.read_bytes().endswith((tmp_path / came).read_bytes()[33:])


@pytest.mark.parametrize("cut", [0, 8, 20, 33, 40, 60])
def test_what_is_cut_off_stays_as_it_is_behind_its_texts(tmp_path, cut):
    result(tmp_path / "came.png")
    whole = (tmp_path / "came.png").read_bytes()
    found = with_texts(whole[:cut], {"parameters": "x"})
    assert found.startswith(whole[:min(cut, 33)])
    assert found.endswith(whole[33:cut])
    assert (b"parameters" in found) == (cut >= 33)


def test_another_format_is_written_anew(save_image, tmp_path):
    target = save_image(result(tmp_path / "came.png"), tmp_path / "mine.jpg")
    assert target.read_bytes().startswith(b"\xff\xd8")


def test_a_picture_that_was_not_kept_is_still_saved(save_image, tmp_path):
    target = save_image(result(), tmp_path / "mine.png")
    assert QImage(str(target)).size() == result().image.size()


def test_a_name_without_an_ending_gets_the_one_that_came(save_image, tmp_path):
    assert save_image(result(tmp_path / "came.jpg"), tmp_path / "mine").name == "mine.jpg"
    assert save_image(result(), tmp_path / "other").name == "other.png"
    assert ImageSaver.name_for(result()) == "picture.png"


def test_saving_over_itself_keeps_the_picture(save_image, tmp_path):
    came = tmp_path / "came.png"
    made = result(came)
    before = came.read_bytes()
    assert save_image(made, came).read_bytes() == before


@pytest.mark.parametrize("name", ["no/folder.png", "no/folder.jpg", "odd.nothing"])
def test_what_cannot_be_written_is_worded(save_image, tmp_path, name):
    with pytest.raises(StoreError) as caught:
        save_image(result(tmp_path / "came.png"), tmp_path / name)
    assert caught.value.title == "The picture could not be saved."
    assert caught.value.advice


def test_a_picture_whose_file_is_gone_is_saved_from_memory(save_image, tmp_path):
    came = tmp_path / "came.png"
    made = result(came)
    came.unlink()
    assert not QImage(str(save_image(made, tmp_path / "mine.png"))).isNull()


def test_a_picture_of_an_earlier_session_is_written_anew_from_its_file(save_image, tmp_path):
    came = tmp_path / "came.png"
    made = result(came)
    target = save_image(TryResult(made.generated, path=came), tmp_path / "mine.jpg")
    assert QImage(str(target)).size() == made.image.size()


def test_the_end_of_the_tasks_waits_for_a_picture_being_saved(tmp_path):
    tasks, gate, begun = TaskRunner(), threading.Event(), threading.Event()
    saver = ImageSaver(tasks)

    class SlowImage(QImage):
        @override
        def save(self, *arguments, **more):
            begun.set()
            return gate.wait(60) and super().save(*arguments, **more)

    image = SlowImage(result().image)
    saver.save(TryResult(make_image(), image), tmp_path / "mine.png")
    assert begun.wait(20)
    tasks.ask_stop()
    assert not tasks.wait_end(0)
    gate.set()
    assert tasks.wait_end(20_000)
    assert not QImage(str(tmp_path / "mine.png")).isNull()
