"""Image files whose stored pixels differ from how they should look: colours, depths, orientation, transparency."""

import io
import struct
import zlib
from functools import cache

from PIL import Image, PngImagePlugin
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColorSpace

from tests.fakes.image_files import exif, photo, srgb

XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description {}</rdf:Description></x:xmpmeta>'


@cache
def profile(name: str) -> bytes:
    """Return a colour profile: a named space of Qt, "sRGB", "grey", "print", "broken" or "huge" (sRGB, padded)."""
    if name == "sRGB":
        return srgb()
    if name == "grey":
        white = QPointF(0.3127, 0.329)
        return bytes(QColorSpace(white, QColorSpace.TransferFunction.Gamma, 1.4).iccProfile().data())
    if name == "print":
        return _print_profile()
    if name == "broken":
        return srgb()[:200]
    if name == "huge":
        data = srgb() + bytes(range(256)) * 6000
        return struct.pack(">I", len(data)) + data[4:]
    return bytes(QColorSpace(QColorSpace.NamedColorSpace[name]).iccProfile().data())


def _print_profile() -> bytes:
    """Return a CMYK profile of 16 measured colours, more muted than simple arithmetic makes them."""
    ramps = bytes(range(256))
    table = bytearray()
    for corner in range(16):
        cyan, magenta, yellow, black = (corner >> 3 & 1, corner >> 2 & 1, corner >> 1 & 1, corner & 1)
        light = (240 - 60 * cyan - 70 * magenta - 15 * yellow) * (0.2 if black else 1)
        table += bytes((int(light), 128 - 25 * cyan + 60 * magenta, 128 - 40 * cyan + 70 * yellow))
    identity = struct.pack(">9i", *(65_536 if n % 4 == 0 else 0 for n in range(9)))
    lut = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + identity + ramps * 4 + bytes(table) + ramps * 3
    white = struct.pack(">4s4x3i", b"XYZ ", 63_190, 65_536, 54_061)
    text = b"desc" + struct.pack(">4xI", 6) + b"Press\0" + bytes(78)
    tags = [(b"desc", text), (b"wtpt", white), (b"A2B0", lut)]
    at, directory, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for kind, data in tags:
        padded = data + bytes(-len(data) % 4)
        directory += struct.pack(">4sII", kind, at + len(body), len(data))
        body += padded
    head = struct.pack(
        ">I4xI4s4s4s12x4s28x3i48x", at + len(body), 0x02400000, b"prtr", b"CMYK", b"Lab ", b"acsp", 63_190, 65_536,
        54_061,
    )
    return head + directory + body


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunks(data: bytes, *chunks: bytes) -> bytes:
    """Return a PNG with chunks after its header."""
    return data[:33] + b"".join(chunks) + data[33:]


def deep_png(image: Image.Image, colour_type: int, depth: int = 16, *chunks: bytes) -> bytes:
    """Return a PNG with any depth: at 16 bits the low byte is another channel's, so that both halves count."""
    width, height = image.size
    rows = bytearray()
    pixels = image.tobytes()
    stride = len(pixels) // height
    for y in range(height):
        row = pixels[y * stride : (y + 1) * stride]
        if depth == 16:
            row = bytes(byte for n, high in enumerate(row) for byte in (high, row[n - 1]))
        elif depth < 8:
            bits = "".join(f"{value >> (8 - depth):0{depth}b}" for value in row)
            row = bytes(int(bits[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8))
        rows += b"\0" + row
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0))
    parts = (head, *chunks, chunk(b"IDAT", zlib.compress(bytes(rows))), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def cut_out(image: Image.Image | None = None) -> Image.Image:
    """Return a photograph that fades out from left to right."""
    result = (image or photo()).convert("RGBA")
    result.putalpha(Image.linear_gradient("L").rotate(90).resize(result.size))
    return result


def lying(kind: str, where: str, orientation: int = 6) -> dict[str, object]:
    """Return what Pillow's `save` needs to store an orientation in one place: "exif", "xmp", "text" or ""."""
    packet = XMP.format(f'tiff:Orientation="{orientation}">').encode()
    if where == "exif":
        return {"exif": exif(orientation)}
    if where == "xmp" and kind != "PNG":
        return {"xmp": packet}
    words = PngImagePlugin.PngInfo()
    if where == "xmp":
        words.add_itxt("XML:com.adobe.xmp", packet.decode(), zip=True)
    elif where == "text":
        block = exif(orientation)
        words.add_text("Raw profile type exif", f"\nexif\n{len(block):8}\n{block.hex()}\n", zip=True)
    else:
        return {}
    return {"pnginfo": words}


def decoded(data: bytes) -> Image.Image:
    """Decode as a usual trainer does: no profile, no transparency, no orientation."""
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")
