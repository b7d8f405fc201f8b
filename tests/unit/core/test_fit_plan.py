"""The degrees of a fit: what is scaled first, where quality is lowered, and what keeps its bytes."""

import math
from pathlib import Path

import pytest

from segmind_studio.core.datasets import Photo
from segmind_studio.core.fit_plan import (
    BEST_QUALITY,
    FLOOR_PIXELS,
    LEAST_QUALITY,
    FitEstimate,
    FitSample,
    counts,
    degrees,
    fit_for,
    next_degree,
)
from segmind_studio.core.photo_edits import USED_PIXELS, PhotoEdit, rounded_crop, used_size
from segmind_studio.core.photo_fit import NO_FIT, PhotoFit, fit_values, fit_with_values, fitted_size
from segmind_studio.core.runs import ManifestItem, manifest_items, manifest_text

PHONE = Photo("phone", Path("phone.jpg"), 4000, 3000, 4_000_000, image_format="JPEG")
SMALL = Photo("small", Path("small.jpg"), 1200, 900, 200_000, image_format="JPEG")
HEAVY = Photo("heavy", Path("heavy.jpg"), 1200, 900, 900_000, image_format="JPEG")
DRAWING = Photo("drawing", Path("drawing.png"), 1200, 900, 3_000_000, image_format="PNG")
SCAN = Photo("scan", Path("scan.tif"), 4000, 3000, 36_000_000, image_format="TIFF")


def test_pixels_are_given_up_first_and_quality_only_at_the_least_size():
    ladder = degrees([PHONE, SMALL], as_jpeg=False)
    pixels, qualities = [d.pixels for d in ladder], [d.quality for d in ladder]
    assert pixels[0] == 12_000_000
    assert pixels == sorted(pixels, reverse=True)
    assert qualities == sorted(qualities, reverse=True)
    assert {degree.quality for degree in ladder if degree.pixels > FLOOR_PIXELS} == {BEST_QUALITY}
    assert (pixels[-1], qualities[-1]) == (FLOOR_PIXELS, LEAST_QUALITY)
    assert len(set(ladder)) == len(ladder)
    assert next_degree([PHONE, SMALL], ladder[0]) == ladder[1]
    assert next_degree([PHONE, SMALL], ladder[-1]) is None


@pytest.mark.parametrize("size", [(4000, 3000), (900, 5000), (1400, 1100), (8000, 1000)])
def test_no_degree_scales_below_the_used_size(size):
    for degree in degrees([Photo("p", Path("p.jpg"), *size, image_format="JPEG")], as_jpeg=False):
        wide, high = fitted_size(size[0], size[1], degree)
        used = used_size(size[0], size[1])
        assert wide >= used[0]
        assert high >= used[1]
        assert math.prod((wide, high)) > USED_PIXELS or (wide, high) == size
        assert wide / high == pytest.approx(size[0] / size[1], rel=0.01)


MILD, STRONG = PhotoFit(FLOOR_PIXELS, BEST_QUALITY), PhotoFit(FLOOR_PIXELS, LEAST_QUALITY)
AS_JPEG = PhotoFit(FLOOR_PIXELS, BEST_QUALITY, as_jpeg=True)


@pytest.mark.parametrize(("photo", "degree", "touched"), [
    (PHONE, MILD, True),
    (SMALL, MILD, False),
    (SMALL, STRONG, False),  # small already
    (HEAVY, MILD, False),
    (HEAVY, STRONG, True),
    (DRAWING, STRONG, False),  # without loss, and so it stays until someone asks
    (DRAWING, AS_JPEG, True),
    (SCAN, MILD, True),
    (Photo("bad", Path("bad.jpg"), image_format="JPEG"), STRONG, False),
])
def test_what_a_degree_does_to_a_photo(photo, degree, touched):
    assert fit_for(photo, degree) == (degree if touched else NO_FIT)


def test_a_crop_counts_before_the_fit():
    part = Photo(
        "part", Path("part.jpg"), 4000, 3000, 3_500_000, image_format="JPEG",
        edit=PhotoEdit(crop=rounded_crop(0, 0, 0.25, 0.25)), fit=MILD,
    )
    assert fit_for(part, MILD) == NO_FIT
    assert part.sent_size == part.edited_size == (1000, 750)
    assert counts([PHONE, part, HEAVY], STRONG) == (1, 1)


def test_the_estimate_follows_what_was_measured():
    samples = [
        FitSample("phone", "JPEG", pixels, quality, round(pixels * each))
        for pixels, most in ((12_000_000, 0.3), (2 * FLOOR_PIXELS, 0.5), (FLOOR_PIXELS, 0.6))
        for quality, each in ((95, most), (88, most * 0.6), (80, most * 0.4))
    ]
    estimate = FitEstimate(samples)
    sizes = [estimate.size_of(PHONE, degree) for degree in degrees([PHONE], as_jpeg=False)]
    assert sizes == sorted(sizes, reverse=True)
    assert estimate.size_of(PHONE, MILD) == pytest.approx(FLOOR_PIXELS * 0.6, rel=0.01)
    assert estimate.size_of(PHONE, STRONG) == pytest.approx(FLOOR_PIXELS * 0.24, rel=0.01)
    assert estimate.size_of(SMALL, STRONG) == SMALL.size
    many = [PHONE] * 40
    mild = estimate.mildest(many, 99_000_000, as_jpeg=False)
    assert mild.size < 99_000_000
    assert mild.fit.quality == BEST_QUALITY
    milder = degrees(many, as_jpeg=False)[degrees(many, as_jpeg=False).index(mild.fit) - 1]
    assert estimate.forecast(many, milder).size >= 99_000_000
    assert estimate.mildest(many, 99_000_000, as_jpeg=False, factor=3).fit.pixels < mild.fit.pixels
    assert estimate.mildest(many, 1, as_jpeg=False).fit == degrees(many, as_jpeg=False)[-1]


def test_a_fit_is_stored_with_a_manifest_and_odd_ones_are_refused():
    plain = ManifestItem("a.jpg", 1, 2, "TOK", image_format="JPEG")
    fitted = ManifestItem("b.jpg", 1, 2, "TOK", image_format="JPEG", fit=PhotoFit(FLOOR_PIXELS, 88, as_jpeg=True))
    assert manifest_items(manifest_text((plain, fitted))) == (plain, fitted)
    assert "88" not in manifest_text((plain,))
    assert fit_with_values(fit_values(fitted.fit)) == fitted.fit
    for odd in ([1], [1, 2], [1, "2", 0], [-1, 80, 0], [1, 101, 0], [5, 0, 0], None, 7):
        with pytest.raises(ValueError, match=r"."):
            fit_with_values(odd)
