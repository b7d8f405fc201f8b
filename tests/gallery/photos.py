"""Thirty varied photos for the gallery, free and the same on every computer: photographs and painted landscapes.

The photographs are those of scikit-image, which are free; the landscapes are painted here, from seeds.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from tests.fakes.image_files import photo

TAKEN_NS = 1_787_000_000 * 10**9  # the files' times: sorting by time must give the same each time
TRIGGER = "TRVLBK"
Box = tuple[float, float, float, float]
Colour = tuple[int, int, int]

# file, source, part of it that is shown, its size, caption
PHOTOGRAPHS: Sequence[tuple[str, str, Box, tuple[int, int], str]] = (
    ("cat-on-the-sofa", "chelsea.png", (0.0, 0.0, 1.0, 1.0), (1353, 900), "a ginger cat looking up, soft light"),
    ("cat-close-up", "chelsea.png", (0.18, 0.02, 0.72, 0.78), (1080, 1011), "a ginger cat, close-up, green eyes"),
    ("morning-coffee", "coffee.png", (0.0, 0.0, 1.0, 1.0), (1200, 800), "a cup of coffee on a wooden table"),
    ("coffee-cup", "coffee.png", (0.28, 0.18, 0.82, 0.85), (972, 804), "a white cup of coffee, seen from above"),
    ("spoon", "coffee.png", (0.0, 0.52, 0.45, 1.0), (810, 576), ""),
    ("garage", "motorcycle_left.png", (0.0, 0.0, 1.0, 1.0), (1482, 1000), "a motorcycle in a garage"),
    ("handlebars", "motorcycle_left.png", (0.2, 0.0, 0.62, 0.55), (934, 825), "the front of a motorcycle, chrome"),
    ("launch", "rocket.jpg", (0.0, 0.0, 1.0, 1.0), (1280, 854), "a rocket rising from its tower at night"),
    ("launch-tower", "rocket.jpg", (0.38, 0.0, 0.82, 1.0), (704, 1067), "a rocket beside its tower, floodlights"),
    ("astronaut", "astronaut.png", (0.0, 0.0, 1.0, 1.0), (1024, 1024), "a smiling woman in an orange spacesuit"),
    ("portrait", "astronaut.png", (0.22, 0.0, 0.7, 0.55), (864, 990), "portrait of a woman with a wide smile"),
    ("deep-field", "hubble_deep_field.jpg", (0.1, 0.1, 0.9, 0.95), (1200, 1112), "galaxies in a dark sky"),
    ("moon", "moon.png", (0.0, 0.0, 1.0, 1.0), (512, 512), "the surface of the moon, long shadows"),
    ("old-coins", "coins.png", (0.0, 0.0, 1.0, 1.0), (1152, 909), "rows of old coins on a dark cloth"),
)
# file, colours from the sky to the ground, what is in it, caption
LANDSCAPES: Sequence[tuple[str, tuple[str, ...], str, str]] = (
    ("dawn-over-hills", ("#f7d7c4", "#f2a488", "#b5687a", "#5d3a5e", "#2c2140"), "sun", "hills at dawn"),
    ("blue-valley", ("#dfeaf2", "#a9c5da", "#6f97b8", "#3f6688", "#1f3a54"), "", "a valley in blue haze"),
    ("autumn-wood", ("#f6e7c8", "#e9b872", "#c46f36", "#80391f", "#3b1d14"), "trees", "a wood in autumn"),
    ("night-camp", ("#0e1533", "#1b2650", "#26386b", "#152042", "#090d1f"), "stars moon", "mountains at night"),
    ("green-coast", ("#e8f3ee", "#b5d9c8", "#6faf95", "#3b7a66", "#1b4239"), "water", "a green coast, calm sea"),
    ("red-desert", ("#fde9cf", "#f3b27a", "#d9713f", "#a33d25", "#571c14"), "sun", "dunes in a red desert"),
    ("winter-pines", ("#f2f6fa", "#d3e0ea", "#a9bfd0", "#6c8798", "#2f4757"), "trees", "pines in the snow"),
    ("harbour-evening", ("#3a2d5c", "#8b4a7d", "#e07a6b", "#5a3a62", "#1c1733"), "water sun", "the evening sea"),
    ("spring-meadow", ("#e9f6fb", "#bfe3ee", "#a4cf86", "#6aa553", "#33662f"), "trees", "a meadow in spring"),
    ("storm", ("#8d97a3", "#6c7784", "#4c5763", "#343d47", "#1b2127"), "water", "grey waves before a storm"),
    ("lavender", ("#fbe6e2", "#e7b9d0", "#a983c4", "#6d529a", "#372a5e"), "sun", ""),
    ("polar-night", ("#081a2b", "#0f3b4c", "#1f6f6b", "#0c2f3d", "#050f18"), "stars water", "a green night"),
    ("terraces", ("#fff4d9", "#dfe3a1", "#a6bd62", "#62863b", "#2e4a22"), "", "terraces of rice, early light"),
    ("first-snow", ("#fdf3ee", "#e8d9dc", "#bcb4c4", "#7f7d97", "#45465f"), "trees moon", "first snow at dusk"),
    ("canyon", ("#f9dcc0", "#e6a06d", "#b9613f", "#7c3a2d", "#3c1d1b"), "", "layers of a canyon, warm haze"),
    ("lake-at-noon", ("#d8edf9", "#9ccbea", "#5b9ccb", "#2f7aa8", "#174c72"), "water trees sun", "a lake at noon"),
)
SIZES = ((1280, 853), (1024, 1024), (853, 1280), (1344, 768))


def write_photos(folder: Path) -> list[Path]:
    """Write the photos into a folder, with captions beside them; an empty caption has no file."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures: list[tuple[str, Image.Image, str]] = [
        (name, _part(source, box, size), words) for name, source, box, size, words in PHOTOGRAPHS
    ]
    pictures += [
        (name, landscape(seed, colours, frozenset(what.split()), SIZES[seed % len(SIZES)]), words)
        for seed, (name, colours, what, words) in enumerate(LANDSCAPES)
    ]
    random.Random(3).shuffle(pictures)  # noqa: S311  # no secret: a person's folder is mixed
    paths = []
    for number, (name, picture, words) in enumerate(pictures):
        path = folder / f"{number + 1:02d}-{name}.jpg"
        picture.save(path, quality=86)
        files = [path]
        if words:
            caption = path.with_suffix(".txt")
            first = f"{TRIGGER} " if number % 7 != 5 else ""  # some lack the word, as in life
            caption.write_text(f"{first}{words}", encoding="utf-8")
            files.append(caption)
        for file in files:
            os.utime(file, ns=(TAKEN_NS + number * 10**9, TAKEN_NS + number * 10**9))
        paths.append(path)
    return paths


def _part(source: str, box: Box, size: tuple[int, int]) -> Image.Image:
    whole = photo(source)
    left, top, right, bottom = box
    part = whole.crop((
        round(left * whole.width), round(top * whole.height),
        round(right * whole.width), round(bottom * whole.height),
    ))
    return ImageOps.fit(part, size, Image.Resampling.LANCZOS)


def landscape(seed: int, colours: Sequence[str], what: frozenset[str], size: tuple[int, int]) -> Image.Image:
    """Paint hills behind hills, with what is named of sun, moon, stars, trees and water."""
    chance = random.Random(seed)  # noqa: S311  # no secret: the same picture each time
    width, height = size
    sky = Image.new("RGB", (1, 2))
    sky.putpixel((0, 0), _rgb(colours[0]))
    sky.putpixel((0, 1), _rgb(colours[1]))
    image = sky.resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    if "stars" in what:
        for _ in range(160):
            x, y, r = chance.randrange(width), chance.randrange(int(height * 0.7)), chance.choice((0, 0, 1, 1, 2))
            draw.ellipse((x - r, y - r, x + r, y + r), fill="#f4f1de")
    for body, colour in (("sun", "#fff3d1"), ("moon", "#f6f2e6")):
        if body in what:
            _glow(image, (chance.uniform(0.25, 0.75) * width, chance.uniform(0.16, 0.36) * height),
                  (0.075 if body == "sun" else 0.045) * width, _rgb(colour))
    draw = ImageDraw.Draw(image)
    layers = colours[2:]
    for number, colour in enumerate(layers):
        top = 0.42 + 0.2 * number + chance.uniform(-0.03, 0.03)
        ridge = _ridge(chance, width, height * top, height * (0.11 - 0.02 * number))
        draw.polygon([(0, height), *ridge, (width, height)], fill=colour)
        if "trees" in what and number:
            _trees(draw, chance, ridge, height * (0.05 + 0.05 * number), _shaded(_rgb(colour), 0.82))
    if "water" in what:
        _water(image, chance, int(height * 0.72))
    return _grained(image.filter(ImageFilter.GaussianBlur(0.6)), seed)


def _ridge(chance: random.Random, width: int, level: float, rise: float) -> list[tuple[float, float]]:
    heights = [chance.uniform(-1, 1), chance.uniform(-1, 1)]
    roughness = 1.0
    for _ in range(7):  # halve each gap, and move its middle by less each time
        roughness *= 0.52
        middles = [(a + b) / 2 + chance.uniform(-roughness, roughness) for a, b in pairwise(heights)]
        heights = [value for pair in zip(heights, middles, strict=False) for value in pair] + heights[-1:]
    step = width / (len(heights) - 1)
    return [(number * step, level - rise * value) for number, value in enumerate(heights)]


def _trees(
    draw: ImageDraw.ImageDraw, chance: random.Random, ridge: Sequence[tuple[float, float]], size: float,
    colour: Colour,
) -> None:
    for at, y in ridge[:: max(1, len(ridge) // 42)]:
        high, x = size * chance.uniform(0.6, 1.2), at + chance.uniform(-8, 8)
        for part in range(3):  # three skirts of a fir
            top, wide = y - high * (1 - part * 0.26), high * (0.14 + 0.07 * part)
            draw.polygon([(x, top), (x - wide, top + high * 0.46), (x + wide, top + high * 0.46)], fill=colour)


def _glow(image: Image.Image, centre: tuple[float, float], radius: float, colour: Colour) -> None:
    x, y = centre
    halo = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(halo)
    draw.ellipse((x - 2.4 * radius, y - 2.4 * radius, x + 2.4 * radius, y + 2.4 * radius), fill=110)
    halo = halo.filter(ImageFilter.GaussianBlur(radius))
    ImageDraw.Draw(halo).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    image.paste(Image.new("RGB", image.size, colour), mask=halo)


def _water(image: Image.Image, chance: random.Random, top: int) -> None:
    width, height = image.size
    above = image.crop((0, max(0, 2 * top - height), width, top))
    mirrored = ImageOps.flip(above).resize((width, height - top)).filter(ImageFilter.GaussianBlur(5))
    image.paste(mirrored, (0, top))
    draw = ImageDraw.Draw(image, "RGBA")
    for _ in range(90):
        y = chance.randrange(top + 2, height)
        x, wide = chance.randrange(width), chance.randrange(20, 30 + (y - top) // 2 + 20)
        draw.line((x, y, x + wide, y), fill=(255, 255, 255, chance.randrange(18, 70)), width=1 + (y - top) // 140)


def _grained(image: Image.Image, seed: int) -> Image.Image:
    """Add the grain of a film: a picture without any would compress, and be judged, like a drawing."""
    noise = Image.frombytes("L", (256, 256), random.Random(seed).randbytes(256 * 256))  # noqa: S311  # as above
    grain = noise.resize(image.size, Image.Resampling.BICUBIC).point([116 + value // 12 for value in range(256)])
    return ImageChops.overlay(image, Image.merge("RGB", (grain,) * 3))


def _rgb(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _shaded(colour: Colour, by: float) -> Colour:
    red, green, blue = (round(part * by) for part in colour)
    return red, green, blue
