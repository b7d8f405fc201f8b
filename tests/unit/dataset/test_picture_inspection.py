"""What is known of a picture from its headers: size as displayed, format, orientation, and what is wrong."""

import io
import os
import warnings
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from segmind_studio.core.datasets import Photo
from segmind_studio.dataset.exif import orientation_of
from segmind_studio.dataset.inspection import FILE_MISSING, inspect, look_again
from segmind_studio.dataset.layout import TOO_LARGE, BrokenImageError
from segmind_studio.dataset.strip import layout_of
from tests.fakes.image_files import (
    ENCODERS,
    SUFFIXES,
    bomb_png,
    encode,
    exif,
    jpeg,
    many_scans,
    opened,
    photo,
    png,
    webp,
)
from tests.fakes.odd_image_files import chunk, with_chunks

KINDS = sorted(ENCODERS)
VARIANTS = {
    "progressive": jpeg(progressive=True),
    "progressive-444": jpeg(progressive=True, subsampling=0),
    "restarts": jpeg(restart_marker_blocks=4),
    "grey": jpeg(photo().convert("L")),
    "cmyk": jpeg(photo().convert("CMYK"), metadata=False),
    "bare": jpeg(metadata=False),
    "palette": png(photo().quantize(64)),
    "alpha": png(photo().convert("RGBA")),
    "interlaced-16": encode(Image.new("I;16", (30, 20), 40_000), "PNG"),
    "webp-bare": webp(metadata=False),
    "webp-lossless": webp(lossless=True),
    "webp-alpha": webp(photo().convert("RGBA")),
}


SMALL = [encoder(photo().resize((30, 20))) for encoder in (jpeg, png, webp)]


def layout(data, *, whole=False):
    return layout_of(io.BytesIO(data), len(data), whole=whole)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_the_one_people_see(tmp_path, kind, orientation):
    path = tmp_path / f"a{SUFFIXES[kind]}"
    path.write_bytes(ENCODERS[kind](orientation=orientation))
    facts = inspect(path)
    with Image.open(path) as image:
        seen = ImageOps.exif_transpose(image).size
    assert (facts.width, facts.height) == seen
    assert (facts.image_format, facts.orientation, facts.problem) == (kind, orientation, "")
    assert (facts.size, facts.mtime_ns) == (path.stat().st_size, path.stat().st_mtime_ns)


@pytest.mark.parametrize("name", sorted(VARIANTS))
@pytest.mark.parametrize("whole", [False, True])
def test_every_usual_kind_is_read(name, whole):
    data = VARIANTS[name]
    found = layout(data, whole=whole)
    assert (found.width, found.height) == opened(data).size


@pytest.mark.parametrize(("count", "side", "problem"), [(100, 64, ""), (101, 64, "scans"), (30, 8000, "scans")])
@pytest.mark.parametrize("progressive", [True, False])
def test_a_picture_that_takes_for_ever_is_told_without_decoding_it(tmp_path, count, side, problem, progressive):
    path = tmp_path / "scans.jpg"
    path.write_bytes(many_scans(count, progressive=progressive, side=side))
    facts = inspect(path)
    assert problem in facts.problem
    assert bool(facts.problem) == facts.too_slow == bool(problem)


def test_usual_scans_are_never_too_many(tmp_path):
    """Thousands of them behind a whole picture, such as in a film, are no scans of this one."""
    path = tmp_path / "film.jpg"
    path.write_bytes(jpeg() + many_scans(300))
    assert inspect(path).problem == ""


def test_a_file_that_cannot_be_sent_for_its_size_is_not_walked_through(tmp_path):
    """Sparse, so it takes no room; to look for its end would take as long as the test may."""
    path = tmp_path / "endless.jpg"
    path.write_bytes(jpeg()[:-2])
    os.truncate(path, 1 << 40)
    facts = inspect(path)
    assert (facts.problem, facts.not_an_image, facts.size) == (str(TOO_LARGE), False, 1 << 40)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.99])
def test_a_cut_off_picture_is_told_without_decoding_it(tmp_path, kind, share):
    data = ENCODERS[kind]()
    path = tmp_path / "cut.jpg"
    path.write_bytes(data[: int(len(data) * share)])
    assert "cut off" in inspect(path).problem


@pytest.mark.parametrize("kind", KINDS)
def test_one_missing_byte_is_noticed(tmp_path, kind):
    path = tmp_path / "cut"
    path.write_bytes(ENCODERS[kind]()[:-2])
    assert inspect(path).problem


def test_zeros_after_the_end_do_no_harm(tmp_path):
    path = tmp_path / "padded.jpg"
    path.write_bytes(jpeg() + b"\0" * 10_000)
    assert inspect(path).problem == ""


def test_a_film_behind_the_picture_does_no_harm(tmp_path):
    path = tmp_path / "motion.jpg"
    path.write_bytes(jpeg() + b"\0\0\0\x18ftypmp42" + os.urandom(50_000))
    assert inspect(path).problem == ""


@pytest.mark.parametrize(("data", "words"), [
    (b"", "empty"),
    (b"<html>404</html>", "not a picture"),
    (b"GIF89a" + bytes(40), "damaged"),
    (b"\0\0\0\x18ftypheic" + bytes(40), "damaged"),
    (b"\0\0\0\x18ftypisom" + bytes(40), "a film"),
    (b"II*\0" + bytes(40), "damaged"),
    (b"II*\0\x10\0\0\0CR" + bytes(40), "a raw photo"),
    (b"BMW, a car", "not a picture"),
    (b"%PDF-1.7", "a PDF"),
    (bomb_png(), "1600 megapixels"),
])
def test_what_only_pretends_to_be_a_picture_is_told_in_words(tmp_path, data, words):
    path = tmp_path / "picture.jpg"
    path.write_bytes(data)
    facts = inspect(path)
    assert words in facts.problem
    assert (facts.width, facts.height, facts.size) == (0, 0, len(data))


def test_an_animation_is_no_photo():
    frames = [photo().resize((40, 30)), photo("astronaut.png").resize((40, 30))]
    data = encode(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(BrokenImageError, match="animation"):
        layout(data)


@pytest.mark.parametrize(("marker", "words"), [(0xC3, "rare kind"), (0xC9, "rare kind")])
def test_rare_jpegs_are_refused(marker, words):
    data = jpeg(metadata=False)
    at = data.index(b"\xff\xc0")
    with pytest.raises(BrokenImageError, match=words):
        layout(data[: at + 1] + bytes([marker]) + data[at + 2 :])


def test_twelve_bits_are_refused():
    data = jpeg(metadata=False)
    at = data.index(b"\xff\xc0") + 4
    with pytest.raises(BrokenImageError, match="8 bits"):
        layout(data[:at] + b"\x0c" + data[at + 1 :])


def test_a_pipe_is_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    assert "not a file" in inspect(tmp_path / "pipe.jpg").problem
    assert "not a file" in inspect(tmp_path / "pipe.jpg", listed=True).problem  # since its folder was listed


def test_a_folder_and_a_missing_file_have_words(tmp_path):
    assert inspect(tmp_path).problem
    assert inspect(tmp_path / "none.jpg").problem == FILE_MISSING.message
    assert inspect(tmp_path / "nul\0.jpg").problem


class CountingFile(io.BytesIO):
    reads = 0

    def read(self, *arguments):
        self.reads += 1
        return super().read(*arguments)


@pytest.mark.parametrize("data", [
    b"\xff\xd8\xff" + b"\xff" * 3_000_000,
    b"\xff\xd8" + b"\xff\x01" * 1_500_000,
    b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + bytes(17) + b"\0\0\0\0IDAT\0\0\0\0" * 300_000,
    b"RIFF" + (2_400_004).to_bytes(4, "little") + b"WEBP" + b"JUNK\0\0\0\0" * 300_000,
    jpeg(metadata=False)[:-2] + b"\xff" * 3_000_000 + b"\0",
])
def test_files_made_to_waste_time_are_given_up(data):
    file = CountingFile(data)
    with pytest.raises(BrokenImageError):
        layout_of(file, len(data), whole=True)
    assert file.reads < 250_000


@given(st.data())
def test_damage_never_raises_anything_else(data):
    broken = bytearray(data.draw(st.sampled_from(SMALL)))
    for _change in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(broken) - 1))
        broken[at] = data.draw(st.integers(0, 255))
    broken = bytes(broken[: data.draw(st.integers(0, len(broken)))])
    for whole in (False, True):
        try:
            found = layout(broken, whole=whole)
        except BrokenImageError as error:
            assert error.title.endswith(".")  # noqa: PT017  # it may or may not be raised
        else:
            assert found.width > 0
            assert found.height > 0


@given(st.binary(max_size=300))
def test_odd_exif_says_nothing_or_something_sensible(data):
    assert orientation_of(data) in range(9)
    assert orientation_of(b"II*\0" + data) in range(9)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_of_either_byte_order_is_read(orientation):
    little = exif(orientation).removeprefix(b"Exif\0\0")
    assert orientation_of(little) == orientation
    big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes([orientation]) + b"\0\0\0\0\0\0"
    assert orientation_of(big) == orientation


def test_pillow_is_not_needed_to_look(tmp_path):
    """Looking must stay cheap: a picture of 89 megapixels takes no longer than a small one, and no memory."""
    path = tmp_path / "large.png"
    path.write_bytes(bomb_png(9_000, 9_000))
    with warnings.catch_warnings(record=True) as heard:
        assert inspect(path).problem == ""
    assert not heard


class TestLookingAgain:
    def looked(self, path):
        facts = inspect(path)
        return Photo("a", path, facts.width, facts.height, facts.size, facts.mtime_ns, facts.image_format,
                     facts.orientation, "words", "words", excluded=True, problem=facts.problem)

    def test_the_same_file_gives_the_same_object(self, tmp_path):
        (tmp_path / "a.jpg").write_bytes(jpeg())
        before = self.looked(tmp_path / "a.jpg")
        assert look_again(before) is before

    def test_another_picture_in_its_place_is_seen(self, tmp_path):
        path = tmp_path / "a.jpg"
        path.write_bytes(jpeg())
        before = self.looked(path)
        path.write_bytes(png(photo().resize((90, 60))))
        after = look_again(before)
        assert (after.width, after.height, after.image_format) == (90, 60, "PNG")
        assert (after.caption, after.excluded, after.photo_id) == ("words", True, "a")

    def test_a_lost_file_is_told_and_found_again(self, tmp_path):
        path = tmp_path / "a.jpg"
        path.write_bytes(jpeg())
        before = self.looked(path)
        path.rename(tmp_path / "away")
        lost = look_again(before)
        assert lost == replace(before, problem=FILE_MISSING.message)
        assert look_again(lost) is lost
        (tmp_path / "away").rename(path)
        assert look_again(lost) == before


@pytest.mark.parametrize("data", [
    with_chunks(png(metadata=False), chunk(b"tEXt", b"Raw profile type exif\0" + b"1" * 900_000)),
    with_chunks(png(metadata=False), chunk(b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + b"tiff:Orientation" * 9**5)),
    with_chunks(png(metadata=False), *[chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2 << 20)))] * 2000),
    jpeg(metadata=False)[:2] + (b"\xff\xe2\0\x12ICC_PROFILE\0\1\1ab" * 90_000) + jpeg(metadata=False)[2:],
])
def test_hostile_words_do_not_hold_the_scan_up(tmp_path, data):
    """Each would take minutes if it was searched, unpacked or put together without a bound."""
    (path := tmp_path / "hostile").write_bytes(data)
    facts = inspect(path)
    assert (facts.problem, facts.orientation) == ("", 1)
