"""Fits in the archive: scaled and encoded anew, small ones untouched, the same bytes each time; and how alike."""

import io
import random
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import structural_similarity

from segmind_studio.core.datasets import Dataset, PackageOptions, Photo
from segmind_studio.core.errors import CancelledError, DatasetError, SourceChangedError, StoreError
from segmind_studio.core.fit_plan import FLOOR_PIXELS, FitOrder, degrees, fit_for
from segmind_studio.core.photo_edits import PhotoEdit, rounded_crop
from segmind_studio.core.photo_fit import PhotoFit
from segmind_studio.dataset.archive import PlanCache, manifest_of, plan
from segmind_studio.dataset.fit_trial import made, measured, on_all_cores
from segmind_studio.dataset.fitting import likeness
from tests.benchmarks.sets import as_photos
from tests.fakes.image_files import photo as sample

OPTIONS = PackageOptions()
STRONG = PhotoFit(FLOOR_PIXELS, 80)
SIZE = (1800, 1200)


@pytest.fixture(scope="module")
def picture():
    return sample("chelsea.png").convert("RGB").resize(SIZE, Image.Resampling.BICUBIC)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "photos").mkdir()
    return tmp_path / "photos"


def fitted(paths, fit=STRONG):
    return Dataset("d", "d", tuple(replace(photo, fit=fit) for photo in as_photos(paths)))


def images_of(archive):
    """Return the pictures of an archive by name, as bytes."""
    found = {}
    for entry in archive.entries:
        if entry.source is not None:
            data = b""
            for part in entry.parts:
                data += part if isinstance(part, bytes) else entry.source.read_bytes()[part.offset:][: part.length]
            found[entry.name] = data
    return found


def planned(dataset, prepared):
    return plan(manifest_of(dataset), OPTIONS, prepared, PlanCache())


def test_likeness_is_the_mean_of_ssim_in_windows_of_eight():
    rand = np.random.default_rng(1)
    one = rand.integers(0, 256, (43, 50), dtype=np.uint8)
    other = np.clip(one + rand.normal(0, 20, one.shape), 0, 255).astype(np.uint8)
    each = []
    for top in range(0, 33, 4):
        for left in range(0, 41, 4):
            a, b = (image[top:top + 8, left:left + 8].astype(float) for image in (one, other))
            c1, c2 = 6.5025, 58.5225
            covariance = ((a - a.mean()) * (b - b.mean())).mean()
            each.append((2 * a.mean() * b.mean() + c1) * (2 * covariance + c2)
                        / ((a.mean() ** 2 + b.mean() ** 2 + c1) * (a.var() + b.var() + c2)))
    found = likeness(Image.fromarray(one), Image.fromarray(other))
    assert found == pytest.approx(sum(each) / len(each), abs=1e-4)
    assert likeness(Image.fromarray(one), Image.fromarray(one)) == pytest.approx(1, abs=1e-6)
    assert likeness(Image.new("L", (3, 5)), Image.new("L", (3, 5))) == pytest.approx(1)
    worse = Image.fromarray(np.clip(one + rand.normal(0, 80, one.shape), 0, 255).astype(np.uint8))
    assert likeness(Image.fromarray(one), worse) < found


def test_large_photos_are_scaled_and_look_the_same(folder, tmp_path, picture):
    picture.save(folder / "large.jpg", quality=97)
    archive = planned(fitted([folder / "large.jpg"], PhotoFit(FLOOR_PIXELS, 95)), tmp_path / "p")
    data = images_of(archive)["large.jpg"]
    with Image.open(io.BytesIO(data)) as sent:
        assert sent.size == (1470, 980)
        plain = np.asarray(sent.convert("L"))
    whole = np.asarray(picture.convert("L").resize((1470, 980), Image.Resampling.LANCZOS))
    alike: Any = structural_similarity(plain, whole)
    assert alike > 0.98
    assert len(data) < (folder / "large.jpg").stat().st_size * 0.7


def test_small_photos_and_fits_in_vain_keep_their_bytes(folder, tmp_path):
    coffee = sample("coffee.png")
    coffee.save(folder / "low.jpg", quality=30)
    flat = Image.new("RGB", (300, 200), "red")
    flat.save(folder / "flat.png")
    for name in ("low.jpg", "flat.png"):
        path, fit = folder / name, PhotoFit(FLOOR_PIXELS, 80, as_jpeg=True)
        (own,) = as_photos([path])
        if name == "low.jpg":
            assert not fit_for(own, fit)
        assert images_of(planned(fitted([path], fit), tmp_path / "p")) == {name: path.read_bytes()}


def test_a_png_becomes_a_jpeg_only_when_asked(folder, tmp_path, picture):
    picture.save(folder / "large.png", compress_level=1)
    without = images_of(planned(fitted([folder / "large.png"]), tmp_path / "p"))
    asked = images_of(planned(fitted([folder / "large.png"], replace(STRONG, as_jpeg=True)), tmp_path / "p"))
    for data, kind in ((without["large.png"], "PNG"), (asked["large.jpg"], "JPEG")):
        with Image.open(io.BytesIO(data)) as sent:
            assert (sent.format, sent.size) == (kind, (1470, 980))
    assert len(asked["large.jpg"]) < len(without["large.png"]) / 4


def test_turned_cropped_and_indexed_photos_come_out_right(folder, tmp_path, picture):
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(folder / "turned.jpg", quality=95, exif=exif)
    picture.quantize(64).save(folder / "indexed.png")
    picture.save(folder / "cut.jpg", quality=95)
    dataset = fitted([folder / "turned.jpg", folder / "indexed.png", folder / "cut.jpg"])
    crop = PhotoEdit(crop=rounded_crop(0, 0, 0.9, 1))
    dataset = dataset.with_photos((replace(dataset.photos[2], edit=crop),))
    found = images_of(planned(dataset, tmp_path / "p"))
    sizes = {}
    for name, data in found.items():
        with Image.open(io.BytesIO(data)) as sent:
            sizes[name] = sent.size
            assert 0x0112 not in sent.getexif()
    assert sizes == {photo.path.name: photo.sent_size for photo in dataset.photos}
    assert sizes["turned.jpg"] == (980, 1470)
    with Image.open(io.BytesIO(found["turned.jpg"])) as sent:
        upright = picture.transpose(Image.Transpose.ROTATE_270).convert("L").resize(sent.size)
        assert likeness(sent, upright) > 0.95


def test_the_same_bytes_come_again_without_the_cache_and_only_for_what_changed(folder, tmp_path, picture):
    paths = [folder / "a.jpg", folder / "b.jpg"]
    for path, quality in zip(paths, (95, 90), strict=True):
        picture.save(path, quality=quality)
    first = planned(fitted(paths), tmp_path / "one")
    assert images_of(planned(fitted(paths), tmp_path / "two")) == images_of(first)
    copies = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "one").iterdir()}
    picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(paths[1], quality=90)
    images_of(planned(fitted(paths), tmp_path / "one"))
    now = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "one").iterdir()}
    assert len(now) == len(copies) + 1
    assert now.items() >= copies.items()


def order_for(dataset, target):
    estimate = measured(dataset, lambda _done, _total: None, lambda: False)
    forecast = estimate.mildest(dataset.used, target, as_jpeg=False)
    return FitOrder(dataset, forecast, estimate, target, OPTIONS)


def nothing(_done, _total):
    return None


def noisy(size, seed):
    """Return a picture that does not become small: the estimate of such a one is hard."""
    data = random.Random(seed).randbytes(size[0] * size[1] * 3)  # noqa: S311  # a picture
    return Image.frombytes("RGB", size, data).resize((size[0] * 2, size[1] * 2), Image.Resampling.BICUBIC)


def test_a_fit_ends_below_its_target_and_names_the_photo_that_lost_most(folder, tmp_path, picture):
    picture.save(folder / "calm.jpg", quality=95)
    noisy((900, 700), 1).save(folder / "noisy.jpg", quality=98)
    dataset = Dataset("d", "d", as_photos([folder / "calm.jpg", folder / "noisy.jpg"]))
    order = order_for(dataset, 1_000_000)
    plans = PlanCache()
    mildest = order.estimate.forecast(dataset.used, degrees(dataset.used, as_jpeg=False)[0])
    seen = []
    result = made(
        replace(order, forecast=mildest), tmp_path / "p", plans,
        (lambda done, total: seen.append((done, total)), nothing), lambda: False,
    )
    assert result.size < 1_000_000
    assert seen.count((2, 2)) > 1  # the mildest degree was not enough
    assert result.worst is not None
    assert result.worst.photo.path.name == "noisy.jpg"
    assert 0 < result.worst.likeness < 0.99
    fits = {photo.photo_id: fit_for(photo, result.fit) for photo in dataset.photos}
    sent = replace(dataset, photos=tuple(replace(p, fit=fits[p.photo_id]) for p in dataset.photos))
    assert plan(manifest_of(sent), OPTIONS, tmp_path / "p", plans).size == result.size
    least = made(replace(order, target=1), tmp_path / "p", plans, (nothing, nothing), lambda: False)
    assert (least.fit.pixels, least.fit.quality) == (FLOOR_PIXELS, 80)


def test_a_fit_says_what_stops_it(folder, tmp_path, picture):
    path = folder / "a.jpg"
    picture.save(path, quality=95)
    dataset = Dataset("d", "d", as_photos([path]))
    order = order_for(dataset, 100_000)
    stops = threading.Event()
    stops.set()
    with pytest.raises(CancelledError):
        made(order, tmp_path / "p", PlanCache(), (nothing, nothing), stops.is_set)
    (tmp_path / "full").write_text("no folder")
    with pytest.raises(StoreError):
        made(order, tmp_path / "full", PlanCache(), (nothing, nothing), lambda: False)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    damaged = replace(dataset, photos=as_photos([path]))
    with pytest.raises(DatasetError, match=r"a\.jpg"):
        made(replace(order, dataset=damaged), tmp_path / "p", PlanCache(), (nothing, nothing), lambda: False)
    path.unlink()
    with pytest.raises(SourceChangedError, match=r"a\.jpg"):
        made(order, tmp_path / "p", PlanCache(), (nothing, nothing), lambda: False)


def test_memory_is_used_again_from_photo_to_photo_and_freed_at_the_end():
    photos = tuple(Photo(str(number), Path(f"{number}.jpg"), 640, 480) for number in range(4))
    before = Image.core.get_blocks_max()
    reused = Image.core.get_stats()["reused_blocks"]

    def work(_photo):
        Image.new("RGB", (640, 480)).resize((320, 240))

    on_all_cores(photos, work, nothing, lambda: False)
    assert Image.core.get_stats()["reused_blocks"] > reused
    with pytest.raises(ZeroDivisionError):
        on_all_cores(photos, lambda _photo: 1 // 0, nothing, lambda: False)
    assert Image.core.get_blocks_max() == before
    assert Image.core.get_stats()["blocks_cached"] <= before


def test_all_photos_are_worked_on_in_order_and_few_at_a_time():
    photos = tuple(
        Photo(str(number), Path(f"{number}.jpg"), 9000, 6000, image_format="JPEG") for number in range(8)
    )
    lock, now, most = threading.Lock(), [], []

    def work(photo):
        with lock:
            now.append(photo.photo_id)
            most.append(len(now))
        threading.Event().wait(0.005)
        with lock:
            now.remove(photo.photo_id)
        return photo.photo_id

    assert on_all_cores(photos, work, nothing, lambda: False) == [photo.photo_id for photo in photos]
    assert max(most) == 1  # two of them would be more than 100 million pixels
