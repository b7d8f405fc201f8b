"""Zips from anywhere: good ones come in whole, hostile ones are told in words and write nowhere else."""

import io
import stat
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segmind_studio.core.errors import StoreError
from segmind_studio.dataset import zips
from segmind_studio.dataset.folders import HIDDEN, NOT_AN_IMAGE
from segmind_studio.dataset.scan import scan
from tests.fakes.image_files import jpeg, small_jpeg


@pytest.fixture
def imports(tmp_path):
    folder = tmp_path / "imports"
    folder.mkdir()
    return folder


@pytest.fixture
def take(tmp_path, imports):
    """Scan one zip of these members, or these bytes; returns the report."""
    def run(content, *, known=(), cancelled=lambda: False):
        path = tmp_path / "dropped.zip"
        path.write_bytes(content if isinstance(content, bytes) else zipped(content))
        return scan([path], dict(known), imports, [].append, cancelled)
    return run


def zipped(members, method=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, data)
    return target.getvalue()


def renamed(data, old, new):
    """Return the zip with a member's name replaced by one of the same length, as no honest tool writes it."""
    assert len(old) == len(new)
    return data.replace(old, new)


def reasons(report):
    return {skipped.name: skipped.reason for skipped in report.skipped}


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_pictures_and_captions_come_in(take, imports, method):
    report = take(zipped({
        "set/": b"", "set/photo 10.jpg": small_jpeg(1), "set/photo 2.JPG": small_jpeg(2),
        "set/photo 2.txt": "words".encode("utf-16"),
    }, method))
    assert [photo.path.name for photo in report.added] == ["photo 2.jpg", "photo 10.jpg"]
    assert [photo.caption for photo in report.added] == ["words", ""]
    assert report.captions_read == 1
    assert report.skipped == ()
    for photo in report.added:
        assert photo.path.parent.parent == imports
        assert photo.problem == ""
    assert files(imports) == sorted(photo.path for photo in report.added)


def test_the_bytes_are_those_of_the_zip(take):
    data = jpeg(orientation=6)
    (photo,) = take({"a.jpg": data}).added
    assert photo.path.read_bytes() == data
    assert (photo.orientation, photo.width, photo.height) == (6, 400, 600)


def test_the_same_zip_again_brings_nothing_new(take, imports):
    first = take({"a.jpg": small_jpeg(1), "b/a.jpg": small_jpeg(2)})
    times = [path.stat().st_mtime_ns for path in files(imports)]
    again = take({"a.jpg": small_jpeg(1), "b/a.jpg": small_jpeg(2)}, known=[(p.path, "") for p in first.added])
    assert len(first.added) == 2
    assert (len(again.added), again.already_there) == (0, 2)
    assert [path.stat().st_mtime_ns for path in files(imports)] == times


def test_a_broken_copy_is_made_again(take):
    (photo,) = take({"a.jpg": small_jpeg(1)}).added
    photo.path.write_bytes(b"half")
    (photo,) = take({"a.jpg": small_jpeg(1)}).added
    assert photo.path.read_bytes() == small_jpeg(1)


def test_two_of_one_name_are_two_photos(take):
    with pytest.warns(UserWarning, match="Duplicate"):
        data = zipped([("a.jpg", small_jpeg(1)), ("a.jpg", small_jpeg(2)), ("x/a.jpg", small_jpeg(3))])
    report = take(data)
    assert len({photo.path for photo in report.added}) == 3
    assert {photo.path.read_bytes() for photo in report.added} == {small_jpeg(n) for n in (1, 2, 3)}


def test_everything_that_is_left_out_is_named(take):
    hidden = dict.fromkeys(("__MACOSX/._a.jpg", "__MACOSX/._b.jpg", ".DS_Store", "x/.b.jpg"), b"x")
    report = take({"a.jpg": small_jpeg(), **hidden, "notes.md": b"x"})
    assert len(report.added) == 1
    assert reasons(report) == {
        **dict.fromkeys((f"dropped.zip/{name}" for name in ("__MACOSX", ".DS_Store", "x/.b.jpg")), str(HIDDEN)),
        "dropped.zip/notes.md": str(NOT_AN_IMAGE),
    }


@pytest.mark.parametrize("name", ["IMG_1", "x.jpg_large", "x.pjpeg", "a.jpg:large", "x.png", "x.heic", "J. Smith"])
def test_a_photo_is_known_by_its_content(take, name):
    report = take({f"2024.05.12/{name}": small_jpeg(), f"2024.05.12/{name}.txt": b"words"})
    assert [(photo.caption, photo.problem) for photo in report.added] == [("words", "")]
    assert report.skipped == ()


def test_the_same_bytes_in_two_folders_are_two_photos(take, imports):
    shots = dict.fromkeys(("a/x.jpg", "b/x.jpg", "b/y.jpg"), small_jpeg())
    members = {**shots, "a/x.txt": b"A", "b/X.txt": b"B"}
    report = take(members)
    assert [photo.caption for photo in report.added] == ["A", "B", ""]
    assert len({photo.path for photo in report.added}) == 3
    assert report.skipped == ()
    again = take(members, known=[(photo.path, photo.caption) for photo in report.added])
    assert (again.added, again.already_there, again.offered) == ((), 3, ())


def test_the_same_photo_in_two_zips_is_told(tmp_path, imports):
    for name, text in (("a", "A"), ("b", "B")):
        (tmp_path / f"{name}.zip").write_bytes(zipped({"x.jpg": small_jpeg(), "x.txt": text.encode()}))
    report = scan([tmp_path / "a.zip", tmp_path / "b.zip"], {}, imports, [].append, lambda: False)
    assert [photo.caption for photo in report.added] == ["A"]
    assert list(reasons(report)) == ["b.zip/x.jpg"]
    assert report.offered == ((report.added[0].path, "B"),)


def test_old_tools_write_backslashes(take):
    (photo,) = take(renamed(zipped({"set/a.jpg": small_jpeg(), "set/a.txt": b"words"}), b"set/a", b"set\\a")).added
    assert (photo.path.name, photo.caption) == ("a.jpg", "words")


def test_names_in_unmarked_utf8_stay_readable(take):
    data = zipped({"\u00e9t\u00e9.jpg": small_jpeg()})
    unmarked = data.replace(b"\x14\0\0\x08", b"\x14\0\0\0")
    assert unmarked != data
    assert take(unmarked).added[0].path.name == "\u00e9t\u00e9.jpg"


@pytest.mark.parametrize("end", [b"/", b"\\"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_file_whose_name_ends_like_a_folders_comes_in(take, end, method):
    data = zipped({"a:b.jpgX": small_jpeg(), "a:b.txtX": b"words", "set/": b""}, method)
    report = take(renamed(renamed(data, b"jpgX", b"jpg" + end), b"txtX", b"txt" + end))
    assert [(photo.path.name, photo.caption) for photo in report.added] == [("a_b.jpg", "words")]
    assert report.skipped == ()


@pytest.mark.parametrize("name", [
    b"../../a.jpg", b"/tmp/aa.jpg", b"C:\\aaaa.jpg", b"c:/a.jpg", b"..\\..\\a.jpg", b"\\\\server\\a.jpg",
    b"a/../../b.jpg", b"a/../b.jpg",
])
def test_names_that_lead_outside_write_nothing(take, tmp_path, imports, name):
    before = files(tmp_path)
    honest = b"x" * (len(name) - 4) + b".jpg"
    report = take(renamed(zipped({honest.decode(): small_jpeg()}), honest, name))
    assert report.added == ()
    assert "points outside" in next(iter(reasons(report).values()))
    assert files(imports) == []
    assert set(files(tmp_path)) - set(before) == {tmp_path / "dropped.zip"}


def test_a_name_with_a_zero_byte_is_told(take, imports):
    report = take(renamed(zipped({"a.jpgX.exe": small_jpeg()}), b"a.jpgX.exe", b"a.jpg\0.exe"))
    assert report.added == ()
    assert "characters" in next(iter(reasons(report).values()))
    assert files(imports) == []


def test_a_name_longer_than_any_disk_takes_is_told(take):
    report = take({"x" * 300 + ".jpg": small_jpeg(), "y" * 200 + ".jpg": small_jpeg(1)})
    assert "too long" in next(iter(reasons(report).values()))
    assert len(report.added) == 1


def test_a_zip_in_a_zip_is_told(take):
    report = take({"in.zip": zipped({"a.jpg": small_jpeg()}), "a.jpg": small_jpeg()})
    assert len(report.added) == 1
    assert "Add it separately" in reasons(report)["dropped.zip/in.zip"]


def test_pictures_of_other_kinds_and_lone_captions_are_told(take):
    report = take({"a.heic": b"x", "b.txt": b"words", "c.jpg": small_jpeg()})
    assert set(reasons(report)) == {"dropped.zip/a.heic", "dropped.zip/b.txt"}


def test_protected_files_are_told_once(take):
    data = bytearray(zipped({"a.jpg": small_jpeg(1), "b.jpg": small_jpeg(2), "c.png": b"x"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            data[at + offset] |= 1
    report = take(bytes(data))
    assert report.added == ()
    assert list(reasons(report)) == ["dropped.zip"]
    assert "password" in reasons(report)["dropped.zip"]


def test_links_are_not_followed(take):
    link = zipfile.ZipInfo("a.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    report = take([(link, "/etc/passwd")])
    assert "link" in reasons(report)["dropped.zip/a.jpg"]


@pytest.mark.parametrize(("data", "words"), [
    (b"", "empty"), (b"hello", "not a supported picture"), (jpeg()[:900], "cut off"),
])
def test_pictures_that_cannot_be_used_are_not_copied(take, imports, data, words):
    report = take({"a.jpg": data, "good.jpg": small_jpeg()})
    assert words in reasons(report)["dropped.zip/a.jpg"]
    assert [path.name for path in files(imports)] == ["good.jpg"]


def test_damage_inside_is_told_and_the_rest_comes_in(take):
    data = bytearray(zipped({"a.jpg": jpeg(), "b.jpg": small_jpeg()}, zipfile.ZIP_STORED))
    data[5000] ^= 0xFF
    report = take(bytes(data))
    assert "CRC" in reasons(report)["dropped.zip/a.jpg"]
    assert len(report.added) == 1


def test_an_unknown_way_of_packing_is_told(take):
    data = bytearray(zipped({"a.jpg": small_jpeg()}, zipfile.ZIP_STORED))
    data[8:10] = data[data.index(b"PK\x01\x02") + 10 : data.index(b"PK\x01\x02") + 12] = struct.pack("<H", 9)
    assert "could not be unpacked" in next(iter(reasons(take(bytes(data))).values()))


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip at all" * 100, b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_is_told(take, data):
    assert list(reasons(take(data))) == ["dropped.zip"]


class TestBombs:
    def test_a_declared_giant_is_not_unpacked(self, take, imports):
        data = bytearray(zipped({"a.jpg": small_jpeg()}, zipfile.ZIP_STORED))
        at = data.index(b"PK\x01\x02") + 24
        data[at : at + 4] = struct.pack("<I", 4_000_000_000)
        assert "100 MB" in next(iter(reasons(take(bytes(data))).values()))
        assert files(imports) == []

    def test_a_member_that_declares_less_than_it_holds_is_told(self, take, imports):
        """Ten megabytes that say they are a thousand bytes."""
        picture = small_jpeg() + bytes(10_000_000)
        data = bytearray(zipped({"a.jpg": picture}))
        for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
            at = data.index(signature) + offset
            data[at : at + 4] = struct.pack("<I", 1000)
        report = take(bytes(data))
        assert report.added == ()
        assert len(report.skipped) == 1
        assert files(imports) == []

    def test_nothing_that_is_no_picture_is_unpacked_to_its_end(self, take, monkeypatch):
        monkeypatch.setattr(zips, "_write", lambda *_: pytest.fail("wrote"))
        report = take({"a.jpg": bytes(50_000_000)})
        assert len(report.skipped) == 1

    def test_the_sum_is_bounded(self, take, monkeypatch):
        images = {f"{n}.jpg": small_jpeg(n) for n in range(10)}
        three = sum(map(len, list(images.values())[:3]))
        monkeypatch.setattr(zips, "MAX_TOTAL_BYTES", three + 100)
        report = take(images)
        assert len(report.added) == 3
        assert ["more than" in reason for reason in reasons(report).values()] == [True, True]

    def test_a_table_of_contents_without_end_is_not_read(self, take):
        data = bytearray(zipped({"a.jpg": small_jpeg()}))
        at = data.rindex(b"PK\x05\x06")
        data[at + 12 : at + 16] = struct.pack("<I", 1 << 30)
        assert "more than 20,000 files" in reasons(take(bytes(data)))["dropped.zip"]

    def test_the_sum_of_the_captions_is_bounded(self, take, monkeypatch):
        monkeypatch.setattr(zips, "MAX_TEXT_BYTES", 250)
        images = {f"{n}.jpg": small_jpeg(n) for n in range(4)}
        report = take({**images, **{f"{n}.txt": b"x" * 100 for n in range(4)}})
        assert sorted(len(photo.caption) for photo in report.added) == [0, 0, 100, 100]
        assert ["text files in the zip" in skipped.reason for skipped in report.skipped] == [True, True]

    @pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
    @pytest.mark.parametrize("name", ["b.txt", "b.jpg"])
    def test_little_is_unpacked_at_a_time(self, take, method, name):
        """Eighty megabytes of one byte, in a photo or in a caption, are never in memory at once."""
        head = small_jpeg() if name.endswith("jpg") else b""
        data = zipped({"a.jpg": small_jpeg(), "a.txt": b"words", name: head + bytes(80_000_000)}, method)
        tracemalloc.start()
        report = take(data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert report.added[0].caption == "words"
        assert peak < 40_000_000

    @pytest.mark.parametrize("pointed", [True, False])
    def test_the_large_form_of_the_table_is_bounded_too(self, take, pointed):
        """Python reads the record right before the locator; the locator may point to another, honest one."""
        end = zipped({"a.jpg": small_jpeg()})
        at = end.rindex(b"PK\x05\x06")
        huge = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1 << 40, 1 << 40, 1 << 40, 0)
        small = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, 50, 0)
        records = small + huge if pointed else huge + small
        locator = b"PK\x06\x07" + struct.pack("<IQI", 0, at, 1)
        report = take(end[:at] + records + locator + end[at:])
        assert "more than 20,000 files" in reasons(report)["dropped.zip"]

    def test_a_table_that_lies_about_its_number_is_bounded(self, take):
        entry = b"PK\x01\x02" + bytes(42)
        table = entry * 30_000
        end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(table), 0, 0)
        assert "more than 20,000 files" in reasons(take(table + end))["dropped.zip"]


@pytest.mark.parametrize("kind", [stat.S_IFIFO, stat.S_IFCHR, stat.S_IFLNK, stat.S_IFSOCK])
@pytest.mark.parametrize("name", ["b.jpg", "b.txt", "b"])
def test_only_files_are_taken(take, kind, name):
    odd = zipfile.ZipInfo(name)
    odd.external_attr = (kind | 0o777) << 16
    report = take([("b.png", small_jpeg()), (odd, b"/etc/passwd")])
    assert [photo.caption for photo in report.added] == [""]
    assert list(reasons(report)) == [f"dropped.zip/{name}"]


def test_cancelling_stops_inside_one_large_file(take, imports):
    calls = []
    large = {"a.jpg": small_jpeg() + bytes(90_000_000)}
    report = take(large, cancelled=lambda: len(calls) > 20 or calls.append(1))
    assert report.cancelled
    assert len(calls) < 30
    assert files(imports) == []


def test_a_cancelled_intake_leaves_no_copies(take, imports):
    calls = iter(range(100))
    report = take({f"{n}.jpg": small_jpeg(n) for n in range(20)}, cancelled=lambda: next(calls) > 30)
    assert report.cancelled
    assert list(imports.iterdir()) == []


def test_copies_of_an_earlier_intake_survive_a_cancelled_one(take, imports):
    take({"0.jpg": small_jpeg(0)})
    calls = iter(range(1000))
    take({f"{n}.jpg": small_jpeg(n) for n in range(20)}, cancelled=lambda: next(calls) > 30)
    assert [path.name for path in files(imports)] == ["0.jpg"]


def test_a_folder_that_cannot_be_written_is_the_apps_own_trouble(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped({"a.jpg": small_jpeg()}))
    (tmp_path / "imports").write_bytes(b"a file")
    with pytest.raises(StoreError, match="could not be copied"):
        scan([tmp_path / "a.zip"], {}, tmp_path / "imports", [].append, lambda: False)


def test_an_empty_zip_is_told(take):
    assert "no photos" in reasons(take({"readme.md": b"x"}))["dropped.zip"]


GOOD = zipped({"set/a.jpg": small_jpeg(), "set/a.txt": b"words", "b.png": zlib.compress(bytes(999))})


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_anywhere_never_raises(tmp_path, data):
    broken = bytearray(GOOD)
    for _change in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "dropped.zip"
    path.write_bytes(broken[: data.draw(st.integers(0, len(broken)))])
    imports = tmp_path / "imports"
    imports.mkdir(exist_ok=True)
    report = scan([path], {}, imports, [].append, lambda: False)
    assert report.added or report.skipped
    assert {found.path.parent.parent for found in report.added} <= {imports}


@given(name=st.text(min_size=1, max_size=60).map(lambda text: f"{text}.jpg"))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
def test_no_name_leads_anywhere_else(tmp_path, name):
    imports = tmp_path / "imports"
    imports.mkdir(exist_ok=True)
    try:
        (tmp_path / "dropped.zip").write_bytes(zipped({name: small_jpeg()}))
    except (UnicodeError, ValueError, IndexError):  # what zipfile does not write
        return
    before = set(tmp_path.iterdir())
    report = scan([tmp_path / "dropped.zip"], {}, imports, [].append, lambda: False)
    for found in report.added:
        assert Path(found.path).resolve().parent.parent == imports.resolve()
    assert set(tmp_path.iterdir()) == before
