"""Blur, noise, exposure and place data of real photographs that were changed by known amounts."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from segmind_studio.core.datasets import Check
from segmind_studio.core.picture_traits import standing_out
from segmind_studio.dataset.picture_traits import says_place, traits_of
from tests.fakes.image_files import encode, jpeg, photo, png, webp

PHOTOS = ("coffee.png", "chelsea.png", "astronaut.png", "rocket.jpg", "motorcycle_left.png", "camera.png")
XMP = b'<x:xmpmeta><rdf:Description exif:GPSLatitude="48,51.5N"/></x:xmpmeta>'


def noisy(image: Image.Image) -> Image.Image:
    grain = Image.effect_noise(image.size, 20)
    return ImageChops.add(image, Image.merge("RGB", [grain] * 3), 1, -128)


def levels(low: int, share: float) -> list[int]:
    return [min(255, int(low + share * value)) for value in range(256)] * 3


CHANGES = {
    Check.BLURRED: lambda image: image.filter(ImageFilter.GaussianBlur(3)),
    Check.NOISY: noisy,
    Check.DARK: lambda image: ImageEnhance.Brightness(image).enhance(0.15),
    Check.BRIGHT: lambda image: image.point(levels(190, 0.25)),
    Check.WASHED_OUT: lambda image: image.point(levels(100, 0.25)),
}


def measured(image: Image.Image):
    grey = image.convert("L")
    grey.thumbnail((512, 512))
    return traits_of(grey, bytes(48))


def test_unchanged_photographs_are_not_reported():
    assert standing_out({name: measured(photo(name)) for name in PHOTOS}) == {}


@pytest.mark.parametrize("check", CHANGES)
@pytest.mark.parametrize("name", PHOTOS)
def test_a_changed_photograph_stands_out_among_the_others(check, name):
    each = {other: measured(photo(other)) for other in PHOTOS if other != name}
    each["changed"] = measured(CHANGES[check](photo(name)))
    assert standing_out(each) == {check: ("changed",)}


def test_more_blur_is_worse():
    each = {name: measured(photo(name)) for name in PHOTOS}
    each |= {r: measured(photo().filter(ImageFilter.GaussianBlur(r))) for r in (2, 8, 4)}
    assert standing_out(each) == {Check.BLURRED: (8, 4, 2)}


@pytest.mark.parametrize(("data", "placed"), [
    (jpeg(), True), (png(), True), (webp(), True), (jpeg(metadata=False), False),
    (encode(photo(), "JPEG", xmp=XMP), True), (encode(photo(), "WEBP", xmp=XMP), True),
    (encode(photo(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x88\x25"), False),
    (b"no picture", False), (b"", False),
])
def test_place_data_is_found_in_exif_and_xmp(tmp_path, data, placed):
    path = tmp_path / "photo"
    path.write_bytes(data)
    assert says_place(path) is placed
    assert not says_place(tmp_path / "missing")
