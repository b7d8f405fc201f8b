"""What the window shows is what a usual trainer reads from the archive, pixel by pixel, whatever the file is."""

from __future__ import annotations

import io
import itertools
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from PIL.PngImagePlugin import PngInfo
from PySide6.QtGui import QImage

from segmind_studio.core.conversions import Conversion, kind_of
from segmind_studio.core.datasets import Dataset, PackageOptions, Photo
from segmind_studio.core.photo_edits import NO_EDIT, Crop, PhotoEdit
from segmind_studio.core.photo_fit import NO_FIT, PhotoFit, written_kind
from segmind_studio.dataset.archive import PlanCache, manifest_of, plan
from segmind_studio.dataset.conversion import exact_changes
from segmind_studio.dataset.damage import LookKey
from segmind_studio.dataset.inspection import inspect
from segmind_studio.services.datasets.full_look_process import full_look
from segmind_studio.services.images.photo_reading import WHOLE, read_image
from tests.fakes.image_files import SECRET, SUFFIXES, encode, exif, jpeg, photo, png, webp
from tests.fakes.odd_image_files import chunk, cut_out, decoded, deep_png, lying, profile, with_chunks
from tests.fakes.typed import the

pytestmark = pytest.mark.usefixtures("qapp")

SMALL = photo().resize((120, 80))
GROUND = "#204060"
BOX = Image.Resampling.BOX
PLACES = {"JPEG": ("", "exif", "xmp"), "PNG": ("", "exif", "xmp", "text"), "WEBP": ("", "exif", "xmp")}
NAMED = ("", "sRGB", "DisplayP3", "AdobeRgb", "ProPhotoRgb", "broken")
GREY, RGB, GREY_ALPHA, RGBA = 0, 2, 4, 6  # PNG's colour types
CORRUPT = chunk(b"gAMA", (100_000).to_bytes(4, "big"))[:-1] + b"?"  # Pillow refuses a picture with it


def written() -> dict[str, bytes]:
    """Encode every mode with every profile that fits it, and lying in every way that can be said."""
    grey, see_through = SMALL.convert("L"), cut_out(SMALL)
    deep = Image.frombytes("I;16", grey.size, b"".join(bytes((v, v)) for v in grey.tobytes()))
    modes = [
        ("JPEG", grey, {}), ("JPEG", SMALL, {}), ("JPEG", SMALL, {"progressive": True}),
        ("JPEG", SMALL, {"keep_rgb": True}),
        ("JPEG", SMALL.convert("CMYK"), {}), ("WEBP", SMALL, {"quality": 90}),
        ("WEBP", see_through, {"quality": 90}), ("WEBP", SMALL, {"lossless": True}),
        ("WEBP", see_through, {"lossless": True}), ("PNG", SMALL.convert("1"), {}), ("PNG", grey, {}),
        ("PNG", grey.convert("LA"), {}), ("PNG", see_through.convert("LA"), {}), ("PNG", deep, {}),
        ("PNG", SMALL.quantize(9), {}), ("PNG", SMALL.quantize(99), {"transparency": bytes(range(99))}),
        ("PNG", SMALL, {}), ("PNG", see_through, {}), ("PNG", SMALL.convert("RGBA"), {}),
        ("PNG", SMALL.convert("1"), {"transparency": 1}), ("PNG", grey, {"transparency": grey.getpixel((9, 9))}),
        ("PNG", SMALL, {"transparency": SMALL.getpixel((9, 9))}), ("PNG", deep, {"transparency": 257 * 50}),
    ]
    result: dict[str, bytes] = {}
    for number, (kind, image, options) in enumerate(modes):
        profiles = {"L": (*NAMED, "grey"), "CMYK": ("", "print", "broken")}.get(image.mode, (*NAMED, "huge"))
        for name, place in itertools.product(profiles, PLACES[kind]):
            if place and name not in {"", "DisplayP3"}:
                continue
            more = {"icc_profile": profile(name)} if name else {}
            label = f"{number}-{kind}-{image.mode}-{name}-{place}"
            result[label + SUFFIXES[kind]] = encode(image, kind, **options, **more, **lying(kind, place))
    return result


def by_hand() -> dict[str, bytes]:
    """Write what Pillow reads and does not write: other depths, and colours said in chunks."""
    grey, flat = SMALL.convert("L"), png(SMALL, metadata=False)
    result = {
        f"{colour_type}-{depth}-{'clear' if clear else ''}.png": deep_png(
            SMALL.convert(mode) if "A" not in mode else cut_out(SMALL).convert(mode), colour_type, depth,
            *([chunk(b"tRNS", clear)] if clear else []),
        )
        for mode, colour_type, depth, clear in (
            ("L", GREY, 1, b""), ("L", GREY, 2, b"\0\2"), ("L", GREY, 4, b"\0\7"), ("L", GREY, 8, b"\0\x80"),
            ("L", GREY, 16, b""), ("L", GREY, 16, bytes(grey.tobytes()[5:3:-1])), ("RGB", RGB, 16, b""),
            ("RGB", RGB, 16, bytes(6)), ("LA", GREY_ALPHA, 16, b""), ("RGBA", RGBA, 16, b""),
        )
    }
    words = {
        "gamma": [chunk(b"gAMA", (100_000).to_bytes(4, "big"))],
        "usual": [chunk(b"gAMA", (45_455).to_bytes(4, "big"))],
        "significant": [chunk(b"sBIT", b"\5\6\5")], "ground": [chunk(b"bKGD", bytes(6))],
        "overruled": [chunk(b"sRGB", b"\0"), chunk(b"gAMA", (100_000).to_bytes(4, "big"))],
        "corners": [chunk(b"cHRM", b"".join(n.to_bytes(4, "big") for n in (
            31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000)))],
    } | {f"code{a}-{b}": [chunk(b"cICP", bytes((a, b, 0, 1)))] for a, b in (
        (1, 13), (12, 13), (9, 1), (9, 16), (9, 18), (1, 8), (77, 99))}
    result |= {f"{name}.png": with_chunks(flat, *chunks) for name, chunks in words.items()}
    result["gamma-grey.png"] = with_chunks(png(grey, metadata=False), *words["gamma"])
    result["unsound.png"] = with_chunks(flat, CORRUPT)
    return result


def packed(
    folder: Path, name: str, data: bytes, *, strip: bool = True, edit: PhotoEdit = NO_EDIT, fit: PhotoFit = NO_FIT,
) -> tuple[Path, Photo, bytes]:
    """Return a file, what is known of it, and its bytes in the archive."""
    path = folder / name
    path.write_bytes(data)
    facts = inspect(path)
    assert not facts.problem, facts.problem
    one = Photo(
        "id", path, facts.width, facts.height, facts.size, facts.mtime_ns, facts.image_format, facts.orientation,
        changes=facts.changes, edit=edit, fit=fit,
    )
    items = manifest_of(Dataset("id", "name", (one,), background=GROUND))
    archive = plan(items, PackageOptions(strip_metadata=strip), folder / "prepared")
    with zipfile.ZipFile(io.BytesIO(b"".join(archive.chunks()))) as file:
        return path, one, file.read(file.namelist()[0])


def seen(
    path: Path, side: int = WHOLE, edit: PhotoEdit = NO_EDIT, fit: PhotoFit = NO_FIT, *, strip: bool = True,
) -> Image.Image:
    image = read_image(path, side, GROUND, edit, fit, stripped=strip).convertToFormat(QImage.Format.Format_RGB888)
    size = (image.width(), image.height())
    return Image.frombytes("RGB", size, bytes(image.constBits()), "raw", "RGB", image.bytesPerLine())


def apart(one: Image.Image, other: Image.Image) -> float:
    assert one.size == other.size
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def check(folder: Path, name: str, data: bytes) -> str:
    """Compare one picture; give what is wrong with it, "" when nothing is."""
    path, known, archived = packed(folder, name, data)
    trained, exact = decoded(archived), exact_changes(path)
    limit = 1 if name.endswith(".png") or b"VP8L" in archived[:200] else 3
    wrong: list[str] = []
    if (distance := apart(seen(path), trained)) > limit:
        wrong.append(f"{distance:.1f} apart")
    small = trained.resize((trained.width // 2, trained.height // 2), Image.Resampling.BOX)
    if (distance := apart(seen(path, max(small.size)), small)) > limit + 1:
        wrong.append(f"small: {distance:.1f} apart")
    if (known.width, known.height) != trained.size:
        wrong.append("another size is told")
    if (not exact) != (archived == data) and not goes_anyway(data):
        wrong.append(f"changed by {exact}")
    if set(exact) - set(known.changes):
        wrong.append(f"the quick look missed {exact}")
    with Image.open(io.BytesIO(archived)) as image:
        left = {"exif", "xmp", "transparency", "icc_profile"} & image.info.keys()
        encoded = any(kind_of(text) is not Conversion.PROFILE for text in exact)
        if (exact and left) or (encoded and image.mode in {"RGBA", "LA"}):
            wrong.append(f"left in it: {image.mode} {sorted(image.info)}")
    return f"{name}: {', '.join(wrong)}" if wrong else ""


def goes_anyway(data: bytes) -> bool:
    """Return whether there is metadata, or a chunk with a wrong checksum."""
    return any(mark in data for mark in (b"Exif", b"eXIf", b"EXIF", b"tiff:", b"iTXt", b"zTXt", b"bKGD", CORRUPT))


def test_seen_is_trained_for_all_that_pillow_can_write(tmp_path):
    assert [fault for name, data in written().items() if (fault := check(tmp_path, name, data))] == []


def test_seen_is_trained_for_what_it_only_reads(tmp_path):
    assert [fault for name, data in by_hand().items() if (fault := check(tmp_path, name, data))] == []


@pytest.mark.parametrize(("space", "stored", "wanted"), [
    # By the spaces' own definitions (IEC 61966-2-1, SMPTE RP 431-2 with D65, Adobe RGB 1998)
    ("DisplayP3", (200, 100, 50), (215, 93, 31)),
    ("DisplayP3", (60, 120, 180), (30, 122, 185)),
    ("AdobeRgb", (200, 100, 50), (227, 100, 42)),
    ("AdobeRgb", (120, 120, 180), (121, 121, 184)),
])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_known_colours_come_out_right(tmp_path, kind, space, stored, wanted):
    options = {"quality": 100} if kind == "JPEG" else {"lossless": True}
    data = encode(Image.new("RGB", (32, 32), stored), kind, icc_profile=profile(space), **options)
    path, _known, archived = packed(tmp_path, f"patch{SUFFIXES[kind]}", data)
    for image in (decoded(archived), seen(path), seen(path, 16)):
        assert image.getpixel((8, 8)) == pytest.approx(wanted, abs=3 if kind == "JPEG" else 1)


def test_transparency_lies_over_the_background(tmp_path):
    half = encode(Image.new("RGBA", (8, 8), (255, 255, 255, 128)), "PNG")
    deep = deep_png(Image.new("L", (8, 8), 100), GREY, 16, chunk(b"tRNS", b"\x64\x64"))
    other = deep_png(Image.new("L", (8, 8), 100), GREY, 16, chunk(b"tRNS", b"\x64\x65"))
    patch = Image.new("RGB", (8, 8), (9, 99, 199))
    colour = deep_png(patch, RGB, 16, chunk(b"tRNS", bytes((9, 199, 99, 9, 199, 99))))
    lower = deep_png(patch, RGB, 16, chunk(b"tRNS", bytes((9, 199, 99, 9, 199, 98))))
    wanted = [(144, 160, 176), (32, 64, 96), (100, 100, 100), (32, 64, 96), (9, 99, 199)]
    for number, (data, pixel) in enumerate(zip((half, deep, other, colour, lower), wanted, strict=True)):
        path, _known, archived = packed(tmp_path, f"{number}.png", data)
        assert decoded(archived).getpixel((4, 4)) == pytest.approx(pixel, abs=1), number
        assert seen(path).getpixel((4, 4)) == pytest.approx(pixel, abs=1), number


def test_deep_grey_is_no_longer_white(tmp_path):
    path, known, archived = packed(tmp_path, "deep.png", deep_png(SMALL.convert("L"), GREY))
    assert apart(decoded(archived), SMALL.convert("L").convert("RGB")) < 1
    assert apart(seen(path), SMALL.convert("L").convert("RGB")) < 1
    assert [kind_of(text) for text in known.changes] == [Conversion.DEPTH]


@pytest.mark.parametrize("data", [
    jpeg(metadata=False), jpeg(metadata=False, icc_profile=profile("sRGB")),
    jpeg(SMALL.convert("L"), metadata=False), jpeg(SMALL.convert("CMYK"), metadata=False),
    png(metadata=False), png(SMALL.quantize(32), metadata=False),
    png(SMALL.convert("1"), metadata=False), png(SMALL.convert("RGBA"), metadata=False),
    png(SMALL.convert("LA"), metadata=False), png(metadata=False, icc_profile=profile("sRGB")),
    webp(metadata=False), webp(SMALL.convert("RGBA"), metadata=False, lossless=True),
    webp(metadata=False, icc_profile=profile("sRGB")),
])
@pytest.mark.parametrize("strip", [True, False])
def test_bytes_that_are_right_are_kept(tmp_path, data, strip):
    path, _known, archived = packed(tmp_path, "kept", data, strip=strip)
    assert archived == data
    assert exact_changes(path) == ()


@pytest.mark.parametrize("strip", [True, False])
@pytest.mark.parametrize("place", ["exif", "text", ""])
def test_what_pillow_refuses_to_open_is_mended(tmp_path, place, strip):
    """A profile, or a text, that unpacks to more than Pillow allows, or is damaged; the colours are sRGB's."""
    options = lying("PNG", place) if place else {}
    big = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(3 << 20)))
    profiled = encode(SMALL, "PNG", icc_profile=profile("huge"), **options)
    worded = with_chunks(encode(SMALL, "PNG", **options), big)
    damaged = with_chunks(encode(SMALL, "PNG", **options), chunk(b"tEXt", b"a\0b")[:-1] + b"?", CORRUPT)
    for number, data in enumerate((profiled, worded, damaged)):
        with pytest.raises((ValueError, OSError)):
            decoded(data)
        path, known, archived = packed(tmp_path, f"{number}.png", data, strip=strip)
        assert apart(decoded(archived), seen(path)) == 0
        assert decoded(archived).size == (known.width, known.height) == ((80, 120) if place else (120, 80))


def test_exif_is_asked_first_then_the_text_then_xmp(tmp_path):
    words = the(PngInfo, lying("PNG", "text", 3)["pnginfo"])
    words.add_itxt("XML:com.adobe.xmp", "<tiff:Orientation>6</tiff:Orientation>")
    for number, (options, wanted) in enumerate((
        ({"exif": exif(8), "pnginfo": words}, 8), ({"pnginfo": words}, 3),
        ({"exif": exif(1), "pnginfo": words}, 1),
    )):
        (path := tmp_path / f"{number}.png").write_bytes(encode(SMALL, "PNG", **options))
        assert inspect(path).orientation == wanted


@pytest.mark.parametrize("strip", [True, False])
@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"restart_marker_blocks": 3}, {"progressive": True}])
def test_a_jpeg_that_lost_its_end_takes_nothing_along(tmp_path, options, strip):
    whole = jpeg(metadata=False, **options)
    tail = f"{SECRET} at 48 N 2 E, ".encode() * 3 + b"\xff\xd9"
    path, _known, archived = packed(tmp_path, "tail.jpg", whole[:-2] + tail, strip=strip)
    assert [kind_of(text) for text in exact_changes(path)] == [Conversion.TAIL]
    assert SECRET.encode() not in archived
    assert apart(decoded(archived), decoded(whole)) < 3
    for good in (whole, whole[:-2] + bytes(4000) + b"\xff\xd9"):  # some cameras fill a block up
        assert packed(tmp_path, "whole.jpg", good, strip=strip)[2] == good


def oddly_built() -> dict[str, bytes]:
    """Return good pictures for which, or for what stands beside them, one decoder or another refuses all."""
    plain, flat = png(SMALL, metadata=False), Image.new("RGB", (64, 64), "white")
    at = plain.index(b"IDAT") - 4
    length = int.from_bytes(plain[at : at + 4], "big")
    packed_rows, end = plain[at + 8 : at + 8 + length], plain[-12:]
    halves = [chunk(b"IDAT", packed_rows[:99]), chunk(b"IDAT", packed_rows[99:])]
    lossless, lossy = (webp(SMALL, metadata=False, lossless=lossless) for lossless in (True, False))
    result = {"flat.webp": encode(flat, "WEBP", lossless=True), "one.webp": encode(flat.resize((1, 1)), "WEBP")}
    frame = chunk(b"acTL", bytes((0, 0, 0, 1, 0, 0, 0, 0))) + chunk(
        b"fcTL", bytes(4) + bytes((0, 0, 0, 9, 0, 0, 0, 9)) + bytes(14),
    )
    result["frame.png"] = plain[:at] + frame + plain[at:]  # smaller than the picture
    for kind in (b"sRGB", b"gAMA", b"cHRM", b"pHYs", b"acTL", b"fcTL", b"fdAT", b"zTXt"):
        wrong = chunk(kind, b"")
        name = kind.decode()
        result[f"{name}.png"] = plain[:at] + wrong + plain[at:]
        result[f"{name}-late.png"] = plain[:-12] + wrong + end
    result["critical.png"] = plain[:at] + chunk(b"ABCD", b"x") + plain[at:]
    result["parted.png"] = plain[:at] + halves[0] + chunk(b"tEXt", b"a\0b") + halves[1] + plain[at + 12 + length :]
    for name, data in {"lossless": lossless, "lossy": lossy}.items():
        result[f"{name}-first.webp"] = (
            data[:4] + (len(data) + 2).to_bytes(4, "little") + b"WEBPABCD\2\0\0\0xx" + data[12:]
        )
        result[f"{name}-small.webp"] = data[:4] + (len(data) - 12).to_bytes(4, "little") + data[8:]
    for colours in (5, 40):
        data = png(SMALL.quantize(colours), metadata=False)
        place = data.index(b"PLTE") - 4
        size = int.from_bytes(data[place : place + 4], "big")
        short = chunk(b"PLTE", data[place + 8 : place + 8 + size // 6 * 3])
        result[f"palette-{colours}.png"] = data[:place] + short + data[place + 12 + size :]
    return result


@pytest.mark.parametrize("strip", [True, False])
def test_what_one_decoder_refuses_is_seen_and_trained_all_the_same(tmp_path, strip):
    apart_by = {}
    for name, data in oddly_built().items():
        path, known, archived = packed(tmp_path, name, data, strip=strip)
        trained = decoded(archived)
        assert (known.width, known.height) == trained.size
        stat = path.stat()
        assert not full_look(LookKey(str(path), stat.st_size, stat.st_mtime_ns)).problem, name
        if (distance := apart(seen(path), trained)) > (0 if name.endswith(".png") else 3):
            apart_by[name] = distance
    assert apart_by == {}


EDITS = (
    PhotoEdit(turns=1), PhotoEdit(turns=2, mirrored=True), PhotoEdit(crop=Crop(0.21, 0.1, 0.8, 0.93)),
    PhotoEdit(angle=7.5), PhotoEdit(3, True, -20, Crop(0.1, 0.05, 0.77, 0.9)),
)


@pytest.mark.parametrize("edit", EDITS, ids=repr)
def test_an_edited_photo_is_trained_as_it_is_seen(tmp_path, edit):
    """In each format, lying about how it stands, with transparency and other colours, with metadata or not."""
    said = {("", ""), ("", "exif"), ("DisplayP3", "")}
    files = {name: data for name, data in written().items() if tuple(Path(name).stem.split("-")[3:]) in said}
    large = photo().resize((2400, 1600))  # of which a thumbnail is not decoded whole
    files |= {"one.png": png(SMALL.resize((1, 1)), metadata=False), "large.jpg": jpeg(large, orientation=6)}
    wrong = []
    for (name, data), strip in zip(files.items(), itertools.cycle((True, False))):
        path, known, archived = packed(tmp_path, name, data, strip=strip, edit=edit)
        trained = decoded(archived)
        limit = 1 if name.endswith(".png") or b"VP8L" in archived[:200] else 3
        if known.edited_size != trained.size:
            wrong.append(f"{name}: {known.edited_size} is told, {trained.size} sent")
            continue
        side = max(1, max(trained.size) // (8 if name == "large.jpg" else 2))
        whole, small = seen(path, WHOLE, edit), seen(path, side, edit)
        if max(small.size) != side or apart(small, trained.resize(small.size, BOX)) > limit + 1:
            wrong.append(f"{name}: another one at {side}: {small.size}")
        if (distance := apart(whole, trained)) > limit:
            wrong.append(f"{name}: {distance:.1f} apart")
        with Image.open(io.BytesIO(archived)) as image:
            if image.getexif().get(0x0112, 1) != 1 or image.info.get("icc_profile"):
                wrong.append(f"{name}: still says how it stands, or what its colours are")
    assert wrong == []


QUARTER = PhotoEdit(turns=1)
FITS = (PhotoFit(9_600, 30, as_jpeg=True), PhotoFit(5_000, 90))


@pytest.mark.parametrize("strip", [True, False])
@pytest.mark.parametrize("fit", FITS, ids=repr)
def test_a_fitted_photo_is_trained_as_it_is_seen(tmp_path, fit, strip):
    """In each format and mode; with metadata, of which the window must know whether it counts."""
    said = {("", ""), ("", "exif"), ("DisplayP3", ""), ("broken", "")}
    files = {name: data for name, data in written().items() if tuple(Path(name).stem.split("-")[3:]) in said}
    files |= {"few.gif": encode(SMALL.quantize(9), "GIF"), "alpha.tif": encode(cut_out(SMALL), "TIFF")}
    for quality in (20, 26, 34):  # what stands beside it decides whether a fit is in vain
        files[f"{quality}.jpg"] = jpeg(SMALL, metadata=False, quality=quality, comment=SECRET * 99)
    wrong = []
    for (name, data), edit in zip(files.items(), itertools.cycle((NO_EDIT, NO_EDIT, QUARTER))):
        path, known, archived = packed(tmp_path, name, data, strip=strip, edit=edit, fit=fit)
        trained = decoded(archived)
        with Image.open(io.BytesIO(archived)) as image:
            kind, scaled = image.format, trained.size != known.edited_size
        if kind != written_kind(known.image_format, fit) and (kind != known.image_format or scaled):
            wrong.append(f"{name} became {kind}")
        if known.sent_size != trained.size:
            wrong.append(f"{name}: {known.sent_size} is told, {trained.size} sent")
        elif distance := apart(seen(path, WHOLE, edit, fit, strip=strip), trained):
            wrong.append(f"{name}: {distance:.2f} apart")
    assert wrong == []


def test_an_edit_shows_the_part_and_the_way_that_it_says(tmp_path):
    """Four patches of one colour each, by the edit's own definition: turned, then mirrored, then cropped."""
    tiles = Image.new("RGB", (60, 40))
    red, green, blue, white = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
    for place, colour in (((0, 0), red), ((30, 0), green), ((0, 20), blue), ((30, 20), white)):
        tiles.paste(colour, (*place, place[0] + 30, place[1] + 20))
    corners = {  # what is at the top left, and the size
        PhotoEdit(1): (blue, (40, 60)), PhotoEdit(2): (white, (60, 40)), PhotoEdit(3): (green, (40, 60)),
        PhotoEdit(mirrored=True): (green, (60, 40)), PhotoEdit(1, True): (red, (40, 60)),
        PhotoEdit(crop=Crop(0.5, 0.5, 1, 1)): (white, (30, 20)),
        PhotoEdit(1, crop=Crop(0.5, 0.5, 1, 1)): (green, (20, 30)),
        PhotoEdit(1).turned(1): (white, (60, 40)), PhotoEdit(mirrored=True).turned(1): (white, (40, 60)),
        PhotoEdit(1).flipped(): (red, (40, 60)),
        PhotoEdit(1, crop=Crop(0, 0, 0.5, 0.5)).turned(3): (blue, (30, 20)),
        PhotoEdit(angle=45): (None, (33, 22)), PhotoEdit(crop=Crop(0.5, 0, 1, 0.5)).flipped(): (green, (30, 20)),
    }
    for edit, (corner, size) in corners.items():
        path, known, archived = packed(tmp_path, "tiles.png", png(tiles, metadata=False), edit=edit)
        trained = decoded(archived)
        assert (trained.size, known.edited_size) == (size, size), edit
        assert corner is None or trained.getpixel((2, 2)) == corner == seen(path, edit=edit).getpixel((2, 2)), edit


def test_a_straightened_photo_has_no_empty_corner_and_turns_clockwise(tmp_path):
    line = Image.new("RGB", (200, 200), "white")
    line.paste("black", (90, 0, 110, 100))  # upwards from the middle
    _path, known, archived = packed(tmp_path, "line.png", png(line, metadata=False), edit=PhotoEdit(angle=30))
    trained = decoded(archived)
    wide, high = known.edited_size
    assert known.edited_size == trained.size == (146, 146)
    assert {trained.getpixel(place) for place in ((0, 0), (wide - 1, 0), (0, high - 1), (wide - 1, high - 1))} == {
        (255, 255, 255),
    }
    assert trained.getpixel((wide // 2 + 25, high // 2 - 43)) == (0, 0, 0)  # 50 pixels out, 30 degrees right of up
    assert trained.getpixel((wide // 2 - 25, high // 2 - 43)) == (255, 255, 255)


def test_a_cached_plan_is_of_the_same_edit(tmp_path):
    path, known, _archived = packed(tmp_path, "photo.png", png(SMALL, metadata=False))
    cache, options = PlanCache(), PackageOptions()
    sizes = []
    for edit in (NO_EDIT, PhotoEdit(crop=Crop(0, 0, 0.5, 1)), PhotoEdit(1, crop=Crop(0, 0, 0.5, 1)), NO_EDIT):
        items = manifest_of(Dataset("id", "name", (replace(known, edit=edit),)))
        archive = plan(items, options, tmp_path / "prepared", cache)
        with zipfile.ZipFile(io.BytesIO(b"".join(archive.chunks()))) as file:
            sizes.append(decoded(file.read(file.namelist()[0])).size)
    assert sizes == [(120, 80), (60, 80), (40, 120), (120, 80)]
    assert path.read_bytes() == png(SMALL, metadata=False)  # the file stays as it is
