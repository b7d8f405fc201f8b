"""A caption keeps its photo: the same rules for a folder, for a zip, and for files that are dropped one by one."""

import json
import unicodedata
import zipfile

import pytest

from segmind_studio.core.errors import DatasetError
from segmind_studio.dataset import scan as scan_module
from segmind_studio.dataset import sidecars
from segmind_studio.dataset.scan import scan
from tests.fakes.image_files import photo, png, small_jpeg

WAYS = ("folder", "zip", "loose")
CAFE = unicodedata.normalize("NFC", "café"), unicodedata.normalize("NFD", "café")


def images(names):
    return {name: small_jpeg(number * 16) for number, name in enumerate(names)}


class Found:
    def __init__(self, report, files):
        names = {data: name for name, data in files.items()}
        self.report = report
        self.captions = {names[photo.path.read_bytes()]: photo.caption for photo in report.added}
        self.told = {skipped.name.partition(" (")[0].rpartition("/")[2]: skipped for skipped in report.skipped}

    def reason(self, name):
        return self.told[name].reason


@pytest.fixture(params=WAYS)
def bring(request, tmp_path):
    """Take photos (names) and texts (by name) in, in one of the three ways."""
    def run(photos, texts, way=request.param):
        shots = images(photos)
        texts = {name: text.encode() if isinstance(text, str) else text for name, text in texts.items()}
        home = tmp_path / "home"
        if way == "zip":
            with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
                for name, data in {**shots, **texts}.items():
                    archive.writestr(name, data)
            dropped = [tmp_path / "a.zip"]
        else:
            for name, data in {**shots, **texts}.items():
                (home / name).parent.mkdir(parents=True, exist_ok=True)
                (home / name).write_bytes(data)
            dropped = [home] if way == "folder" else [home / name for name in (*shots, *texts)]
        return Found(scan(dropped, {}, tmp_path / "imports", [].append, lambda: False), shots)
    return run


@pytest.mark.parametrize("names", [
    ("A", "a"), ("Strasse", "Straße"), CAFE, ("İstanbul", "istanbul", "i̇stanbul"), ("ﬁn", "fin"),
    ("Ärger", "ärger"), ("photo.1", "photo.2"), ("x", "x.jpg"), ("J. Smith", "j. smith"),
])
def test_names_that_fold_together_keep_their_own(bring, names):
    found = bring([f"{name}.jpg" for name in names], {f"{name}.txt": f"text of {name}" for name in names})
    assert found.captions == {f"{name}.jpg": f"text of {name}" for name in names}
    assert found.report.skipped == ()
    assert found.report.captions_read == len(names)


@pytest.mark.parametrize(("shot", "text"), [
    (f"{CAFE[1]}.jpg", f"{CAFE[0]}.txt"), (f"{CAFE[0]}.jpg", f"{CAFE[1]}.txt"), ("a.jpg", "a.Txt"),
    ("B.JPG", "b.txt"),
    ("STRASSE.png", "Straße.TXT"), ("IMG_1", "IMG_1.txt"), ("a.jpg", "a.jpg.txt"), ("x.jpg_large", "x.txt"),
    ("J. Smith", "J. Smith.txt"), ("2024.05.12", "2024.05.12.txt"), ("a.jfif", "a.caption"),
    ("a.jpg", "A.CAPTION"),
])
def test_names_that_differ_without_doubt_belong_together(bring, shot, text):
    found = bring([shot], {text: "words"})
    assert found.captions == {shot: "words"}
    assert found.report.skipped == ()


@pytest.mark.parametrize(("photos", "texts"), [
    (["x.jpg", "x.png"], {"x.jpg.txt": "x.jpg", "x.png.txt": "x.png"}),
    (["2024.05", "2024.06"], {"2024.05.txt": "2024.05", "2024.06.txt": "2024.06"}),
    (["IMG.1", "IMG.jpg"], {"IMG.1.txt": "IMG.1", "IMG.txt": "IMG.jpg"}),
])
def test_the_exact_name_goes_before_the_looser(bring, photos, texts):
    looser = {"x.txt": "loose", "2024.txt": "loose"}
    found = bring(photos, {**{name: text for name, text in looser.items() if name not in texts}, **texts})
    assert found.captions == {name: name for name in photos}
    assert not texts.keys() & found.told.keys()


def test_two_formats_of_one_name_share_a_caption(bring):
    assert bring(["photo.jpg", "photo.png"], {"photo.txt": "words"}).captions == {
        "photo.jpg": "words", "photo.png": "words",
    }


@pytest.mark.parametrize(("photos", "texts", "told", "alike"), [
    (["STRASSE.jpg", "Straße.jpg"], ["strasse.txt"], {"strasse.txt"}, {"STRASSE.jpg", "Straße.jpg"}),
    (["a.jpg"], ["A.txt", "A.TXT"], {"A.TXT"}, {"A.txt"}),
    (["A.jpg"], ["A.txt", "a.txt"], {"a.txt"}, {"A.jpg", "A.txt"}),
    (["ab.jpg"], ["aB.txt", "Ab.txt"], {"aB.txt", "Ab.txt"}, {"ab.jpg"}),
    (["a.jpg"], ["a.txt", "a.caption"], {"a.caption"}, {"a.txt"}),
])
def test_what_is_in_doubt_is_told_with_all_the_names(bring, photos, texts, told, alike):
    found = bring(photos, {name: f"text of {name}" for name in texts})
    assert set(found.told) == told
    for name in told:
        assert all(other in found.told[name].name for other in alike)
    assert set(found.captions) == set(photos), "no photo is lost for it"
    kept = {f"text of {name}" for name in texts if name not in told}
    assert {text for text in found.captions.values() if text} == kept


def test_a_caption_of_no_photo_is_told(bring):
    found = bring(["a.jpg"], {"b.txt": "words", "c.caption": "words", "d.json": "{}"})
    assert {found.reason(name) for name in ("b.txt", "c.caption", "d.json")} == {str(sidecars.NO_PHOTO)}


@pytest.mark.parametrize(("name", "text"), [
    ("a.json", '{"caption": "words"}'), ("a.json", '{"Prompt": "words", "seed": 1}'), ("a.json", '"words"'),
    ("metadata.jsonl", '{"file_name": "a.jpg", "text": "words"}\n\n{"file_name": "b.jpg"}'),
    ("metadata.csv", "file_name,text\na.jpg,words\nb.jpg,\n"),
    ("list.csv", '"Image";"Caption"\r\n"a.jpg";"words"\r\n'),
    ("list.tsv", "filename\tcaption\na.jpg\twords\n"), ("meta.json", '{"/data/train/a": {"tags": "words"}}'),
    ("meta.json", '{"a.jpg": "words"}'), ("all.json", '[{"file": "A.JPG", "prompt": "words"}]'),
    ("metadata.jsonl", '{"file_name": "C:\\\\set\\\\a.jpg", "text": "words"}'),
])
def test_captions_that_other_trainers_keep_elsewhere(bring, name, text):
    assert bring(["a.jpg", "b.jpg"], {name: text}).captions == {"a.jpg": "words", "b.jpg": ""}


@pytest.mark.parametrize(("name", "text", "places"), [
    ("m.jsonl", '{"file_name": "a.jpg", "text": "A"}\n{"file_name": "b.jpg", "text": "B",}\n', ["line 2"]),
    ("m.jsonl", '["x"]\n{"file_name": "a.jpg", "text": "A"}\n\n{"text": "B"}', ["line 1", "line 4"]),
    ("all.json", '[{"file": "a.jpg", "text": "A"}, {"text": "B"}, 3]', ["entry 2", "entry 3"]),
    ("c.csv", "text,file_name\nA,a.jpg\nB\n\n", ["line 3"]),
    ("c.csv", 'file_name,text\nb.jpg,"B\na.jpg,A\n', ["line 2"]),
    ("c.csv", 'file_name,text\nb.jpg,"B\na.jpg,"A"\n', ["line 2"]),
    ("c.csv", "text,file_name\nB, b,b.jpg\nA,a.jpg\n", ["line 2"]),
    ("c.csv", "file_name,text\nb.jpg," + "B" * 200_000 + "\na.jpg,A\n", ["line 2"]),
])
def test_what_of_a_table_cannot_be_read_is_told_and_the_rest_is_taken(bring, name, text, places):
    found = bring(["a.jpg", "b.jpg"], {name: text})
    assert found.captions == {"a.jpg": "A", "b.jpg": ""}
    assert found.reason(name) == str(sidecars.LOST_ROWS)
    assert all(place in found.told[name].name for place in places)


@pytest.mark.parametrize("text", ['say "A", b', '"say ""A"", b"', '"say ""A""", b'])
def test_commas_and_quotes_of_a_text_stay_in_it(bring, text):
    found = bring(["a.jpg"], {"c.csv": f"file_name,text\na.jpg,{text}\n"})
    assert (found.captions, found.report.skipped) == ({"a.jpg": 'say "A", b'}, ())


def test_rows_beyond_the_most_are_told(bring):
    rows = "".join(f"n{number}.jpg,x\n" for number in range(sidecars.MAX_ROWS - 1))
    found = bring(["a.jpg", "b.jpg"], {"c.csv": f"file_name,text\n{rows}a.jpg,A\nb.jpg,B\n"})
    assert found.captions == {"a.jpg": "A", "b.jpg": ""}
    assert str(sidecars.CUT_ROWS).format(count=f"{sidecars.MAX_ROWS:,}") in {
        skipped.reason for skipped in found.report.skipped
    }


def test_a_table_names_photos_in_folders_below_it(bring):
    rows = [{"file_name": f"{folder}/1.jpg", "text": f"text of {folder}"} for folder in ("x", "y")]
    found = bring(["x/1.jpg", "y/1.jpg"], {"metadata.jsonl": "\n".join(map(json.dumps, rows))})
    assert found.captions == {"x/1.jpg": "text of x", "y/1.jpg": "text of y"}
    assert found.report.skipped == ()


def test_txt_goes_before_the_others_and_the_rest_is_told(bring):
    found = bring(["a.jpg", "b.jpg"], {
        "a.txt": "txt", "a.json": '{"caption": "json"}', "b.json": '{"caption": "json"}',
        "metadata.csv": "file_name,text\na.jpg,csv\nb.jpg,csv\ngone.jpg,csv\n",
    })
    assert found.captions == {"a.jpg": "txt", "b.jpg": "json"}
    assert found.reason("a.json") == str(sidecars.ANOTHER)
    about = {skipped.reason: skipped.name for skipped in found.report.skipped if "metadata.csv" in skipped.name}
    assert "a.jpg, b.jpg" in about[str(sidecars.ANOTHER)]
    assert "gone.jpg" in about[str(sidecars.NO_ROW_PHOTO)]


@pytest.mark.parametrize(("name", "text"), [
    ("a.json", "[" * 100_000), ("a.json", '{"width": 3}'), ("metadata.jsonl", "not json"),
    ("x.csv", 'file,text\n"'),
    ("x.csv", "\0"), ("a.txt", " \n"), ("a.txt", small_jpeg()), ("a.txt", "x" * 70_000),
    ("x.tsv", "file\tsize\na.jpg\t1"),
    ("metadata.jsonl", json.dumps({"file_name": "a.jpg", "text": "x" * 70_000})),
])
def test_texts_without_a_caption_are_told(bring, name, text):
    found = bring(["a.jpg"], {name: text})
    assert found.captions == {"a.jpg": ""}
    assert name in found.told


class TestPhotosDroppedAlone:
    @pytest.fixture
    def drop(self, tmp_path):
        def run(dropped, photos, texts, known=None):
            for name, data in {**images(photos), **{name: name.encode() for name in texts}}.items():
                (tmp_path / name).write_bytes(data)
            known = {tmp_path / name: text for name, text in (known or {}).items()}
            return scan([tmp_path / name for name in dropped], known, tmp_path / "i", [].append, lambda: False)
        return run

    @pytest.mark.parametrize("text", ["a.txt", "a.Txt", "A.TXT", "a.caption", "a.jpg.txt"])
    def test_they_bring_their_captions(self, drop, text):
        report = drop(["a.jpg"], ["a.jpg", "b.jpg"], [text, "b.txt"])
        assert [photo.caption for photo in report.added] == [text]
        assert report.skipped == (), "the neighbours were not dropped"

    def test_they_do_not_take_a_neighbours(self, drop):
        report = drop(["a.jpg"], ["A.jpg", "a.jpg"], ["A.txt"])
        assert [(photo.caption, report.skipped) for photo in report.added] == [("", ())]

    def test_a_doubtful_one_is_told(self, drop):
        report = drop(["ab.jpg"], ["ab.jpg"], ["aB.txt", "Ab.txt"])
        assert len(report.skipped) == 2

    def test_a_changed_text_is_offered_for_a_known_photo(self, drop, tmp_path):
        report = drop(["a.jpg"], ["a.jpg"], ["a.txt"], known={"a.jpg": "old"})
        assert (report.offered, report.captions) == (((tmp_path / "a.jpg", "a.txt"),), ())


@pytest.mark.parametrize("way", ["folder", "zip"])
@pytest.mark.parametrize(("before", "offered"), [("words", []), ("older words", ["words"]), ("", ["words"])])
def test_what_changed_beside_known_photos_is_offered(tmp_path, way, before, offered):
    if way == "zip":
        dropped = tmp_path / "a.zip"
        with zipfile.ZipFile(dropped, "w") as archive:
            archive.writestr("a.png", png(photo()))
            archive.writestr("a.txt", "words")
    else:
        dropped = tmp_path / "set"
        dropped.mkdir()
        (dropped / "a.png").write_bytes(png(photo()))
        (dropped / "a.txt").write_text("words")
    (first,) = scan([dropped], {}, tmp_path / "imports", [].append, lambda: False).added
    again = scan([dropped], {first.path: before}, tmp_path / "imports", [].append, lambda: False)
    assert (again.added, again.already_there, again.captions) == ((), 1, ())
    assert again.offered == tuple((first.path, text) for text in offered)


def test_a_caption_that_cannot_be_read_is_not_taken_as_unchanged(tmp_path, monkeypatch):
    """Another program may hold it for a moment: an offer for it stays."""
    known = {tmp_path / f"{name}.jpg": "words" for name in ("held", "same", "changed", "gone")}
    for path in known:
        path.write_bytes(small_jpeg(1))
        path.with_suffix(".txt").write_text(path.stem if path.stem == "changed" else "words")
    (tmp_path / "gone.txt").unlink()
    real = scan_module.read_bounded

    def read(path, *sizes, **options):
        if path.endswith("held.txt"):
            raise DatasetError("In use.")
        return real(path, *sizes, **options)

    monkeypatch.setattr(scan_module, "read_bounded", read)
    report = scan(known, known, tmp_path / "imports", [].append, lambda: False)
    assert report.offered == ((tmp_path / "changed.jpg", "changed"),)
    assert {path.stem for path in report.unchanged} == {"same", "gone"}


def test_thousands_of_names_are_paired_at_once(tmp_path, monkeypatch):
    """Each name is composed and folded a few times, not once for each other name."""
    folded = []
    real = unicodedata.normalize
    monkeypatch.setattr(sidecars.pair.__globals__["unicodedata"], "normalize",
                        lambda *arguments: folded.append(1) or real(*arguments))
    names = [f"{'x' if number % 2 else 'X'}{number}" for number in range(2_000)]
    found = sidecars.CaptionSearch(
        [f"{name}.jpg" for name in names],
        [sidecars.TextFile(f"{name.swapcase()}.txt", lambda _limit: b"words") for name in names],
        lambda *_: pytest.fail("told"), lambda: False,
    ).find()
    assert len(found) == 2_000
    assert len(folded) < 30 * 2_000
