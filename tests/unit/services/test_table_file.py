"""Tables as CSV files: other programs read back what was meant, and a stranger's text stays a text."""

from __future__ import annotations

import csv
import io

from segmind_studio.services.datasets.table_file import TableFiles, csv_bytes


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_quotes_lines_and_other_scripts_come_back():
    rows = [("name", "count"), ('a "red" hat,\nblue', 2), ("写真 🐈", 0.25), ("", "")]
    assert read(csv_bytes(rows)) == [[str(value) for value in row] for row in rows]


def test_no_text_becomes_a_formula_and_half_a_character_ends_nothing():
    rows = [("=1+1", "@x", "+1", "-1", "\tx", "a=b", -1, "caf\udc82")]
    assert read(csv_bytes(rows)) == [["'=1+1", "'@x", "'+1", "'-1", "'\tx", "a=b", "-1", "caf?"]]


def test_a_file_is_replaced_whole_or_not_at_all(qtbot, qapp, tmp_path):
    tables = TableFiles(qapp)
    target = tmp_path / "words.csv"
    target.write_text("old")
    with qtbot.waitSignal(tables.written) as done:
        tables.write(target, lambda: [("term",), ("cat",)])
    assert done.args == [target]
    assert read(target.read_bytes()) == [["term"], ["cat"]]
    with qtbot.waitSignal(tables.failed) as failed:
        tables.write(tmp_path / "gone" / "words.csv", lambda: [("term",)])
    assert "words.csv" in failed.args[0].title
    assert [path.name for path in tmp_path.iterdir()] == ["words.csv"]
    tables.ask_stop()
    assert tables.wait_end(5000)
    tables.deleteLater()
