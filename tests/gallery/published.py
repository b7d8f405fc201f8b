"""The pictures of the README and of the packages: five places, light and dark, small enough for a repository.

A test renders them again: they must look as the app looks now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from PIL import Image, ImageColor

from segmind_studio.ui.theme.tokens import DARK, LIGHT, Tones
from tests.gallery.compare import difference

PUBLISHED: Mapping[str, str] = {  # surface: name of its picture, in the order of the walk
    "start/place": "start", "data/one-selected": "data", "train/place": "train", "runs/compared-pictures": "runs",
    "try/place": "try",
}
MODES = ("light", "dark")
HEX = re.compile("#[0-9a-fA-F]{6}")
COLOURS = 256
NOISE = 72  # of 255: what fewer colours and another processor may change
MOST_PIXELS = 40  # that differ by more: less than one short word
FACTS = "rendered.json"  # the face and the Qt: with others, letters differ everywhere


def published_name(surface: str, mode: str) -> str:
    """Return the file name of a published picture."""
    return f"{PUBLISHED[surface]}-{mode}.png"


def rendered_name(surface: str, mode: str) -> str:
    """Return the name of the same picture in the gallery."""
    return f"{surface.replace('/', '--')}@{mode}.png"


def with_few_colours(picture: Image.Image, tones: Tones) -> Image.Image:
    """Return a picture in 256 colours, those of the window exactly: photos would crowd them out."""
    common = dict.fromkeys(ImageColor.getrgb(str(tone))[:3] for tone in tones if HEX.fullmatch(str(tone)))
    photos = picture.quantize(COLOURS - len(common), method=Image.Quantize.MEDIANCUT).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in common for part in colour] + photos)
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def publish(rendered: Path, target: Path) -> Iterator[Path]:
    """Write the pictures with few colours, and what they were rendered with; yield what was written."""
    for surface in PUBLISHED:
        for mode in MODES:
            path = target / published_name(surface, mode)
            with Image.open(rendered / rendered_name(surface, mode)) as picture:
                small = with_few_colours(picture.convert("RGB"), DARK if mode == "dark" else LIGHT)
            small.save(path, optimize=True)
            yield path
    facts = target / FACTS
    facts.write_bytes((rendered / FACTS).read_bytes())
    yield facts


def outdated(rendered: Path, published: Path) -> Iterator[str]:
    """Yield the published pictures that do not show what is rendered now, each with how many pixels differ."""
    for surface in PUBLISHED:
        for mode in MODES:
            name = published_name(surface, mode)
            fresh = rendered / rendered_name(surface, mode)
            with Image.open(fresh) as now, Image.open(published / name) as before:
                if now.size != before.size:
                    yield f"{name}: another size"
                    continue
                mask = difference(before.convert("RGB"), now.convert("RGB"), NOISE)
                count = mask.histogram()[255]
                if count > MOST_PIXELS:
                    yield f"{name}: {count} pixels differ"
