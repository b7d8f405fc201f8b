"""Folders and zips as other tools write them come in whole, with their captions."""

import json
import zipfile

import pytest

from segmind_studio.core.datasets import Dataset, PackageOptions, Photo
from segmind_studio.dataset.archive import manifest_of, plan, write
from segmind_studio.dataset.folders import OF_A_PHOTO
from segmind_studio.dataset.inspection import inspect
from segmind_studio.dataset.scan import scan
from tests.fakes.image_files import small_jpeg

WORDS = {"a": "TOK in orange", "b": "TOK, smiling"}


def rows(key):
    return "".join(json.dumps({"file_name": f"{stem}.jpg", key: words}) + "\n" for stem, words in WORDS.items())


LAYOUTS = {
    "kohya": {f"10_TOK woman/{stem}.{kind}": "" if kind == "jpg" else words
              for stem, words in WORDS.items() for kind in ("jpg", "caption")},
    "ai-toolkit": {f"{stem}.{kind}": "" if kind == "jpg" else words
                   for stem, words in WORDS.items() for kind in ("jpg", "txt")},
    "Hugging Face": {"train/a.jpg": "", "train/b.jpg": "", "train/metadata.jsonl": rows("text")},
    "kohya, fine-tuning": {"a.jpg": "", "b.jpg": "", "meta_cap.json": json.dumps(
        {f"/elsewhere/{stem}.jpg": {"caption": words, "tags": "1girl"} for stem, words in WORDS.items()},
    )},
    "ai-toolkit, JSON": {f"{stem}.{kind}": "" if kind == "jpg" else json.dumps({"caption": words})
                         for stem, words in WORDS.items() for kind in ("jpg", "json")},
    "qapyq": {f"{stem}.{kind}": "" if kind == "jpg" else json.dumps(
                {"captions": {"round2": "other words", "caption": words}, "tags": {"tags": "1girl"}},
              ) for stem, words in WORDS.items() for kind in ("jpg", "json")},
    "gallery-dl": {f"{stem}.{kind}": "" if kind == "jpg" else json.dumps(
                     {"id": 7, "tags": words.split(", "), "rating": "s"},
                   ) for stem, words in WORDS.items() for kind in ("jpg", "jpg.json")},
    "Civitai": {f"{stem}.{kind}": "" if kind == "jpg" else words
                for stem, words in WORDS.items() for kind in ("txt", "jpg")},  # the texts come first
    "Replicate": {f"input_images/{stem}.{kind}": "" if kind == "jpg" else f"{words}\n"
                  for stem, words in WORDS.items() for kind in ("jpg", "txt")},
    "Hugging Face, other column": {"a.jpg": "", "b.jpg": "", "metadata.jsonl": rows("prompt")},
}


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_another_tool_wrote_comes_in_with_its_captions(tmp_path, layout, zipped):
    files = {
        name: small_jpeg(ord(name.rpartition("/")[2][0])) if name.endswith(".jpg") else words.encode()
        for name, words in LAYOUTS[layout].items()
    }
    if zipped:
        top = tmp_path / "set.zip"
        with zipfile.ZipFile(top, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
    else:
        top = tmp_path / "set"
        for name, data in files.items():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            (top / name).write_bytes(data)
    report = scan([top], {}, tmp_path / "imports", lambda _step: None, bool)
    assert {photo.path.stem: photo.caption for photo in report.added} == WORDS
    assert report.skipped == ()


def test_the_archive_of_this_app_comes_back_with_its_captions(tmp_path):
    first = tmp_path / "first"
    first.mkdir()
    photos = []
    for stem, words in {**WORDS, "été": "TOK, naïve", "bare": ""}.items():
        path = first / f"{stem}.jpg"
        path.write_bytes(small_jpeg(ord(stem[0]) % 200))
        facts = inspect(path)
        size = (facts.width, facts.height, facts.size, facts.mtime_ns)
        photos.append(Photo(stem, path, *size, "JPEG", caption=words))
    made = plan(manifest_of(Dataset("d", "d", tuple(photos))), PackageOptions(), tmp_path / "prepared")
    write(made, tmp_path / "set.zip", lambda _done, _total: None, bool)
    report = scan([tmp_path / "set.zip"], {}, tmp_path / "imports", lambda _step: None, bool)
    got = {photo.path.stem: photo.caption for photo in report.added}
    assert got == {**WORDS, "ete": "TOK, naïve", "bare": ""}
    assert report.skipped == ()


def test_what_tools_leave_beside_photos_is_named_and_disturbs_nothing(tmp_path):
    for stem, words in WORDS.items():
        (tmp_path / f"{stem}.jpg").write_bytes(small_jpeg(ord(stem)))
        (tmp_path / f"{stem}.txt").write_text(words, encoding="utf-8")
        (tmp_path / f"{stem}_0064x0064_sdxl.npz").write_bytes(b"PK\3\4")
    (tmp_path / "_latent_cache").mkdir()
    (tmp_path / "_latent_cache/a.safetensors").write_bytes(b"x")
    (tmp_path / "dataset.toml").write_text("[general]", encoding="utf-8")
    report = scan([tmp_path], {}, tmp_path / "imports", lambda _step: None, bool)
    assert {photo.path.stem: photo.caption for photo in report.added} == WORDS
    assert len(report.skipped) == 4
    assert all(skipped.reason for skipped in report.skipped)


@pytest.mark.parametrize("zipped", [False, True])
def test_masks_and_control_pictures_of_trainers_are_no_photos(tmp_path, zipped):
    """Trained as photos, they would spoil the model; OneTrainer and ai-toolkit write them beside the photos."""
    top, own = tmp_path / "set", ["a-masklabel.png", "a-CondLabel.png", "_controls/a.depth.jpg", "_controls/a.txt"]
    for name in ("a.jpg", "deep/masklabel.jpg", *own):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(small_jpeg(len(name)))
    added = top
    if zipped:
        added = tmp_path / "set.zip"
        with zipfile.ZipFile(added, "w") as archive:
            for path in sorted(top.rglob("*.*g")):
                archive.write(path, path.relative_to(top))
    report = scan([added], {}, tmp_path / "imports", lambda _step: None, bool)
    assert sorted(photo.path.name for photo in report.added) == ["a.jpg", "masklabel.jpg"]
    refused = {skipped.name.rpartition("/")[2]: skipped.reason for skipped in report.skipped}
    assert refused == dict.fromkeys(["a-masklabel.png", "a-CondLabel.png", "_controls"], str(OF_A_PHOTO))
    by_name = scan([top / own[0]], {}, tmp_path / "imports", lambda _step: None, bool)
    assert len(by_name.added) == 1  # the user means it
