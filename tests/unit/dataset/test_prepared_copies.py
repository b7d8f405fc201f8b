"""Converted pictures: upright pixels, the same file for the same bytes, nothing of the metadata, no half files."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat, JpegImagePlugin

from segmind_studio.core.errors import StoreError
from segmind_studio.dataset.conversion import exact_changes_of
from segmind_studio.dataset.layout import BrokenImageError
from segmind_studio.dataset.prepare import Recipe, prepared_copy, trim
from segmind_studio.dataset.strip import layout_of
from tests.fakes.image_files import (
    ENCODERS,
    GPS_IFD,
    ORIENTATION,
    SECRET,
    SUFFIXES,
    encode,
    exif,
    jpeg,
    opened,
    photo,
)

LYING = jpeg(orientation=6)


@pytest.fixture
def prepare(tmp_path):
    def run(data, kind, *, background="#ffffff", keep_metadata=False):
        source = tmp_path / f"source{SUFFIXES[kind]}"
        source.write_bytes(data)
        return copy_of(source, tmp_path / "prepared", background=background, keep_metadata=keep_metadata)
    return run


def copy_of(source, folder, *, background="#ffffff", keep_metadata=False):
    with source.open("rb") as file:
        layout = layout_of(file, source.stat().st_size, whole=True)
        changes = exact_changes_of(file, layout)
    return prepared_copy(source, Recipe(layout, changes, background, keep_metadata), folder)


@pytest.mark.parametrize("kind", sorted(ENCODERS))
@pytest.mark.parametrize("orientation", range(2, 9))
def test_every_orientation_stands_upright(prepare, kind, orientation):
    data = ENCODERS[kind](photo().resize((96, 64)), orientation=orientation)
    with Image.open(prepare(data, kind)) as copy:
        wanted = ImageOps.exif_transpose(opened(data))
        assert (copy.size, copy.format) == (wanted.size, kind)
        difference = ImageStat.Stat(ImageChops.difference(copy.convert("RGB"), wanted.convert("RGB")))
        assert max(difference.mean) < 3
        assert not copy.getexif()
        assert not copy.info.get("icc_profile")
    assert SECRET.encode() not in prepare(data, kind).read_bytes()


@pytest.mark.parametrize("image", [photo().quantize(32), photo().convert("L"), photo().convert("1")])
def test_a_png_that_lies_keeps_its_mode(prepare, image):
    with Image.open(prepare(encode(image, "PNG", exif=exif(6)), "PNG")) as copy:
        wanted = image.transpose(Image.Transpose.ROTATE_270)
        assert copy.mode == wanted.mode
        assert copy.convert("RGB").tobytes() == wanted.convert("RGB").tobytes()


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("WEBP", {"lossless": True, "exact": True})])
def test_what_was_lossless_stays_so(prepare, kind, options):
    image = photo().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    ground = Image.new("RGB", image.size, "#204060")
    ground.paste(image, mask=image.getchannel("A"))
    with Image.open(prepare(encode(image, kind, exif=exif(3), **options), kind, background="#204060")) as copy:
        assert copy.mode == "RGB"
        assert copy.tobytes() == ground.transpose(Image.Transpose.ROTATE_180).tobytes()


@pytest.mark.parametrize(("sampling", "orientation", "wanted"), [(0, 6, 0), (2, 6, 2), (1, 3, 1), (1, 6, 0)])
def test_chroma_sampling_stays(prepare, sampling, orientation, wanted):
    with Image.open(prepare(jpeg(subsampling=sampling, orientation=orientation), "JPEG")) as copy:
        assert JpegImagePlugin.get_sampling(copy) == wanted


def test_print_colours_are_turned_too(prepare):
    data = jpeg(photo().convert("CMYK"), metadata=False, exif=exif(6))
    with Image.open(prepare(data, "JPEG")) as copy:
        assert (copy.mode, copy.size) == ("CMYK", (400, 600))
        wanted = opened(data).transpose(Image.Transpose.ROTATE_270)
        assert max(ImageStat.Stat(ImageChops.difference(copy, wanted)).mean) < 3


def test_metadata_may_stay_but_not_the_orientation(prepare):
    with Image.open(prepare(jpeg(orientation=6), "JPEG", keep_metadata=True)) as copy:
        assert copy.getexif().get_ifd(GPS_IFD)
        assert ORIENTATION not in copy.getexif()
        assert copy.size == (400, 600)


def test_the_same_bytes_give_the_same_file_once(prepare, tmp_path):
    first = prepare(LYING, "JPEG")
    made = (first.read_bytes(), first.stat().st_ino, first.stat().st_mtime_ns)
    assert prepare(LYING, "JPEG") == first
    assert first.stat().st_ino == made[1], "it was not encoded again"
    assert first.stat().st_mtime_ns == made[2], "a plan that is being sent still knows it"
    first.unlink()
    assert prepare(LYING, "JPEG").read_bytes() == made[0], "encoding is deterministic"
    assert prepare(jpeg(orientation=3), "JPEG") != first
    assert prepare(LYING, "JPEG", keep_metadata=True) != first
    assert {path.suffix for path in (tmp_path / "prepared").iterdir()} == {".jpg"}


def test_a_half_written_copy_is_made_again(prepare):
    copy = prepare(LYING, "JPEG")
    whole = copy.read_bytes()
    copy.write_bytes(whole[:500])
    assert prepare(LYING, "JPEG").read_bytes() == whole


def test_two_who_make_the_same_copy_get_the_same_file(tmp_path):
    source = tmp_path / "source.jpg"
    source.write_bytes(LYING)
    at_once = threading.Barrier(6)

    def make(_number):
        at_once.wait(10)
        copy = copy_of(source, tmp_path / "prepared")
        stat = copy.stat()
        return copy, stat.st_ino, stat.st_mtime_ns, stat.st_size

    with ThreadPoolExecutor(6) as pool:
        made = set(pool.map(make, range(6)))
    copy = tmp_path / "prepared" / next(iter(made))[0].name
    stat = copy.stat()
    assert made == {(copy, stat.st_ino, stat.st_mtime_ns, stat.st_size)}, "a copy in use was replaced"
    assert [path.name for path in (tmp_path / "prepared").iterdir()] == [copy.name]


def test_damage_is_told_and_leaves_nothing(prepare, tmp_path):
    data = encode(photo(), "PNG", exif=exif(6))
    at = data.index(b"IDAT") + 4
    with pytest.raises(BrokenImageError, match="damaged"):
        prepare(data[:at] + bytes(5000) + data[at + 5000 :], "PNG")
    assert not (tmp_path / "prepared").exists()


def test_a_cache_that_cannot_be_written_is_the_apps_own_trouble(tmp_path, prepare):
    (tmp_path / "prepared").write_bytes(b"a file")
    with pytest.raises(StoreError):
        prepare(LYING, "JPEG")


def test_the_copies_not_used_for_longest_go_first(prepare, tmp_path):
    folder = tmp_path / "prepared"
    copies = [prepare(jpeg(quality=80 + n, orientation=6), "JPEG") for n in range(4)]
    for age, copy in enumerate(copies):
        os.utime(copy, (age, age))
    prepare(jpeg(quality=80, orientation=6), "JPEG")  # used again
    left, written = folder / "left.part", folder / "written.part"
    for path in (left, written):
        path.write_bytes(b"x")
    os.utime(left, (0, 0))
    trim(folder, limit=copies[0].stat().st_size + copies[3].stat().st_size + 1)
    assert set(folder.iterdir()) == {copies[0], copies[3], written}
    trim(tmp_path / "none")


def test_the_source_is_only_read(prepare, tmp_path):
    prepare(LYING, "JPEG")
    assert (tmp_path / "source.jpg").read_bytes() == LYING
