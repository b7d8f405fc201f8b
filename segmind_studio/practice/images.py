"""The generated image of practice: one of the user's own photos and the prompt, clearly marked as practice.

Blocking: for the service's worker threads.
"""

from __future__ import annotations

import io
import random
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFont, ImageOps, features

from segmind_studio.practice.answers import refused, refused_field
from segmind_studio.record import record
from segmind_studio.texts import N_

# Translators: a band on each image that was not generated but made of one's own photos.
BAND_TEXT = N_("PRACTICE \N{EN DASH} not made by Flux")
_FACES = (  # in this order; the first that has all letters of a text
    "DejaVuSans.ttf", "NotoSans-Regular.ttf", "segoeui.ttf", "Arial Unicode.ttf", "Helvetica.ttc",
    "NotoSansCJK-Regular.ttc", "NotoSansCJKjp-Regular.otf", "YuGothM.ttc", "msgothic.ttc", "msyh.ttc",
    "Hiragino Sans GB.ttc", "PingFang.ttc", "wqy-microhei.ttc", "NotoSansArabic-Regular.ttf",
)
_JOINED = range(0x590, 0x900)  # letters of scripts that are written from right to left
_NO_LETTER = "\uffff"  # is in no typeface
BAND_COLOUR = (240, 176, 32)
_BAND_PART = 14  # of the height
_SIDES = (256, 2048)
_MOST_STRENGTH = 2.0
_RATIO_PARTS = frozenset(map(str, range(1, 22)))
_FORMATS = {"jpeg": "JPEG", "jpg": "JPEG", "png": "PNG"}
_LONGEST_PROMPT = 400  # characters that are drawn
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@record
class ImageRequest:
    """The parameters of a requested image."""

    prompt: str
    seed: int
    strength: float
    width: int
    height: int
    image_format: str  # "JPEG" or "PNG"

    @property
    def content_type(self) -> str:
        """Return the media type of the bytes."""
        return f"image/{self.image_format.lower()}"


def read_image_request(body: Mapping[str, object]) -> ImageRequest:
    """Return the request in a body; RefusalError with the reason when it breaks a rule."""
    prompt = body.get("prompt")
    if prompt is None:
        raise refused_field(("prompt",), "Field required")
    if not isinstance(prompt, str) or not prompt.strip():
        raise refused("prompt must be a text that is not empty")
    seed = body.get("seed")
    if seed is None:
        seed = random.SystemRandom().randrange(1 << 31)
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise refused("seed must be a whole number, 0 or more")
    strength = body.get("finetune_strength", body.get("strength", 1.0))
    if isinstance(strength, bool) or not isinstance(strength, (int, float)) or not 0 <= strength <= _MOST_STRENGTH:
        raise refused("strength must be between 0 and 2")
    image_format = body.get("image_format", "jpeg")
    if not isinstance(image_format, str) or image_format not in _FORMATS:
        raise refused("image_format must be jpeg or png")
    width, height = _ratio_size(body["aspect_ratio"]) if "aspect_ratio" in body else (
        _side(body, "width"), _side(body, "height"),
    )
    return ImageRequest(prompt, seed, float(strength), width, height, _FORMATS[image_format])


def _ratio_size(ratio: object) -> tuple[int, int]:
    """Return a size of about a megapixel for a ratio such as "2:3"."""
    parts = ratio.split(":") if isinstance(ratio, str) else []
    if len(parts) != 2 or not all(part in _RATIO_PARTS for part in parts):  # noqa: PLR2004  # across and down
        raise refused("aspect_ratio must be two whole numbers up to 21, such as 16:9")
    across, down = int(parts[0]), int(parts[1])
    unit = (1024 * 1024 / (across * down)) ** 0.5
    sides = (round(part * unit / 16) * 16 for part in (across, down))
    width, height = (min(max(side, _SIDES[0]), _SIDES[1]) for side in sides)
    return width, height


def _side(body: Mapping[str, object], key: str) -> int:
    value = body.get(key, 1024)
    if isinstance(value, bool) or not isinstance(value, int) or not _SIDES[0] <= value <= _SIDES[1]:
        raise refused(f"{key} must be a whole number between {_SIDES[0]} and {_SIDES[1]}")
    return value


def render(order: ImageRequest, copies: Path) -> bytes:
    """Return the bytes of the image; the same request for the same run gives the same image.

    The seed selects the photo, its crop and its tint. At strength 0 only a wash of the photo's colours is left, at
    1 it is unchanged, at 2 its colours are exaggerated.
    """
    chance = random.Random(order.seed)  # noqa: S311  # no secret
    paths = sorted(copies.glob("*.jpg"))
    size = (order.width, order.height)
    if paths:
        with Image.open(chance.choice(paths)) as photo:
            centre = (0.3 + 0.4 * chance.random(), 0.3 + 0.4 * chance.random())
            image = ImageOps.fit(photo.convert("RGB"), size, centering=centre)
    else:
        image = Image.new("RGB", size, (96, 96, 96))
    if chance.random() < 0.5:  # noqa: PLR2004  # every second one
        image = ImageOps.mirror(image)
    image = _tinted(image, order.strength, chance)
    _write_prompt(image, order.prompt)
    target = io.BytesIO()
    if order.image_format == "PNG":
        image.save(target, "PNG", compress_level=1)
    else:
        image.save(target, "JPEG", quality=90)
    return target.getvalue()


def _tinted(image: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    wash = image.resize((6, 6), Image.Resampling.BOX).resize(image.size, Image.Resampling.BICUBIC)
    if strength < 1.0:
        image = Image.blend(wash, image, strength)
    elif strength > 1.0:
        image = ImageEnhance.Color(image).enhance(1.0 + 2.0 * (strength - 1.0))
    tint = tuple(chance.randrange(200, 256) for _ in range(3))
    return ImageChops.multiply(image, Image.new("RGB", image.size, tint))


def _write_prompt(image: Image.Image, prompt: str) -> None:
    width, height = image.size
    band = height // _BAND_PART
    draw = ImageDraw.Draw(image, "RGBA")
    draw.rectangle((0, 0, width, band), fill=BAND_COLOUR)
    _fitting(draw, band_text(), (width // 2, band // 2), width * 0.94, band * 0.56)
    font = _font(max(12, width // 36), prompt[:_LONGEST_PROMPT])
    lines = _lines(draw, _paintable(prompt[:_LONGEST_PROMPT]), font, width * 0.92)
    step = max(12, width // 36) * 1.35
    top = height - step * (len(lines) + 0.7)
    draw.rectangle((0, top, width, height), fill=(0, 0, 0, 150))
    for number, line in enumerate(lines):
        draw.text((width * 0.04, top + step * (number + 0.35)), line, fill=(255, 255, 255), font=font)


def band_text() -> str:
    """Return the words of the band in the language in use, in English where they cannot be written here."""
    words = str(BAND_TEXT)
    joined = any(ord(letter) in _JOINED for letter in words)
    return words if _face(words) and (not joined or features.check("raqm")) else BAND_TEXT.message


def _fitting(draw: ImageDraw.ImageDraw, text: str, middle: tuple[int, int], width: float, size: float) -> None:
    words = _paintable(text)
    font = _font(size, text)
    wide = draw.textlength(words, font=font)
    if wide > width:
        font = _font(size * width / wide, text)
    draw.text(middle, words, fill=(24, 20, 8), font=font, anchor="mm")


def _font(size: float, text: str) -> _Font:
    face = _face(text) or _face("")
    return ImageFont.truetype(face, size) if face else ImageFont.load_default(size)


@lru_cache(maxsize=64)
def _face(text: str) -> str:
    """Return a typeface of this computer that has all letters of a text, "" when none is found."""
    for name in _FACES:
        try:
            font = ImageFont.truetype(name, 12)
        except OSError:
            continue
        missing = _drawn(_NO_LETTER, font)
        if all(_drawn(letter, font) != missing for letter in set(text) if not letter.isspace()):
            return name
    return ""


def _drawn(letter: str, font: _Font) -> bytes:
    image = Image.new("L", (24, 24))
    ImageDraw.Draw(image).text((2, 2), letter, fill=255, font=font)
    return image.tobytes()


def _paintable(text: str) -> str:
    """Return a text in the letters that the typeface has; Pillow's own has those of English only."""
    if _face(text) or _face(""):
        return text
    plain = unicodedata.normalize("NFKD", text.replace("\N{EN DASH}", "-"))
    return "".join(char for char in plain if not unicodedata.combining(char)).encode("ascii", "replace").decode()


def _lines(draw: ImageDraw.ImageDraw, text: str, font: _Font, width: float) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and draw.textlength(longer, font=font) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line][:5]
