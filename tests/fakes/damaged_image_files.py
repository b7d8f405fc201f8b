"""Damaged image files and unusual valid ones, each made of a real encode."""

import io
import random
import re
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from tests.fakes.image_files import encode, jpeg, photo, png, srgb, webp

END = b"\xff\xd9"
WIDE = (1800, 1200)  # large enough for a decoder that uses a short cut for large images


def noise(length: int) -> bytes:
    """Return bytes without meaning and without a JPEG marker; always the same."""
    return random.Random(length).randbytes(length).replace(b"\xff", b"\xfe")  # noqa: S311  # no secret


def zeroed(data: bytes, start: float, end: float) -> bytes:
    """Return the file with zeros in place of a part; start and end are shares of it."""
    first, last = int(len(data) * start), int(len(data) * end)
    return data[:first] + bytes(last - first) + data[last:]


def noisy(data: bytes, share: float, length: int) -> bytes:
    """Return the file with noise in it."""
    at = int(len(data) * share)
    return data[:at] + noise(length) + data[at + length :]


def flipped(data: bytes, share: float) -> bytes:
    """Return the file with one bit changed."""
    at = int(len(data) * share)
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]


def without_segment(data: bytes, marker: int) -> bytes:
    """Return a JPEG without all segments of one kind."""
    while (at := data.find(bytes([0xFF, marker]))) >= 0:
        data = data[:at] + data[at + 2 + int.from_bytes(data[at + 2 : at + 4], "big") :]
    return data


def warned(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a sequential JPEG with something harmless about which libjpeg warns first."""
    table, scan = data.index(b"\xff\xdb"), data.index(b"\xff\xda")
    table += 2 + int.from_bytes(data[table + 2 : table + 4], "big")
    parameters = scan + 5 + 2 * data[scan + 4]
    yield "scan parameters of zero", data[:parameters] + bytes(3) + data[parameters + 3 :]
    for name, segment in {
        "a later JFIF": b"\xff\xe0\0\x10JFIF\0\2\2\0\0\1\0\1\0\0",
        "an unknown transform": b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\7",
    }.items():
        yield name, data[:table] + segment + data[table:]


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a PNG chunk."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def short_png(share: float, *, interlaced: bool = False) -> bytes:
    """Return a PNG of 600 by 400 pixels, valid in every chunk, that has only a share of its rows."""
    pixels = photo().tobytes()
    rows = b"".join(b"\0" + pixels[row * 1800 : row * 1800 + 1800] for row in range(int(400 * share)))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 600, 400, 8, 2, 0, 0, int(interlaced)))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def short_webp(data: bytes, share: float) -> bytes:
    """Return a bare WebP whose only chunk ends early, as its header says."""
    data = data[: int(len(data) * share) // 2 * 2]
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:16] + struct.pack("<I", len(data) - 20) + data[20:]


def damaged() -> Iterator[tuple[str, bytes, str]]:
    """Yield name, file, and the place that its problem must name, "" where it is unknown."""
    encodes = {
        "baseline": jpeg(metadata=False), "large": jpeg(photo().resize(WIDE), metadata=False),
        "restarts": jpeg(metadata=False, restart_marker_blocks=16),
        "grey": jpeg(photo().convert("L"), metadata=False),
        "cmyk": jpeg(photo().convert("CMYK"), metadata=False), "optimized": jpeg(optimize=True, metadata=False),
    }
    for name, data in encodes.items():
        yield f"halved {name} jpeg", data[: len(data) // 2] + END, "lower 4"
        yield f"{name} jpeg with zeros at its end", zeroed(data[:-2], 0.5, 1) + END, "lower 4"
        yield f"{name} jpeg with a third zeroed", zeroed(data, 0.33, 0.66), "lower "
        yield f"cut {name} jpeg", data[: len(data) // 2], "lower 4"
    for name, data in warned(jpeg(metadata=False)):
        yield f"halved jpeg with {name}", data[: len(data) // 2] + END, "lower 4"
        yield f"jpeg with {name} and a third zeroed", zeroed(data, 0.33, 0.66), "lower "
    progressive = jpeg(metadata=False, progressive=True)
    scans = [found.start() for found in re.finditer(rb"\xff\xda", progressive)]
    yield "halved progressive jpeg", progressive[: len(progressive) // 2] + END, ""
    yield "progressive jpeg with a third zeroed", zeroed(progressive, 0.33, 0.66), ""
    yield "progressive jpeg without its last scan", progressive[: scans[-1]] + END, "finer"
    yield "progressive jpeg with its first scan alone", progressive[: scans[1]] + END, "finer"
    yield "jpeg with noise", noisy(jpeg(metadata=False), 0.4, 3000), ""
    yield "jpeg with a part cut out", jpeg(metadata=False)[:20_000] + jpeg(metadata=False)[30_000:], "lower "
    yield "jpeg without its quantisation tables", without_segment(jpeg(metadata=False), 0xDB), ""
    yield "jpeg whose end mark is a film's", jpeg(metadata=False)[:-2] + b"\0\0\0\x18ftypmp42" * 500 + END, ""
    yield "png with a flipped bit", flipped(png(metadata=False), 0.5), "lower 5"
    yield "palette png with a flipped bit", flipped(png(photo().quantize(64), metadata=False), 0.9), "lower "
    yield "png with a flipped bit in its palette", flipped(png(photo().quantize(64), metadata=False), 0.002), ""
    yield "png with a third zeroed", zeroed(png(metadata=False), 0.33, 0.66), ""
    for share in (0.25, 0.5, 0.55, 0.9):
        yield f"png with rows for {share}", short_png(share), f"lower {100 - round(share * 100)} %"
    for share in (0.25, 0.55):
        data = short_png(1)
        yield f"png cut at {share}", data[: int(len(data) * share)], "lower "
    yield "interlaced png with rows for half", short_png(0.5, interlaced=True), ""
    yield "png without rows", short_png(0), ""
    for name, options in {"lossy": {}, "low": {"quality": 20}, "lossless": {"lossless": True}}.items():
        data = webp(metadata=False, **options)
        yield f"{name} webp that ends early", short_webp(data, 0.5), ""
        yield f"{name} webp with zeros at its end", zeroed(data, 0.5, 1), ""
        yield f"{name} webp with a third zeroed", zeroed(data, 0.33, 0.66), ""
        yield f"{name} webp with noise", noisy(data, 0.4, len(data) // 5), ""
    faint = photo().convert("RGBA")
    faint.putalpha(Image.effect_noise(faint.size, 80))
    yield "webp with noise in its transparency", noisy(webp(faint, metadata=False), 0.3, 20_000), ""


def odd_but_good() -> Iterator[tuple[str, bytes]]:
    """Yield name and file of valid images, however unusual."""
    modes = {mode: photo().convert(mode) for mode in ("1", "L", "LA", "RGB", "RGBA", "CMYK")}
    flat = {f"flat {shade}": Image.new("RGB", (400, 300), (shade,) * 3) for shade in (0, 128, 255)}
    cut_out = Image.new("RGB", (600, 400), "white")
    cut_out.paste(photo().resize((200, 150)), (30, 30))
    shapes = {"one pixel": photo().resize((1, 1)), "thin": photo().resize((3, 700))}
    pictures = {"RGB": photo().resize((300, 200)), "cut-out": cut_out} | flat | shapes
    for name, image in pictures.items():
        for quality in (0, 30, 100):
            yield f"{name} jpeg {quality}", jpeg(image, metadata=False, quality=quality, optimize=quality == 30)
            yield f"{name} webp {quality}", webp(image, metadata=False, quality=quality, method=quality % 4)
        yield f"{name} progressive", jpeg(image, progressive=True)
        yield f"{name} restarts", jpeg(image, restart_marker_blocks=3)
        yield f"{name} png", png(image)
        yield f"{name} lossless webp", webp(image, lossless=True, method=0)
    for size in ((1, 1), (64, 64), (1000, 20)):
        yield f"flat lossless webp of {size}", webp(Image.new("RGB", size, "white"), metadata=False, lossless=True)
    for number in range(12):  # some have an odd length, which is padded
        picture, options = photo().resize((64 + number, 64)), {"lossless": True, "method": number % 5}
        yield f"lossless webp {number}", webp(picture, metadata=False, quality=50, **options)
    yield from warned(jpeg(metadata=False))
    yield "large jpeg", jpeg(photo().resize(WIDE))
    yield "grey jpeg", jpeg(modes["L"])
    yield "cmyk jpeg", jpeg(modes["CMYK"], metadata=False)
    yield "palette png", png(photo().quantize(64))
    yield "palette png with transparency", encode(photo().quantize(64), "PNG", transparency=bytes(range(64)))
    for mode in ("1", "L", "LA", "RGBA"):
        yield f"{mode} png", png(modes[mode])
    yield "16-bit png", encode(Image.new("I;16", (300, 200), 40_000), "PNG")
    yield "png with a huge profile", png(metadata=False, icc_profile=srgb() + noise(1_400_000))
    yield "png with bytes behind its end", png() + b"more" * 100
    yield "png with a word whose checksum is wrong", png().replace(b"secret-place", b"secret-plaice"[:12], 1)
    for name, options in {"lossy": {}, "lossless": {"lossless": True}}.items():
        yield f"{name} webp with transparency", webp(modes["RGBA"], **options)
    bare = jpeg(metadata=False)
    yield "jpeg with zeros behind its end", bare + bytes(10_000)
    yield "motion photo", bare + b"\0\0\0\x18ftypmp42" + noise(50_000)
    for padding in (b"\0", b"\x55\xaa" * 5, bytes(500)):
        yield f"jpeg with {len(padding)} bytes before its end mark", bare[:-2] + padding + END
    album = io.BytesIO()
    photo().save(album, "MPO", save_all=True, append_images=[photo("astronaut.png")])
    yield "mpo", album.getvalue()
