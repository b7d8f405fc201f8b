"""Pictures that are cut out of others, found among real photographs by their small grey copies."""

from __future__ import annotations

import random

import pytest
from PIL import Image, ImageDraw, ImageOps

from segmind_studio.dataset.cutouts import MOST_COMPARED, cutouts, families
from tests.fakes.image_files import photo
from tests.gallery.photos import LANDSCAPES, SIZES, landscape

PHOTOS = (
    "coffee.png", "chelsea.png", "astronaut.png", "rocket.jpg", "motorcycle_left.png", "camera.png", "coins.png",
    "retina.jpg", "ihc.png", "moon.png", "brick.png", "grass.png",
)


def small(image: Image.Image) -> Image.Image:
    grey = image.convert("L")
    grey.thumbnail((64, 64), Image.Resampling.BOX)
    return grey


def part_of(image: Image.Image, part: tuple[float, float, float, float]) -> Image.Image:
    width, height = image.size
    return image.crop((int(part[0] * width), int(part[1] * height), int(part[2] * width), int(part[3] * height)))


def test_different_photographs_are_no_cut_outs():
    assert list(cutouts({name: small(photo(name)) for name in PHOTOS})) == []


def smooth_pictures() -> dict[str, Image.Image]:
    """Return pictures that share a course of light: painted hills, gradients, blurred spots, flat shapes."""
    found = {
        name: landscape(seed, colours, frozenset(what.split()), SIZES[seed % len(SIZES)])
        for seed, (name, colours, what, _words) in enumerate(LANDSCAPES[:10])
    }
    chance = random.Random(5)  # noqa: S311  # no secret: the same pictures each time
    for number in range(4):
        size = (600, (400, 600, 800)[number % 3])
        spots = Image.new("L", (4, 4))
        spots.putdata([chance.randrange(256) for _ in range(16)])
        found[f"spots {number}"] = spots.resize(size, Image.Resampling.BICUBIC)
        dark, bright = sorted(chance.sample(range(256), 2))
        for kind in ("linear", "radial"):
            slope = getattr(Image, f"{kind}_gradient")("L").resize(size)
            found[f"{kind} {number}"] = ImageOps.colorize(slope, (dark,) * 3, (bright,) * 3)
        flat = Image.new("L", size, bright)
        x, y, radius = chance.randrange(200, 400), chance.randrange(150, 250), chance.randrange(60, 150)
        ImageDraw.Draw(flat).ellipse((x - radius, y - radius, x + radius, y + radius), fill=dark)
        found[f"disc {number}"] = flat
    return found


def test_smooth_and_flat_pictures_are_no_cut_outs_of_each_other():
    pictures = smooth_pictures()
    assert list(cutouts({name: small(picture) for name, picture in pictures.items()})) == []
    whole = pictures["winter-pines"]  # painted, too: what is really cut out of one is found
    part = part_of(whole, (0.1, 0.15, 0.75, 0.9))
    assert list(cutouts({"whole": small(whole), "part": small(part)})) == [("part", "whole")]


@pytest.mark.parametrize("part", [
    (0.1, 0.15, 0.75, 0.9), (0.0, 0.0, 0.6, 1.0), (0.3, 0.3, 0.95, 0.95), (0.25, 0.05, 0.8, 0.7),
])
@pytest.mark.parametrize("name", PHOTOS[:6])
def test_a_cut_out_is_found_mirrored_too(name, part):
    among = {other: small(photo(other)) for other in PHOTOS[:7]}
    cut = part_of(photo(name), part)
    mirrored = cut.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert set(cutouts(among | {"part": small(cut)})) == {("part", name)}
    assert ("part", name) in set(cutouts({name: among[name], "part": small(mirrored)}))


def test_a_search_can_be_stopped_between_two_comparisons_of_one_picture():
    photos = {name: small(photo(name)) for name in PHOTOS[:4]}
    asked: list[bool] = []

    def stopped() -> bool:
        asked.append(True)
        return False

    list(cutouts(photos, stopped))
    assert len(asked) == len(photos) ** 2


def test_nothing_is_compared_once_it_is_stopped():
    whole = photo()
    pictures = {"whole": small(whole), "part": small(part_of(whole, (0.1, 0.1, 0.8, 0.8)))}
    assert list(cutouts(pictures)) == [("part", "whole")]
    assert list(cutouts(pictures, lambda: True)) == []
    assert list(cutouts({"a": Image.new("L", (64, 40), 90), "b": Image.new("L", (40, 40), 90)})) == []


def test_of_many_photos_only_related_names_are_compared():
    few = {number: f"IMG_{number}" for number in range(MOST_COMPARED)}
    assert list(families(few)) == [list(few)]
    many = {number: f"IMG_{number:04}" for number in range(10_000)}
    many |= {-1: "img_0007_crop", -2: "IMG_0007 (2)", -3: "beach", -4: "Beach-edited"}
    assert sorted(map(sorted, families(many))) == [[-4, -3], [-2, -1, 7]]
    burst = dict.fromkeys(range(3 * MOST_COMPARED), "same")
    assert [len(family) for family in families(burst)] == [MOST_COMPARED] * 3
