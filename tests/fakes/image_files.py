"""Real image files for tests, made of scikit-image's free photographs, with all the metadata a phone writes."""

import io
import struct
from functools import cache
from pathlib import Path

import skimage
from PIL import Image, ImageCms, PngImagePlugin

GPS_IFD, ORIENTATION = 0x8825, 0x0112
SECRET = "secret-place"  # noqa: S105  # no password; it is in every kind of metadata of these files


@cache
def photo(name: str = "coffee.png") -> Image.Image:
    """Return one of scikit-image's photographs, 600 by 400 by default."""
    with Image.open(Path(skimage.__file__).parent / "data" / name) as image:
        return image.convert("RGB")


def exif(orientation: int = 1) -> bytes:
    """Return an EXIF block with an orientation, a camera and a place."""
    block = Image.Exif()
    block[ORIENTATION] = orientation
    block[0x010F] = SECRET
    block[GPS_IFD] = {1: "N", 2: (48.0, 51.0, 29.0), 3: "E", 4: (2.0, 17.0, 40.0)}
    return block.tobytes()


@cache
def srgb() -> bytes:
    """Return a colour profile; always the same, though it contains its time of creation."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def jpeg(
    image: Image.Image | None = None, *, orientation: int = 1, metadata: bool = True, **options: object
) -> bytes:
    """Encode a JPEG; with metadata it carries EXIF, GPS, XMP, a comment and a colour profile."""
    more = {
        "exif": exif(orientation), "xmp": f"<x>{SECRET}</x>".encode(), "comment": SECRET, "icc_profile": srgb(),
    } if metadata else {}
    return encode(image, "JPEG", **({"quality": 88} | more | options))


def png(
    image: Image.Image | None = None, *, orientation: int = 1, metadata: bool = True, **options: object
) -> bytes:
    """Encode a PNG; with metadata it carries EXIF, texts and a colour profile."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SECRET)
    words.add_itxt("XML:com.adobe.xmp", SECRET, zip=True)
    more = {"exif": exif(orientation), "pnginfo": words, "icc_profile": srgb()} if metadata else {}
    return encode(image, "PNG", **(more | options))


def webp(
    image: Image.Image | None = None, *, orientation: int = 1, metadata: bool = True, **options: object
) -> bytes:
    """Encode a WebP; with metadata it carries EXIF, XMP and a colour profile."""
    more = {"exif": exif(orientation), "xmp": SECRET.encode(), "icc_profile": srgb()} if metadata else {}
    return encode(image, "WEBP", **({"quality": 80} | more | options))


ENCODERS = {"JPEG": jpeg, "PNG": png, "WEBP": webp}
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}


def encode(image: Image.Image | None, image_format: str, **options: object) -> bytes:
    """Encode with Pillow."""
    target = io.BytesIO()
    (image or photo()).save(target, image_format, **options)
    return target.getvalue()


def small_jpeg(shade: int = 0) -> bytes:
    """Return a tiny valid JPEG; another shade gives other bytes."""
    return encode(Image.new("RGB", (16, 12), (shade % 256, shade // 256 % 256, 90)), "JPEG", quality=90)


def bomb_png(width: int = 40_000, height: int = 40_000) -> bytes:
    """Return a PNG of a few bytes that declares 1600 megapixels."""
    data = bytearray(encode(Image.new("L", (1, 1)), "PNG"))
    data[16:24] = struct.pack(">II", width, height)
    return bytes(data)


def opened(data: bytes) -> Image.Image:
    """Decode with Pillow."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def many_scans(count, *, progressive=True, side=64):
    """Return an image whose scans are repeated: each has few bytes, and takes a full decoding pass."""
    data = jpeg(Image.new("RGB", (side, side), "#907040"), progressive=progressive, metadata=False)
    start, end = data.rindex(b"\xff\xda"), len(data) - 2
    if not progressive:  # the first scan of one colour alone makes a decoder wait for more
        head = data[:start]
        scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x00" * 40
        return head + scan * count + b"\xff\xd9"
    return data[:end] + data[start:end] * (count - data.count(b"\xff\xda")) + data[end:]
