"""The colour spaces of images, and their conversion to sRGB. Needs Pillow's ImageCms, loaded when used.

A file's declarations count in the order of the PNG specification (third edition, 4.3): cICP, the profile, sRGB,
then gAMA with cHRM. Whether colours are sRGB already is tested by converting some, not by a profile's name. Where
a file has no ICC profile but an equivalent declaration, one is built (ICC.1:2022).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

from segmind_studio.core.conversions import DAMAGED, Conversion, change
from segmind_studio.dataset.layout import Colours, Layout
from segmind_studio.record import record

if TYPE_CHECKING:
    from PIL.Image import Image

_MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # by a profile's colour space
_PRINT = 4  # channels
_STEPS = range(0, 256, 15)  # of the colours that are tested
_SAME_MEAN, _SAME_MOST = 0.5, 4  # of 255: colours that differ less are the same
_LONGEST_NAME = 40
_MOST_VERDICTS = 1000
_SRGB_GAMMA = 45_455
_GAMMA_TOLERANCE = 0.05  # libpng's own: a smaller difference cannot be seen
_Point = tuple[float, float]
_Curve = Callable[[float], float]
_SRGB_CORNERS = (31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000)
# ITU-T H.273, table 2: x and y of white, red, green and blue, times 100,000
_PRIMARIES = {
    1: _SRGB_CORNERS,
    2: _SRGB_CORNERS,  # not specified
    5: (31_270, 32_900, 64_000, 33_000, 29_000, 60_000, 15_000, 6_000),
    6: (31_270, 32_900, 63_000, 34_000, 31_000, 59_500, 15_500, 7_000),
    9: (31_270, 32_900, 70_800, 29_200, 17_000, 79_700, 13_100, 4_600),
    11: (31_400, 35_100, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000),
    12: (31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000),
}
_NAMES = {5: "BT.601", 6: "BT.601", 9: "BT.2020", 11: "DCI-P3", 12: "Display P3"}
_HDR = {16: "PQ", 18: "HLG"}
_CURVE_POINTS = 4096


@record
class Source:
    """The colours of an image: an ICC profile to convert from, b"" for sRGB; and the changes to report."""

    profile: bytes = b""
    changes: tuple[str, ...] = ()


def source_of(layout: Layout) -> Source:
    """Return the colours of an image; never raises. An unusable profile counts as sRGB, and is reported."""
    declared = layout.colours
    trouble = (change(Conversion.PROFILE, layout.profile_trouble),) if layout.profile_trouble else ()
    if declared.codes and (built := _profile_of_codes(declared.codes)):
        name = _HDR.get(declared.codes[1]) or _NAMES.get(declared.codes[0], "")
        kind = Conversion.BRIGHTNESS if declared.codes[1] in _HDR else Conversion.COLOURS
        return Source() if _verdict(built).is_srgb else Source(built, (change(kind, name),))
    if layout.profile:
        return _of_profile(layout, trouble)
    if trouble or declared.srgb or not (declared.gamma or declared.corners) or layout.channels == _PRINT:
        return Source(changes=trouble)
    built = _profile_of_gamma(declared)
    if not _verdict(built).mode or _verdict(built).is_srgb:
        return Source()  # corners that form no triangle are ignored
    name = f"gamma {100_000 / declared.gamma:.2g}" if declared.gamma and not _like_srgb(declared.gamma) else ""
    return Source(built, (change(Conversion.COLOURS, name),))


def _of_profile(layout: Layout, trouble: tuple[str, ...]) -> Source:
    verdict = _verdict(layout.profile)
    mode = verdict.mode
    if not mode or (mode == "CMYK") != (layout.channels == _PRINT) or (mode == "L" and layout.channels != 1):
        return Source(changes=(change(Conversion.PROFILE, DAMAGED),))
    if verdict.is_srgb:
        return Source(changes=trouble)
    kind = Conversion.PRINT_COLOURS if mode == "CMYK" else Conversion.COLOURS
    return Source(layout.profile, (change(kind, verdict.name),))


def to_srgb(image: Image, profile: bytes) -> Image:
    """Convert an image in L, RGB or CMYK to RGB; `profile` is a Source's. Releases the interpreter's lock."""
    from PIL import ImageCms  # noqa: PLC0415  # not needed at the start of the app

    if not profile:
        return image.convert("RGB")
    mode = _verdict(profile).mode
    if image.mode != mode:
        image = image.convert(mode)
    return cast("Image", ImageCms.applyTransform(image, _transform(profile, mode)))


@record
class _Verdict:
    """The result for a profile: Pillow's mode for its colours, "" when images cannot be converted from it."""

    mode: str = ""
    is_srgb: bool = False
    name: str = ""


_verdicts: dict[bytes, _Verdict] = {}  # by hash: a profile may have megabytes, and is in many photos


def _verdict(profile: bytes) -> _Verdict:
    digest = blake2b(profile, digest_size=16).digest()
    found = _verdicts.get(digest)
    if found is None:
        if len(_verdicts) >= _MOST_VERDICTS:
            _verdicts.clear()
        found = _verdicts[digest] = _examined(profile)
    return found


def _examined(profile: bytes) -> _Verdict:
    from PIL import ImageCms  # noqa: PLC0415  # as above

    if not profile:
        return _Verdict()
    try:
        opened = cast("Any", ImageCms.ImageCmsProfile(BytesIO(profile)))
        mode = _MODES.get(cast("str", opened.profile.xcolor_space), "")
        if not mode:
            return _Verdict()
        transform = _transform(profile, mode)
    except (OSError, ValueError, TypeError, ImageCms.PyCMSError):
        return _Verdict()
    return _Verdict(mode, mode != "CMYK" and _changes_nothing(transform, mode), _name_of(opened))


@lru_cache(maxsize=4)
def _transform(profile: bytes, mode: str) -> Any:  # Pillow has no type for it
    from PIL import ImageCms  # noqa: PLC0415  # as above

    source = ImageCms.ImageCmsProfile(BytesIO(profile))
    return ImageCms.buildTransform(source, cast("Any", ImageCms).createProfile("sRGB"), mode, "RGB")


def _changes_nothing(transform: Any, mode: str) -> bool:  # as above
    from PIL import Image, ImageChops, ImageCms, ImageStat  # noqa: PLC0415  # as above

    steps = bytes(_STEPS)
    if mode == "L":
        tried = Image.frombytes("L", (len(steps), 1), steps)
    else:
        colours = b"".join(bytes((r, g, b)) for r in steps for g in steps for b in steps)
        tried = Image.frombytes("RGB", (len(steps), len(steps) ** 2), colours)
    converted = cast("Any", ImageCms.applyTransform(tried, transform))
    difference = ImageStat.Stat(ImageChops.difference(converted, tried.convert("RGB")))
    most = max(high for _low, high in difference.extrema)
    return most <= _SAME_MOST and max(difference.mean) <= _SAME_MEAN


def _name_of(profile: Any) -> str:  # as above
    """Return the name in an open profile's description, short and printable."""
    from PIL import ImageCms  # noqa: PLC0415  # as above

    try:
        declared = ImageCms.getProfileDescription(profile)
    except (OSError, ValueError, TypeError, ImageCms.PyCMSError):
        return ""
    words = " ".join("".join(char if char.isprintable() else " " for char in declared).split())
    return words[:_LONGEST_NAME]


# Profiles that are built


@lru_cache(maxsize=16)
def _profile_of_codes(codes: tuple[int, ...]) -> bytes:
    """Return a profile for cICP's numbers; b"" for unused ones.

    HDR is mapped to sRGB as in BT.2408: its white of 203 cd/m² becomes white, brighter values are clipped.
    """
    corners = _PRIMARIES.get(codes[0])
    curve = _TRANSFERS.get(codes[1])
    return _matrix_profile(corners, curve) if corners and curve else b""


@lru_cache(maxsize=16)
def _profile_of_gamma(declared: Colours) -> bytes:
    corners = declared.corners or _SRGB_CORNERS
    if not declared.gamma or _like_srgb(declared.gamma):
        return _matrix_profile(corners, _srgb_light)
    return _matrix_profile(corners, _power(100_000 / declared.gamma))


def _like_srgb(gamma: int) -> bool:
    return abs(gamma - _SRGB_GAMMA) <= _GAMMA_TOLERANCE * _SRGB_GAMMA


def _power(exponent: float) -> _Curve:
    def light(value: float) -> float:
        return value**exponent

    return light


def _srgb_light(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # IEC 61966-2-1


def _bt709_light(value: float) -> float:
    return value / 4.5 if value < 0.081243 else ((value + 0.099297) / 1.099297) ** (1 / 0.45)  # noqa: PLR2004


def _pq_light(value: float) -> float:
    """Return light by SMPTE ST 2084, 1 for 203 cd/m²."""
    root = value ** (1 / 78.84375)
    return 10_000 / 203 * (max(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)


def _hlg_light(value: float) -> float:
    """Return light by BT.2100's HLG on a screen of 1000 cd/m², 1 for its white (a value of 0.75, 203 cd/m²)."""
    from math import exp  # noqa: PLC0415  # used here only

    scene = value * value / 3 if value <= 0.5 else (exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12  # noqa: PLR2004
    return 1000 / 203 * scene**1.2


_TRANSFERS: dict[int, _Curve] = {
    1: _bt709_light, 2: _srgb_light, 4: _power(2.2), 5: _power(2.8), 6: _bt709_light, 8: _power(1),
    13: _srgb_light, 14: _bt709_light, 15: _bt709_light, 16: _pq_light, 18: _hlg_light,
}


def _matrix_profile(corners: tuple[int, ...], curve: _Curve) -> bytes:
    """Return a version 4 profile of three primaries and one curve; b"" when the corners form no triangle."""
    white, *primaries = [(x / 100_000, y / 100_000) for x, y in zip(corners[::2], corners[1::2], strict=True)]
    try:
        columns = _columns(white, primaries)
    except ZeroDivisionError:
        return b""
    values = [round(65_535 * min(1.0, max(0.0, curve(n / (_CURVE_POINTS - 1))))) for n in range(_CURVE_POINTS)]
    table = struct.pack(f">4s4xI{_CURVE_POINTS}H", b"curv", _CURVE_POINTS, *values)
    name = "built from the file's own words".encode("utf-16-be")
    text = struct.pack(">4s4xII2s2sII", b"mluc", 1, 12, b"en", b"US", len(name), 28) + name
    tags: list[tuple[bytes, bytes]] = [
        (b"desc", text), (b"cprt", text), (b"wtpt", _xyz(0.9642, 1, 0.8249)),
        *((kind, _xyz(*column)) for kind, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)),
        *((kind, table) for kind in (b"rTRC", b"gTRC", b"bTRC")),
    ]
    places: dict[bytes, int] = {}
    body = b""
    for _kind, data in tags:
        if data not in places:
            places[data] = 128 + 4 + 12 * len(tags) + len(body)
            body += data + bytes(-len(data) % 4)
    directory = struct.pack(">I", len(tags)) + b"".join(
        struct.pack(">4sII", kind, places[data], len(data)) for kind, data in tags
    )
    head = struct.pack(
        ">I4xI4s4s4s12x4s28x3i48x", 128 + len(directory) + len(body), 0x04200000, b"mntr", b"RGB ", b"XYZ ",
        b"acsp", round(0.9642 * 65_536), 65_536, round(0.8249 * 65_536),
    )
    return head + directory + body


def _xyz(x: float, y: float, z: float) -> bytes:
    return struct.pack(">4s4x3i", b"XYZ ", *(round(max(-3e4, min(3e4, v)) * 65_536) for v in (x, y, z)))


_Matrix = list[list[float]]
_BRADFORD: _Matrix = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
_D50 = [0.9642, 1.0, 0.8249]


def _columns(white: _Point, primaries: list[_Point]) -> list[list[float]]:
    """Return the XYZ of red, green and blue under D50, by Bradford's adaptation (ICC.1:2022, annex E)."""
    unscaled = _transposed([_tristimulus(point) for point in primaries])
    light = _tristimulus(white)
    amounts = _times(_inverse(unscaled), light)
    seen, wanted = _times(_BRADFORD, light), _times(_BRADFORD, _D50)
    gains = [[wanted[n] / seen[n] if m == n else 0.0 for m in range(3)] for n in range(3)]
    columns: list[list[float]] = []
    for n in range(3):
        column = [unscaled[row][n] * amounts[n] for row in range(3)]
        columns.append(_times(_inverse(_BRADFORD), _times(gains, _times(_BRADFORD, column))))
    return columns


def _tristimulus(point: _Point) -> list[float]:
    x, y = point
    return [x / y, 1.0, (1 - x - y) / y]


def _transposed(matrix: _Matrix) -> _Matrix:
    return [list(row) for row in zip(*matrix, strict=True)]


def _times(matrix: _Matrix, vector: list[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def _inverse(m: _Matrix) -> _Matrix:
    """Return the inverse by cofactors; ZeroDivisionError when there is none."""
    cofactors = [
        [m[(r + 1) % 3][(c + 1) % 3] * m[(r + 2) % 3][(c + 2) % 3]
         - m[(r + 1) % 3][(c + 2) % 3] * m[(r + 2) % 3][(c + 1) % 3] for c in range(3)]
        for r in range(3)
    ]
    determinant = sum(m[0][c] * cofactors[0][c] for c in range(3))
    return [[cofactors[c][r] / determinant for c in range(3)] for r in range(3)]
