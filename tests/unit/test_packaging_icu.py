"""The tables of ICU that a package leaves out: those alone, and only while Qt calls nothing that may need them."""

import subprocess
import sys
from pathlib import Path

import package_icu
import PySide6
import pytest
from system_packages import SetupError

CALLS = "0000 DF *UND*\t0000  Base  {}\n"
QT = Path(PySide6.__file__).parent / "Qt/lib"


@pytest.mark.skipif(sys.platform != "linux", reason="Qt brings ICU on Linux alone")
def test_the_other_tables_of_icu_stay_as_they_are():
    (library,) = QT.glob("libicudata.so.*")
    content = library.read_bytes()
    tables = content[content.index(b"CmnD") - 12 :]
    before, after = dict(package_icu.read_tables(tables)), dict(package_icu.read_tables(cut_tables(tables)))
    assert {name.split(b"/")[1] for name in before.keys() - after.keys()} == {
        folder.encode() for folder in package_icu.UNREAD
    }
    assert list(after) == sorted(after)  # ICU searches by halves
    read_by_qt = {b"ar.res", b"cnvalias.icu", b"coll/ja.res", b"root.res", b"zone/de.res"}
    assert read_by_qt <= {name.partition(b"/")[2] for name in after}
    last = max(before)  # the rest of the library follows it here
    assert all(after[name].startswith(before[name]) for name in after if name != last)
    assert len(cut_tables(tables)) < 0.55 * len(tables)


def cut_tables(tables):
    return package_icu.without(tables, package_icu.UNREAD)


@pytest.mark.parametrize("called", ["ubrk_open_73", "_ZN6icu_7313NumberFormat14createInstanceEv"])
def test_a_qt_that_calls_more_of_icu_stops_the_packing(tmp_path, monkeypatch, called):
    library = tmp_path / "libicudata.so.73"
    library.write_bytes(b"")
    told = "".join(map(CALLS.format, ["ucol_open_73", "_ZN14QObjectPrivateC1E16QtPrivate_6_11", called]))
    monkeypatch.setattr(subprocess, "run", lambda words, **_: subprocess.CompletedProcess(words, 0, stdout=told))
    with pytest.raises(SetupError, match=called):
        package_icu.cut(tmp_path)
    assert library.read_bytes() == b""


def test_tables_of_another_form_are_left_alone():
    with pytest.raises(SetupError):
        package_icu.without(b"\x20\0\xda\x27" + b"\0" * 60, package_icu.UNREAD)
