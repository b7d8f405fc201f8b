"""Caption files without a photo are a finding until there is a photo, or the user ignores it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segmind_studio.core.datasets import Check, Photo
from segmind_studio.dataset.orphans import OrphanCaptions


def look(orphans, *photos):
    return orphans.look(photos, bool)


@pytest.mark.parametrize(("files", "names"), [
    (("a.txt",), ""),
    (("a.jpg.txt", "A.caption"), ""),  # of the photo too, whichever is read
    (("b.txt", "c.caption", "notes.md", ".hidden.txt"), "b.txt, c.caption"),
    (("b.txt", "b.PNG"), ""),  # its photo is there, though not in the dataset
    (("9.txt", "10.txt"), "9.txt, 10.txt"),
    (tuple(f"{number}.txt" for number in range(7)), "0.txt, 1.txt, 2.txt, 3.txt, 4.txt and 2 more"),
])
def test_which_files_have_no_photo(tmp_path, files, names):
    for name in files:
        (tmp_path / name).write_text("words", encoding="utf-8")
    found = look(OrphanCaptions(tmp_path / "imports"), Photo("1", tmp_path / "a.jpg"))
    assert len(found) == bool(names)
    assert all(f": {names}." in finding.text and finding.check == Check.ORPHANS for finding in found)


def test_it_goes_with_a_photo_or_when_it_is_ignored_and_the_apps_own_copies_are_left_alone(tmp_path):
    photo = Photo("1", tmp_path / "a.jpg")
    (tmp_path / "b.txt").write_text("words", encoding="utf-8")
    orphans = OrphanCaptions(tmp_path / "imports")
    (found,) = look(orphans, photo)
    assert look(OrphanCaptions(tmp_path), photo) == ()
    assert look(orphans, replace(photo, accepted=(found.key,))) == ()
    (tmp_path / "c.txt").write_text("words", encoding="utf-8")
    (more,) = look(orphans, replace(photo, accepted=(found.key,)))
    assert more.subject == "b.txt, c.txt (2)"
    (tmp_path / "b.jpg").write_bytes(b"x")
    (tmp_path / "c.txt").unlink()
    assert look(orphans, photo) == ()
    assert look(orphans, Photo("2", tmp_path / "gone" / "a.jpg")) == ()
