"""Windows refuses to rename a file that another program looks at; it is asked again for two seconds."""

import os

import pytest

from segmind_studio import file_replacing
from segmind_studio.dataset import archive
from segmind_studio.file_replacing import rename_file, replace_file
from segmind_studio.store import private_files
from segmind_studio.store.file_names import write_without_overwriting

SHARED = (5, 32)


class RefusedError(PermissionError):
    """What Windows says of a file in use; elsewhere there is no such number."""

    def __init__(self, winerror):
        super().__init__(13, "in use")
        self.winerror = winerror


def refused(winerror):
    return RefusedError(winerror)


@pytest.fixture
def refusals(monkeypatch):
    """What the system answers before it renames."""
    waiting = []
    for name in ("replace", "rename"):
        real = getattr(os, name)

        def tried(source, target, real=real):
            if waiting:
                raise waiting.pop(0)
            real(source, target)

        monkeypatch.setattr(os, name, tried)
    return waiting


@pytest.mark.parametrize("winerror", SHARED)
@pytest.mark.parametrize("rename", [replace_file, rename_file])
def test_a_file_in_use_is_tried_again(tmp_path, refusals, rename, winerror):
    (tmp_path / "aside").write_text("new")
    refusals.extend(refused(winerror) for _ in range(3))
    rename(tmp_path / "aside", tmp_path / "target")
    assert (tmp_path / "target").read_text() == "new"
    assert refusals == []


@pytest.mark.parametrize("error", [PermissionError(13, "read only"), refused(19), FileExistsError(17, "there")])
def test_any_other_error_is_told_at_once(tmp_path, refusals, error):
    (tmp_path / "aside").touch()
    refusals.extend([error, error])
    with pytest.raises(type(error)):
        replace_file(tmp_path / "aside", tmp_path / "target")
    assert refusals == [error]


def test_a_file_that_stays_in_use_is_told(tmp_path, refusals, monkeypatch):
    monkeypatch.setattr(file_replacing, "RETRY_FOR_S", 0.1)
    (tmp_path / "aside").touch()
    refusals.extend(refused(32) for _ in range(10_000))
    with pytest.raises(PermissionError):
        replace_file(tmp_path / "aside", tmp_path / "target")
    assert (tmp_path / "aside").exists()


def test_settings_and_archives_reach_their_place_in_spite_of_it(tmp_path, refusals):
    refusals.append(refused(32))
    private_files.replace_file(tmp_path / "settings.json", b"{}")
    assert (tmp_path / "settings.json").read_bytes() == b"{}"
    refusals.append(refused(32))
    archive.write(archive.ArchivePlan((), 0, 0, 0), tmp_path / "photos.zip", lambda *_: None, lambda: False)
    assert (tmp_path / "photos.zip").exists()
    assert refusals == []


def test_a_new_file_that_is_looked_at_gets_its_name_on_windows(tmp_path, refusals, monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")
    refusals.append(refused(32))
    assert write_without_overwriting(tmp_path / "aside", tmp_path / "a.png", b"x").read_bytes() == b"x"
    assert refusals == []
