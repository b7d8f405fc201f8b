import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from segmind_studio.core.errors import StoreError
from segmind_studio.store.private_files import make_private_file, make_private_folder, replace_file, set_aside

FULL_DISK = """
import resource, sys
from pathlib import Path
from segmind_studio.core.errors import StoreError
from segmind_studio.store.private_files import replace_file
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    replace_file(Path(sys.argv[1]), b"x" * 5000)
except StoreError as error:
    print(error.title, error.advice)
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_new_file_and_its_folder_are_private(tmp_path: Path) -> None:
    target = tmp_path / "new" / "file.json"
    replace_file(target, b"words")
    assert target.read_bytes() == b"words"
    assert mode(target) == 0o600
    assert mode(target.parent) == 0o700
    assert names(target.parent) == ["file.json"]


def test_what_was_open_to_others_is_narrowed(tmp_path: Path) -> None:
    folder = tmp_path / "wide"
    folder.mkdir()
    folder.chmod(0o755)
    file = folder / "file"
    file.write_bytes(b"kept")
    file.chmod(0o644)
    make_private_folder(folder)
    make_private_file(file)
    assert (mode(folder), mode(file), file.read_bytes()) == (0o700, 0o600, b"kept")


def test_what_has_to_be_made_above_a_folder_is_private_too(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "above" / "between" / "folder")
    assert {mode(path) for path in tmp_path.rglob("*")} == {0o700}


def test_a_full_disk_keeps_the_old_content_and_says_so(tmp_path: Path) -> None:
    target = tmp_path / "file.json"
    replace_file(target, b"old")
    done = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-c", FULL_DISK, str(target)], capture_output=True, text=True, check=True, timeout=30,
    )
    assert done.stdout.strip() == (
        "“file.json” could not be saved. The disk is full. Free some disk space, then try again."
    )
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["file.json"]


def test_a_leftover_of_a_crash_is_no_obstacle(tmp_path: Path) -> None:
    target = tmp_path / "file.json"
    (tmp_path / f".file.json.{os.getpid()}.new").write_bytes(b"half")
    replace_file(target, b"whole")
    assert target.read_bytes() == b"whole"
    assert names(tmp_path) == ["file.json"]


def test_a_file_in_the_way_of_a_folder_is_worded(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"")
    with pytest.raises(StoreError, match="“inner” could not be created"):
        make_private_folder(tmp_path / "data" / "inner")


def test_setting_aside_never_replaces_what_was_set_aside_before(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    for content in (b"first", b"second"):
        path.write_bytes(content)
        set_aside(path)
    assert (tmp_path / "settings.json.damaged-1").read_bytes() == b"first"
    assert (tmp_path / "settings.json.damaged-2").read_bytes() == b"second"
    assert not path.exists()


def test_two_threads_may_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    contents = [bytes([letter]) * 100_000 for letter in b"abcd"]
    begin, errors = threading.Barrier(len(contents)), []

    def write(content: bytes) -> None:
        begin.wait(10)
        try:
            for _ in range(20):
                replace_file(path, content)
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert path.read_bytes() in contents
    assert [left.name for left in tmp_path.iterdir()] == ["settings.json"]
