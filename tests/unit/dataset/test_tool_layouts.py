"""Folders and zips as other tools write them come in whole, with their captions."""

import json
import zipfile

import pytest

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
