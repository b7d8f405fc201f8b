"""The proposed crop holds what stands out of a picture, wherever it is, and as the picture is turned."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFilter

from segmind_studio.core.crop_frames import warned_of, widened
from segmind_studio.core.photo_edits import Crop, PhotoEdit
from segmind_studio.dataset.subject import subject_of
from tests.fakes.image_files import photo, png

SIZE = (640, 480)


def scene(box: tuple[int, int, int, int], ground: str) -> Image.Image:
    """Paint a busy subject on a calm background."""
    image = Image.effect_noise(SIZE, 20).filter(ImageFilter.GaussianBlur(2)).convert("RGB")
    image = Image.blend(image, Image.new("RGB", SIZE, ground), 0.8)
    image.paste(photo("coffee.png").resize((box[2] - box[0], box[3] - box[1])), box)
    return image


@pytest.mark.parametrize("ground", ["white", "#203040", "#3a7d2c"])
@pytest.mark.parametrize("box", [(60, 50, 260, 250), (380, 200, 600, 440), (220, 140, 420, 340)])
def test_the_proposal_holds_the_subject_and_little_else(tmp_path, box, ground):
    (path := tmp_path / "scene.png").write_bytes(png(scene(box, ground), metadata=False))
    found = subject_of(path, PhotoEdit(crop=Crop(0, 0, 0.1, 0.1)), "#ffffff")
    wanted = Crop(box[0] / 640, box[1] / 480, box[2] / 640, box[3] / 480)
    assert found is not None
    both = (
        max(0, min(found.right, wanted.right) - max(found.left, wanted.left))
        * max(0, min(found.bottom, wanted.bottom) - max(found.top, wanted.top))
    )
    assert both / (wanted.width * wanted.height) > 0.85
    assert both / (found.width * found.height) > 0.45
    turned = subject_of(path, PhotoEdit(turns=1), "#ffffff")
    assert turned is not None
    for ours, theirs in zip(turned_edges(found), turned_edges(turned, back=True), strict=True):
        assert ours == pytest.approx(theirs, abs=0.12)  # the headroom is above it


def test_heads_stay_in_the_proposal(tmp_path):
    (path := tmp_path / "person.png").write_bytes(png(photo("astronaut.png"), metadata=False))
    found = subject_of(path, PhotoEdit(), "#ffffff")
    assert found is not None
    assert found.top * 512 < 20


def test_no_check_warns_of_what_is_proposed():
    """At its smallest 512 pixels, at its longest 2:1, and no worse than the whole photo."""
    small, strip = Crop(0.45, 0.4, 0.5, 0.45), Crop(0, 0.45, 1, 0.5)
    for size in ((2000, 1500), (900, 513), (511, 700), (3000, 1000), (1, 5)):
        for crop in (small, strip, Crop(0.9, 0.9, 1, 1), Crop()):
            found = widened(crop, size)
            assert not warned_of(found, size), (size, crop)
            assert found.left <= crop.left + 0.01
            assert found.right >= crop.right - 0.01
            assert widened(found, size) == found
    assert widened(small, (2000, 1500)).width * 2000 == 512
    assert warned_of(small, (2000, 1500))
    assert warned_of(strip, (20000, 15000))


def turned_edges(crop: Crop, *, back: bool = False) -> tuple[float, ...]:
    crop = crop if back else crop.turned_right()
    return crop.left, crop.top, crop.right, crop.bottom


def test_where_nothing_stands_out_all_is_proposed_and_where_nothing_can_be_read_nothing(tmp_path):
    (flat := tmp_path / "flat.png").write_bytes(png(Image.new("RGB", (90, 60), "red"), metadata=False))
    assert subject_of(flat, PhotoEdit(), "#ffffff") == Crop()
    (dot := tmp_path / "dot.png").write_bytes(png(Image.new("RGB", (1, 1), "red"), metadata=False))
    assert subject_of(dot, PhotoEdit(), "#ffffff") == Crop()
    clear = Image.new("RGBA", (200, 200))
    ImageDraw.Draw(clear).ellipse((20, 20, 100, 100), "black")
    (cut := tmp_path / "cut.png").write_bytes(png(clear, metadata=False))
    found = subject_of(cut, PhotoEdit(), "#ffffff")
    assert found is not None
    assert found.right < 0.7
    assert subject_of(tmp_path / "gone.png", PhotoEdit(), "#ffffff") is None
