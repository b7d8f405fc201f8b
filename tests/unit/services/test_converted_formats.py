"""HEIF, AVIF, TIFF, BMP and GIF: what the window shows is what the archive holds, and hostile ones are refused."""

import io
import itertools
import struct

import pytest
from PIL import Image

from segmind_studio.core.conversions import WRITTEN_AS, Conversion, detail_of, kind_of
from segmind_studio.core.datasets import Dataset, PackageOptions, Photo
from segmind_studio.dataset.archive import manifest_of, plan
from segmind_studio.dataset.conversion import exact_changes
from segmind_studio.dataset.damage import LookKey
from segmind_studio.dataset.inspection import inspect
from segmind_studio.dataset.zip_stream import bytes_of
from segmind_studio.services.datasets.full_look_process import full_look
from segmind_studio.services.images.photo_reading import WHOLE, read_image
from tests.fakes.heif_files import HEIFS
from tests.fakes.image_files import SECRET, encode, exif, photo
from tests.fakes.odd_image_files import cut_out, decoded, profile
from tests.unit.services.test_seen_is_trained import apart, packed, seen

pytestmark = pytest.mark.usefixtures("qapp")

SMALL = photo().resize((120, 80))
GREY, SEE_THROUGH = SMALL.convert("L"), cut_out(SMALL)
DEEP = Image.frombytes("I;16", GREY.size, b"".join(bytes((v, v)) for v in GREY.tobytes()))


def tiffs():
    modes = (SMALL, GREY, SMALL.convert("1"), SMALL.quantize(9), SEE_THROUGH, SEE_THROUGH.convert("LA"),
             SMALL.convert("CMYK"), DEEP)
    for image, packing in itertools.product(modes, ("raw", "tiff_lzw", "tiff_adobe_deflate")):
        yield f"{image.mode}-{packing}.tif".replace(";", ""), encode(image, "TIFF", compression=packing)
    yield "jpeg.tif", encode(SMALL, "TIFF", compression="jpeg", quality=95)
    yield "big.tiff", encode(SMALL, "TIFF", big_tiff=True)
    yield "pages.tiff", encode(SMALL, "TIFF", save_all=True, append_images=[GREY.convert("RGB")])
    for name in ("DisplayP3", "sRGB", "broken"):
        yield f"{name}.tif", encode(SMALL, "TIFF", icc_profile=profile(name))
    for orientation in range(2, 9):
        yield f"turned{orientation}.tif", encode(SMALL, "TIFF", tiffinfo={274: orientation})


def others():
    for image in (SMALL, GREY, SMALL.convert("1"), SMALL.quantize(9), SEE_THROUGH):
        yield f"{image.mode}.bmp", encode(image, "BMP")
    for image in (GREY, SMALL.quantize(32), SEE_THROUGH):
        yield f"{image.mode}.gif", encode(image, "GIF")
    yield "clear.gif", encode(SMALL.quantize(32), "GIF", transparency=5)
    yield "moving.gif", encode(SMALL.quantize(32), "GIF", save_all=True, append_images=[GREY.quantize(8)])
    for image in (SMALL, GREY, SEE_THROUGH):
        yield f"{image.mode}.avif", encode(image, "AVIF", quality=90)
    yield "wide.avif", encode(SMALL, "AVIF", quality=90, icc_profile=profile("DisplayP3"))
    for orientation in range(2, 9):
        yield f"turned{orientation}.avif", encode(SMALL, "AVIF", quality=90, exif=exif(orientation))
    for name, data in HEIFS.items():
        yield f"{name}.heic", data


@pytest.mark.parametrize("files", [tiffs, others])
def test_seen_is_trained_for_formats_that_are_converted(tmp_path, files):
    wrong = []
    for name, data in files():
        path, known, archived = packed(tmp_path, name, data)
        trained, exact = decoded(archived), exact_changes(path)
        small = trained.resize((trained.width // 2, trained.height // 2), Image.Resampling.BOX)
        with Image.open(io.BytesIO(archived)) as image:
            sent = (image.format, image.mode, not {"exif", "xmp", "icc_profile"} & image.info.keys())
        looked = full_look(LookKey(str(path), known.size, known.mtime_ns))
        if (
            apart(seen(path), trained) > (1 if sent[0] == "PNG" else 3)
            or apart(seen(path, max(small.size)), small) > 4
            or (known.width, known.height) != trained.size
            or sent != (WRITTEN_AS[known.image_format], "RGB", True)
            or not set(exact) <= set(known.changes) or kind_of(exact[0]) is not Conversion.FORMAT
            or detail_of(exact[0]) != known.image_format
            or (looked.problem, looked.changes) != ("", exact)
            or SECRET.encode() in archived
        ):
            wrong.append((name, known, sent, exact, looked))
    assert wrong == []


@pytest.mark.parametrize(("data", "kinds"), [
    (HEIFS["plain"], [Conversion.FORMAT]), (HEIFS["wide"], [Conversion.FORMAT, Conversion.COLOURS]),
    (HEIFS["deep"], [Conversion.FORMAT, Conversion.DEPTH]),
    (HEIFS["see_through"], [Conversion.FORMAT, Conversion.TRANSPARENT]),
    (encode(SMALL.quantize(9), "GIF", transparency=3), [Conversion.FORMAT, Conversion.TRANSPARENT]),
    (encode(SMALL.quantize(9), "GIF", save_all=True, append_images=[GREY.quantize(8)]),
     [Conversion.FORMAT, Conversion.FIRST]),
    (encode(SMALL, "AVIF", exif=exif(6)), [Conversion.FORMAT, Conversion.TURNED]),
    (encode(SMALL.convert("RGBA"), "TIFF"), [Conversion.FORMAT]),
])
def test_the_conversion_says_all_that_becomes_of_the_file(tmp_path, data, kinds):
    (path := tmp_path / "a").write_bytes(data)
    assert [kind_of(text) for text in exact_changes(path)] == kinds


def test_known_colours_of_a_wide_heif_come_out_as_those_of_its_srgb_twin(tmp_path):
    wide, plain = (packed(tmp_path, f"{name}.heic", HEIFS[name])[2] for name in ("wide", "plain"))
    assert decoded(wide).getpixel((40, 4)) != pytest.approx(decoded(plain).getpixel((40, 4)), abs=8)


@pytest.mark.parametrize("data", [
    HEIFS["plain"], encode(SMALL, "AVIF"), encode(SMALL, "TIFF"), encode(SMALL, "TIFF", compression="tiff_lzw"),
    encode(SMALL, "BMP"), encode(SMALL.quantize(32), "GIF"),
])
@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.9])
def test_a_file_without_its_end_is_named_and_never_shown_as_whole(tmp_path, data, share):
    (path := tmp_path / "cut").write_bytes(data[: int(len(data) * share)])
    facts = inspect(path)
    assert facts.problem or full_look(LookKey(str(path), facts.size, facts.mtime_ns)).problem


def heif_of(side):
    """Return a HEIF all of whose declared sizes say this side."""
    pieces = HEIFS["plain"].split(b"ispe")
    sides = struct.pack(">II", side, side)
    return b"ispe".join([pieces[0], *(piece[:4] + sides + piece[12:] for piece in pieces[1:])])


def bombs():
    bmp = bytearray(encode(SMALL.convert("1"), "BMP"))
    bmp[18:26], bmp[30:34] = struct.pack("<ii", 40_000, 40_000), struct.pack("<I", 1)
    gif = bytearray(encode(SMALL.quantize(9), "GIF"))
    gif[6:10] = struct.pack("<HH", 40_000, 40_000)
    tiff = bytearray(encode(SMALL, "TIFF", compression="tiff_lzw"))
    for tag in (b"\0\1", b"\1\1"):
        at = next(at for at in range(8, len(tiff)) if tiff[at : at + 2] == tag and tiff[at + 2] in {3, 4})
        tiff[at + 2 : at + 12] = struct.pack("<HII", 4, 1, 40_000)
    return [heif_of(40_000), bytes(bmp), bytes(gif), bytes(tiff)]


@pytest.mark.parametrize("data", bombs(), ids=["heif", "bmp", "gif", "tiff"])
def test_a_bomb_is_refused_by_its_header_alone(tmp_path, data):
    (path := tmp_path / "bomb").write_bytes(data)
    facts = inspect(path)
    assert "megapixels" in facts.problem
    assert read_image(path, WHOLE).isNull()


def test_a_header_that_lies_about_the_size_is_damage(tmp_path):
    (path := tmp_path / "small").write_bytes(heif_of(20))
    facts = inspect(path)
    assert facts.problem or full_look(LookKey(str(path), facts.size, facts.mtime_ns)).problem


@pytest.mark.parametrize(("tags", "words"), [
    ({50706: b"\1\4\0\0"}, "raw photo"), ({254: 1}, "raw photo"), ({339: 3}, "kind of TIFF"),
    ({262: 8}, "kind of TIFF"),
])
def test_raw_photos_and_odd_tiffs_are_refused_in_words(tmp_path, tags, words):
    (path := tmp_path / "a.tif").write_bytes(encode(SMALL, "TIFF", tiffinfo=tags))
    assert words in inspect(path).problem


@pytest.mark.parametrize("name", ["DisplayP3.tif", "plain.heic"])
def test_metadata_that_is_to_stay_does_not_stop_a_conversion(tmp_path, name):
    data = dict([*tiffs(), *others()])[name]
    (path := tmp_path / name).write_bytes(data)
    facts = inspect(path)
    one = Photo("id", path, facts.width, facts.height, facts.size, facts.mtime_ns, facts.image_format)
    items = manifest_of(Dataset("id", "name", (one,)))
    made = plan(items, PackageOptions(strip_metadata=False), tmp_path / "prepared")
    assert made.entries[0].name.endswith((".png", ".jpg"))


def camera_exif(orientation):
    """Return EXIF as a phone writes it: camera, time, place, and how the picture is turned."""
    made = Image.Exif()
    made[274], made[271], made[306] = orientation, "Camera", "2026:01:02 03:04:05"
    made[0x8769] = {36867: "2026:01:02 03:04:05"}
    made[0x8825] = {1: "N", 2: (52.0, 30.0, 0.0)}
    return made.tobytes()


def described():
    yield "a.tif", encode(SMALL, "TIFF", exif=camera_exif(6))
    yield "b.avif", encode(SMALL, "AVIF", quality=90, exif=camera_exif(6))
    yield "c.tif", encode(SMALL, "TIFF", tiffinfo={271: "Camera", 274: 6})
    yield "d.bmp", encode(SMALL, "BMP")
    yield "e.heic", HEIFS["turned"]


@pytest.mark.parametrize("keep", [True, False])
def test_what_describes_a_photo_is_carried_over_only_when_wanted_and_it_is_turned_once(tmp_path, keep):
    got = {}
    for name, data in described():
        path = tmp_path / name
        path.write_bytes(data)
        facts = inspect(path)
        known = Photo(name, path, facts.width, facts.height, facts.size, facts.mtime_ns, facts.image_format,
                      facts.orientation)
        options = PackageOptions(strip_metadata=not keep)
        made = plan(manifest_of(Dataset("d", "d", (known,))), options, tmp_path / "prepared")
        with Image.open(io.BytesIO(b"".join(bytes_of(made.entries[0], 1 << 16)))) as image:
            found = image.getexif()
            upright = {"d.bmp": SMALL.size, "e.heic": (32, 48)}.get(name, (SMALL.height, SMALL.width))
            assert image.size == upright
            assert found.get(274, 1) == 1
            got[name] = (found.get(271), found.get_ifd(0x8769).get(36867), found.get_ifd(0x8825).get(1))
    everything, nothing = ("Camera", "2026:01:02 03:04:05", "N"), (None, None, None)
    kept = {"a.tif": everything, "b.avif": everything, "c.tif": ("Camera", None, None), "d.bmp": nothing,
            "e.heic": (SECRET, None, None)}
    assert got == (kept if keep else dict.fromkeys(kept, nothing))
