"""Saving a picture: the very bytes that came where the format is the same."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage

from segmind_studio.core.errors import StoreError
from segmind_studio.services.images.image_service import TryResult
from segmind_studio.ui.tryout.saving import save_image, suffix_of
from tests.fakes.try_service import make_image


def result(path=None):
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("blue"))
    if path is not None:
        image.save(str(path))
    return TryResult(make_image(), image, path)


def test_the_same_format_is_copied_byte_for_byte(tmp_path):
    came = tmp_path / "came.png"
    made = result(came)
    target = save_image(made, tmp_path / "mine.PNG")
    assert target.read_bytes() == came.read_bytes()


def test_another_format_is_written_anew(tmp_path):
    target = save_image(result(tmp_path / "came.png"), tmp_path / "mine.jpg")
    assert target.read_bytes().startswith(b"\xff\xd8")


def test_a_picture_that_was_not_kept_is_still_saved(tmp_path):
    target = save_image(result(), tmp_path / "mine.png")
    assert QImage(str(target)).size() == result().image.size()


def test_a_name_without_an_ending_gets_the_one_that_came(tmp_path):
    assert save_image(result(tmp_path / "came.jpg"), tmp_path / "mine").name == "mine.jpg"
    assert save_image(result(), tmp_path / "other").name == "other.png"
    assert suffix_of(result()) == ".png"


def test_saving_over_itself_keeps_the_picture(tmp_path):
    came = tmp_path / "came.png"
    made = result(came)
    before = came.read_bytes()
    assert save_image(made, came).read_bytes() == before


@pytest.mark.parametrize("name", ["no/folder.png", "no/folder.jpg", "odd.nothing"])
def test_what_cannot_be_written_is_worded(tmp_path, name):
    with pytest.raises(StoreError) as caught:
        save_image(result(tmp_path / "came.png"), tmp_path / name)
    assert caught.value.title == "The picture could not be saved."
    assert caught.value.advice


def test_a_picture_whose_file_is_gone_is_saved_from_memory(tmp_path):
    came = tmp_path / "came.png"
    made = result(came)
    came.unlink()
    assert not QImage(str(save_image(made, tmp_path / "mine.png"))).isNull()


def test_a_picture_of_an_earlier_session_is_written_anew_from_its_file(tmp_path):
    came = tmp_path / "came.png"
    made = result(came)
    target = save_image(TryResult(made.generated, path=came), tmp_path / "mine.jpg")
    assert QImage(str(target)).size() == made.image.size()
