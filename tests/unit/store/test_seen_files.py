"""Names that were seen in the folders of datasets, on disk."""

import pytest

from segmind_studio.store.seen_files import Seen, SeenFiles


def test_names_are_read_back_and_forgotten(tmp_path):
    seen = SeenFiles(tmp_path / "seen")
    assert seen.load("d1") == Seen()
    names = {"/photos": frozenset({"a.jpg", "été.jpg", "odd\udcff.jpg"}), "/empty": frozenset()}
    known = Seen(names, {"/photos": "1f"})
    seen.save("d1", known)
    seen.save("d2", Seen())
    assert seen.load("d1") == known
    seen.forget("d1")
    assert [seen.load("d1"), [path.name for path in (tmp_path / "seen").iterdir()]] == [Seen(), ["d2.json"]]


@pytest.mark.parametrize("text", [
    "", "[1]", '{"a": 1, "b": [2, "c"]}', '{"": 3}', '{"": {"a": 1}}', "{" * 100_000, "\0",
])
def test_a_damaged_file_is_as_good_as_none(tmp_path, text):
    (tmp_path / "d.json").write_text(text, encoding="utf-8")
    seen = SeenFiles(tmp_path).load("d")
    assert set(seen.names) <= {"b"}
    assert not seen.texts


def test_only_an_id_becomes_a_file_name(tmp_path):
    seen = SeenFiles(tmp_path / "seen")
    assert seen.load("../../etc/passwd") == Seen()
    with pytest.raises(ValueError, match="passwd"):
        seen.save("../../etc/passwd", Seen())
    seen.forget("../../etc/passwd")
