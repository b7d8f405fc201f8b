"""Each trainer's export, read back by the rules of its documents."""

import re
import zipfile
from io import BytesIO
from pathlib import Path, PurePosixPath

import pytest
from PIL import Image

from segmind_studio.core.datasets import Dataset, PackageOptions
from segmind_studio.core.errors import CancelledError, DatasetError
from segmind_studio.core.trainers import TRAINERS, Trainer
from segmind_studio.dataset.archive import ArchivePlan, manifest_of, plan, write
from segmind_studio.dataset.scan import scan
from segmind_studio.dataset.trainer_export import arranged, write_folder
from tests.fakes.image_files import jpeg, png, webp

Files = dict[str, bytes]
WORDS = {"cat": "TOK, a cat\non grass", "dog": "TOK, a dog", "cup": ""}


def go_on() -> bool:
    return False


@pytest.fixture
def archive(tmp_path: Path) -> ArchivePlan:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, data in (("cat.jpg", jpeg()), ("dog.webp", webp()), ("cup.png", png())):
        (folder / name).write_bytes(data)
        if words := WORDS[name[:3]]:
            (folder / f"{name[:3]}.txt").write_text(words, encoding="utf-8")
    report = scan([folder], {}, tmp_path / "imports", [].append, go_on)
    return plan(manifest_of(Dataset("d", "d", report.added)), PackageOptions(), tmp_path / "prepared")


def exported(trainer: Trainer, archive: ArchivePlan, folder: Path) -> Files:
    """Write the zip and the folder; both hold the same."""
    package = arranged(archive, trainer, "Ada & Bö", folder / "prepared", go_on)
    steps: list[tuple[int, int]] = []
    write(package, folder / "out.zip", lambda done, total: steps.append((done, total)), go_on)
    write_folder(package, folder / "out", lambda done, total: steps.append((done, total)), go_on)
    with zipfile.ZipFile(folder / "out.zip") as opened:
        assert opened.testzip() is None
        zipped = {name: opened.read(name) for name in opened.namelist()}
    out = folder / "out"
    found = [path for path in out.rglob("*") if path.is_file()]
    assert zipped == {path.relative_to(out).as_posix(): path.read_bytes() for path in found}
    assert steps[-1][0] == steps[-1][1]
    return zipped


def pairs(files: Files, images: set[str]) -> dict[str, str]:
    """Read as all of them do: a picture's caption is the .txt file of the same name."""
    found: dict[str, str] = {}
    for name, data in files.items():
        path = PurePosixPath(name)
        if path.suffix == ".txt":
            continue
        assert path.suffix in images, name
        with Image.open(BytesIO(data)) as image:
            assert image.format == {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP"}[path.suffix]
            image.load()
            assert not image.getexif()
        found[path.stem] = files.get(str(path.with_suffix(".txt")), b"").decode("utf-8")
    assert len(found) + sum(bool(words) for words in found.values()) == len(files)  # nothing else is there
    return found


ALL, NO_WEBP = {".jpg", ".jpeg", ".png", ".webp"}, {".jpg", ".jpeg", ".png"}
ONE_LINE = {"cat": "TOK, a cat on grass", "dog": "TOK, a dog", "cup": ""}


@pytest.mark.parametrize(("key", "images", "words", "folder"), [
    ("kohya", ALL, ONE_LINE, r"[0-9]+_\S.*"),  # <repeats>_<name>; the first line of a caption is read
    ("ai-toolkit", NO_WEBP, WORDS, ""),
    ("onetrainer", ALL, ONE_LINE, ""),  # each line would be a caption of its own
    ("replicate", ALL, WORDS, ""),
    ("civitai", NO_WEBP, WORDS, ""),  # "Do not include the parent folder"
    ("bfl", ALL, WORDS, ""),
])
def test_a_trainer_reads_pictures_and_captions(
    key: str, images: set[str], words: dict[str, str], folder: str, archive: ArchivePlan, tmp_path: Path,
) -> None:
    trainer = next(trainer for trainer in TRAINERS if trainer.key == key)
    files = exported(trainer, archive, tmp_path)
    folders = {str(PurePosixPath(name).parent) for name in files}
    assert len(folders) == 1
    assert re.fullmatch(folder or r"\.", folders.pop())
    assert pairs(files, images) == words
    assert all(name.isascii() for name in files)


def test_every_trainer_is_read_back_above() -> None:
    assert [trainer.key for trainer in TRAINERS] == [
        "kohya", "ai-toolkit", "onetrainer", "replicate", "civitai", "bfl",
    ]


def test_a_picture_keeps_its_pixels_as_png(archive: ArchivePlan, tmp_path: Path) -> None:
    civitai = next(trainer for trainer in TRAINERS if trainer.key == "civitai")
    files = exported(civitai, archive, tmp_path)
    as_sent = next(entry for entry in archive.entries if entry.name == "dog.webp")
    assert as_sent.source is not None
    with Image.open(as_sent.source) as before, Image.open(BytesIO(files["dog.png"])) as after:
        assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()


def test_nothing_is_overwritten_and_a_cancelled_one_leaves_nothing(archive: ArchivePlan, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DatasetError, match="already exists"):
        write_folder(archive, there, lambda _done, _total: None, go_on)
    assert [path.name for path in there.iterdir()] == ["mine.txt"]
    asked = iter((False, True))
    with pytest.raises(CancelledError):
        write_folder(archive, tmp_path / "new", lambda _done, _total: None, lambda: next(asked))
    assert not (tmp_path / "new").exists()
    assert list(tmp_path.glob(".*.part")) == []
