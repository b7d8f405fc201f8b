"""The half-fetched file: continued only where it is ours, never through a link, never over another file."""

import os

import pytest

from segmind_studio.core.errors import StoreError
from segmind_studio.store.part_file import PartFile

OURS = '{"run_id": "r1", "etag": "\\"v1\\""}'


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="there are no such links here")
@pytest.mark.parametrize("suffix", ["", ".part", ".part.json"])
@pytest.mark.parametrize("kind", ["dangling", "filled", "hard"])
def test_no_link_that_lies_there_is_followed(tmp_path, suffix, kind):
    elsewhere, target = tmp_path / "elsewhere", tmp_path / "cat.safetensors"
    link = target.with_name(target.name + suffix)
    if kind != "dangling":
        elsewhere.write_text(OURS)
    os.link(elsewhere, link) if kind == "hard" else link.symlink_to(elsewhere)
    part = PartFile.beside(target, "r1")
    with part.open() as file:
        file.write(b"new")
    part.remember('"v2"', 3)
    assert part.finish() == tmp_path / "cat (2).safetensors"
    assert (tmp_path / "cat (2).safetensors").read_bytes() == b"new"
    assert elsewhere.exists() == (kind != "dangling")
    assert kind == "dangling" or elsewhere.read_text() == OURS


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="there are no such links here")
@pytest.mark.parametrize("suffix", [".part", ".part.json"])
def test_a_link_that_comes_later_is_not_followed_either(tmp_path, suffix):
    elsewhere, target = tmp_path / "elsewhere", tmp_path / "cat.safetensors"
    part = PartFile.beside(target, "r1")
    link = target.with_name(target.name + suffix)
    link.unlink()
    link.symlink_to(elsewhere)
    with pytest.raises(StoreError), part.open():
        part.remember('"v2"', 3)
    assert not elsewhere.exists()


def test_a_file_system_without_links_still_overwrites_nothing(tmp_path, monkeypatch):
    def refuse(_source, _target):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    part = PartFile.beside(tmp_path / "a.safetensors", "r1")
    part.path.write_bytes(b"new")
    (tmp_path / "a.safetensors").write_bytes(b"old")
    assert part.finish().name == "a (2).safetensors"
    assert (tmp_path / "a.safetensors").read_bytes() == b"old"
    assert (tmp_path / "a (2).safetensors").read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.glob("a*")) == ["a (2).safetensors", "a.safetensors"]


@pytest.mark.parametrize("note", ["", "{", "[]", '{"run_id": "other", "etag": "x"}', "[" * 100_000])
def test_a_damaged_note_is_somebody_elses(tmp_path, note):
    target = tmp_path / "a.safetensors"
    target.with_name("a.safetensors.part.json").write_text(note)
    assert PartFile.beside(target, "r1").target.name == "a (2).safetensors"
