"""A folder as people have them: 2,000 files, of which some twenty photos are worth training with.

Every picture is drawn from its number, so two calls write the same bytes.
"""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.fakes.heif_files import HEIFS

FILES = 2000
KEEPERS = 24
LARGE = 14  # of the keepers: 7.6 MB each, together above the limit of the service
COPIES = 2  # of each keeper: of the large ones a smaller picture twice, of the others the same bytes
HOLIDAY, BLURRED, SMALL, CUT_OFF, EMPTY, TEXTS = 160, 60, 1000, 60, 30, 40
CAPTIONED = 140
KEEPER_FORMATS = ("tiff", "bmp", "gif", "jpg", "jpg", "png", "webp", "avif")
Box = tuple[int, int, int, int]
_LARGE_SIZE, _SIZE, _ENOUGH, _SMALL_SIZE = (1500, 1700), (700, 900), (520, 540), (100, 120)
_HOSTILE = (
    "-rf .jpg", "a & b <c> \"d\" 'e'.jpg", "100% %s {x} \\n.jpg", "写真 фото 🐈.jpg", "x" * 200 + ".jpg",
    "CON.jpg", "two\nlines.jpg", "e\u0301tude.jpg", "..jpg", "photo.JPG.exe.jpg",
)
_JUNK = ("notes.pdf", "movie.mov", "layers.psd", "Thumbs.db", "mail.eml", "list.xlsx")


@dataclass(frozen=True)
class Scene:
    """A picture of something on a calm background, and where it is."""

    image: Image.Image
    subject: Box


def scene(number: int, size: tuple[int, int] = _SIZE, *, blurred: bool = False) -> Scene:
    """Draw one; no two numbers look alike, and a blurred one has no edge."""
    dice = random.Random(number)  # noqa: S311  # no secret
    calm = Image.frombytes("RGB", (9, 8), bytes(90 + byte % 40 for byte in dice.randbytes(216)))
    image = calm.resize(size, Image.Resampling.BILINEAR)
    wide, high = size[0] * 2 // 5, size[1] * 2 // 5
    left, top = dice.randrange(size[0] // 10, size[0] - wide - size[0] // 10), dice.randrange(size[1] // 10, high)
    cells = Image.frombytes("RGB", (30, 30), dice.randbytes(2700))
    how = Image.Resampling.BICUBIC if blurred else Image.Resampling.NEAREST
    image.paste(cells.resize((wide, high), how), (left, top))
    return Scene(image, (left, top, left + wide, top + high))


def keeper(number: int) -> Scene:
    """Draw one of the photos that are worth it."""
    return scene(number, _LARGE_SIZE if number < LARGE else _SIZE)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """Encode quickly, not small."""
    buffer = io.BytesIO()
    named = {"jpg": "JPEG", "tiff": "TIFF"}.get(kind, kind.upper())
    quick = {"png": {"compress_level": 0}, "webp": {"method": 0}, "avif": {"speed": 10}}.get(kind, {})
    image.save(buffer, named, **quick, **options)
    return buffer.getvalue()


def write_messy_folder(folder: Path) -> None:
    """Write the 2,000 files; one more entry is a link to the folder itself, and one a link to nowhere."""
    written = 0
    for name, data in _files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        written += 1
    assert written == FILES, written
    (folder / "again").symlink_to(folder, target_is_directory=True)
    (folder / "gone.jpg").symlink_to(folder / "nowhere.jpg")


def _files() -> Iterator[tuple[str, bytes]]:
    count = 0
    for entry in (*_keepers(), *_others(), *_broken(), *_captions()):
        count += 1
        yield entry
    for number in range(FILES - count):
        yield f"other/{number}-{_JUNK[number % len(_JUNK)]}", f"{number}".encode()


def _keepers() -> Iterator[tuple[str, bytes]]:
    for number in range(KEEPERS):
        image = keeper(number).image
        kind = "png" if number < LARGE else KEEPER_FORMATS[number % len(KEEPER_FORMATS)]
        data = encoded(image, kind)
        yield f"model/model-{number:02}.{kind}", data
        small = image.resize(_SIZE, Image.Resampling.BOX)
        if number >= LARGE:  # else the copies fill the disk
            for copy in range(COPIES):
                yield f"backup {copy}/model-{number:02} ({copy}).{kind}", data
        else:
            for copy in range(COPIES):
                yield f"backup {copy}/small-{number:02} ({copy}).jpg", encoded(small, "jpg", quality=80)
        yield f"sent/IMG-{number:02}-WA.jpg", encoded(small.resize((560, 720)), "jpg", quality=60)
        yield f"sent/IMG-{number:02}-mirror.jpg", encoded(
            small.resize((630, 810)).transpose(Image.Transpose.FLIP_LEFT_RIGHT), "jpg", quality=70,
        )
        yield f"sent/IMG-{number:02}.webp", encoded(small.resize((560, 720)), "webp", quality=60)


def _others() -> Iterator[tuple[str, bytes]]:
    for number in range(HOLIDAY):
        name = _HOSTILE[number] if number < len(_HOSTILE) else f"holiday {number}.jpg"
        yield f"holiday/{name}", encoded(scene(1000 + number, _ENOUGH).image, "jpg")
    for number in range(BLURRED):
        yield f"phone/2024/{number}.jpg", encoded(scene(3000 + number, _ENOUGH, blurred=True).image, "jpg")
    for number in range(SMALL):
        kind = ("jpg", "jpg", "png", "webp")[number % 4]
        yield f"web/{number}.{kind}", encoded(scene(5000 + number, _SMALL_SIZE).image, kind)
    for name, data in HEIFS.items():
        yield f"phone/{name}.heic", data


def _broken() -> Iterator[tuple[str, bytes]]:
    whole = encoded(scene(9000, _ENOUGH).image, "jpg")
    for number in range(CUT_OFF):
        yield f"phone/cut-{number}.jpg", whole[: len(whole) * (number + 20) // 100]
    for number in range(EMPTY):
        yield f"phone/empty-{number}.jpg", b""
    for number in range(TEXTS):
        yield f"web/page-{number}.jpg", f"<html>Not found {number}</html>".encode()


def _captions() -> Iterator[tuple[str, bytes]]:
    for number in range(KEEPERS):
        kind = ("txt", "caption")[number % 2]
        yield f"model/model-{number:02}.{kind}", f"a red thing on a table, view {number}\r\n".encode("utf-8-sig")
    lines = [{"file_name": f"{n}.jpg", "text": f"old phone photo {n}"} for n in range(BLURRED)]
    yield "phone/2024/metadata.jsonl", "\n".join(map(json.dumps, lines)).encode()
    for number in range(len(_HOSTILE), CAPTIONED):
        yield f"holiday/holiday {number}.txt", f"beach, sea, sand {number}".encode()
