"""The archive that is sent: any unzip opens it, the same photos give the same bytes, nothing is held in memory."""

import hashlib
import io
import itertools
import os
import random
import shutil
import subprocess
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from segmind_studio.core.datasets import Dataset, PackageOptions, Photo
from segmind_studio.core.errors import CancelledError, DatasetError, SourceChangedError, StoreError
from segmind_studio.core.runs import ManifestItem, manifest_items, manifest_text
from segmind_studio.dataset import archive, zip_stream
from segmind_studio.dataset.archive import PIECE, PlanCache, manifest_of, plan, write
from segmind_studio.dataset.captions import clean_caption
from segmind_studio.dataset.scan import scan
from segmind_studio.resources import resource
from tests.fakes.image_files import ENCODERS, SECRET, SUFFIXES, encode, jpeg, opened, photo, png, small_jpeg, webp

STRIP, KEEP = PackageOptions(strip_metadata=True), PackageOptions(strip_metadata=False)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "photos").mkdir()
    return tmp_path / "photos"


@pytest.fixture
def prepared(tmp_path):
    (tmp_path / "prepared").mkdir()
    return tmp_path / "prepared"


@pytest.fixture
def items(folder, tmp_path):
    """Write files and give their manifest, as an intake would."""
    def run(files, captions=None):
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        paths = [folder / name for name in files]
        report = scan(paths, {}, tmp_path / "imports", [].append, lambda: False)
        texts = captions or {}
        photos = tuple(replace(photo, caption=texts.get(photo.path.name, "")) for photo in report.added)
        return manifest_of(Dataset("d", "d", photos))
    return run


def made(package):
    return b"".join(package.chunks())


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as opened_zip:
        assert opened_zip.testzip() is None
        return {info.filename: opened_zip.read(info) for info in opened_zip.infolist()}


def test_the_sample_makes_the_archive_the_contract_asks_for(prepared, tmp_path):
    report = scan([resource("sample")], {}, tmp_path, [].append, lambda: False)
    package = plan(manifest_of(Dataset("d", "d", report.added)), STRIP, prepared)
    data = made(package)
    assert (package.image_count, package.caption_count, package.size) == (8, 7, len(data))
    inside = members(data)
    assert list(inside)[:3] == ["chelsea-1.jpg", "chelsea-1.txt", "chelsea-2.jpg"]
    assert all("CHELSEA" in text.decode() for name, text in inside.items() if name.endswith(".txt"))
    turned = opened(inside["chelsea-6.jpg"])
    assert turned.size == (640, 960)
    assert not turned.getexif()


def test_what_was_sent_is_known_by_its_content_from_whatever_folder(items, prepared, folder):
    package = plan(items({"a.jpg": jpeg(), "b.png": png()}, {"a.jpg": "TOK"}), STRIP, prepared)
    files = package.files(lambda: False)
    assert {file.name: (file.size, file.sha256) for file in files} == {
        name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in members(made(package)).items()
    }
    elsewhere = items({"sub/a.jpg": jpeg(), "sub/b.png": png()}, {"a.jpg": "TOK"})
    assert plan(elsewhere, STRIP, prepared).fingerprint == package.fingerprint
    other_words = items({"a.jpg": jpeg(), "b.png": png()}, {"a.jpg": "TOK."})
    assert plan(other_words, STRIP, prepared).fingerprint != package.fingerprint
    (folder / "a.jpg").unlink()
    assert package.files(lambda: False) == files, "the plan knows them"


@pytest.mark.parametrize("kind", sorted(ENCODERS))
def test_upright_photos_keep_every_pixel_and_lose_the_rest(items, prepared, kind):
    before = ENCODERS[kind]()
    (after,) = members(made(plan(items({f"a{SUFFIXES[kind]}": before}), STRIP, prepared))).values()
    assert opened(after).tobytes() == opened(before).tobytes()
    assert not opened(after).getexif()
    assert SECRET.encode() not in after
    assert list(prepared.iterdir()) == []


@pytest.mark.parametrize("kind", sorted(ENCODERS))
@pytest.mark.parametrize("options", [STRIP, KEEP])
def test_turned_photos_stand_upright(items, prepared, kind, options):
    before = ENCODERS[kind](orientation=6)
    (after,) = members(made(plan(items({f"a{SUFFIXES[kind]}": before}), options, prepared))).values()
    assert opened(after).size == ImageOps.exif_transpose(opened(before)).size == (400, 600)
    assert ImageOps.exif_transpose(opened(after)).size == (400, 600)
    assert (SECRET.encode() in after) == (options is KEEP)


def test_metadata_may_stay(items, prepared):
    (after,) = members(made(plan(items({"a.jpg": jpeg()}), KEEP, prepared))).values()
    assert after == jpeg()


def test_the_same_photos_give_the_same_bytes(items, prepared, tmp_path):
    files = {"a.jpg": jpeg(orientation=8), "b.png": png(), "c.webp": webp(orientation=3)}
    manifest = items(files, {"a.jpg": "words"})
    first = made(plan(manifest, STRIP, prepared))
    again = plan(manifest_items(manifest_text(manifest)), STRIP, tmp_path / "other-cache")
    assert made(again) == first
    assert made(again) == first, "a plan can be streamed twice"


def test_the_size_is_known_before_the_first_byte(items, prepared):
    package = plan(items({"a.jpg": jpeg(), "b.png": png(orientation=5)}, {"b.png": "ü" * 99}), STRIP, prepared)
    assert package.size == len(made(package))
    assert made(plan((), STRIP, prepared)) == zipfile_empty()


def zipfile_empty():
    target = io.BytesIO()
    zipfile.ZipFile(target, "w").close()
    return target.getvalue()


def test_headers_hold_sizes_and_checksums_and_no_dates(items, prepared):
    data = made(plan(items({"a.jpg": small_jpeg()}, {"a.jpg": "words"}), STRIP, prepared))
    with zipfile.ZipFile(io.BytesIO(data)) as opened_zip:
        for info in opened_zip.infolist():
            assert (info.compress_type, info.flag_bits, info.extra) == (zipfile.ZIP_STORED, 0, b"")
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            local = data[info.header_offset : info.header_offset + 30]
            assert int.from_bytes(local[14:18], "little") == info.CRC
            assert int.from_bytes(local[18:22], "little") == info.file_size


@pytest.mark.skipif(not shutil.which("unzip"), reason="needs Info-ZIP")
def test_another_unzip_finds_nothing_wrong(items, prepared, tmp_path):
    package = plan(items({"a.jpg": jpeg(), "b.png": png()}, {"a.jpg": "ü"}), STRIP, prepared)
    write(package, tmp_path / "a.zip", lambda *_: None, lambda: False)
    answer = subprocess.run(["unzip", "-t", tmp_path / "a.zip"], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert "No errors detected" in answer.stdout
    assert answer.returncode == 0


def test_names_stay_apart_and_captions_with_their_photo(items, prepared):
    manifest = items(
        {"a/cat.jpg": small_jpeg(1), "b/cat.png": png(photo().resize((20, 20))), "b/Cat.jpg": small_jpeg(3),
         "東京.jpg": small_jpeg(4), "大阪.jpeg": small_jpeg(5)},
        {"cat.png": "the png", "Cat.jpg": "the third", "大阪.jpeg": "osaka"},
    )
    assert list(members(made(plan(manifest, STRIP, prepared)))) == [
        "cat.jpg", "cat-2.png", "cat-2.txt", "Cat-3.jpg", "Cat-3.txt", "photo.jpg", "photo-2.jpg", "photo-2.txt",
    ]


@given(
    stems=st.lists(st.text(max_size=20), min_size=1, max_size=8),
    captions=st.lists(st.text(), min_size=8, max_size=8),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_names_and_captions_make_a_good_archive(tmp_path, stems, captions):
    manifest = []
    for number, (stem, caption) in enumerate(zip(stems, captions, strict=False)):
        name = stem.encode("utf-8", "ignore").decode().translate({0: "", ord("/"): ""})
        path = tmp_path / str(number) / f"{name}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(small_jpeg(number))
        stat = path.stat()
        manifest.append(ManifestItem(str(path), stat.st_size, stat.st_mtime_ns, caption, 1, "JPEG"))
    package = plan(tuple(manifest), STRIP, tmp_path)
    data = made(package)
    inside = members(data)
    assert len(data) == package.size
    assert len({Path(name).stem.casefold() for name in inside if name.endswith(".jpg")}) == len(manifest)
    assert all(name.isascii() and "/" not in name and "\\" not in name for name in inside)
    images = [name for name in inside if name.endswith(".jpg")]
    for number, name in enumerate(images):
        assert inside[name] == small_jpeg(number)
        wanted = clean_caption(captions[number]).encode("utf-8", "replace")
        assert inside.get(name.removesuffix(".jpg") + ".txt", b"") == wanted


@given(st.integers(1, 5000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_pieces_have_the_size_asked_for(items, prepared, piece):
    package = plan(items({"a.jpg": jpeg(), "b.jpg": small_jpeg()}, {"b.jpg": "x" * 3000}), STRIP, prepared)
    pieces = list(package.chunks(piece))
    assert {len(p) for p in pieces[:-1]} <= {piece}
    assert 0 < len(pieces[-1]) <= piece
    assert b"".join(pieces) == made(package)


def test_the_usual_piece_is_half_a_mebibyte(items, prepared):
    noise = Image.frombytes("RGB", (900, 900), random.Random(1).randbytes(900 * 900 * 3))  # noqa: S311
    package = plan(items({"a.png": encode(noise, "PNG")}), STRIP, prepared)
    assert PIECE == 512 * 1024
    assert [len(p) for p in package.chunks()][:4] == [PIECE] * 4


class TestChangedPhotos:
    def test_a_photo_changed_before_the_plan_is_named(self, items, prepared, folder):
        manifest = items({"a.jpg": jpeg(), "b.jpg": jpeg()})
        (folder / "b.jpg").write_bytes(small_jpeg())
        with pytest.raises(SourceChangedError, match=r"“b.jpg” has changed"):
            plan(manifest, STRIP, prepared)
        (folder / "b.jpg").unlink()
        with pytest.raises(SourceChangedError, match=r"“b.jpg” is no longer there"):
            plan(manifest, STRIP, prepared)

    @pytest.mark.parametrize("how", ["size", "time", "bytes", "gone"])
    @pytest.mark.parametrize("orientation", [1, 6])
    def test_a_photo_changed_after_the_plan_is_named(self, items, prepared, folder, how, orientation):
        package = plan(items({"a.jpg": jpeg(orientation=orientation)}), STRIP, prepared)
        path = folder / "a.jpg" if orientation == 1 else next(prepared.iterdir())
        data, stat = path.read_bytes(), path.stat()
        if how == "size":
            path.write_bytes(data + b"x")
        elif how == "time":
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
        elif how == "bytes":
            path.write_bytes(data[:9000] + bytes([data[9000] ^ 1]) + data[9001:])
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        else:
            path.unlink()
        sent = bytearray()
        with pytest.raises(SourceChangedError, match=r"“a.jpg” changed"):
            sent.extend(itertools.chain.from_iterable(package.chunks(4096)))
        assert len(sent) < package.size, "the last byte never goes out"

    def test_a_photo_that_shrinks_while_it_is_sent_is_named(self, items, prepared, folder):
        pieces = plan(items({"a.jpg": jpeg()}), STRIP, prepared).chunks(1000)
        next(pieces)
        os.truncate(folder / "a.jpg", 5000)
        with pytest.raises(SourceChangedError, match=r"a\.jpg"):
            list(pieces)


class TestPlanCache:
    def test_planning_again_reads_nothing(self, items, prepared, monkeypatch):
        manifest = items({"a.jpg": jpeg(), "b.jpg": jpeg(orientation=6)})
        cache = PlanCache()
        assert not cache.holds(manifest, STRIP, prepared)
        first = plan(manifest, STRIP, prepared, cache)
        assert cache.holds(manifest, STRIP, prepared)
        assert not cache.holds(manifest, KEEP, prepared)
        monkeypatch.setattr(archive, "_planned", lambda *_: pytest.fail("read again"))
        assert plan(manifest, STRIP, prepared, cache) == first

    def test_other_options_are_another_plan(self, items, prepared):
        manifest, cache = items({"a.jpg": jpeg()}), PlanCache()
        assert plan(manifest, STRIP, prepared, cache).size < plan(manifest, KEEP, prepared, cache).size

    def test_a_caption_changes_no_picture(self, items, prepared, monkeypatch):
        (item,), cache = items({"a.jpg": jpeg()}), PlanCache()
        size = plan((item,), STRIP, prepared, cache).size
        monkeypatch.setattr(archive, "_planned", lambda *_: pytest.fail("read again"))
        more = plan((replace(item, caption="four"),), STRIP, prepared, cache)
        assert more.size == size + 4 + 30 + 46 + 2 * len("a.txt")

    def test_a_prepared_copy_that_was_cleaned_away_is_made_again(self, items, prepared):
        manifest, cache = items({"a.jpg": jpeg(orientation=6)}), PlanCache()
        data = made(plan(manifest, STRIP, prepared, cache))
        next(prepared.iterdir()).unlink()
        assert made(plan(manifest, STRIP, prepared, cache)) == data

    def test_it_does_not_grow_without_end(self, items, prepared, monkeypatch):
        monkeypatch.setattr(archive, "_MAX_CACHED", 3)
        cache = PlanCache()
        for number in range(10):
            plan(items({f"{number}.jpg": small_jpeg(number)}), STRIP, prepared, cache)
        assert len(cache._images) <= 3


class TestRefusals:
    def test_a_damaged_photo_is_named(self, items, prepared, folder):
        (item,) = items({"a.jpg": jpeg()})
        (folder / "a.jpg").write_bytes(b"x" * item.size)
        os.utime(folder / "a.jpg", ns=(0, item.mtime_ns))
        with pytest.raises(DatasetError, match=r"“a.jpg” cannot be used. This file is not a picture"):
            plan((item,), STRIP, prepared)

    def test_an_unknown_format_is_named(self, items, prepared):
        (item,) = items({"a.jpg": jpeg()})
        with pytest.raises(DatasetError, match=r"“a.jpg” cannot be used"):
            plan((replace(item, image_format="TIFF"),), STRIP, prepared)

    def test_more_than_a_plain_zip_holds_is_refused(self, monkeypatch, items, prepared):
        monkeypatch.setattr(zip_stream, "_MAX_BYTES", 1000)
        with pytest.raises(DatasetError, match="oo many photos for one zip"):
            plan(items({"a.jpg": jpeg()}), STRIP, prepared)

    def test_planning_can_be_stopped(self, items, prepared):
        manifest = items({"a.jpg": jpeg(), "b.jpg": jpeg()})
        with pytest.raises(CancelledError):
            plan(manifest, STRIP, prepared, cancelled=lambda: True)

    def test_a_cache_folder_that_cannot_be_written_is_not_the_photos_fault(self, items, tmp_path):
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(StoreError):
            plan(items({"a.jpg": jpeg(orientation=6)}), STRIP, tmp_path / "file")


class TestWriting:
    def test_the_file_the_hash_and_the_progress(self, items, prepared, tmp_path):
        package = plan(items({"a.jpg": jpeg(), "b.png": png()}), STRIP, prepared)
        steps = []
        digest = write(package, tmp_path / "a.zip", lambda *step: steps.append(step), lambda: False)
        data = (tmp_path / "a.zip").read_bytes()
        assert data == made(package)
        assert digest == hashlib.sha256(data).hexdigest()
        assert steps[-1] == (package.size, package.size)

    @pytest.mark.parametrize("trouble", ["cancelled", "cancelled at the end", "changed"])
    def test_nothing_is_left_behind_and_the_old_file_stays(self, items, prepared, tmp_path, folder, trouble):
        package = plan(items({"a.jpg": jpeg()}), STRIP, prepared)
        target = tmp_path / "out" / "a.zip"
        target.parent.mkdir()
        target.write_bytes(b"old")
        if trouble == "changed":
            (folder / "a.jpg").write_bytes(b"x")
        done = []

        def cancelled():
            return trouble == "cancelled" or (trouble == "cancelled at the end" and package.size in done)

        with pytest.raises((CancelledError, SourceChangedError)):
            write(package, target, lambda now, _total: done.append(now), cancelled)
        assert [path.name for path in target.parent.iterdir()] == ["a.zip"]
        assert target.read_bytes() == b"old"

    def test_a_place_that_cannot_be_written_has_words(self, items, prepared, tmp_path):
        package = plan(items({"a.jpg": jpeg()}), STRIP, prepared)
        with pytest.raises(DatasetError, match=r"“a.zip” could not be saved"):
            write(package, tmp_path / "none" / "a.zip", lambda *_: None, lambda: False)


def test_a_manifest_holds_the_used_photos_in_order(tmp_path):
    photos = tuple(
        Photo(name, tmp_path / name, size=n, mtime_ns=n, caption=name, orientation=1, image_format="JPEG",
              excluded=name == "b", problem="bad" if name == "c" else "")
        for n, name in enumerate("dabc")
    )
    assert [item.caption for item in manifest_of(Dataset("d", "d", photos))] == ["d", "a"]


def test_memory_does_not_grow_with_the_set(folder, prepared):
    """The goal is at most 10 MB whatever the set; pieces of it are all that is ever held."""
    manifest = []
    large = jpeg(Image.effect_noise((2600, 2600), 90), metadata=False, quality=97)
    for number in range(8):
        path = folder / f"{number}.jpg"
        path.write_bytes(large)
        manifest.append(ManifestItem(str(path), path.stat().st_size, path.stat().st_mtime_ns, "", 1, "JPEG"))
    tracemalloc.start()
    package = plan(tuple(manifest), STRIP, prepared)
    size = sum(map(len, package.chunks()))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == package.size > 48_000_000
    assert peak < 5_000_000
