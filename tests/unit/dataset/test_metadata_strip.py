"""Metadata goes, pixels stay to the last bit, and nothing of the file is copied."""

import io
import struct

import pytest
from PIL import Image, ImageChops

from segmind_studio.dataset import jpeg as jpeg_reader
from segmind_studio.dataset.layout import Span
from segmind_studio.dataset.strip import layout_of
from tests.fakes.image_files import ENCODERS, SECRET, encode, exif, jpeg, opened, photo, png, webp


def kept_parts(data):
    return layout_of(io.BytesIO(data), len(data), whole=True).parts


def stripped(data):
    parts = kept_parts(data)
    return b"".join(data[p.offset : p.offset + p.length] if isinstance(p, Span) else p for p in parts)


def same_pixels(one, other):
    left, right = opened(one), opened(other)
    return left.mode == right.mode and left.tobytes() == right.tobytes()


@pytest.mark.parametrize("kind", sorted(ENCODERS))
def test_metadata_goes_and_pixels_and_colours_stay(kind):
    before = ENCODERS[kind](orientation=6)
    assert SECRET.encode() in before
    after = stripped(before)
    image = opened(after)
    assert SECRET.encode() not in after
    assert not image.getexif()
    assert not {"exif", "xmp", "comment", "Comment", "XML:com.adobe.xmp"} & image.info.keys()
    assert image.info["icc_profile"] == opened(before).info["icc_profile"]
    assert image.format == kind
    assert same_pixels(before, after)


@pytest.mark.parametrize("options", [
    {"progressive": True}, {"restart_marker_blocks": 3}, {"subsampling": 0}, {"optimize": True},
])
def test_every_build_of_jpeg_keeps_its_pixels(options):
    before = jpeg(**options)
    assert same_pixels(before, stripped(before))


def test_adobe_colours_stay():
    before = jpeg(photo().convert("CMYK"), metadata=False)
    assert b"Adobe" in before
    after = stripped(before)
    assert b"Adobe" in after
    assert same_pixels(before, after)


@pytest.mark.parametrize("encoder", [jpeg, png, webp])
def test_a_picture_without_metadata_stays_byte_for_byte(encoder):
    before = encoder(metadata=False)
    parts = kept_parts(before)
    assert stripped(before) == before
    assert len(parts) <= 4, "bytes that touch are one span"


def test_what_stands_behind_a_jpeg_goes():
    picture = jpeg()
    assert stripped(picture + jpeg() + b"MotionPhoto_Data" + SECRET.encode()) == stripped(picture)


@pytest.mark.parametrize("piece", [*range(2, 40), 1000, 4095])
def test_wherever_the_reads_are_cut_the_end_is_found(monkeypatch, piece):
    picture = jpeg(photo().resize((40, 30)), metadata=False, restart_marker_blocks=2)
    monkeypatch.setattr(jpeg_reader, "_PIECE", piece)
    assert stripped(picture + jpeg()) == picture


def test_the_second_picture_of_a_phone_goes():
    target = io.BytesIO()
    photo().save(target, "MPO", save_all=True, append_images=[photo("astronaut.png")], exif=exif())
    after = stripped(target.getvalue())
    assert opened(after).format == "JPEG"
    assert b"MPF\0" not in after
    assert after.count(b"\xff\xd8\xff") == 1
    with Image.open(io.BytesIO(target.getvalue())) as before:
        assert not ImageChops.difference(before.convert("RGB"), opened(after)).getbbox()


def test_thumbnails_in_front_go():
    """A JFIF thumbnail may show what was cropped away."""
    picture = jpeg(metadata=False)
    thumbnail = bytes(3 * 2 * 2)
    head = b"\xff\xe0" + struct.pack(">H", 16 + len(thumbnail)) + picture[6:18] + b"\x02\x02" + thumbnail
    extension = b"\xff\xe0" + struct.pack(">H", 2 + 6 + 3) + b"JFXX\0\x13" + b"abc"
    before = picture[:2] + head + extension + picture[20:]
    assert stripped(before) == picture


def test_fill_bytes_between_segments_go():
    picture = jpeg(metadata=False)
    assert stripped(picture[:20] + b"\xff" * 5 + picture[20:]) == picture


def test_text_and_time_go_from_a_png_but_transparency_stays():
    image = photo().quantize(32)
    before = encode(image, "PNG", transparency=3, dpi=(300, 300))
    after = stripped(before)
    assert opened(after).info["transparency"] == 3
    assert b"pHYs" not in after
    assert opened(before).convert("RGBA").tobytes() == opened(after).convert("RGBA").tobytes()


def test_what_stands_behind_a_png_goes():
    assert stripped(png(metadata=False) + SECRET.encode()) == png(metadata=False)


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 50}])
def test_a_webp_says_no_longer_that_it_has_metadata(options):
    before = webp(photo().convert("RGBA"), **options)
    after = stripped(before)
    flags = after[20]
    assert after[12:16] == b"VP8X"
    assert not flags & 0x0C
    assert flags & 0x30 == before[20] & 0x30
    assert struct.unpack("<I", after[4:8])[0] == len(after) - 8
    assert same_pixels(before, after)


def test_a_webp_without_its_last_padding_byte_gets_it_back():
    even = webp(metadata=False)
    data = even[20:] + b"x"
    whole = b"RIFF" + struct.pack("<I", len(data) + 13) + b"WEBPVP8 " + struct.pack("<I", len(data)) + data + b"\0"
    assert stripped(whole) == whole
    assert stripped(whole[:-1]) == whole
    assert same_pixels(even, whole)
