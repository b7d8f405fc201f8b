"""Dropped pictures, folders and caption files: what comes in, what is mentioned, what nobody meant."""

import os
import zipfile
from pathlib import Path

import pytest

from segmind_studio.dataset.captions import MAX_CAPTION_BYTES
from segmind_studio.dataset.files import NOT_A_FILE
from segmind_studio.dataset.folders import HIDDEN, LINK_OUTSIDE
from segmind_studio.dataset.inspection import FILE_MISSING
from segmind_studio.dataset.scan import first_folder_name, scan
from segmind_studio.dataset.sidecars import MANY_PLACES
from segmind_studio.resources import resource
from tests.fakes.image_files import bomb_png, jpeg, photo, png, small_jpeg, webp


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def look(tmp_path):
    """Scan with nothing known, or photos without captions; returns the report."""
    def run(*paths, known=(), progress=None, cancelled=None):
        return scan(
            paths, dict.fromkeys(known, ""), tmp_path / "imports", progress or [].append,
            cancelled or (lambda: False),
        )
    return run


def put(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def names(report):
    return [photo.path.name for photo in report.added]


def reasons(report):
    return {skipped.name: skipped.reason for skipped in report.skipped}


def test_a_folder_comes_in_with_all_below_it_in_natural_order(home, look):
    for name in ("photo 10.jpg", "Photo 2.JPEG", "b/c.png", "b/a/d.webp", "photo 1.jpg"):
        put(home / name, small_jpeg())
    report = look(home)
    assert names(report) == ["photo 1.jpg", "Photo 2.JPEG", "photo 10.jpg", "c.png", "d.webp"]
    assert report.skipped == ()
    assert len({photo.photo_id for photo in report.added}) == 5


def test_captions_stand_beside_their_photos(home, look):
    put(home / "a.jpg", small_jpeg())
    put(home / "a.txt", "A photo of CHELSEA.\r\n".encode("utf-16"))
    put(home / "B.JPG", small_jpeg(1))
    put(home / "b.TXT", "words")
    put(home / "c.jpg", small_jpeg(2))
    report = look(home)
    assert [photo.caption for photo in report.added] == ["A photo of CHELSEA.", "words", ""]
    assert [photo.original_caption for photo in report.added] == ["A photo of CHELSEA.", "words", ""]
    assert report.captions_read == 2


def test_a_photo_dropped_alone_brings_its_caption(home, look):
    put(home / "a.txt", "words")
    assert look(put(home / "a.jpg", small_jpeg())).added[0].caption == "words"


def test_everything_that_is_left_out_is_named(home, look):
    put(home / "a.jpg", small_jpeg())
    hidden = [".hidden.jpg", "._a.jpg", "__MACOSX/a.jpg", "Thumbs.db", ".git/x.jpg", "desktop.ini", "@eaDir/a.jpg"]
    other = [
        "notes.md", "film.mp4", "empty", "in/a.psd", "in/b.jxl", "more.zip", "lonely.txt", "a.csv", "x.json",
        "J. Doe",
    ]
    for name in (*hidden, *other):
        put(home / name, b"" if name == "empty" else b"x")
    report = look(home)
    assert names(report) == ["a.jpg"]
    assert set(reasons(report)) == {f"home/{name.partition('/')[0]}" for name in hidden} | {
        f"home/{name}" for name in other
    }
    assert {reasons(report)[f"home/{name.partition('/')[0]}"] for name in hidden} == {str(HIDDEN)}
    assert reasons(report)["home/notes.md"] == reasons(report)["home/film.mp4"] == reasons(report)["home/J. Doe"]
    assert "empty" in reasons(report)["home/empty"]
    assert "Save it" in reasons(report)["home/in/a.psd"] == reasons(report)["home/in/b.jxl"]


def test_a_thousand_hidden_files_are_one_line_with_their_number(home, look):
    for number in range(1000):
        put(home / f"._{number}.jpg", b"x")
    ((name, reason),) = reasons(look(home)).items()
    assert ("999 more" in name, reason) == (True, str(HIDDEN))


def test_an_empty_folder_is_told(home, look):
    assert list(reasons(look(home))) == ["home"]


@pytest.mark.parametrize("name", [
    "IMG_1", "x.jpg_large", "x.pjpeg", "x.jfif", "x.jpe", "photo.jpg:large", "x.png", "x.heic", "x.mp4",
    "J. Smith", "2024.05.12", "x.JPG", "x.jpg.part", "x.bin",
])
@pytest.mark.parametrize("data", [small_jpeg(), png(photo().resize((60, 40))), webp(photo().resize((60, 40)))])
def test_a_photo_is_known_by_its_content(home, look, name, data):
    path = put(home / "2024.05.12" / name, data)
    for dropped in (path, home / "2024.05.12", home):
        report = look(dropped)
        assert [(photo.path, photo.problem) for photo in report.added] == [(path, "")]
        assert report.skipped == ()


def test_a_dropped_zip_without_its_suffix_is_a_zip(home, look):
    with zipfile.ZipFile(home / "dataset", "w") as archive:
        archive.writestr("a.jpg", small_jpeg())
    assert names(look(home / "dataset")) == ["a.jpg"]


def test_what_was_dropped_by_name_is_always_answered(home, look):
    report = look(
        put(home / "notes.pdf", b"x"), put(home / "a.psd", b"x"), put(home / "b.txt", "words"), home / "none.pdf",
        put(home / ".b.jpg", small_jpeg()),
    )
    assert names(report) == [".b.jpg"]
    assert set(reasons(report)) == {"notes.pdf", "a.psd", "b.txt", "none.pdf"}
    assert "does not exist" in reasons(report)["none.pdf"]


@pytest.mark.parametrize(("data", "words"), [
    (b"", "empty"), (b"hello", "not a picture"), (jpeg()[:5000], "cut off"), (bomb_png(), "megapixels"),
    (b"RIFF\x04\0\0\0WEBP", "damaged"),
])
def test_pictures_that_cannot_be_used_come_in_with_their_problem(home, look, data, words):
    put(home / "bad.jpg", data)
    (bad,) = look(home).added
    assert words in bad.problem
    assert not bad.used


def test_a_png_named_jpg_is_taken_for_what_it_is(home, look):
    (found,) = look(put(home / "a.jpg", png(photo().resize((60, 40))))).added
    assert (found.image_format, found.width, found.height) == ("PNG", 60, 40)


def test_a_turned_photo_has_the_size_people_see(home, look):
    (found,) = look(put(home / "a.jpg", jpeg(orientation=6))).added
    assert (found.width, found.height, found.orientation) == (400, 600, 6)


class TestLinks:
    def test_folders_that_contain_themselves_end(self, home, look):
        put(home / "a" / "a.jpg", small_jpeg())
        (home / "a" / "loop").symlink_to(home, target_is_directory=True)
        (home / "again").symlink_to(home / "a", target_is_directory=True)
        assert names(look(home)) == ["a.jpg"]

    def test_links_inside_the_folder_are_good(self, home, look):
        put(home / "in" / "a.jpg", small_jpeg())
        put(home / "in" / "words", "words")
        (home / "b.jpg").symlink_to(home / "in" / "a.jpg")
        (home / "b.txt").symlink_to(Path("in", "words"))
        report = look(home)
        assert [(photo.path.name, photo.caption, photo.problem) for photo in report.added] == [
            ("b.jpg", "words", ""), ("a.jpg", "", ""),
        ]

    def test_links_that_lead_out_are_told_and_not_followed(self, home, tmp_path, look):
        secret = put(tmp_path / "away" / "id_rsa", "secret")
        put(tmp_path / "away" / "a.jpg", small_jpeg())
        mine = put(home / "b.jpg", small_jpeg(1))
        (home / "a.jpg").symlink_to(tmp_path / "away" / "a.jpg")
        (home / "b.txt").symlink_to(secret)
        (home / "more").symlink_to(tmp_path / "away", target_is_directory=True)
        report = look(home)
        assert [(photo.path, photo.caption) for photo in report.added] == [(mine, "")]
        assert reasons(report) == dict.fromkeys(("home/a.jpg", "home/b.txt", "home/more"), str(LINK_OUTSIDE))
        assert look(mine).added[0].caption == "", "nor beside a photo that is dropped by itself"

    def test_a_link_that_was_itself_dropped_is_followed(self, home, tmp_path, look):
        put(tmp_path / "away" / "a.jpg", small_jpeg())
        put(tmp_path / "away" / "a.txt", "words")
        (home / "b.jpg").symlink_to(tmp_path / "away" / "a.jpg")
        (home / "b.txt").symlink_to(tmp_path / "away" / "a.txt")
        (home / "all").symlink_to(tmp_path / "away", target_is_directory=True)
        assert [photo.caption for photo in look(home / "b.jpg", home / "b.txt").added] == ["words"]
        assert [photo.caption for photo in look(home / "all").added] == ["words"]

    def test_a_link_to_nowhere_is_told(self, home, look):
        (home / "b.jpg").symlink_to(home / "none.jpg")
        assert [photo.problem for photo in look(home).added] == [FILE_MISSING.message]


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", ["a.jpg", "a.txt", "a.zip", "a.json", "a.csv", "a", "a.heic"])
@pytest.mark.parametrize("kind", ["pipe", "device", "link to a pipe", "link to a device"])
def test_what_is_no_regular_file_is_never_opened(home, look, name, kind):
    where = home / (name if kind == "pipe" else "pipe")
    if "pipe" in kind:
        os.mkfifo(where)
    else:
        where = Path("/dev/zero")
    if where.name != name:
        (home / name).symlink_to(where)
    put(home / "b.jpg", small_jpeg())
    report = look(home)
    assert names(report) == ["b.jpg"]
    assert f"home/{name}" in reasons(report) or kind == "link to a pipe"
    report = look(home / name, put(home / "b" / "a.jpg", small_jpeg(1)))
    assert [photo.path.parent.name for photo in report.added if not photo.problem] == ["b"]
    problems = [photo.problem for photo in report.added if photo.problem] + [*reasons(report).values()]
    assert any(str(NOT_A_FILE) in problem for problem in problems)


class TestKnown:
    def test_what_is_there_already_is_counted(self, home, look):
        old, new = put(home / "a.jpg", small_jpeg()), put(home / "b.jpg", small_jpeg(1))
        report = look(home, old, known=[old])
        assert names(report) == ["b.jpg"]
        assert report.already_there == 1
        assert look(home, new, home / "." / "b.jpg").already_there == 0

    def test_a_dropped_caption_finds_its_known_photo(self, home, look, tmp_path):
        photo, caption = put(home / "IMG_1.jpg", small_jpeg()), put(tmp_path / "texts" / "img_1.txt", "words")
        report = look(caption, known=[photo])
        assert report.captions == ((photo, "words"),)
        assert (report.captions_read, report.added, report.skipped) == (1, (), ())

    def test_the_photo_in_the_same_folder_comes_first(self, home, look):
        here, there = put(home / "a" / "x.jpg", small_jpeg()), put(home / "b" / "x.jpg", small_jpeg(1))
        report = look(put(home / "a" / "x.txt", "words"), known=[here, there])
        assert report.captions == ((here, "words"),)

    def test_a_caption_with_two_owners_is_asked_back(self, home, look):
        known = [put(home / "a" / "x.jpg", small_jpeg()), put(home / "b" / "x.jpg", small_jpeg(1))]
        report = look(put(home / "x.txt", "words"), known=known)
        assert report.captions == ()
        assert reasons(report) == {"x.txt (x.jpg)": str(MANY_PLACES)}


def test_a_caption_dropped_with_a_photo_of_another_folder_goes_to_it(home, look):
    report = look(put(home / "t" / "a.txt", "words"), put(home / "p" / "a.jpg", small_jpeg()))
    assert [photo.caption for photo in report.added] == ["words"]
    assert report.captions_read == 1


def test_a_caption_dropped_with_its_photo_counts_once(home, look):
    report = look(put(home / "a.txt", "words"), put(home / "a.jpg", small_jpeg()))
    assert (report.captions_read, report.added[0].caption) == (1, "words")


def test_a_book_is_no_caption(home, look):
    put(home / "a.jpg", small_jpeg())
    put(home / "a.txt", b"x" * (MAX_CAPTION_BYTES + 1))
    report = look(home)
    assert report.added[0].caption == ""
    assert "not used as a caption" in reasons(report)["home/a.txt"]


def test_a_name_that_is_no_text_is_told(home, look):
    (Path(os.fsdecode(os.fsencode(home) + b"/caf\xe9.jpg"))).write_bytes(small_jpeg())
    report = look(home)
    assert report.added == ()
    assert reasons(report) == {"caf\N{REPLACEMENT CHARACTER}.jpg": "Its name cannot be read as text. Rename it."}
    report = look(Path("/no\0where.jpg"), Path("/no\0where.txt"), Path("/no\0where"))
    assert len(report.skipped) + len(report.added) == 3


def test_a_folder_that_vanishes_is_told(home, look):
    """A dead mount or a folder deleted while we walk looks like this."""
    put(home / "a" / "a.jpg", small_jpeg())
    put(home / "b.jpg", small_jpeg(1))

    def progress(_step):
        (home / "a" / "a.jpg").unlink(missing_ok=True)
        (home / "a").rmdir() if (home / "a").exists() else None

    report = look(home, progress=progress)
    assert names(report) == ["b.jpg"]
    assert "could not be opened" in reasons(report)["home/a"]


def test_progress_tells_each_file(home, look):
    for number in range(5):
        put(home / f"{number}.jpg", small_jpeg(number))
    steps = []
    look(home, progress=steps.append)
    assert [step.looked_at for step in steps] == [1, 2, 3, 4, 5]
    assert steps[-1].current == "4.jpg"


def test_a_cancelled_intake_brings_nothing_and_stops_early(home, look):
    for number in range(50):
        put(home / f"{number}.jpg", small_jpeg(number))
    steps = []
    report = look(home, progress=steps.append, cancelled=lambda: len(steps) >= 3)
    assert report.cancelled
    assert report.added == ()
    assert len(steps) == 3


def test_nothing_in_the_folders_changes(home, look):
    for number in range(3):
        put(home / f"{number}.jpg", jpeg(orientation=6))
        put(home / f"{number}.txt", "words")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in home.rglob("*")}
    look(home)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in home.rglob("*")} == before


def test_the_first_folder_names_a_dataset(home, tmp_path):
    picture = put(home / "a.jpg", small_jpeg())
    assert first_folder_name([picture, tmp_path / "none", home]) == "home"
    assert first_folder_name([picture]) == ""


def test_the_sample_is_as_it_says(look):
    report = look(resource("sample"))
    assert len(report.added) == 8
    assert report.skipped == ()
    assert [photo.problem for photo in report.added] == [""] * 8
    assert sum("CHELSEA" in photo.caption for photo in report.added) == 7
    assert sum(not photo.caption for photo in report.added) == 1
    assert [photo.orientation for photo in report.added].count(6) == 1
    assert all(512 <= side <= 1024 for photo in report.added for side in (photo.width, photo.height))
    assert sum(photo.size for photo in report.added) < 1_000_000
