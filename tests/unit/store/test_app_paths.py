import stat
from pathlib import Path

import pytest

from segmind_studio.core.errors import StoreError
from segmind_studio.store.paths import app_paths


def test_everything_lies_below_the_given_folder(tmp_path: Path) -> None:
    paths = app_paths(tmp_path / "there")
    paths.create()
    places = (
        paths.database, paths.settings_file, paths.imports, paths.seen, paths.prepared, paths.results,
        paths.practice, paths.log_file,
    )
    assert all(place.is_relative_to(tmp_path / "there") for place in places)
    assert len(set(places)) == len(places)


def test_the_folders_are_made_private(tmp_path: Path) -> None:
    paths = app_paths(tmp_path)
    paths.create()
    paths.create()
    folders = (paths.data, paths.config, paths.cache, paths.logs, paths.imports, paths.seen, paths.prepared,
               paths.results, paths.practice, paths.database.parent, paths.settings_file.parent,
               paths.log_file.parent)
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


def test_without_a_folder_the_platform_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "d"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "k"))
    paths = app_paths(None)
    assert paths.database == tmp_path / "d" / "segmind-studio" / "studio.sqlite3"
    assert paths.settings_file == tmp_path / "c" / "segmind-studio" / "settings.json"
    assert paths.prepared == tmp_path / "k" / "segmind-studio" / "prepared"


def test_a_relative_folder_stays_the_same_when_the_working_folder_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    paths = app_paths(Path("mine"))
    monkeypatch.chdir("/")
    paths.create()
    assert (tmp_path / "mine" / "data").is_dir()


def test_a_folder_that_cannot_be_made_is_worded(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError):
        app_paths(tmp_path / "file").create()
